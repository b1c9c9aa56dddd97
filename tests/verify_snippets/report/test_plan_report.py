"""The plan, for machines and for people."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from tests.verify_snippets.report import samples
from verify_snippets.plan import Plan
from verify_snippets.report import plan_report


def document(plan: Plan) -> Any:
    return json.loads(plan_report.render_json(plan))


def listing(plan: Plan, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        plan_report.draw(plan, console)
    return captured.get()


def test_json_has_the_contracts_names() -> None:
    written = document(samples.plan())
    assert written.keys() == {"card", "blocks", "claims", "steps"}
    names = ["index", "start_line", "end_line", "language_tag", "kind", "runnable", "placeholders"]
    names += ["needs", "needs_gpu", "output_block", "requirements"]
    assert set(names) <= written["blocks"][0].keys()
    assert written["claims"] == []


def test_json_has_one_block_for_each_snippet_and_needs_are_indices() -> None:
    blocks = document(samples.plan())["blocks"]
    assert [block["index"] for block in blocks] == [0, 1, 2, 3]
    assert [block["needs"] for block in blocks] == [[], [0], [1], []]


def test_json_steps_name_what_runs_first() -> None:
    steps = document(samples.plan())["steps"]
    assert [(s["snippet"], s["runs"], s["first"]) for s in steps] == [
        ("L10", True, []),
        ("L20", True, ["L10"]),
        ("L30", False, []),
    ]
    assert steps[1]["filled"] == {"your-text": "acme/tiny"}


@pytest.mark.parametrize("width", [60, 200])
def test_the_listing_says_what_runs_and_why_the_rest_does_not(width: int) -> None:
    text = listing(samples.plan(), width)
    flat = " ".join(text.split())
    assert "line 5-7 shell-install does not run: it installs packages" in flat
    assert "line 10-13 python runs under cpu-basic" in flat
    assert "needs the block at line 10" in flat
    assert "placeholder 'your-text' filled in with 'acme/tiny'" in flat
    assert "does not run: the reader has to supply 'path/to/audio.wav'" in flat
    assert "2 of 4 code blocks would run" in flat
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_a_card_without_code_says_so() -> None:
    empty = replace(samples.plan(), snippets=(), steps=())
    assert "no code blocks" in listing(empty)


def test_a_card_with_nothing_runnable_says_so() -> None:
    plan = samples.plan()
    still = replace(plan, steps=tuple(replace(step, runs=False) for step in plan.steps))
    assert "nothing would run" in listing(still)


def test_text_of_strangers_is_neither_markup_nor_terminal_control() -> None:
    evil = samples.snippet(0, 3, samples.EVIL + "\n", runnable=False, reason=samples.EVIL)
    text = listing(replace(samples.plan(), snippets=(evil,), steps=()))
    assert "[bold red]not markup[/]" in text
    assert not set(text) & {"\x1b", "\x07", "\u202e"}

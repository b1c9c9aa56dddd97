"""What a card's marks decide in its plan, and what they can't."""

from pathlib import Path

import pytest

from snippet_sandbox.profile import GB, PROFILES, Host
from verify_snippets import mistakes
from verify_snippets.card import Card, Source
from verify_snippets.cli import main
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan

HOST = Host(cpus=8, memory_bytes=34 * GB)
CODE = "```python\nx = 1\n```\n"


def plan(text: str, *, profile: str | None = None) -> Plan:
    card = Card(text=text, sha256="0" * 64, source=Source.FILE, location="README.md", repo_id=None)
    return make_plan(card, HOST, profile=PROFILES[profile] if profile else None)


def mark(text: str) -> str:
    return f"<!-- verify-snippets: {text} -->\n"


def test_what_is_skipped_stops_what_needs_it() -> None:
    skipped, needing = plan(f"{mark('skip reason=later')}{CODE}\n```python\nprint(x)\n```\n").steps
    assert (skipped.runs, skipped.reason) == (False, "the card says: later")
    assert (needing.runs, needing.reason) == (False, "it needs L2, and the card says: later")
    assert plan(mark("skip") + CODE).steps[0].reason == "the card says to skip it"


def test_the_card_names_hardware_and_the_user_has_the_last_word() -> None:
    text = mark("profile=cpu-upgrade") + CODE
    assert plan(text).steps[0].profile == "cpu-upgrade"
    assert plan(text, profile="cpu-basic").steps[0].profile == "cpu-basic"
    elsewhere = plan(mark("profile=t4-small") + CODE).steps[0]
    assert (elsewhere.runs, elsewhere.profile) == (False, "t4-small")


def test_hardware_that_there_is_none_of_changes_nothing() -> None:
    (step,) = plan(mark("profile=t4-smal") + CODE).steps
    assert step.runs
    assert step.snippet.marks.profile is None
    assert step.snippet.marks.unclear == (
        "the mark profile=t4-smal names no hardware; did you mean t4-small?",
    )


def test_a_step_has_the_time_that_its_card_asks_for() -> None:
    assert plan(mark("timeout=2m") + CODE).steps[0].time_limit_s == 120.0
    assert plan(CODE).steps[0].time_limit_s is None


def test_what_is_meant_to_fail_is_not_mended(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    call = "pipeline('fill-mask', model='acme/tiny', use_auth_token=True)"
    code = f"```python\nfrom transformers import pipeline\n\npipe = {call}\n```\n"
    card = tmp_path / "card.md"
    for text, mends in ((code, True), (mark("expect-fail") + code, False)):
        card.write_text(text)
        main(["fix", str(card), "--static"])
        assert ("+pipe = " in capfd.readouterr().out) is mends


def test_a_mark_that_means_nothing_is_a_mistake_and_what_is_meant_to_fail_is_none() -> None:
    broken = "```python\nimport time\ntime.sleep(60\n```\n"
    (mistake,) = mistakes.find(plan(mark("skpi") + CODE))
    assert (mistake.line, mistake.problem) == (2, "there is no mark “skpi”; did you mean skip?")
    assert mistakes.find(plan(broken))
    assert not mistakes.find(plan(mark("expect-fail") + broken))

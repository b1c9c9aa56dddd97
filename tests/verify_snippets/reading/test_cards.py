"""One oddity a card: every card in ``tests/cards`` against the plan that stands beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from verify_snippets import front_matter
from verify_snippets.blocks import read_blocks
from verify_snippets.snippets import Snippet, read_snippets

_FOLDER = Path(__file__).parents[2] / "cards"
# Cards about claims stand beside their claims, not beside a plan: the tests of claims read them.
CARDS = sorted(card for card in _FOLDER.glob("*.md") if not card.name.startswith("claims_"))


def _snippets(text: str) -> tuple[Snippet, ...]:
    metadata = front_matter.read(text).metadata
    return read_snippets(read_blocks(text), repo_id="acme/tiny", metadata=metadata)


def _as_planned(snippet: Snippet) -> dict[str, Any]:
    """What the plans say of a block; what is empty, or goes without saying, is left out."""
    block = snippet.block
    said = {
        "line": block.start_line,
        "end": block.end_line,
        "kind": block.kind.value,
        "tag": block.language_tag or None,
        "runnable": None if snippet.runnable == block.kind.is_python else snippet.runnable,
        "placeholders": list(snippet.placeholders) or None,
        "needs": list(snippet.needs) or None,
        "requirements": list(snippet.requirements) or None,
        "undeclared": list(snippet.undeclared) or None,
        "needs_gpu": snippet.needs_gpu or None,
        "output_block": snippet.output_block,
    }
    return {key: value for key, value in said.items() if value is not None}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_card_is_read_as_planned(card: Path) -> None:
    plan = json.loads(card.with_suffix(".plan.json").read_text(encoding="utf-8"))
    assert [_as_planned(snippet) for snippet in _snippets(card.read_bytes().decode())] == plan


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_code_and_text_keep_the_cards_own_lines(card: Path) -> None:
    text = card.read_bytes().decode()
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for snippet in _snippets(text):
        block = snippet.block
        first = block.text.split("\n")[0].strip()
        assert first in lines[block.text_line - 1] or "&lt;" in lines[block.text_line - 1]
        assert snippet.code.count("\n") == block.text.count("\n")


def test_every_snippet_that_is_not_runnable_says_why() -> None:
    for card in CARDS:
        for snippet in _snippets(card.read_bytes().decode()):
            assert bool(snippet.reason) != snippet.runnable

"""One oddity a card: every ``tests/cards/claims_*.md`` against the claims that stand beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from verify_snippets import front_matter
from verify_snippets.blocks import read_blocks
from verify_snippets.claims import Claim, read_claims
from verify_snippets.snippets import read_snippets

CARDS = sorted((Path(__file__).parents[2] / "cards").glob("claims_*.md"))


def _read(text: str) -> tuple[Claim, ...]:
    metadata = front_matter.read(text).metadata
    return read_claims(
        text, read_snippets(read_blocks(text), repo_id="acme/tiny", metadata=metadata), metadata
    )


def _as_written(claim: Claim) -> dict[str, Any]:
    """What the expected claims say; what is empty is left out."""
    said = {
        "line": claim.line,
        "kind": claim.kind.value,
        "comparator": claim.comparator.value,
        "value": claim.value,
        "unit": claim.unit or None,
        "scope": claim.scope.value,
        "quote": claim.quote,
        "snippets": list(claim.snippets) or None,
    }
    return {key: value for key, value in said.items() if value is not None}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_a_cards_claims_are_read(card: Path) -> None:
    wanted = json.loads(card.with_suffix(".claims.json").read_text(encoding="utf-8"))
    assert [_as_written(claim) for claim in _read(card.read_bytes().decode())] == wanted


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.stem)
def test_crlf_changes_no_claim(card: Path) -> None:
    text = card.read_bytes().decode()
    assert _read(text.replace("\n", "\r\n")) == _read(text)

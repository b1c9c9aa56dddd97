"""How what is said of a card is drawn: a symbol and a tone beside the word, which alone would be enough."""

from collections.abc import Mapping
from dataclasses import dataclass

from verify_snippets.overview import CardVerdict


@dataclass(frozen=True, kw_only=True)
class Look:
    """A symbol, and the class that has the tone."""

    symbol: str
    tone: str


LOOKS: Mapping[CardVerdict, Look] = {
    CardVerdict.FAILING: Look(symbol="✗", tone="failed"),
    CardVerdict.CONTRADICTED: Look(symbol="≠", tone="contradicted"),
    CardVerdict.FLAKY: Look(symbol="~", tone="blocked"),
    CardVerdict.BROKEN: Look(symbol="!", tone="broken"),
    CardVerdict.UNREADABLE: Look(symbol="?", tone="skipped"),
    CardVerdict.GATED: Look(symbol="⊘", tone="skipped"),
    CardVerdict.WAITING: Look(symbol="…", tone="skipped"),
    CardVerdict.NO_CARD: Look(symbol="–", tone="skipped"),
    CardVerdict.NOTHING_RUNS: Look(symbol="–", tone="skipped"),
    CardVerdict.PASSING: Look(symbol="✓", tone="passed"),
}

"""What the page shows of each claim."""

from dataclasses import dataclass

from verify_snippets.claims import Comparator
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.model import ClaimReport
from verify_snippets.report.quantities import bytes_text, seconds_text

_WORDS = {
    Comparator.AT_LEAST: "at least ",
    Comparator.AT_MOST: "at most ",
    Comparator.ABOUT: "about ",
    Comparator.EXACTLY: "",
    Comparator.MORE: "more than ",
    Comparator.LESS: "less than ",
}
_ABBREVIATIONS = frozenset({"ram", "vram", "gpu", "cpu", "ok"})
SYMBOLS = {ClaimVerdict.CONFIRMED: "✓", ClaimVerdict.CONTRADICTED: "≠", ClaimVerdict.UNTESTED: "?"}


@dataclass(frozen=True, kw_only=True)
class ClaimView:
    """One claim; ``name`` is what it is called in links, ``place`` that of its line on the page."""

    claim: ClaimReport
    name: str
    place: str

    @property
    def kind(self) -> str:
        """What it speaks of."""
        words = self.claim.kind.split("_")
        return " ".join(word.upper() if word in _ABBREVIATIONS else word for word in words)

    @property
    def claimed(self) -> str:
        """What it promises, in its own unit."""
        value = self.claim.value
        if isinstance(value, bool):
            return "yes" if value else "no"
        number = f"{value:,g}" if isinstance(value, float) else value
        return f"{_WORDS[self.claim.comparator]}{number} {self.claim.unit}".strip()

    @property
    def measured(self) -> str:
        """What was measured or read instead."""
        if self.claim.measured is None:
            return self.claim.found
        return quantity_text(self.claim.measured, self.claim.measure)

    @property
    def symbol(self) -> str:
        """Of its verdict."""
        return SYMBOLS[self.claim.verdict]


def quantity_text(number: float, measure: str) -> str:
    """A measured number as people read it."""
    if measure == "bytes":
        return bytes_text(round(number))
    if measure == "seconds":
        return seconds_text(number)
    return f"{number:,.4g} {measure}" if abs(number) < 10_000 else f"{number:,.0f} {measure}"

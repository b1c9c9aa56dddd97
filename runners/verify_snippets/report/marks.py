"""How each verdict is drawn: a symbol and a colour beside the word, which alone would be enough."""

from dataclasses import dataclass

from verify_snippets.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A verdict's looks.

    Attributes:
        symbol: one column wide.
        ascii: what stands in for it where the output can't hold the symbol.
        style: a rich style.
    """

    symbol: str
    ascii: str
    style: str


MARKS: dict[Verdict, Mark] = {
    Verdict.PASSED: Mark(symbol="✓", ascii="+", style="green"),
    Verdict.FAILED: Mark(symbol="✗", ascii="x", style="bold red"),
    Verdict.CONTRADICTED: Mark(symbol="≠", ascii="#", style="bold red"),
    Verdict.SKIPPED: Mark(symbol="–", ascii="-", style="dim"),
    Verdict.BLOCKED: Mark(symbol="⊘", ascii="/", style="yellow"),
    Verdict.BROKEN: Mark(symbol="!", ascii="!", style="magenta"),
}


def marked(verdict: Verdict, *, encoding: str) -> str:
    """The verdict's symbol and word, such as ``✓ passed``."""
    mark = MARKS[verdict]
    return f"{mark.symbol if encoding.lower().startswith('utf') else mark.ascii} {verdict}"

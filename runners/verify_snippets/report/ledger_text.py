"""The claim ledger as people read it, in plans and in reports alike."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from verify_snippets.clean import one_line

_STYLES = {"confirmed": "green", "contradicted": "red", "untested": "dim"}
_MARKS = {"confirmed": "✓", "contradicted": "✗", "untested": "?"}


def claim_lines(
    *, line: int, what: str, verdict: str, quote: str, reason: str, found: str, how: str = ""
) -> Iterator[RenderableType]:
    """One claim: its figures beside what was found, what is said of it, and the card's own words."""
    head = Text(f"line {line}  ", "dim")
    head.append(one_line(what), "not dim")
    if found:
        head.append(" | ", "dim")
        head.append(one_line(f"found {found}"), "not dim")
    head.append(f"  {_MARKS[verdict]} {verdict}", f"not dim {_STYLES[verdict]}")
    yield head
    told = f"“{quote}”: {reason}{f' ({how})' if how else ''}"
    yield Padding(Text(one_line(told), "dim"), (0, 0, 0, 4), expand=False)

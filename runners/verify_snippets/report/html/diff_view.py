"""A unified diff, line by line."""

from dataclasses import dataclass

from verify_snippets.report.html.text import excerpt

_KINDS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, kw_only=True)
class DiffLine:
    """One line of a diff; ``kind`` is ``added``, ``removed``, ``place`` (of a hunk) or empty."""

    kind: str
    text: str


def diff_lines(diff: str, budget: int) -> tuple[DiffLine, ...]:
    """The lines of ``diff``, as much of it as takes at most some ``budget`` bytes."""
    if not diff.strip("\n"):
        return ()
    shown = excerpt(diff, budget)
    lines = [_line(text) for text in shown.head.split("\n")]
    if shown.left_out:
        lines.append(DiffLine(kind="place", text=f"… {shown.left_out} …"))
        lines += [_line(text) for text in shown.tail.split("\n")]
    return tuple(lines)


def _line(text: str) -> DiffLine:
    if text.startswith(("---", "+++")):
        return DiffLine(kind="place", text=text)
    return DiffLine(kind=_KINDS.get(text[:1], ""), text=text)

"""A card as lines with their ends, and what it means to replace some of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verify_snippets.pattern import Pattern

_LINE = Pattern(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_END = Pattern(r"[\r\n]+$")


class CannotPatchError(Exception):
    """A change can't be made without touching something else; the message says why, for people."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Lines that take the place of others.

    Attributes:
        first: index (from 0) of the first line that goes, or before which the new ones come.
        end: index after the last line that goes; ``first`` where none goes.
        lines: what comes instead, each with its end.
    """

    first: int
    end: int
    lines: tuple[str, ...]


def split(text: str) -> list[str]:
    """The lines of a card, each with its end as written; joined, they are the card."""
    return _LINE.findall(text)


def body(line: str) -> str:
    """A line without its end."""
    return _END.sub("", line)


def end_of(line: str) -> str:
    """The end of a line; empty for a card's last one, if it has none."""
    return line[len(body(line)) :]


def usual_end(lines: Sequence[str]) -> str:
    """How the card ends its lines."""
    return next((end for line in lines if (end := end_of(line))), "\n")


def apply_edits(lines: Sequence[str], edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap.

    A last line without an end gets one only where something comes after it.
    """
    result = list(lines)
    for edit in sorted(edits, key=lambda edit: (edit.first, edit.end), reverse=True):
        if edit.first == len(result) and result and not end_of(result[-1]):
            result[-1] += usual_end(lines)
        result[edit.first : edit.end] = edit.lines
    return "".join(result)


def moved(line: int, edits: Iterable[Edit]) -> int:
    """Where a line (index from 0) of the text before is afterwards."""
    return line + sum(len(edit.lines) - (edit.end - edit.first) for edit in edits if edit.end <= line)

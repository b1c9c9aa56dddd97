"""Unified diffs, taken apart into what is put in the place of which lines. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from verify_snippets.pattern import Pattern

_HUNK = Pattern(r"@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@")


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """Lines that give way to others.

    Attributes:
        line: the first of them, 1-based; where nothing is taken away, the line before which something is put.
        deleted: how many there are.
        inserted: what stands in their place, line ends included.
    """

    line: int
    deleted: int
    inserted: str


def replacements(diff: str) -> list[Replacement]:
    """Every change of ``diff``, in its order, without the lines around it; none of what is no diff."""
    return [*_replacements(diff.split("\n"))]


def _replacements(lines: list[str]) -> Iterator[Replacement]:
    at = 0  # the line of the old text that the next line of the diff speaks of
    changed = _Changed()
    for text in lines:
        hunk = _HUNK.match(text)
        if hunk:
            yield from changed.taken()
            at = int(hunk[1]) + (hunk[2] == "0")  # of an empty piece, diffs name the line before it
        elif not at:
            continue  # the names of the files
        elif text.startswith("-"):
            changed.delete(at)
            at += 1
        elif text.startswith("+"):
            changed.insert(at, f"{text[1:]}\n")
        elif text.startswith("\\"):
            changed.last_line_is_open()
        else:
            yield from changed.taken()
            at += 1
    yield from changed.taken()


class _Changed:
    """The change that is being read: deleted and inserted lines with none between them that stays."""

    def __init__(self) -> None:
        self._line = 0
        self._deleted = 0
        self._inserted: list[str] = []
        self._inserted_last = False

    def delete(self, line: int) -> None:
        self._line = self._line or line
        self._deleted += 1
        self._inserted_last = False

    def insert(self, line: int, text: str) -> None:
        self._line = self._line or line
        self._inserted.append(text)
        self._inserted_last = True

    def last_line_is_open(self) -> None:
        """The line just read has no line end."""
        if self._inserted_last:
            self._inserted[-1] = self._inserted[-1].removesuffix("\n")

    def taken(self) -> Iterator[Replacement]:
        """What was read, if anything was; then forgotten."""
        if self._line:
            yield Replacement(line=self._line, deleted=self._deleted, inserted="".join(self._inserted))
        self._line, self._deleted, self._inserted, self._inserted_last = 0, 0, [], False

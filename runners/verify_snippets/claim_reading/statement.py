"""One statement of a card, and where in the card each of its letters stands."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypedDict


class Piece(NamedTuple):
    """Some text of one line of the card."""

    line: int
    column: int  # 0-based, where the text begins in the line
    text: str


class Word(NamedTuple):
    """Where a word stands, and how many letters of its paragraph stand before it."""

    letters_before: int
    line: int
    column: int
    length: int


class Places:
    """Where the letters of a paragraph stand; worked out when first asked, which few paragraphs are."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces

    @cached_property
    def _words(self) -> list[Word]:
        words, letters = [], 0
        for piece in self._pieces:
            for found in re.finditer(r"\S+", piece.text):
                length = found.end() - found.start()
                words.append(Word(letters, piece.line, piece.column + found.start(), length))
                letters += length
        return words

    @cached_property
    def _counts(self) -> list[int]:
        return [word.letters_before for word in self._words]

    def of(self, letter: int) -> tuple[int, int]:
        """The line and the column of a letter, by its number in the paragraph."""
        word = self._words[self._index(letter)]
        return word.line, word.column + min(letter - word.letters_before, word.length)

    def span(self, first: int, last: int, line: int) -> tuple[int, int] | None:
        """The columns of ``line`` from a letter to another, both included; None if none stand there."""
        inside = self._words[self._index(first) : self._index(last) + 1]
        on_line = [word for word in inside if word.line == line]
        if not on_line:
            return None
        head, tail = on_line[0], on_line[-1]
        left = head.column + max(first - head.letters_before, 0)
        right = tail.column + min(last + 1 - tail.letters_before, tail.length)
        return left, right

    def _index(self, letter: int) -> int:
        return max(bisect_right(self._counts, letter) - 1, 0)


class Around(TypedDict, total=False):
    """What stands around a statement; see :class:`Statement`."""

    headings: tuple[str, ...]
    lead: str
    header: str
    row: str
    section: int
    block: int | None
    is_cell: bool
    is_heading: bool
    is_of_another: bool


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The smallest piece of a card that says something.

    Attributes:
        text: its words, one space between them, markup left out.
        small: the text in small letters.
        headings: the headings it stands under, outermost first.
        lead: what introduces it: the words before a list or a table.
        before: the sentence before it, in the same paragraph.
        header: of a table cell: its column's header.
        row: of a table cell: its row's first cell.
        section: the line of the heading it stands under; 0 for none.
        block: index of the block whose comment or output it is; None for prose.
        is_cell: whether it is a table's cell.
        is_heading: whether it is a heading.
        is_of_another: of a table's cell: whether its row or column is another model's.
    """

    text: str
    small: str = field(repr=False)
    headings: tuple[str, ...] = ()
    lead: str = ""
    before: str = ""
    header: str = ""
    row: str = ""
    section: int = 0
    block: int | None = None
    is_cell: bool = False
    is_heading: bool = False
    is_of_another: bool = False
    places: Places = field(repr=False)
    letters_before: int = field(repr=False)

    def line(self, offset: int) -> int:
        """The card's line of a character of the text."""
        line, _ = self.places.of(self._letter(offset))
        return line

    def span(self, start: int, end: int, line: int) -> tuple[int, int] | None:
        """The columns of ``line`` that hold the text from ``start`` to ``end``; None if none do."""
        first = self._letter(start)
        return self.places.span(first, max(self._letter(end) - 1, first), line)

    def _letter(self, offset: int) -> int:
        """The number of a letter in its paragraph; blanks are not counted, for the text has fewer."""
        return self.letters_before + offset - self.text.count(" ", 0, offset)

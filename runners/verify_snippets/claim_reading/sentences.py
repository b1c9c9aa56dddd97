"""Paragraphs cut into sentences, in scripts with and without spaces."""

import re
from collections.abc import Iterator, Sequence

from verify_snippets.claim_reading import telling
from verify_snippets.claim_reading.letters import plain
from verify_snippets.claim_reading.statement import Around, Piece, Places, Statement
from verify_snippets.pattern import Pattern

LONGEST_STATEMENT = 1200  # characters; what is longer is cut, so that reading stays linear
LONGEST_CONTEXT = 400  # characters of a lead, a heading or a sentence before that are looked at


def statements(pieces: Sequence[Piece], around: Around) -> Iterator[Statement]:
    """The sentences of a paragraph that may claim something; a table's cell is one, whatever it holds."""
    pieces = [Piece(piece.line, piece.column, plain(piece.text)) for piece in pieces]
    whole = " ".join(" ".join([piece.text for piece in pieces]).split())
    is_cell = around.get("is_cell", False)
    if not is_cell and not telling.may_claim(whole.lower()):
        return
    places, before, letters = Places(pieces), "", 0
    for text in _cut(whole, is_cell=is_cell):
        small = text.lower()
        if text and (is_cell or telling.may_claim(small)):
            yield Statement(
                text=text, small=small, before=before, places=places, letters_before=letters, **around
            )
        before = text[-LONGEST_CONTEXT:]
        letters += len(text) - text.count(" ")


_END = Pattern(r"[.!?;](?= )|[。！？；]")
_NO_END = Pattern(
    r"(?:\b(?:e\.g|i\.e|approx|ca|vs|etc|ver|no|min|max|resp|z\.B|incl|Fig|Sec|Tab|env)|^\(?\w)\.$",
    re.IGNORECASE,
)
_ABBREVIATION = 12  # characters: no longer word before a stop is looked up


def _cut(text: str, *, is_cell: bool) -> Iterator[str]:
    start = 0
    for end in _ends(text) if not is_cell else ():
        yield from _pieces(text, start, end)
        start = end
    yield from _pieces(text, start, len(text))


def _ends(text: str) -> Iterator[int]:
    for found in _END.finditer(text):
        begin = max(found.start() - _ABBREVIATION, 0)
        word = text[max(text.rfind(" ", begin, found.start()) + 1, begin) : found.end()]
        if not _NO_END.search(word):
            yield found.end()


def _pieces(text: str, start: int, end: int) -> Iterator[str]:
    """A sentence; one that is too long is cut between words, or anywhere if it has none."""
    while end - start > LONGEST_STATEMENT:
        blank = text.rfind(" ", start + 1, start + LONGEST_STATEMENT)
        middle = blank if blank > start else start + LONGEST_STATEMENT
        yield text[start:middle].strip(" ")
        start = middle
    yield text[start:end].strip(" ")

"""The comments that hold marks: ``<!-- verify-snippets: skip reason="needs a camera" -->``. Pure.

No other reader of a card may take their words for the card's own: ``without`` blanks them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from verify_snippets.pattern import Pattern

KEYWORD = "verify-snippets"
_HINT = "snippet"  # in every spelling: most cards are done with one search
# After a tick it is shown, not said. Bounded, so that a card full of openings that nothing closes takes
# no longer than any other.
_MARK = Pattern(r"(?<!`)<!--\s{0,9}(verify[-_ ]?snippets?)\s{0,9}:(.{0,2000}?)-->", re.IGNORECASE | re.DOTALL)
_QUOTE = Pattern(r"^[ \t]{0,9}(?:>[ \t]{0,9}){1,9}", re.MULTILINE)
_NOT_LINE_END = Pattern(r"[^\n]")
_MOST_COMMENTS = 100


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A comment with marks.

    Attributes:
        keyword: what stands before the colon; as written.
        text: what stands behind it.
        is_directly_above: whether only blank lines and other comments part it from the block below it.
    """

    keyword: str
    text: str
    is_directly_above: bool


def read(text: str) -> tuple[Comment, ...]:
    """The comments with marks in the text above a block, from top to bottom."""
    if _HINT not in text.lower():
        return ()
    plain = _QUOTE.sub("", text)
    last = _end_of_prose(plain)
    return tuple(
        Comment(keyword=mark.group(1), text=mark.group(2).strip(), is_directly_above=mark.start() >= last)
        for mark in _MARK.finditer(plain)
    )


def without(text: str) -> str:
    """A text with blanks in place of all comments with marks; everything else stays where it is."""
    if _HINT not in text.lower():
        return text
    return _MARK.sub(lambda mark: _NOT_LINE_END.sub(" ", mark.group()), text)


def _end_of_prose(text: str) -> int:
    """Where the comments begin that nothing but blanks follows."""
    end = len(text.rstrip())
    for start in _from_last_comment(text):
        if not text.startswith("-->", end - 3):
            break
        end = len(text[:start].rstrip())
    return end


def _from_last_comment(text: str) -> Iterator[int]:
    start = len(text)
    for _ in range(_MOST_COMMENTS):
        start = text.rfind("<!--", 0, start)
        if start < 0:
            return
        yield start

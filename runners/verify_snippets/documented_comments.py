"""The outputs that comments show, without what makes them comments."""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets import output_comments
from verify_snippets.code import Code
from verify_snippets.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Commented:
    """What a comment shows.

    Attributes:
        text: without marks and announcement.
        line: of the code, 1-based, where it begins.
        doubt: why it may not be the output word for word; empty where it is.
    """

    text: str
    line: int
    doubt: str


def read(code: Code) -> Iterator[Commented]:
    """What the comments of code show as its output, from top to bottom."""
    comments = _comments(code.text)
    done = 0
    for start in sorted(set(output_comments.find(code))):
        if start <= done or start not in comments:
            continue  # part of the one before; or the mark stands within a string
        last = _last(start, comments)
        done = last
        yield _commented([comments[line].text for line in range(start, last + 1)], start, comments)


@dataclass(frozen=True, kw_only=True)
class _Comment:
    text: str
    column: int
    is_beside: bool


def _comments(text: str) -> dict[int, _Comment]:
    """The comments of code by their line; of what Python can't take apart, those until there."""
    found: dict[int, _Comment] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                found[line] = _Comment(
                    text=token.string, column=column, is_beside=bool(token.line[:column].strip())
                )
    except (tokenize.TokenError, SyntaxError):
        pass  # an odd line further down
    return found


_MARKS = Pattern(r"#+ ?")
_ANNOUNCEMENT = Pattern(
    r"\s*(?:"
    r"(?:(?:example|expected|excepted|sample|the|model|printed|this|it|should|will|would) )*"
    r"(?:outputs?|results?|prints?|printed|returns?|response|answer|输出|结果|出力)"
    r"(?:\s(?:is|are|should be|will be|looks? like|should be like|should look like|like|this|example))*\s*"
    r"(?:[:：]|[-=]*>+|=(?!=))\s*"
    r"|[-=]*>+\s*"
    r"|(?:should|will) (?:print|output|return|give|be)\s*:?\s*"
    r")",
    re.IGNORECASE,
)
_TITLE = Pattern(
    r"\s*((expected|example|sample) )?(outputs?|results?)\s*$"
    r"|\s*(e\.?g\.?|for example|for instance)\s*[:,]?\s*$"
    r"|.{0,60}(出力|输出|结果|outputs?|results?|prints?).{0,30}(例|[:：])\s*$",
    re.IGNORECASE,
)
_LIKE = Pattern(
    r"\b(like|similar|e\.?g|for (example|instance)|such as|approx\w*|roughly|about|might|may|could)\b"
    r"|例|[~≈]",
    re.IGNORECASE,
)
_VALUE = Pattern(r"\s*([\[{('\"]|-?\d|tensor\(|array\(|torch\.Size|(True|False|None)\s*$)")


def _last(start: int, comments: dict[int, _Comment]) -> int:
    """The last line of what a comment shows that begins on ``start``.

    A value ends with its last bracket, unless another value follows; anything else goes on for as long as
    the comments do. Beside code, only what stands in the same column goes on.
    """
    first, last = comments[start], start
    shown = _without_announcement(_without_marks(first.text))
    depth = _depth(first.text)
    while (following := comments.get(last + 1)) is not None and not following.is_beside:
        if first.is_beside and following.column != first.column and depth <= 0:
            break
        text = _without_marks(following.text)
        if _VALUE.match(shown) and depth <= 0 and not _VALUE.match(text):
            break
        shown = shown if shown.strip() else text
        depth += _depth(text)
        last += 1
    return last


def _without_marks(comment: str) -> str:
    return _MARKS.sub("", comment, count=1)


def _depth(text: str) -> int:
    """How many brackets a text opens and leaves open."""
    return sum(text.count(mark) for mark in "([{") - sum(text.count(mark) for mark in ")]}")


def _without_announcement(text: str) -> str:
    """What a comment shows after what announces it; empty where it only announces the next line."""
    announcement = _ANNOUNCEMENT.match(text)
    if announcement:
        return text[announcement.end() :]
    return "" if _TITLE.match(text) else text


def _commented(written: Sequence[str], start: int, comments: dict[int, _Comment]) -> Commented:
    first, *rest = (_without_marks(comment) for comment in written)
    front = _without_announcement(first)
    announced = first[: len(first) - len(front)]
    above = comments.get(start - 1)
    if above is not None and not above.is_beside and not announced:
        announced = _without_marks(above.text)
    shown = [front, *rest] if front.strip() else rest
    return Commented(
        text="\n".join(shown),
        line=start + len(rest) + 1 - len(shown),
        doubt=_doubt(announced, shown),
    )


EXAMPLE = "the card gives it as an example"
DESCRIPTION = "the card may describe it, and not show it"
_DESCRIBES = Pattern(
    r"\s*(an?|the|list|tuple|dict\w*|tensor|array|shape|embeddings?|vectors?|logits|numpy|torch|pandas|each|number)\s"
    r"|.*\b(of shape|size of|list of|tensor of|array of|dict\w* of|number of|dimensions?\b)",
    re.IGNORECASE,
)
_VALUE_WITH_REMARK = Pattern(r"\s*-?\d+(\.\d+)?%?[\s,:;(>=-]+[A-Za-z]{2}")
_HEADLINE = Pattern(r"\s*[A-Z][\w'-]*(\s[\w'-]+){1,7}\s*$")
"""A few words without a full stop: what follows a ``print`` may be the headline of what comes next."""


def _doubt(announced: str, shown: Sequence[str]) -> str:
    """Why a comment may not show the output word for word; empty where it does."""
    if _LIKE.search(announced):
        return EXAMPLE
    if not shown or (_VALUE.match(shown[0]) and not _VALUE_WITH_REMARK.match(shown[0])):
        return ""
    is_headline = not announced and len(shown) == 1 and _HEADLINE.match(shown[0])
    is_description = is_headline or _DESCRIBES.match(shown[0]) or _VALUE_WITH_REMARK.match(shown[0])
    return DESCRIPTION if is_description else ""

"""The outputs that comments show, without what makes them comments."""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets import output_comments
from verify_snippets.code import Code


@dataclass(frozen=True, kw_only=True)
class Commented:
    """What a comment shows.

    Attributes:
        text: without marks and announcement.
        line: of the code, 1-based, where it begins.
        is_example: whether the comment says that it is only like this.
    """

    text: str
    line: int
    is_example: bool


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


_MARKS = re.compile(r"#+ ?")
_ANNOUNCEMENT = re.compile(
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
_TITLE = re.compile(
    r"\s*((expected|example|sample) )?(outputs?|results?)\s*$"
    r"|\s*(e\.?g\.?|for example|for instance)\s*[:,]?\s*$"
    r"|.{0,60}(出力|输出|结果|outputs?|results?|prints?).{0,30}(例|[:：])\s*$",
    re.IGNORECASE,
)
_LIKE = re.compile(
    r"\b(like|similar|e\.?g|for (example|instance)|such as|approx\w*|roughly|about|might|may|could)\b"
    r"|例|[~≈]",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\s*([\[{('\"]|-?\d|tensor\(|array\(|torch\.Size|(True|False|None)\s*$)")


def _last(start: int, comments: dict[int, _Comment]) -> int:
    """The last line of what a comment shows that begins on ``start``.

    A value ends with its last bracket, unless another value follows; anything else goes on for as long as
    the comments do. Beside code, only what stands in the same column goes on.
    """
    last = start
    held = [_without_marks(comments[start].text)]
    while (following := comments.get(last + 1)) is not None and not following.is_beside:
        goes_on = following.column == comments[start].column or _is_open(held)
        if comments[start].is_beside and not goes_on:
            break
        text = _without_marks(following.text)
        shown = _stripped(held)
        is_value = bool(shown) and _VALUE.match(shown[0]) is not None
        if is_value and not _is_open(shown) and not _VALUE.match(text):
            break
        held.append(text)
        last += 1
    return last


def _without_marks(comment: str) -> str:
    return _MARKS.sub("", comment, count=1)


def _is_open(texts: Sequence[str]) -> bool:
    """Whether brackets are open."""
    text = "".join(texts)
    return sum(text.count(mark) for mark in "([{") > sum(text.count(mark) for mark in ")]}")


def _stripped(texts: Sequence[str]) -> list[str]:
    """What is shown, without what announces it."""
    first, *rest = texts
    announcement = _ANNOUNCEMENT.match(first)
    if announcement:
        first = first[announcement.end() :]
    elif rest and _TITLE.match(first):
        first = ""
    return [first, *rest] if first.strip() else list(rest)


def _commented(written: Sequence[str], start: int, comments: dict[int, _Comment]) -> Commented:
    texts = [_without_marks(comment) for comment in written]
    shown = _stripped(texts)
    announced = (
        texts[0][: len(texts[0]) - len(shown[0])] if shown and texts[0].endswith(shown[0]) else texts[0]
    )
    above = comments.get(start - 1)
    if above is not None and not above.is_beside and not announced:
        announced = _without_marks(above.text)
    return Commented(
        text="\n".join(shown),
        line=start + len(texts) - len(shown),
        is_example=_LIKE.search(announced) is not None,
    )

"""Strangers' text on a page: nothing in it hidden, and no more of it than a person reads."""

import html
import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from verify_snippets.clean import shorten, without_escapes

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they reorder what is read
    "\u2028\u2029\ufeff\U000e0000-\U000e007f"  # other line ends, and what nobody can see
    "\ud800-\udfff]"  # lone surrogates: no file can hold them
)
_LINE_WIDTH = 2_000  # characters: what is longer is data, not text
_READ = 4  # times its budget: as much of a text is looked at, for much of it may be colours
_TAIL_SHARE = 0.6  # of an excerpt: what came last tells more


def visible(text: str) -> str:
    """``text`` with control characters and marks of direction spelled out, such as ``⟨U+202E⟩``."""
    return _HIDDEN.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(found: re.Match[str]) -> str:
    code = ord(found.group())
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"


def finalize(value: object) -> object:
    """What a template writes: our own markup as it is, and all else with what it hides spelled out."""
    if value is None:
        return ""
    return value if isinstance(value, Markup) else visible(str(value))


_QUOTED = re.compile(r"`([^`\n]+)`")
_SENTENCE = 2_000  # characters: what is longer is no sentence


def told(sentence: str) -> Markup:
    """A sentence of ours, in which names of code stand between backticks."""
    pieces = _QUOTED.split(visible(shorten(sentence, _SENTENCE)))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(pieces)
    )


def plain(text: str) -> str:
    """What a program printed, without the colours and the lines that it wrote over."""
    return without_escapes(text)


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """A text, or its two ends where it is too long."""

    head: str
    left_out: str = ""
    """What lies between, in words such as ``1,200 lines left out``; empty where nothing does."""
    tail: str = ""

    def __bool__(self) -> bool:
        return bool(self.head or self.left_out)


def excerpt(text: str, budget: int) -> Excerpt:
    """As much of ``text`` as takes at most some ``budget`` bytes on the page: its beginning and its end."""
    if len(text) > _READ * budget:  # nobody cleans a megabyte of which a page is shown
        half = _READ * budget // 2
        return _both_ends(_lines(text[:half]), _lines(text[-half:]), budget, count=text.count("\n") + 1)
    lines = _lines(text)
    if _cost("\n".join(lines)) <= budget:
        return Excerpt(head="\n".join(lines))
    return _both_ends(lines, lines, budget, count=len(lines))


def _lines(text: str) -> list[str]:
    return [shorten(line, _LINE_WIDTH) for line in plain(text).rstrip().split("\n")]


def _both_ends(first: list[str], last: list[str], budget: int, *, count: int) -> Excerpt:
    """The beginning of ``first`` and the end of ``last``, which are of one text of ``count`` lines."""
    share = int(budget * _TAIL_SHARE)
    head = first[: _fitting(first, budget - share)]
    room = count - len(head)  # a line is not shown twice
    tail = last[max(len(last) - room, len(last) - _fitting(last[::-1], share), 0) :]
    left_out = count - len(head) - len(tail)
    return Excerpt(
        head="\n".join(head),
        left_out=f"{left_out:,} line{'' if left_out == 1 else 's'} left out",
        tail="\n".join(tail),
    )


def _fitting(lines: list[str], budget: int) -> int:
    """How many of the first ``lines`` fit."""
    for count, line in enumerate(lines):
        budget -= _cost(line) + 1
        if budget < 0:
            return count
    return len(lines)


def _cost(text: str) -> int:
    return len(html.escape(visible(text)).encode(errors="replace"))

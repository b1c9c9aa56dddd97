"""Strangers' text on a page: nothing in it hidden, and no more of it than a person reads."""

import re
from dataclasses import dataclass

from markupsafe import escape

from verify_snippets.clean import shorten, without_escapes

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they reorder what is read
    "\u2028\u2029\ufeff\U000e0000-\U000e007f"  # other line ends, and what nobody can see
    "\ud800-\udfff]"  # lone surrogates: no file can hold them
)
_LINE_WIDTH = 2_000  # characters: what is longer is data, not text
_TAIL_SHARE = 0.6  # of an excerpt: what came last tells more


def visible(text: str) -> str:
    """``text`` with control characters and marks of direction spelled out, such as ``⟨U+202E⟩``."""
    return _HIDDEN.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(found: re.Match[str]) -> str:
    code = ord(found.group())
    return chr(0x2400 + code) if code < 0x20 else f"⟨U+{code:04X}⟩"


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
        return bool(self.head)


def excerpt(text: str, budget: int) -> Excerpt:
    """As much of ``text`` as takes at most some ``budget`` bytes on the page: its beginning and its end."""
    lines = [shorten(line, _LINE_WIDTH) for line in plain(text).rstrip().split("\n")]
    if _cost("\n".join(lines)) <= budget:
        return Excerpt(head="\n".join(lines))
    tail = _fitting(lines[::-1], int(budget * _TAIL_SHARE))
    head = _fitting(lines[: len(lines) - tail], budget - int(budget * _TAIL_SHARE))
    left_out = len(lines) - head - tail
    return Excerpt(
        head="\n".join(lines[:head]),
        left_out=f"{left_out:,} line{'' if left_out == 1 else 's'} left out",
        tail="\n".join(lines[len(lines) - tail :] if tail else []),
    )


def _fitting(lines: list[str], budget: int) -> int:
    """How many of the first ``lines`` fit."""
    for count, line in enumerate(lines):
        budget -= _cost(line) + 1
        if budget < 0:
            return count
    return len(lines)


def _cost(text: str) -> int:
    return len(str(escape(visible(text))).encode(errors="replace"))

"""Marks, read from their comments: what is meant, and what means nothing. Pure.

In one comment may stand::

    <!-- verify-snippets: skip reason="needs a camera" -->
    <!-- verify-snippets: timeout=2m profile=t4-small needs="L12 L40" -->
    <!-- verify-snippets: needs=none expect-fail -->
    <!-- verify-snippets: file timeout=5m -->

It speaks of the block right below it; one that begins with ``file``, wherever it stands, of every block.
What is not understood changes nothing, and is told (``Marks.unclear``).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from verify_snippets.blocks import Block
from verify_snippets.mark_comments import KEYWORD, Comment
from verify_snippets.marks import NO_MARKS, Marks
from verify_snippets.pattern import Pattern

_WORD = Pattern(r"""([A-Za-z][\w-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']+))?(?=\s|$)|\S+""")
_TIME = Pattern(r"(\d{1,6}(?:\.\d{1,3})?)\s?(s|m|min|h)?")
_LINE = Pattern(r"L?(\d{1,7})")
_SECONDS = {None: 1, "s": 1, "m": 60, "min": 60, "h": 3600}
_NAMES = ("skip", "reason", "timeout", "profile", "needs", "expect-fail")
_FILE = "file"
_MOST_TOLD = 20  # of one block: who reads so many has understood


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What is said of one block.

    Attributes:
        marks: what it says of how to run it.
        needs: indices of the blocks that it needs directly; None where that is not said.
    """

    marks: Marks = NO_MARKS
    needs: tuple[int, ...] | None = None


def read(blocks: Sequence[Block]) -> tuple[Marked, ...]:
    """What a card's comments say of each of its blocks, in their order."""
    if not any(block.comments for block in blocks):
        return tuple(Marked() for _ in blocks)
    for_all = _Saying(blocks=blocks)
    for block in blocks:
        for comment in block.comments:
            if _is_for_all(comment):
                for_all.hear(comment)
    return tuple(_marked(block, blocks, for_all) for block in blocks)


def checked_profile(marks: Marks, known: Iterable[str]) -> Marks:
    """Marks without a profile that there is none of."""
    names = list(known)
    if marks.profile is None or marks.profile in names:
        return marks
    told = f"the mark profile={marks.profile} names no hardware{_did_you_mean(marks.profile, names)}"
    return replace(marks, profile=None, unclear=(*marks.unclear, told))


def _is_for_all(comment: Comment) -> bool:
    return comment.text.split(None, 1)[:1] == [_FILE]


def _marked(block: Block, blocks: Sequence[Block], for_all: "_Saying") -> Marked:
    own = _Saying(blocks=blocks, block=block)
    for comment in block.comments:
        if _is_for_all(comment):
            continue
        if comment.is_directly_above:
            own.hear(comment)
        else:
            own.unclear.append(f"the mark “{comment.text}” stands above no block: text follows it")
    said = for_all.said | own.said
    if block.index == 0:
        own.unclear[:0] = for_all.unclear
    time_limit_s, needs = own.time(said), own.needs()
    if "reason" in said and not said.keys() & {"skip", "expect-fail"}:
        own.unclear.append("the mark reason=... belongs to skip or expect-fail, and neither is there")
    marks = Marks(
        skip=(said["skip"] or said.get("reason", "")) if "skip" in said else None,
        time_limit_s=time_limit_s,
        profile=said.get("profile"),
        expect_fail="expect-fail" in said,
        unclear=tuple(own.unclear[:_MOST_TOLD]),
    )
    return Marked(marks=marks, needs=needs)


@dataclass(frozen=True, kw_only=True)
class _Saying:
    """What comments say, as it is heard.

    Attributes:
        blocks: all of the card's.
        block: the one that is spoken of; None for all.
        said: by a mark's name, its value; empty for one that takes none.
        unclear: what is not understood.
    """

    blocks: Sequence[Block]
    block: Block | None = None
    said: dict[str, str] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)

    def hear(self, comment: Comment) -> None:
        """Take in one comment."""
        if comment.keyword != KEYWORD:
            told = f"“{comment.keyword}: {comment.text}” is no mark: it must begin with {KEYWORD}:"
            self.unclear.append(told)
            return
        text = comment.text.removeprefix(_FILE) if self.block is None else comment.text
        if not text.strip():
            self.unclear.append(f"a mark says nothing: after {KEYWORD}: comes one of {', '.join(_NAMES)}")
        for word in _WORD.finditer(text):
            name, value = word.group(1), (word.group(2) or "").strip("\"'")
            trouble = self._trouble(word.group(), name, value, has_value=word.group(2) is not None)
            if trouble:
                self.unclear.append(trouble)
            else:
                self.said[name] = value

    def _trouble(self, word: str, name: str | None, value: str, *, has_value: bool) -> str:
        """What is wrong with one word; empty for nothing."""
        if name not in _NAMES:
            return f"there is no mark “{word}”{_did_you_mean(name or word, _NAMES)}"
        if name == "needs" and self.block is None:
            return f"the mark “{word}” is of one block, and not of the whole file"
        if name == "expect-fail" and has_value:
            return f"the mark “{word}” takes no value"
        if name not in ("skip", "expect-fail") and not value:
            return f"the mark “{word}” lacks its value: {name}=..."
        if self.said.get(name, value) != value:
            return f"the mark {name} is given twice: {self.said[name] or name!r} counts, and not {value!r}"
        return ""

    def time(self, said: Mapping[str, str]) -> float | None:
        """Seconds of the mark ``timeout``."""
        if "timeout" not in said:
            return None
        found = _TIME.fullmatch(said["timeout"])
        seconds = float(found.group(1)) * _SECONDS[found.group(2)] if found else 0.0
        if not seconds:
            self.unclear.append(f"the mark timeout={said['timeout']} is no time: write 90, 90s, 2m or 1h")
        return seconds or None

    def needs(self) -> tuple[int, ...] | None:
        """The blocks of the mark ``needs``; None where it isn't there or not understood."""
        text = self.said.get("needs")
        if text is None or text == "none":
            return None if text is None else ()
        found = [self._block_at(word) for word in text.replace(",", " ").split()]
        return None if None in found else tuple(sorted({index for index in found if index is not None}))

    def _block_at(self, word: str) -> int | None:
        line = _LINE.fullmatch(word)
        if line is None:
            self.unclear.append(f"the mark needs names {word!r}, which is no line: write L12, or none")
            return None
        number = int(line.group(1))
        above = bisect_right(self.blocks, number, key=lambda block: block.start_line)
        around = [each for each in self.blocks[max(above - 2, 0) : above + 2] if each is not self.block]
        for each in around:
            if each.start_line <= number <= each.end_line:
                return each.index
        nearest = min(around, key=lambda each: abs(each.start_line - number), default=None)
        near = f"; did you mean L{nearest.start_line}?" if nearest else ""
        self.unclear.append(f"the mark needs names {word}, where no other block is{near}")
        return None


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word.lower(), list(known), n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"

"""From changed code to changed lines of the card: prompts, quotes, list items and HTML around it stay."""

import difflib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets.patching.lines import CannotPatchError, Edit, body, end_of, usual_end
from verify_snippets.pattern import Pattern
from verify_snippets.snippets import Snippet

_PRE = Pattern(r"<pre\b", re.IGNORECASE)
_FENCE = Pattern(r"[\s>*+\-\d.)]*(?:`{3,}|~{3,})")
_REPEATABLE = Pattern(r"[\s>]*(?:>>> |\.\.\. |!|\$ )?$")


def edits_for(lines: Sequence[str], snippet: Snippet, code: str) -> list[Edit]:
    """The edits that make a snippet's code another.

    Args:
        lines: of the card, each with its end.
        snippet: as it is read from those lines.
        code: what ``snippet.code`` is to be; lines that are alike stay untouched.

    Raises:
        CannotPatchError: a line of the code can't be found in the card's line that it came from.
    """
    page = _Page(
        lines=lines,
        first=snippet.block.text_line - 1,
        old=snippet.code.split("\n"),
        is_html=_is_html(body(lines[snippet.block.start_line - 1]), snippet),
    )
    new = code.split("\n")
    matcher = difflib.SequenceMatcher(a=page.old, b=new, autojunk=False)
    edits: list[Edit] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            edits.extend(page.edits(i1, i2, new[j1:j2]))
    return edits


def _is_html(opening: str, snippet: Snippet) -> bool:
    """Whether a block is a ``<pre>``, judged by the line that opens it."""
    first = snippet.block.text.partition("\n")[0]
    return bool(_PRE.search(opening)) and not _FENCE.match(opening) and not _PRE.search(first)


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A block's lines, in the card and as code.

    Attributes:
        lines: of the card.
        first: index of the card's line that holds the first line of code.
        old: the lines of code.
        is_html: whether the block is a ``<pre>``, where ``<`` is written ``&lt;``.
    """

    lines: Sequence[str]
    first: int
    old: Sequence[str]
    is_html: bool

    def edits(self, start: int, end: int, new: Sequence[str]) -> Iterator[Edit]:
        """Replace lines ``start`` to ``end`` of the code (the latter left out)."""
        common = min(end - start, len(new))
        for number in range(common):
            yield self._replaced(start + number, new[number])
        if len(new) > common:
            yield self._inserted(start + common, new[common:])
        elif end - start > common:
            yield Edit(first=self.first + start + common, end=self.first + end, lines=())

    def _replaced(self, number: int, new: str) -> Edit:
        line, old = self.lines[self.first + number], self.old[number]
        text = body(line)
        changed = self._change(text, old, new)
        if changed is None:
            raise CannotPatchError(f"its code at line {self.first + number + 1} is written in another way")
        index = self.first + number
        return Edit(first=index, end=index + 1, lines=(changed + end_of(line),))

    def _change(self, text: str, old: str, new: str) -> str | None:
        """A line of the card with other code; None where the code is not found in it."""
        if not old.strip():
            return None
        if _indent(old) == _indent(new):
            old, new = old.strip(), new.strip()
        if not self.is_html:
            at = text.rfind(old.rstrip())
            rest = text[at + len(old.rstrip()) :]
            return None if at < 0 or rest.strip() else text[:at] + new.rstrip() + rest
        for before, after in ((old, new), _core(old, new)):
            before, after = html.escape(before, quote=False), html.escape(after, quote=False)
            if before and text.count(before) == 1:
                return text.replace(before, after)
        return None

    def _inserted(self, number: int, new: Sequence[str]) -> Edit:
        """Lines that come before line ``number`` of the code, framed as their neighbours are."""
        neighbour = self._neighbour(number)
        frame = self._frame(neighbour, new[0])
        index = self.first + number
        usual = usual_end(self.lines)
        lines = tuple(_framed(frame, self._escaped(line)) + usual for line in new)
        return Edit(first=index, end=index, lines=lines)

    def _neighbour(self, number: int) -> int:
        """The nearest line with code, the one above first where it touches."""
        touching = [n for n in (number - 1, number) if 0 <= n < len(self.old) and self.old[n].strip()]
        around = sorted((n for n, text in enumerate(self.old) if text.strip()), key=lambda n: abs(n - number))
        if not around:
            raise CannotPatchError("it has no code")
        return (touching or around)[0]

    def _frame(self, number: int, new: str) -> str:
        """What stands before the code in its line of the card."""
        text, old = body(self.lines[self.first + number]), self.old[number]
        if _indent(old) == _indent(new):
            old = old.strip()
        at = text.rfind(old.rstrip())
        frame = text[: max(at, 0)]
        if at < 0 or not _REPEATABLE.match(frame):
            where = self.first + number + 1
            raise CannotPatchError(f"no line can be added beside line {where}, which is more than code")
        return frame[: len(frame) - len(_indent(new))] if _indent(old) == _indent(new) else frame

    def _escaped(self, line: str) -> str:
        return html.escape(line, quote=False) if self.is_html else line


def _framed(frame: str, line: str) -> str:
    if line and not line[0].isspace():
        frame = frame.replace("... ", ">>> ")  # a statement begins, whatever the neighbour is part of
    return (frame + line).rstrip() if not line.strip() else frame + line


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


_WORD = Pattern(r"\w")


def _core(old: str, new: str) -> tuple[str, str]:
    """What differs between two lines, in whole words."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    stop = 0
    while stop < min(len(old), len(new)) - start and old[-1 - stop] == new[-1 - stop]:
        stop += 1
    while start and _WORD.match(old[start - 1]):
        start -= 1
    while stop and _WORD.match(old[len(old) - stop]):
        stop -= 1
    return old[start : len(old) - stop], new[start : len(new) - stop]

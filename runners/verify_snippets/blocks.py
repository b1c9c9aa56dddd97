"""Blocks: the code blocks of a card, with the card's own line numbers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from verify_snippets import block_view, collector, front_matter, kinds, mark_comments, markdown
from verify_snippets.block_view import View
from verify_snippets.code import Code
from verify_snippets.kind import Kind
from verify_snippets.mark_comments import Comment
from verify_snippets.pattern import Pattern
from verify_snippets.shell import Script

__all__ = ["Block", "Heading", "Kind", "read_blocks"]


class Heading(NamedTuple):
    """A heading above a block."""

    line: int
    level: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Block:
    r"""One code block of a card.

    Attributes:
        index: 0-based position among the card's blocks.
        start_line: 1-based line of the opening fence, or of the first line of an indented block.
        end_line: line of the closing fence, or of the last line of the block.
        language_tag: the info string as written; empty for none.
        text: the block's content, dedented as Markdown does, line ends as ``\n``.
        text_line: the card's line that holds the first line of ``text``.
        prose_before: the text between the block before (or the last heading) and this one.
        kind: what the text is.
        headings: the headings it stands under, outermost first.
        text_before: all text between the block before (or the front matter) and this one.
        text_after: all text between this block and the next one (or the card's end).
        comments: those with marks above it; for the last block, those below it, too. Of their words none is
            in the texts around.
        code: its text read as Python, if that is what it is.
        script: its text read as a shell would, if that is what it is.
    """

    index: int
    start_line: int
    end_line: int
    language_tag: str
    text: str
    text_line: int
    prose_before: str
    kind: Kind
    headings: tuple[Heading, ...] = ()
    text_before: str = ""
    text_after: str = ""
    comments: tuple[Comment, ...] = ()
    code: Code | None = field(default=None, repr=False, compare=False)
    script: Script | None = field(default=None, repr=False, compare=False)


def read_blocks(text: str) -> tuple[Block, ...]:
    """Find every code block of a card, in order, and say what each is.

    Args:
        text: the whole card, front matter included, line ends as written.
    """
    with collector.paused():
        document = markdown.read(text, skip_lines=front_matter.count_lines(text))
        return tuple(_blocks(document))


def _blocks(document: markdown.Document) -> Iterator[Block]:
    spans = list(document.code)
    starts = [span.start_line for span in spans] + [len(document.lines) + 1]
    end, before = document.first_line - 1, None
    trail = _Trail(document.headings)
    for index, span in enumerate(spans):
        headings, is_new = trail.until(span.start_line)
        above = document.between(end + 1, span.start_line)
        below = document.between(span.end_line + 1, starts[index + 1])
        last_heading = headings[-1].line if headings else 0
        prose = mark_comments.without(document.between(max(end, last_heading) + 1, span.start_line))
        view = View(
            text=span.text,
            language=block_view.language(span.tag),
            prose=prose,
            heading=headings[-1].title if headings else "",
            follows=None if is_new else before,
        )
        kind = kinds.judge(view)
        yield Block(
            index=index,
            start_line=span.start_line,
            end_line=span.end_line,
            language_tag=span.tag,
            text=span.text,
            text_line=span.text_line,
            prose_before=prose,
            kind=kind,
            headings=headings,
            text_before=mark_comments.without(above),
            text_after=mark_comments.without(below),
            comments=mark_comments.read(above) + (_afterwards(below) if index == len(spans) - 1 else ()),
            code=view.python if kind.is_python else None,
            script=view.shell if kind.is_shell else None,
        )
        end, before = span.end_line, kind


def _afterwards(text: str) -> tuple[Comment, ...]:
    """The comments below the last block, which stand above none."""
    return tuple(replace(comment, is_directly_above=False) for comment in mark_comments.read(text))


class _Trail:
    """The headings in force, as a reader walks down the card."""

    def __init__(self, headings: Iterable[markdown.Title]) -> None:
        self._coming = list(reversed(list(headings)))
        self._open: list[Heading] = []

    def until(self, line: int) -> tuple[tuple[Heading, ...], bool]:
        """The headings that hold at a line, and whether one of them is new since the line before."""
        is_new = False
        while self._coming and self._coming[-1].line < line:
            title = self._coming.pop()
            self._open = [heading for heading in self._open if heading.level < title.level]
            self._open.append(Heading(title.line, title.level, _plain(title.text)))
            is_new = True
        return tuple(self._open), is_new


_MARKUP = Pattern(r"<[^<>]*>|[*_`#]")


def _plain(title: str) -> str:
    return _MARKUP.sub("", title).strip()

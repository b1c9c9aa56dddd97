"""Markdown as CommonMark reads it, with the card's own line numbers.

Two things are added to CommonMark, both for what authors plainly mean: a fence ends the raw HTML
before it (``<details>`` with no blank line after it), and a ``<pre>`` that begins its line is code.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import (
    StateBlock,
    blockquote,
    fence,
    heading,
    hr,
    html_block,
    list_block,
    reference,
)
from markdown_it.token import Token

from verify_snippets.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of code; lines are 1-based and the card's own."""

    start_line: int
    end_line: int
    tag: str
    text: str
    text_line: int


@dataclass(frozen=True, kw_only=True)
class Title:
    """A heading; ``line`` is its last line."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A card's Markdown, taken apart.

    Attributes:
        lines: all lines of the card, front matter blanked.
        first_line: the first line below the front matter.
        code: every piece of code, in order.
        headings: every heading, in order.
    """

    lines: Sequence[str]
    first_line: int
    code: tuple[Span, ...]
    headings: tuple[Title, ...]

    def between(self, first: int, end: int) -> str:
        """The text of lines ``first`` to ``end``, the latter left out."""
        return "\n".join(self.lines[max(first, 1) - 1 : max(end - 1, 0)]).strip("\n")


_LINE_END = Pattern(r"\r\n|\r|\n")


def read(text: str, *, skip_lines: int = 0) -> Document:
    """Take a card apart; its first ``skip_lines`` lines (the front matter) are passed over."""
    lines = split(text, skip_lines=skip_lines)
    tokens = _PARSER.parse("\n".join(lines))
    return Document(
        lines=lines,
        first_line=skip_lines + 1,
        code=tuple(_visible(tokens, len(lines))),
        headings=tuple(_headings(tokens)),
    )


def split(text: str, *, skip_lines: int = 0) -> list[str]:
    """A card's lines, the first ``skip_lines`` of them (the front matter) blanked."""
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    lines[:skip_lines] = [""] * min(skip_lines, len(lines))
    return lines


_FENCE = Pattern(r" {0,3}(`{3,}[^`]*|~{3,}.*)$")
_CLOSED_HTML = Pattern(r"<(!|\?|pre\b|script\b|style\b|textarea\b)", re.IGNORECASE)


def html_until_fence(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """CommonMark's HTML block, but a fence ends the sorts that only a blank line would end."""
    first = state.bMarks[start_line] + state.tShift[start_line]
    if silent or not state.src.startswith("<", first) or _CLOSED_HTML.match(state.src, first):
        return html_block(state, start_line, end_line, silent)
    # Stops at the first blank line or fence, where the block ends anyway: linear over the whole card.
    for line in range(start_line + 1, end_line):
        if state.isEmpty(line):
            break
        if _FENCE.match(state.src[state.bMarks[line] : state.eMarks[line]]):
            return html_block(state, start_line, line, silent)
    return html_block(state, start_line, end_line, silent)


_Rule = Callable[[StateBlock, int, int, bool], bool]
_BY_FIRST_CHARACTER: Mapping[str, Sequence[_Rule]] = {
    "`": (fence,),
    "~": (fence,),
    ">": (blockquote,),
    "_": (hr,),
    "-": (hr, list_block),
    "*": (hr, list_block),
    "+": (list_block,),
    "<": (html_until_fence,),
    "#": (heading,),
    **dict.fromkeys("0123456789", (list_block,)),
}
"""CommonMark's blocks, by the character that their first line begins with: no two of them compete but
those of ``-`` and ``*``, which stand in CommonMark's order."""


def _begins(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Try only those rules that a line's first character leaves: most lines are prose, and leave none."""
    first = state.bMarks[start_line] + state.tShift[start_line]
    rules = _BY_FIRST_CHARACTER.get(state.src[first : first + 1], ())
    return any(rule(state, start_line, end_line, silent) for rule in rules)


_ENDS_ITEM = {fence, blockquote, hr}


def _ends_item(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Whether a line ends a list's item: asked only while one is read, which is what ``silent`` says."""
    if not silent:
        return False
    first = state.bMarks[start_line] + state.tShift[start_line]
    rules = _BY_FIRST_CHARACTER.get(state.src[first : first + 1], ())
    return any(rule in _ENDS_ITEM and rule(state, start_line, end_line, silent) for rule in rules)


def _refers(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    first = state.bMarks[start_line] + state.tShift[start_line]
    return state.src.startswith("[", first) and reference(state, start_line, end_line, silent)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    parser.disable(["inline", "text_join"])  # only blocks are wanted
    rules = parser.block.ruler
    for name in ("blockquote", "list", "html_block", "heading", "hr", "fence"):
        rules.disable(name)
    rules.before("reference", "begins", _begins, {"alt": ["paragraph", "reference", "blockquote"]})
    rules.before("reference", "ends_item", _ends_item, {"alt": ["list"]})
    rules.at("reference", _refers)
    return parser


_PARSER = _parser()


def _visible(tokens: Sequence[Token], line_count: int) -> Iterator[Span]:
    """The code that a reader of the rendered card sees: none inside an HTML comment."""
    hidden = False
    for token in tokens:
        if token.type in {"fence", "code_block"}:
            if not hidden:
                yield _span(token, line_count)
        elif token.type in {"html_block", "inline"}:
            if token.type == "html_block" and not hidden:
                yield from _preformatted(token)
            hidden = _is_in_comment(token.content, hidden=hidden)


def _is_in_comment(text: str, *, hidden: bool) -> bool:
    """Whether a comment is open at the end of a text."""
    opened, closed = text.rfind("<!--"), text.rfind("-->")
    return opened > closed or (hidden and closed < 0)


def _span(token: Token, line_count: int) -> Span:
    first, end = token.map or (0, 0)
    text = token.content.removesuffix("\n")
    is_fence = token.type == "fence"
    end_line = end if is_fence else first + text.count("\n") + 1
    return Span(
        start_line=first + 1,
        end_line=min(max(end_line, first + 1), line_count),
        tag=token.info.strip() if is_fence else "",
        text=text,
        text_line=min(first + (2 if is_fence else 1), line_count),
    )


_PRE = Pattern(r"^[ \t]*<pre\b([^>\n]{0,300})>[ \t]*(<code\b[^>\n]{0,300}>)?", re.IGNORECASE | re.MULTILINE)
_PRE_END = Pattern(r"(</code>\s*)?</pre\s*>", re.IGNORECASE)
_LANGUAGE = Pattern(r"(?:lang(?:uage)?-|lang=[\"']?)([\w+#-]+)", re.IGNORECASE)
_TAG = Pattern(r"</?[A-Za-z][^<>]*>")


def _preformatted(token: Token) -> Iterator[Span]:
    if token.content.lstrip().lower().startswith(("<style", "<script")):
        return
    position, line = 0, (token.map or [0])[0] + 1
    while (opening := _PRE.search(token.content, position)) is not None:
        closing = _PRE_END.search(token.content, opening.end())
        if closing is None:
            return
        line += token.content.count("\n", position, opening.start())
        yield _pre_span(opening, token.content[opening.end() : closing.start()], line)
        line += token.content.count("\n", opening.start(), closing.end())
        position = closing.end()


def _pre_span(opening: re.Match[str], inside: str, line: int) -> Span:
    named = _LANGUAGE.search(opening.group())
    text = html.unescape(_TAG.sub("", inside))
    text_line = line + opening.group().count("\n")
    if text.startswith("\n"):  # HTML drops the line end after <pre>
        text, text_line = text[1:], text_line + 1
    return Span(
        start_line=line,
        end_line=line + opening.group().count("\n") + inside.count("\n"),
        tag=named.group(1) if named else "",
        text=text.rstrip(),
        text_line=text_line,
    )


_HTML_HEADING = Pattern(r"<h([1-6])\b[^>\n]{0,300}>([^\n]{0,300}?)</h[1-6]>", re.IGNORECASE)


def _headings(tokens: Sequence[Token]) -> Iterator[Title]:
    for token, inside in zip(tokens, [*tokens[1:], None], strict=False):
        if token.type == "heading_open" and inside is not None:
            yield Title(line=(token.map or [0, 0])[1], level=int(token.tag[1]), text=inside.content)
        elif token.type == "html_block":
            for found in _HTML_HEADING.finditer(token.content):
                line = (token.map or [0])[0] + 1 + token.content.count("\n", 0, found.start())
                yield Title(line=line, level=int(found.group(1)), text=found.group(2))

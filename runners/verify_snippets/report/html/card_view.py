"""The card as people know it: its Markdown as safe HTML, with a gap wherever a block of code stands."""

import bisect
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from verify_snippets import collector, front_matter, markdown
from verify_snippets.pattern import Pattern
from verify_snippets.report.html.builder import Builder, Code, Note, Part
from verify_snippets.report.html.links import Links, Names, heading_name
from verify_snippets.report.html.raw import BLOCK_TAGS, Raw, picture_label

READ_CHARACTERS = 400_000
"""How much of a card is shown; the longest that we know has a quarter of that."""
_MAX_INLINE = 10_000  # characters of one paragraph whose emphasis and links are read
_ADDRESS = Pattern(r"https?://[^\s<>\"'`|\\]+(?<![.,;:!?)\]}*_])")
_HTML_NAME = Pattern(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_FIRST_HEADING = 3  # the page's title and the heading above the card come before
_READ_ALOUD_BY_ITS_LETTERS = frozenset({"p", "li", "blockquote"})


@dataclass(frozen=True, kw_only=True)
class CardView:
    """A card, ready to be drawn.

    Attributes:
        parts: HTML, and the blocks and notes between, in order.
        metadata: the front matter.
        front_matter: its text, where there is one that is not YAML.
        left_out: how many lines at the end are not shown.
        anchors: lines that can be linked to, ascending, and the name of the place at each.
    """

    parts: tuple[Part, ...]
    metadata: dict[str, Any]
    front_matter: str
    left_out: int
    anchors: tuple[tuple[int, str], ...]

    def anchor(self, line: int) -> str:
        """The name of the nearest place at or above ``line`` that can be linked to."""
        place = bisect.bisect_right(self.anchors, line, key=lambda anchor: anchor[0])
        return self.anchors[place - 1][1] if place else "card"


def read(
    text: str, *, base: str, unfolds: Callable[[int], bool], claim_lines: Collection[int] = ()
) -> CardView:
    """Read a card.

    Args:
        text: the whole card, front matter included.
        base: the address that its relative links are read from; empty for none.
        unfolds: whether a block at a line is worth unfolding what it is folded into.
        claim_lines: the lines whose paragraphs get a note.
    """
    shown = text if len(text) <= READ_CHARACTERS else text[: text.rfind("\n", 0, READ_CHARACTERS) + 1]
    front = front_matter.read(shown)
    lines = markdown.split(shown, skip_lines=front.lines)
    writer = _Writer(Links(base), unfolds, sorted(claim_lines))
    with collector.paused():
        writer.blocks(_PARSER.parse("\n".join(lines)))
    return CardView(
        parts=writer.out.finish(),
        metadata=dict(front.metadata),
        front_matter="" if front.metadata else "\n".join(markdown.split(shown)[: front.lines]),
        left_out=text.count("\n", len(shown)),
        anchors=tuple(writer.anchors),
    )


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.block.ruler.at(
        "html_block", markdown.html_until_fence, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    parser.core.ruler.before("inline", "bound_inline", _bound_inline)
    return parser


def _bound_inline(state: StateCore) -> None:
    """Leave endless paragraphs unread: they are data, and reading them takes more than linear time."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > _MAX_INLINE:
            token.type, token.children = "endless", []


_PARSER = _parser()


class _Writer:
    """Writes tokens to a builder."""

    def __init__(self, links: Links, unfolds: Callable[[int], bool], claim_lines: Sequence[int]) -> None:
        self.out = Builder(unfolds)
        self.anchors: list[tuple[int, str]] = []
        self._links, self._claim_lines, self._names = links, claim_lines, Names()
        self._levels: list[int] = []
        self._raw = Raw(self.out, links, self._names, self._level)
        self._in_link = 0

    def blocks(self, tokens: Sequence[Token]) -> None:
        for index, token in enumerate(tokens):
            if token.level == 0 and token.nesting >= 0:
                self._note(token)
            if token.type in {"fence", "code_block"}:
                self._code(token)
            elif token.type == "html_block":
                self._raw.read(token.content, line=_line(token), inline=False)
            elif token.type == "inline":
                self._inline(token)
            elif token.type == "endless":
                self.out.text(token.content)
            elif token.type == "hr":
                self.out.void("hr")
            elif token.nesting == 1 and not token.hidden:
                self._open(token, tokens[index + 1])
            elif token.nesting == -1 and not token.hidden:
                self._close(token)

    def _open(self, token: Token, following: Token) -> None:
        attributes = self._anchor(token)
        if token.type == "heading_open":
            level = int(token.tag[1])
            kept = {
                "id": self._names.take(heading_name(_plain(following))),
                "class": f"as-h{level}",
                "dir": "auto",
            }
            self.out.open(token.tag, kept, html=f"h{self._level(level)}")
            return
        if token.tag in _READ_ALOUD_BY_ITS_LETTERS:
            attributes["dir"] = "auto"
        if token.tag in {"td", "th"} and token.attrs:
            attributes["class"] = str(token.attrs.get("style", "")).rpartition(":")[2]
        if token.tag == "th":
            attributes["scope"] = "col"
        if token.tag == "ol" and "start" in token.attrs:
            attributes["start"] = str(token.attrs["start"])
        if token.tag == "table":
            self.out.open("wide", {"class": "wide"}, html="div")
        has_blocks = token.tag == "p" and _holds_blocks(following)
        self.out.open(token.tag, attributes, html="div" if has_blocks else "")

    def _close(self, token: Token) -> None:
        self.out.close(token.tag)
        if token.tag == "table":
            self.out.close("wide")

    def _anchor(self, token: Token) -> dict[str, str]:
        if token.map is None or token.tag in {"thead", "tbody"}:
            return {}
        line = _line(token)
        return {"id": f"line-{line}"} if self._is_new(line, f"line-{line}") else {}

    def _is_new(self, line: int, name: str) -> bool:
        if self.anchors and line <= self.anchors[-1][0]:
            return False
        self.anchors.append((line, name))
        return True

    def _note(self, token: Token) -> None:
        if token.map is None or token.type in {"fence", "code_block"}:
            return
        first, last = _line(token), token.map[1]
        place = bisect.bisect_left(self._claim_lines, first)
        if place < len(self._claim_lines) and self._claim_lines[place] <= last:
            self.out.note(Note(first_line=first, last_line=last))

    def _code(self, token: Token) -> None:
        line = _line(token)
        fenced = token.type == "fence"
        self._is_new(line, block_name(line))
        self.out.block(
            Code(
                start_line=line,
                text_line=line + fenced,
                tag=token.info.strip() if fenced else "",
                text=token.content.removesuffix("\n"),
            )
        )

    def _level(self, written: int) -> int:
        """The level at which a heading stands, so that none is left out on the way down."""
        while self._levels and self._levels[-1] >= written:
            self._levels.pop()
        self._levels.append(written)
        return min(6, _FIRST_HEADING + len(self._levels) - 1)

    def _inline(self, token: Token) -> None:
        self._in_link = 0
        for child in token.children or ():
            self._inline_token(child, _line(token))

    def _inline_token(self, token: Token, line: int) -> None:
        out = self.out
        match token.type:
            case "text":
                self._text(token.content)
            case "hardbreak":
                out.void("br")
            case "code_inline":
                out.open("code")
                out.text(token.content)
                out.close("code")
            case "image":
                out.label(picture_label(_plain(token), str(token.attrs.get("src", ""))), "picture")
            case "html_inline":
                self._raw.read(token.content, line=line, inline=True)
            case "link_open" | "link_close":
                self._link(token)
            case "softbreak":
                out.text("\n")
            case _:
                self._mark(token)

    def _mark(self, token: Token) -> None:
        """Emphasis and the like."""
        if token.nesting == 1:
            self.out.open(token.tag)
        elif token.nesting == -1:
            self.out.close(token.tag)
        else:
            self.out.text(token.content)

    def _link(self, token: Token) -> None:
        self._in_link += token.nesting
        if token.nesting == 1:
            href = self._links.href(str(token.attrs.get("href", "")))
            self.out.open("link", _link(href), html="a" if href else "span")
        else:
            self.out.close("link")

    def _text(self, text: str) -> None:
        """Text; addresses in it are links, as everywhere else."""
        end = 0
        for found in _ADDRESS.finditer(text) if not self._in_link and self.out.within != "a" else ():
            href = self._links.href(found.group())
            if href is None:
                continue
            self.out.text(text[end : found.start()])
            self.out.open("link", _link(href), html="a")
            self.out.text(found.group())
            self.out.close("link")
            end = found.end()
        self.out.text(text[end:])


def block_name(line: int) -> str:
    """What the block that begins at ``line`` is called in links; a snippet's id is the same."""
    return f"L{line}"


def _link(href: str | None) -> dict[str, str]:
    return {"href": href, "rel": "noopener noreferrer"} if href else {}


def _line(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _plain(token: Token) -> str:
    """The words of a heading or of a picture's description, their marks left out."""
    return "".join(
        child.content or _plain(child) for child in token.children or () if child.type != "html_inline"
    )


def _holds_blocks(paragraph: Token) -> bool:
    tags = (child.content for child in paragraph.children or () if child.type == "html_inline")
    return any((found := _HTML_NAME.match(tag)) and found.group(1).lower() in BLOCK_TAGS for tag in tags)

"""A card's own HTML: what is harmless is kept, and everything else is shown as the text that it is."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from verify_snippets.report.html import tags
from verify_snippets.report.html.builder import Builder, Code
from verify_snippets.report.html.links import Links, Names, heading_name
from verify_snippets.report.html.tags import Tag

_BLOCKS: Mapping[str, str] = {
    **{tag: tag for tag in ("blockquote", "dd", "details", "dl", "dt", "li", "ol", "summary", "ul")},
    **{tag: tag for tag in ("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr")},
    **dict.fromkeys(("article", "aside", "center", "div", "figcaption", "figure", "footer"), "div"),
    **dict.fromkeys(("header", "main", "nav", "p", "section"), "div"),
}
_INLINE: Mapping[str, str] = {
    **{tag: tag for tag in ("a", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q")},
    **{tag: tag for tag in ("s", "samp", "small", "span", "strong", "sub", "sup", "u", "var")},
    **dict.fromkeys(("abbr", "big", "button", "font", "label", "nobr"), "span"),
    "strike": "s",
    "tt": "code",
}
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FRAMES = {
    "img": "picture",
    "video": "video",
    "audio": "sound",
    "iframe": "embedded page",
    "embed": "embedded file",
    "object": "embedded file",
}
_TRANSPARENT = frozenset({"picture", "source", "track", "html", "body", "colgroup", "col"})  # content counts
_SKIPPED = frozenset({"style", "svg"})  # no reader of a card sees what is in them as text
_VOID = frozenset({"br", "hr", "wbr"})
_ALIGNED = frozenset({"left", "center", "right"})

_KNOWN = frozenset(_BLOCKS) | frozenset(_INLINE) | _HEADINGS | {"pre"}
_WITHOUT_END = _TRANSPARENT | _SKIPPED | _VOID | frozenset(_FRAMES)

BLOCK_TAGS = frozenset(_BLOCKS) | _HEADINGS | {"hr", "pre"}
"""What can't stand within a paragraph."""


class Raw:
    """Reads one piece of raw HTML after the other into a builder."""

    def __init__(self, out: Builder, links: Links, names: Names, level: Callable[[int], int]) -> None:
        """Write to ``out``; ``level`` says at which level a heading that is written as another stands."""
        self._out, self._links, self._names, self._level = out, links, names, level
        self._inline = False
        self._preformatted: list[str] | None = None
        self._pre_line = 1
        self._skipped = ""

    def read(self, content: str, *, line: int, inline: bool) -> None:
        """Read a piece that begins at the card's line ``line``."""
        self._inline, self._skipped = inline, ""
        for piece in tags.split(content):
            if isinstance(piece, str):
                self._text(piece)
            elif piece.closes:
                self._end(piece)
            else:
                self._start(piece, line)
            line += piece.count("\n") if isinstance(piece, str) else piece.written.count("\n")
        if self._preformatted is not None:
            self._end_preformatted()
        if not inline:
            self._out.end_raw_inline()

    def _start(self, tag: Tag, line: int) -> None:
        name = tag.name
        if self._preformatted is not None:
            if name == "br":
                self._preformatted.append("\n")
        elif self._skipped or name in _TRANSPARENT:
            pass
        elif name in _SKIPPED:
            self._skipped = "" if self._inline or tag.is_empty else name
        elif name == "pre" and not self._inline:
            self._preformatted, self._pre_line = [], line
        elif name in _VOID:
            self._out.void(name)
        elif name in _FRAMES:
            self._out.label(_label(tag.attributes), _FRAMES[name])
        elif name in _KNOWN:
            self._open(name, tag.attributes)
            if tag.is_empty:  # HTML knows that of elements without content only, authors of others
                self._out.close(name, raw=True)
        else:
            self._out.text(tag.written)

    def _end(self, tag: Tag) -> None:
        name = tag.name
        if self._preformatted is not None:
            if name == "pre":
                self._end_preformatted()
        elif self._skipped:
            self._skipped = "" if name == self._skipped else self._skipped
        elif name in _KNOWN:
            self._out.close(name, raw=True)
        elif name not in _WITHOUT_END:
            self._out.text(tag.written)

    def _text(self, text: str) -> None:
        if self._preformatted is not None:
            self._preformatted.append(html.unescape(text))
        elif not self._skipped:
            self._out.text(html.unescape(text))

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _HEADINGS:
            level = int(tag[1])
            kept = self._kept(tag, attributes)
            kept["class"] = f"as-h{level} {kept.get('class', '')}".strip()
            self._out.open(tag, kept, html=f"h{self._level(level)}", raw=True)
        elif tag in _BLOCKS:
            self._out.open(tag, self._kept(tag, attributes), html=_BLOCKS[tag], raw=True)
        else:
            written = _INLINE.get(tag, "code")  # code: a <pre> within a paragraph
            self._out.open(tag, self._kept(tag, attributes), html=written, raw=True, inline=True)

    def _kept(self, tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """The few attributes that are kept, each made anew."""
        kept = {}
        named = attributes.get("id") or attributes.get("name")
        if named:
            kept["id"] = self._names.take(heading_name(named))
        align = attributes.get("align", "").lower() if tag != "center" else "center"
        if align in _ALIGNED:
            kept["class"] = align
        href = self._links.href(attributes.get("href", "")) if tag == "a" else None
        if href:
            kept |= {"href": href, "rel": "noopener noreferrer"}
        if tag in {"td", "th"}:
            spans = ((key, attributes.get(key, "")) for key in ("colspan", "rowspan"))
            kept |= {key: value for key, value in spans if re.fullmatch(r"[1-9][0-9]?", value)}
        if tag == "details" and "open" in attributes:
            kept["open"] = ""
        return kept

    def _end_preformatted(self) -> None:
        text, self._preformatted = "".join(self._preformatted or ()), None
        starts_below = text.startswith("\n")  # HTML drops the line end after <pre>
        self._out.block(
            Code(
                start_line=self._pre_line,
                text_line=self._pre_line + starts_below,
                tag="",
                text=text.removeprefix("\n").rstrip(),
            )
        )


def _label(attributes: Mapping[str, str]) -> str:
    return picture_label(attributes.get("alt") or attributes.get("title", ""), attributes.get("src", ""))


def picture_label(alt: str, src: str) -> str:
    """What stands for a picture that is not loaded: its own words, or else its file's name."""
    if alt.strip():
        return " ".join(alt.split())[:200]
    try:
        path = urlsplit(src).path
    except ValueError:
        path = ""
    return unquote(path.rstrip("/").rpartition("/")[2])[:80] or "not loaded"

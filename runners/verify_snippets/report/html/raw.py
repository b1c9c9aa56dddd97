"""A card's own HTML: what is harmless is kept, and everything else is shown as the text that it is."""

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote, urlsplit

from verify_snippets.report.html.builder import Builder, Code
from verify_snippets.report.html.links import Links, Names, name

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

BLOCK_TAGS = frozenset(_BLOCKS) | _HEADINGS | {"hr", "pre"}
"""What can't stand within a paragraph."""


class Raw(HTMLParser):
    """Reads one piece of raw HTML after the other into a builder."""

    def __init__(self, out: Builder, links: Links, names: Names, level: Callable[[int], int]) -> None:
        """Write to ``out``; ``level`` says at which level a heading that is written as another stands."""
        super().__init__(convert_charrefs=True)
        self._out, self._links, self._names, self._level = out, links, names, level
        self._line = 1
        self._inline = False
        self._preformatted: list[str] | None = None
        self._pre_line = 1
        self._skipped = ""

    def read(self, content: str, *, line: int, inline: bool) -> None:
        """Read a piece that begins at the card's line ``line``."""
        self.reset()
        self._line, self._inline, self._skipped = line, inline, ""
        self.feed(content)
        self.close()
        if self._preformatted is not None:
            self._end_preformatted()
        if not inline:
            self._out.end_raw_inline()

    def set_cdata_mode(self, *arguments: object, **options: object) -> None:
        """A script's content is read like any other: there is nothing here that would run it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One start tag."""
        attributes = {key: value or "" for key, value in attrs}
        if self._preformatted is not None:
            if tag == "br":
                self._preformatted.append("\n")
        elif self._skipped or tag in _TRANSPARENT:
            pass
        elif tag in _SKIPPED:
            self._skipped = "" if self._inline else tag
        elif tag == "pre" and not self._inline:
            self._preformatted, self._pre_line = [], self._line + self.getpos()[0] - 1
        elif tag in _VOID:
            self._out.void(tag)
        elif tag in _FRAMES:
            self._out.label(_label(attributes), _FRAMES[tag])
        else:
            self._open(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag such as ``<br/>``; HTML knows it for elements without content only, authors for others."""
        self.handle_starttag(tag, attrs)
        if tag in _BLOCKS or tag in _INLINE or tag in _HEADINGS:
            self._out.close(tag, raw=True)

    def handle_endtag(self, tag: str) -> None:
        """One end tag."""
        if self._preformatted is not None:
            if tag == "pre":
                self._end_preformatted()
        elif self._skipped:
            self._skipped = "" if tag == self._skipped else self._skipped
        elif tag in _BLOCKS or tag in _INLINE or tag in _HEADINGS or tag == "pre":
            self._out.close(tag, raw=True)
        elif tag not in _TRANSPARENT and tag not in _SKIPPED and tag not in _FRAMES and tag not in _VOID:
            self._out.text(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._preformatted is not None:
            self._preformatted.append(data)
        elif not self._skipped:
            self._out.text(data)

    def _open(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _HEADINGS:
            level = int(tag[1])
            kept = self._kept(tag, attributes)
            kept["class"] = f"as-h{level} {kept.get('class', '')}".strip()
            self._out.open(tag, kept, html=f"h{self._level(level)}", raw=True)
        elif tag in _BLOCKS:
            self._out.open(tag, self._kept(tag, attributes), html=_BLOCKS[tag], raw=True)
        elif tag in _INLINE or tag == "pre":
            html = _INLINE.get(tag, "code")
            self._out.open(tag, self._kept(tag, attributes), html=html, raw=True, inline=True)
        else:
            self._out.text(self.get_starttag_text() or f"<{tag}>")

    def _kept(self, tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """The few attributes that are kept, each made anew."""
        kept = {}
        named = attributes.get("id") or attributes.get("name")
        if named:
            kept["id"] = self._names.take(name(named))
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

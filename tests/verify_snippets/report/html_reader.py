"""Reads a page as strictly as no browser does: what is not well nested, or named twice, is an error."""

from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})
SVG_LEAVES = frozenset({"circle", "path", "rect"})


class Reader(HTMLParser):
    """A page, read.

    Attributes:
        tags: every element's name.
        attributes: every attribute, as (element, name, value).
        headings: the level of each heading, in order.
        text: what can be read, style and script aside.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(str(page))  # of markup, any piece would be escaped once more
        self.close()
        assert not self._open, f"never closed: {self._open}"
        ids = self.values("id")
        assert len(ids) == len(set(ids)), f"named twice: {sorted(i for i in ids if ids.count(i) > 1)}"

    def values(self, name: str, tag: str = "") -> list[str]:
        """The values of all attributes of that name, of one sort of element or of all."""
        return [value for element, key, value in self.attributes if key == name and tag in ("", element)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID and tag not in SVG_LEAVES:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG_LEAVES, f"<{tag}/>"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> where nothing is open"
        assert self._open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in {"style", "script"}:
            self.text += data

"""Writes HTML that is always well nested, whatever is asked of it.

Markdown's own elements and those that a card writes as raw HTML share one stack. What a card opens it can
close, and where it doesn't, it is closed for it; what it did not open it can't close.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from verify_snippets.report.html.text import visible

_MAX_DEPTH = 100  # of raw HTML: browsers give up soon after
_LISTS = frozenset({"ul", "ol"})
_SECTIONS = frozenset({"table", "thead", "tbody", "tfoot"})
_NEEDS_PARENT: Mapping[str, frozenset[str]] = {
    "li": _LISTS,
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    **dict.fromkeys(("thead", "tbody", "tfoot", "caption"), frozenset({"table"})),
    "tr": _SECTIONS,
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
}
_CELLS = frozenset({"td", "th"})
_ENDS: Mapping[str, frozenset[str]] = {  # end tags that HTML lets authors leave out
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "p": frozenset({"p"}),
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS | {"tr"},
    **dict.fromkeys(("thead", "tbody", "tfoot"), _CELLS | {"tr", "thead", "tbody", "tfoot", "caption"}),
}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, kw_only=True)
class Code:
    """A block of code, which is drawn with its verdict; lines are 1-based and the card's own."""

    start_line: int
    text_line: int
    tag: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """Where the margin has room for what is said of the claims in some lines of the card."""

    first_line: int
    last_line: int


Part = Markup | Code | Note


@dataclass(frozen=True, kw_only=True)
class _Element:
    name: str
    html: str  # what is written for it; empty where it may not stand
    raw: bool  # whether the card wrote it as HTML
    inline: bool
    piece: int


class Builder:
    """Collects the parts of a card, in order."""

    def __init__(self, unfolds: Callable[[int], bool]) -> None:
        """Folds around a block for whose start line ``unfolds`` is true are open."""
        self._unfolds = unfolds
        self._pieces: list[str | Code | Note] = []
        self._stack: list[_Element] = []

    @property
    def within(self) -> str:
        """The name of the innermost open element; empty for none."""
        return self._stack[-1].name if self._stack else ""

    def open(
        self,
        name: str,
        attributes: Mapping[str, str] | None = None,
        *,
        html: str = "",
        raw: bool = False,
        inline: bool = False,
    ) -> None:
        """Begin an element that is called ``name`` and written as ``html``. Attributes are the caller's."""
        if raw:
            if len(self._stack) >= _MAX_DEPTH:
                return
            self._end_implied(name)
        wanted = html or name
        fits = not self._is_nested(wanted) and (not raw or self._has_parent(name))
        written = wanted if fits else ""
        self._stack.append(_Element(name=name, html=written, raw=raw, inline=inline, piece=len(self._pieces)))
        self._pieces.append(_start_tag(written, attributes or {}) if written else "")

    def close(self, name: str, *, raw: bool = False) -> None:
        """End the innermost ``name``, and all within it. Raw HTML can't end what Markdown began."""
        for depth in range(len(self._stack) - 1, -1, -1):
            element = self._stack[depth]
            if element.name == name and element.raw == raw:
                self._close_down_to(depth)
                return
            if raw and not element.raw:
                return

    def void(self, name: str) -> None:
        """An element without content."""
        self._pieces.append(f"<{name}>")

    def text(self, text: str) -> None:
        """Text, whatever it holds."""
        self._pieces.append(str(escape(visible(text))))

    def label(self, text: str, kind: str) -> None:
        """A frame in the place of something that is not loaded."""
        self._pieces.append(
            str(
                Markup('<span class="frame"><span class="unseen">{}: </span>{}</span>').format(
                    kind, visible(text)
                )
            )
        )

    def block(self, code: Code) -> None:
        """A block of code."""
        if self._unfolds(code.start_line):
            for element in self._stack:
                if element.html == "details":
                    self._pieces[element.piece] = "<details open>"
        self._pieces.append(code)

    def note(self, note: Note) -> None:
        """Room for a note."""
        if not {element.html for element in self._stack} & (_SECTIONS | {"tr"}):
            self._pieces.append(note)

    def end_raw_inline(self) -> None:
        """End what a piece of raw HTML left open and can't have meant to reach further, such as a link."""
        for depth, element in enumerate(self._stack):
            if element.raw and element.inline:
                self._close_down_to(depth)
                return

    def finish(self) -> tuple[Part, ...]:
        """End everything, and hand it over."""
        self._close_down_to(0)
        parts: list[Part] = []
        text: list[str] = []
        for piece in self._pieces:
            if isinstance(piece, str):
                text.append(piece)
                continue
            parts += [Markup("".join(text)), piece]  # noqa: S704 - made of escaped text and tags of our own
            text = []
        return (*parts, Markup("".join(text)))  # noqa: S704

    def _close_down_to(self, depth: int) -> None:
        while len(self._stack) > depth:
            element = self._stack.pop()
            if element.html:
                self._pieces.append(f"</{element.html}>")

    def _end_implied(self, name: str) -> None:
        ends = _ENDS.get(name, frozenset())
        barriers = _NEEDS_PARENT.get(name, frozenset()) - ends
        for depth in range(len(self._stack) - 1, -1, -1):
            element = self._stack[depth]
            if not element.raw or element.name in barriers:
                return
            if element.name in ends:
                self._close_down_to(depth)
                self._end_implied(name)
                return

    def _has_parent(self, name: str) -> bool:
        parents = _NEEDS_PARENT.get(name)
        return parents is None or (self.within in parents and bool(self._stack[-1].html))

    def _is_nested(self, html: str) -> bool:
        """Whether ``html`` would stand within another of its kind where browsers allow none."""
        others = _HEADINGS if html in _HEADINGS else {html} & {"a", "summary"}
        return bool(others) and any(element.html in others for element in self._stack)


def _start_tag(name: str, attributes: Mapping[str, str]) -> str:
    written = "".join(f' {key}="{escape(visible(value))}"' for key, value in attributes.items())
    return f"<{name}{written}>"

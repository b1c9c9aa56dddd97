"""Drawings as SVG: no library, no script, colours left to the page. Pure.

Their parts are plain strings: numbers, and texts that are escaped.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from verify_snippets.report.html.text import visible


def drawing(parts: Sequence[str], *, width: float, height: float, title: str, told: str, name: str) -> Markup:
    """An ``<svg>`` element.

    Args:
        parts: what it shows, as this module's functions give it.
        width: in its own units.
        height: likewise.
        title: what it shows, for those who don't see it.
        told: the same in full.
        name: prefix of its ids, unique on the page.
    """
    return Markup(
        '<svg class="plot" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
        '<title id="{name}-t">{title}</title><desc id="{name}-d">{told}</desc>{parts}</svg>'
    ).format(
        width=width,
        height=height,
        name=name,
        title=visible(title),
        told=visible(told),
        parts=Markup("".join(parts)),  # noqa: S704 - made of numbers, and texts that are escaped
    )


def text(x: float, y: float, words: str, *, anchor: str, kind: str = "tick") -> str:
    """Words at a place; ``kind`` is their class."""
    place = f'class="{escape(kind)}" x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(visible(words))}</text>"

"""Takes raw HTML apart into tags and text, in time that grows with its length only."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verify_snippets.pattern import Pattern

_TAG = Pattern(r"""<(/?)([a-zA-Z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = Pattern(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_MAX_ATTRIBUTES = 40
_DECLARATIONS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A start or end tag; names are lower-case, entities in attributes are read.

    Attributes:
        written: the tag as it stands there.
        name: of the element.
        closes: whether it is an end tag.
        is_empty: whether it ends its own element (``<br/>``).
        attributes: the first of each name.
    """

    written: str
    name: str
    closes: bool
    is_empty: bool
    attributes: Mapping[str, str]


def split(content: str) -> Iterator[Tag | str]:
    """Tags, and the text between them as written; of comments and declarations only the line ends."""
    position = text_start = 0
    missing: set[str] = set()  # ends that do not come any more: nobody has to look for them again
    while (position := content.find("<", position)) >= 0:
        end, piece = _at(content, position, missing)
        if piece is None:
            position += 1
            continue
        if position > text_start:
            yield content[text_start:position]
        yield piece
        position = text_start = end
    if text_start < len(content):
        yield content[text_start:]


def _at(content: str, position: int, missing: set[str]) -> tuple[int, Tag | str | None]:
    """What begins at a ``<`` and where it ends; None for nothing, which makes it text."""
    found = _TAG.match(content, position)
    if found is not None:
        return found.end(), _tag(found)
    for opening, closing in _DECLARATIONS:
        if content.startswith(opening, position) and closing not in missing:
            end = content.find(closing, position + len(opening))
            if end >= 0:
                end += len(closing)
                return end, "\n" * content.count("\n", position, end)
            missing.add(closing)
    return position, None


def _tag(found: re.Match[str]) -> Tag:
    slash, name, inside = found.groups()
    attributes: dict[str, str] = {}
    for written in _ATTRIBUTE.finditer(inside) if not slash else ():
        key, *values = written.groups()
        attributes.setdefault(key.lower(), html.unescape(next((value for value in values if value), "")))
        if len(attributes) == _MAX_ATTRIBUTES:
            break
    return Tag(
        written=found.group(),
        name=name.lower(),
        closes=bool(slash),
        is_empty=inside.rstrip().endswith("/"),
        attributes=attributes,
    )

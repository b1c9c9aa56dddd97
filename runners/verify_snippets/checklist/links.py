"""The links and pictures of a card. Pure."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from verify_snippets.checklist.material import Material
from verify_snippets.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address in the card.

    Attributes:
        address: as written.
        line: of the card, 1-based; that of its first use.
        is_picture: whether it is shown, not linked.
    """

    address: str
    line: int
    is_picture: bool


_MARKDOWN = Pattern(
    r"(!?)\[(?:[^\[\]]|\[[^\[\]]{0,300}\]){0,500}\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)"
)
_CODE_SPAN = Pattern(r"(?<!`)(`+)(?!`)[^\n]{0,2000}?(?<!`)\1(?!`)")
_REFERENCE = Pattern(r"^ {0,3}\[[^\]\n]{1,200}\]:\s*<?([^\s>]+)", re.MULTILINE)
_HTML = Pattern(
    r"<(img|video|source|a)\b[^<>]{0,1000}?\b(?:src|href)\s*=\s*[\"']?([^\s\"'<>]+)", re.IGNORECASE
)
_PLAIN = Pattern(r"(?<![(\"'<=\w\]])https?://[^\s<>()\[\]\"'`*|]+|<(https?://[^\s<>]+)>")


def links_of(material: Material) -> Sequence[Link]:
    """Every address of a card's prose, once each, in the order of its lines."""
    return _links_in(material.prose)


@lru_cache(maxsize=1)  # several items ask for those of the same card
def _links_in(prose: str) -> Sequence[Link]:
    text = _CODE_SPAN.sub(lambda span: " " * len(span.group()), prose)
    line_ends = [found.start() for found in re.finditer("\n", text)]
    found: list[tuple[int, str, bool]] = []
    # The address of a picture that is itself a link stands inside the link's text, so all are searched apart.
    found += [(m.start(), m[2], m[1] == "!") for m in _MARKDOWN.finditer(text)]
    found += [(m.start(), m[2], True) for m in _INNER.finditer(text)]
    found += [(m.start(), m[1], False) for m in _REFERENCE.finditer(text)]
    found += [(m.start(), m[2], m[1].lower() != "a") for m in _HTML.finditer(text)]
    found += [(m.start(), m[1] or m[0].rstrip(".,;:!?"), False) for m in _PLAIN.finditer(text)]
    links: dict[str, Link] = {}
    for start, address, is_picture in sorted(found):
        line = bisect_right(line_ends, start) + 1
        links.setdefault(address, Link(address=address, line=line, is_picture=is_picture))
    return tuple(links.values())


_INNER = Pattern(r"(!)\[[^\[\]]{0,300}\]\(\s*<?([^\s()<>]+)")

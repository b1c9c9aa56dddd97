"""Where a card's links may lead, and the names of its headings."""

import re
from urllib.parse import unquote, urljoin, urlsplit

from verify_snippets.pattern import Pattern

_SCHEME = Pattern(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNFIT = Pattern(r"[\x00-\x20\x7f-\xa0\\\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_MAX_LENGTH = 2_000
_NOT_IN_NAMES, _SPACE = Pattern(r"[^\w\s-]"), Pattern(r"\s")


class Links:
    """What is allowed of a card's links: to web pages, to mail addresses, and within the card."""

    def __init__(self, base: str = "") -> None:
        """Links that are relative are read from ``base``; where that is empty they lead nowhere."""
        self._base = base

    def href(self, written: str) -> str | None:
        """What to link to, or None where that is nothing that a report may link to."""
        address = written.strip()
        if not address or len(address) > _MAX_LENGTH or _UNFIT.search(address):
            return None
        if address.startswith("#"):
            return f"#{heading_name(unquote(address[1:]))}"
        if not _SCHEME.match(address):
            address = urljoin(self._base, address) if self._base and not address.startswith("//") else ""
        return address if _is_allowed(address) else None


def _is_allowed(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def heading_name(title: str) -> str:
    """The name that a heading has in links, made as the Hub makes it, and apart from the page's own."""
    words = _NOT_IN_NAMES.sub("", title.strip().lower())
    return f"card-{_SPACE.sub('-', words)}"[:200]


class Names:
    """Names in use: each is given once."""

    def __init__(self) -> None:
        """Begin with none."""
        self._next: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        """``wanted``, or that with the first number that makes it new."""
        found = wanted
        while found in self._next:
            found = f"{wanted}-{self._next[wanted]}"
            self._next[wanted] += 1
        self._next[found] = 1
        return found

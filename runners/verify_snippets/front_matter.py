"""The YAML front matter of a card."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from verify_snippets.pattern import Pattern

_MAX_CHARACTERS = 512 * 1024
_KEY = Pattern(r"\s*(#|\{|[\w.-]+\s*:|['\"][\w .-]+['\"]\s*:)")
_LINE_END = Pattern(r"\r\n|\r|\n")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C loader is there in all binary wheels


class FrontMatter(NamedTuple):
    """What a card's front matter says, and how many of the card's lines it takes."""

    metadata: Mapping[str, Any]
    lines: int


def read(text: str) -> FrontMatter:
    """Read the front matter: metadata, and the number of lines up to and with the closing ``---``.

    A card without it has 0 lines of it. Front matter that is there but isn't YAML counts its lines
    and has no metadata: the card below it is worth reading all the same.
    """
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    end = _end(lines)
    if not end:
        return FrontMatter({}, 0)
    inside = "\n".join(lines[:end]).strip().removeprefix("---").removesuffix("---")
    metadata = _load(inside)
    if not isinstance(metadata, dict):
        return FrontMatter({}, end)
    return FrontMatter({str(key): value for key, value in metadata.items()}, end)


def count_lines(text: str) -> int:
    """The card's lines that its front matter takes, its YAML left unread."""
    return _end(_LINE_END.split(text.removeprefix("\ufeff")))


def _end(lines: Sequence[str]) -> int:
    """The number of lines up to and with the closing ``---``; 0 without front matter."""
    opening = next((number for number, line in enumerate(lines) if line.strip()), None)
    if opening is None or lines[opening].rstrip() != "---":
        return 0
    rest = range(opening + 1, len(lines))
    closing = next((number for number in rest if lines[number].rstrip() == "---"), None)
    if closing is None:
        return 0
    # Two horizontal rules with prose between them are no front matter.
    first = next((line for line in lines[opening + 1 : closing] if line.strip()), None)
    return closing + 1 if first is None or _KEY.match(first) else 0


_MAX_DEPTH = 100
_DEEP_LINE = Pattern(rf"^[\s\-?:]{{{_MAX_DEPTH}}}", re.MULTILINE)


def _is_too_deep(source: str) -> bool:
    """Whether YAML may nest deeper than the C loader's stack: it would take the process down."""
    depth = deepest = 0
    for mark in re.finditer(r"[\[\]{}]", source):
        depth += 1 if mark.group() in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > _MAX_DEPTH or _DEEP_LINE.search(source) is not None


def _load(source: str) -> object:
    if len(source) > _MAX_CHARACTERS or _is_too_deep(source):
        return None
    for attempt in (source, source.replace("\t", "  ")):
        try:
            return yaml.load(attempt, Loader=_LOADER)  # noqa: S506 - a safe loader, whichever it is
        except (
            yaml.YAMLError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            OverflowError,
            RecursionError,
        ):
            continue  # PyYAML lets the errors of its own constructors through, for a date such as 2023-13-45
    return None

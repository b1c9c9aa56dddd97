"""Which blocks stand behind the same ``<details>``: what one reader folds out and another passes by."""

import bisect
import re
from collections.abc import Sequence

from verify_snippets.blocks import Block
from verify_snippets.pattern import Pattern

Fold = tuple[int, ...]
"""The ``<details>`` around a block, outermost first, each by its place in the card."""

_DETAILS = Pattern(r"<(/?)details\b", re.IGNORECASE)
_MAX_DEPTH = 50  # more is a card that never closes them
_MAX_BACK = 50  # places: nobody looks further back for another that isn't folded away


def find(blocks: Sequence[Block]) -> tuple[Fold, ...]:
    """What each block of a card is folded into."""
    found: list[Fold] = []
    current: Fold = ()
    count = 0
    for block in blocks:
        for tag in _DETAILS.finditer(block.text_before):
            count += 1
            current = current[:-1] if tag.group(1) else (*current, count)[:_MAX_DEPTH]
        found.append(current)
    return tuple(found)


def reaches(giver: Fold, reader: Fold) -> bool:
    """Whether who reads a block has what it is folded into open, or it isn't folded at all."""
    return reader[: len(giver)] == giver


def nearest(places: Sequence[int], index: int, around: Sequence[Fold]) -> int | None:
    """Of ascending places, the last one before ``index``, one that isn't folded away if there is one.

    Where none is before it, the first one after it.
    """
    before = bisect.bisect_left(places, index)
    for place in reversed(places[max(0, before - _MAX_BACK) : before]):
        if reaches(around[place], around[index]):
            return place
    if before:
        return places[before - 1]
    after = bisect.bisect_right(places, index)
    return places[after] if after < len(places) else None

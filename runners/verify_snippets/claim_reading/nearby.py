"""Which word a number belongs to: the nearest one, with what stands between counted in."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from verify_snippets.pattern import Pattern

Key = TypeVar("Key")


class Cue(NamedTuple):
    """A word near a number and how far away it is felt to be."""

    distance: float
    start: int
    end: int


_BREAK = Pattern(r"[,;:()—|]")
_HARD = Pattern(r"[;—。]")
# What is felt as so many characters more.
_BEFORE, _ANY_BREAK, _HARD_BREAK, _ANOTHER_NUMBER = 4.0, 6.0, 12.0, 25.0
_MOST = 4  # words on either side of a number that are looked at


def nearest(
    text: str,
    start: int,
    end: int,
    cues: Mapping[Key, Pattern],
    others: Sequence[int] = (),
    reach: int = 160,
) -> dict[Key, Cue]:
    """The nearest cue of each sort within ``reach`` characters of a number.

    Args:
        text: the statement.
        start: where the number begins.
        end: where the number (with its unit) ends.
        cues: what to look for, by sort.
        others: where other numbers begin, in order; each that stands between makes a cue more distant.
        reach: how far from the number a cue may begin.
    """
    found: dict[Key, Cue] = {}
    for key, pattern in cues.items():
        spans = _spans(pattern, text)
        place = bisect_left(spans, (start, start))
        for left, right in spans[max(place - _MOST, 0) : place + _MOST]:
            if left < start - reach or right > end + reach:
                continue
            far = _distance(text, start, end, left, right, others)
            if key not in found or far < found[key].distance:
                found[key] = Cue(far, left, right)
    return found


@lru_cache(maxsize=4096)
def says(pattern: Pattern, text: str) -> bool:
    """Whether a pattern is found; kept, for each number of a statement asks of the same surroundings."""
    return pattern.search(text) is not None


@lru_cache(maxsize=64)
def _spans(pattern: Pattern, text: str) -> list[tuple[int, int]]:
    """Every match; kept, for a statement is asked once for each of its numbers."""
    return [found.span() for found in pattern.finditer(text)]


def _distance(text: str, start: int, end: int, cue_start: int, cue_end: int, others: Sequence[int]) -> float:
    """How far a cue is felt to be from a number; what stands between the two counts more than blanks."""
    if cue_start >= end:
        left, right, distance = end, cue_start, 0.0
    elif cue_end <= start:
        left, right, distance = cue_end, start, _BEFORE
    else:
        return 0.0
    between = text[left:right]
    distance += right - left
    distance += _ANY_BREAK * len(_BREAK.findall(between)) + _HARD_BREAK * len(_HARD.findall(between))
    return distance + _ANOTHER_NUMBER * (bisect_left(others, right) - bisect_left(others, left))

"""Which word a number belongs to: the nearest one, with what stands between counted in."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

Key = TypeVar("Key")


class Cue(NamedTuple):
    """A word near a number and how far away it is felt to be."""

    distance: float
    start: int
    end: int


_BREAK = re.compile(r"[,;:()—|]")
_HARD = re.compile(r"[;—。]")


def distance(text: str, start: int, end: int, cue: re.Match[str], others: Iterable[int] = ()) -> float:
    """How far a cue is felt to be from the number between ``start`` and ``end``.

    Args:
        text: the statement.
        start: where the number begins.
        end: where the number (with its unit) ends.
        cue: the word.
        others: where other numbers begin; each that stands between makes the cue more distant.
    """
    if cue.start() >= end:
        left, right, penalty = end, cue.start(), 0.0
    elif cue.end() <= start:
        left, right, penalty = cue.end(), start, 4.0
    else:
        return 0.0
    between = text[left:right]
    penalty += 6.0 * len(_BREAK.findall(between)) + 12.0 * len(_HARD.findall(between))
    penalty += 25.0 * sum(left <= other < right for other in others)
    return (right - left) + penalty


def nearest(
    text: str,
    start: int,
    end: int,
    cues: Mapping[Key, re.Pattern[str]],
    others: Iterable[int] = (),
    reach: int = 160,
) -> dict[Key, Cue]:
    """The nearest cue of each sort within ``reach`` characters of a number."""
    found: dict[Key, Cue] = {}
    low, high = max(start - reach, 0), min(end + reach, len(text))
    for key, pattern in cues.items():
        for cue in pattern.finditer(text, low, high):
            far = distance(text, start, end, cue, others)
            if key not in found or far < found[key].distance:
                found[key] = Cue(far, cue.start(), cue.end())
    return found

"""Which block needs which: by names, files, clones, working directories and servers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify_snippets import folds
from verify_snippets.givers import Givers
from verify_snippets.places import Places
from verify_snippets.reading import Reading
from verify_snippets.traces import Traces

if TYPE_CHECKING:
    from verify_snippets.snippets import Snippet


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What a block needs.

    Attributes:
        blocks: indices of the blocks it needs directly, ascending.
        missing: names that neither it nor any other block of the card defines.
    """

    blocks: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()


def run_order(snippets: Sequence[Snippet], index: int) -> tuple[int, ...]:
    """The Python blocks to run before a block, in order: what it needs, what those need, and so on.

    Shell blocks are left out (what they install is a requirement), and a cycle is cut where it closes.
    """
    order: list[int] = []
    seen = {index}
    waiting: list[tuple[int, Iterator[int]]] = [(index, iter(snippets[index].needs))]
    while waiting:
        current, rest = waiting[-1]
        following = next(rest, None)
        if following is None:
            waiting.pop()
            if current != index and snippets[current].kind.is_python:
                order.append(current)
        elif following not in seen:
            seen.add(following)
            waiting.append((following, iter(snippets[following].needs)))
    return tuple(order)


def find(readings: Sequence[Reading], traces: Sequence[Traces]) -> tuple[Needs, ...]:
    """Find what each block of a card needs, in the blocks' order.

    Args:
        readings: all of the card's blocks.
        traces: what each of them leaves behind and looks for.
    """
    around = folds.find([reading.block for reading in readings])
    givers, places = Givers(readings, around), Places(readings, traces, around)
    direct: list[tuple[int, ...]] = []
    found: list[Needs] = []
    for index, reading in enumerate(readings):
        by_name, missing = givers.find(index, reading, direct)
        direct.append(tuple(sorted((by_name | places.find(index)) - {index})))
        found.append(Needs(blocks=direct[index], missing=missing))
    return tuple(found)

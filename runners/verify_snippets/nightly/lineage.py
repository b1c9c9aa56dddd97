"""Which snippet of the card of now is which one of before, so that its history follows it. Pure.

A card's lines move and its code is edited, and a snippet has no name of its own. The same code is the same
snippet wherever it stands; what is left is matched by how much of its wording stayed, and last by its place
between neighbours that are known. How alike two snippets are is the share of pairs of words that they have in
common, estimated from the smallest hashes of each: A. Z. Broder, "On the resemblance and containment of
documents" (1997).
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from verify_snippets.store.records import Standing, line_of

_SKETCH_SIZE = 32  # hashes: an estimate within some 0.15 of the truth, in 256 letters
_HASH_BYTES = 4
_RESEMBLES = 0.4  # two snippets of one card that load the same model in two ways reach 0.3
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class CardSnippet:
    """A snippet of the card as it is now.

    Attributes:
        snippet_id: ``L`` and its line.
        kind: such as ``python`` (``blocks.Kind``).
        title: its first line, for people.
        code: all of it.
    """

    snippet_id: str
    kind: str
    title: str
    code: str

    @cached_property
    def code_sha256(self) -> str:
        """Of its code, without the blanks around it."""
        return hashlib.sha256(self.code.strip().encode()).hexdigest()

    @cached_property
    def sketch(self) -> str:
        """The smallest hashes of its pairs of words, in ascending order."""
        words = _WORD.findall(self.code)
        pairs = {" ".join(pair) for pair in pairwise(words)} or set(words)
        return "".join(sorted(_hash(pair) for pair in pairs)[:_SKETCH_SIZE])


def match(old: Sequence[Standing], new: Sequence[CardSnippet]) -> dict[str, str]:
    """The lineage of each snippet of a card, by its id.

    Args:
        old: the card's standings, those of snippets that are gone included: a lineage is never given twice,
            and code that comes back finds its own again.
        new: the card's snippets of now, in its order.
    """
    latest: dict[str, Standing] = {}
    for standing in sorted(old, key=lambda each: each.last_ran_at):
        latest[standing.key.lineage] = standing
    matching = _Matching(sorted(latest.values(), key=lambda one: line_of(one.snippet_id)), new)
    matching.by_code(gone=False)
    matching.by_code(gone=True)
    matching.by_resemblance()
    matching.by_place()
    matching.name_the_rest()
    return matching.lineages


class _Matching:
    """Who is who, as far as it is known.

    Args:
        old: one standing a lineage, in the card's order.
        new: the card's snippets, in its order.
    """

    def __init__(self, old: Sequence[Standing], new: Sequence[CardSnippet]) -> None:
        self._old = old
        self._new = new
        self._found: dict[int, int] = {}  # from the place among the new ones to that among the old ones
        self.lineages: dict[str, str] = {}

    def by_code(self, *, gone: bool) -> None:
        """The same code is the same snippet; of equal ones, the first is the first."""
        for code in dict.fromkeys(each.code_sha256 for each in self._new):
            new = [n for n in self._left_new() if self._new[n].code_sha256 == code]
            old = [n for n in self._left_old(gone=gone) if self._old[n].code_sha256 == code]
            if len(new) != len(old):  # one more or less: those that kept their line keep their lineage, too
                self._pair((n, o) for n in new for o in old if self._same_line(n, o))
            self._pair(zip(self._left_of(new), self._left_of(old, old=True), strict=False))

    def by_resemblance(self) -> None:
        """What was edited, the most alike first, and of those the nearest in order."""
        alike = [
            (-likeness, abs(n - o), n, o)
            for n in self._left_new()
            for o in self._left_old()
            if self._same_kind(n, o)
            and (likeness := _resemblance(self._new[n].sketch, self._old[o].sketch)) >= _RESEMBLES
        ]
        self._pair((n, o) for _, _, n, o in sorted(alike))

    def by_place(self) -> None:
        """What was written anew in its place: as many of a kind as before between the same neighbours."""
        for new_gap, old_gap in self._gaps():
            for kind in {self._new[n].kind for n in new_gap}:
                new = [n for n in new_gap if self._new[n].kind == kind]
                old = [o for o in old_gap if self._old[o].kind == kind]
                if len(new) == len(old):
                    self._pair(zip(new, old, strict=True))

    def name_the_rest(self) -> None:
        """A new name for what is new: of its code, so that a night that was cut short finds the same."""
        taken = {each.key.lineage for each in self._old}
        for n, snippet in enumerate(self._new):
            known = self._found.get(n)
            if known is not None:
                name = self._old[known].key.lineage
            else:
                name = _free_name(snippet.code_sha256[:12], taken.__contains__)
            taken.add(name)
            self.lineages[snippet.snippet_id] = name

    def _pair(self, pairs: Iterable[tuple[int, int]]) -> None:
        for n, o in pairs:
            if n not in self._found and o not in self._found.values():
                self._found[n] = o

    def _left_new(self) -> list[int]:
        return self._left_of(range(len(self._new)))

    def _left_old(self, *, gone: bool = False) -> list[int]:
        return [o for o in self._left_of(range(len(self._old)), old=True) if self._old[o].gone is gone]

    def _left_of(self, places: Iterable[int], *, old: bool = False) -> list[int]:
        taken = set(self._found.values()) if old else set(self._found)
        return [place for place in places if place not in taken]

    def _same_line(self, n: int, o: int) -> bool:
        return self._new[n].snippet_id == self._old[o].snippet_id

    def _same_kind(self, n: int, o: int) -> bool:
        return self._new[n].kind == self._old[o].kind

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """The places, new and old, between each two neighbours that are matched and stand in order."""
        known = sorted(self._found.items())
        bounds = [(-1, -1), *known, (len(self._new), len(self._old))]
        unmatched = set(self._left_old())
        for (n0, o0), (n1, o1) in pairwise(bounds):
            yield list(range(n0 + 1, n1)), [o for o in range(o0 + 1, o1) if o in unmatched]


def _resemblance(one: str, other: str) -> float:
    """Of two sketches: 0 for nothing in common, 1 for the same pairs of words."""
    first, second = _hashes(one), _hashes(other)
    smallest = sorted(first | second)[:_SKETCH_SIZE]
    return sum(each in first and each in second for each in smallest) / max(1, len(smallest))


@lru_cache(maxsize=4096)  # each is compared with all of a card's others
def _hashes(sketch: str) -> frozenset[str]:
    size = 2 * _HASH_BYTES
    return frozenset(sketch[start : start + size] for start in range(0, len(sketch), size))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).hexdigest()


def _free_name(name: str, taken: Callable[[str], bool]) -> str:
    free, number = name, 1
    while taken(free):
        number += 1
        free = f"{name}-{number}"
    return free

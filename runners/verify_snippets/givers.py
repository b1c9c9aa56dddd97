"""Which block gives the names that another takes from elsewhere."""

from collections.abc import Iterable, Sequence

from verify_snippets import folds
from verify_snippets.folds import Fold
from verify_snippets.names import WELL_KNOWN
from verify_snippets.reading import Reading


class Givers:
    """Where each name of a card is bound."""

    def __init__(self, readings: Sequence[Reading], around: Sequence[Fold]) -> None:
        self._around = around
        self._binds: dict[str, list[int]] = {}
        self._imports: dict[str, list[int]] = {}
        self._stars: list[int] = []
        self._hubs: set[int] = set()  # blocks that a block so far needs
        self._given = [reading.names.given for reading in readings]
        for index, reading in enumerate(readings):
            for name in reading.names.given:
                table = self._imports if name in reading.names.imported else self._binds
                table.setdefault(name, []).append(index)
            if reading.names.imports_all:
                self._stars.append(index)

    def find(
        self, index: int, reading: Reading, needed: Sequence[Sequence[int]]
    ) -> tuple[set[int], tuple[str, ...]]:
        """The blocks that give what a block wants, and the names that none gives."""
        blocks: set[int] = set()
        missing: list[str] = []
        imported: list[str] = []
        for name in reading.names.wanted:
            giver = folds.nearest(self._binds.get(name, ()), index, self._around)
            if giver is not None and not (giver > index and name in self._imports):
                blocks.add(giver)
            elif name in self._imports:
                imported.append(name)
            else:
                missing.append(name)
        if imported and not self._only_forgot_imports(blocks, reading, imported):
            for name in imported:
                blocks.add(self._importer(name, index, _closure(blocks, needed)))
        fewest = self._fewest(blocks, reading, needed)
        self._hubs.update(fewest)
        return fewest, self._unexplained(missing, index, reading)

    @staticmethod
    def _only_forgot_imports(blocks: set[int], reading: Reading, imported: Iterable[str]) -> bool:
        """Whether a block that stands on its own merely leaves out imports that everybody knows."""
        return not blocks and bool(reading.names.imported) and WELL_KNOWN.issuperset(imported)

    def _fewest(self, blocks: set[int], reading: Reading, needed: Sequence[Sequence[int]]) -> set[int]:
        """The blocks without those whose names another of them gives just as well.

        A card often shows the same start twice, in two ways: one of them is enough.
        """
        wanted = set(reading.names.wanted)
        kept = set(blocks)
        for block in sorted(blocks, reverse=True):
            gives = wanted & self._given[block]
            others = kept - {block}
            reached = _closure([block], needed)
            if any(gives <= self._given[other] and other not in reached for other in others):
                kept.discard(block)
        return kept

    def _importer(self, name: str, index: int, reached: set[int]) -> int:
        """The block that imports a name: one that runs anyway, or that others build on, or the nearest."""
        importers = self._imports[name]
        among: list[int] = []
        if len(importers) < _MAX_CHAIN:
            among = sorted(reached.intersection(importers)) or sorted(self._hubs.intersection(importers))
        nearest = folds.nearest(among or importers, index, self._around)
        return index if nearest is None else nearest

    def _unexplained(self, missing: list[str], index: int, reading: Reading) -> tuple[str, ...]:
        if reading.names.imports_all or (self._stars and self._stars[0] < index):
            return ()
        return tuple(missing)


_MAX_CHAIN = 500  # blocks: no reader follows a card further back


def _closure(blocks: Iterable[int], needed: Sequence[Sequence[int]]) -> set[int]:
    """Some blocks, what they need, what those need, and so on."""
    reached: set[int] = set()
    waiting = list(blocks)
    while waiting and len(reached) < _MAX_CHAIN:
        block = waiting.pop()
        if block not in reached:
            reached.add(block)
            waiting.extend(needed[block] if block < len(needed) else ())
    return reached

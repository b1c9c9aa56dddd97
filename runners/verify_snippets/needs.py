"""Which block needs which: by names, files, clones, working directories and servers."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify_snippets import packages
from verify_snippets.kind import Kind
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
    givers, places = _Givers(readings), _Places(readings, traces)
    direct: list[tuple[int, ...]] = []
    found: list[Needs] = []
    for index, reading in enumerate(readings):
        by_name, missing = givers.find(index, reading, direct)
        direct.append(tuple(sorted((by_name | places.find(index)) - {index})))
        found.append(Needs(blocks=direct[index], missing=missing))
    return tuple(found)


class _Givers:
    """Where each name of a card is bound."""

    def __init__(self, readings: Sequence[Reading]) -> None:
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
            giver = _nearest(self._binds.get(name, ()), index)
            if giver is not None and not (giver > index and name in self._imports):
                blocks.add(giver)
            elif name in self._imports:
                imported.append(name)
            else:
                missing.append(name)
        if imported and not self._only_forgot_imports(blocks, reading):
            for name in imported:
                blocks.add(self._importer(name, index, _closure(blocks, needed)))
        fewest = self._fewest(blocks, reading, needed)
        self._hubs.update(fewest)
        return fewest, self._unexplained(missing, index, reading)

    @staticmethod
    def _only_forgot_imports(blocks: set[int], reading: Reading) -> bool:
        """Whether a block that stands on its own merely leaves out an import."""
        return not blocks and bool(reading.names.imported)

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
        nearest = _nearest(among or importers, index)
        return index if nearest is None else nearest

    def _unexplained(self, missing: list[str], index: int, reading: Reading) -> tuple[str, ...]:
        if reading.names.imports_all or (self._stars and self._stars[0] < index):
            return ()
        return tuple(missing)


def _nearest(places: Sequence[int], index: int) -> int | None:
    """Of ascending places, the last one before ``index``; else the first one after it."""
    before = bisect.bisect_left(places, index)
    if before:
        return places[before - 1]
    after = bisect.bisect_right(places, index)
    return places[after] if after < len(places) else None


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


class _Places:
    """Where a card clones, enters, makes and serves something."""

    def __init__(self, readings: Sequence[Reading], traces: Sequence[Traces]) -> None:
        self._readings = readings
        self._traces = traces
        self._servers = [index for index, trace in enumerate(traces) if trace.serves]
        self._clones = [index for index, trace in enumerate(traces) if trace.clones]
        self._folders = {name for trace in traces for name in trace.clones}
        self._makers = _by_word(trace.makes for trace in traces)
        self._setters = _by_word(trace.sets for trace in traces)
        self._entering = _by_word({path.split("/")[0] for path in trace.enters} for trace in traces)
        self._declared = {
            word
            for reading in readings
            for command in reading.script.commands
            for word in command.requirements
        }

    def find(self, index: int) -> set[int]:
        """The blocks whose files, clone, working directory or server a block needs."""
        return {
            *self._server(index),
            *self._files(index),
            *self._clone(index),
            *self._variables(index),
        }

    def _variables(self, index: int) -> set[int]:
        """The nearest blocks above that set a shell variable it uses."""
        places = [self._setters.get(name, ()) for name in self._traces[index].expands]
        return {
            setters[bisect.bisect_left(setters, index) - 1]
            for setters in places
            if setters and setters[0] < index
        }

    def _server(self, index: int) -> set[int]:
        server = _nearest(self._servers, index) if self._traces[index].asks else None
        return set() if server is None else {server}

    def _files(self, index: int) -> set[int]:
        """The nearest blocks above that make a file it reads, or a folder that the file is in."""
        needed: set[int] = set()
        for path in self._traces[index].reads:
            makers = [self._makers[folder] for folder in _with_folders(path) if folder in self._makers]
            nearest = [
                places[bisect.bisect_left(places, index) - 1] for places in makers if places[0] < index
            ]
            if nearest:
                needed.add(max(nearest))
        return needed

    def _clone(self, index: int) -> set[int]:
        """The block that clones the repository whose modules or files it takes."""
        if self._traces[index].clones or not self._wants_clone(index):
            return set()
        clone = _nearest(self._namesakes(index) or self._clones, index)
        if clone is None or (clone > index and not self._takes_modules(index)):
            return set()
        return {clone, *self._entered(clone, index)}

    def _namesakes(self, index: int) -> list[int]:
        """The blocks that clone a repository of the name of a module or folder that it uses."""
        if len(self._clones) < 2:
            return []
        reading, trace = self._readings[index], self._traces[index]
        paths = {path.partition("/")[0] for path in (*trace.reads, *trace.enters) if "/" in path}
        modules = {name.partition(".")[0] for name in (*reading.names.modules, *trace.runs_modules)}
        used = {_folded(name) for name in paths | modules | set(trace.enters)}
        near = self._clones[: bisect.bisect_left(self._clones, index) + 1][-_MAX_CHAIN:]
        return [
            place for place in near if any(_folded(folder) in used for folder in self._traces[place].clones)
        ]

    def _entered(self, clone: int, index: int) -> Sequence[int]:
        """The block that only goes into a clone's folder: it says where one runs."""
        folders = self._traces[clone].clones
        if any(path.split("/")[0] in folders for path in self._traces[index].enters):
            return ()
        entering = [
            place
            for folder in folders
            for place in self._entering.get(folder, ())[-_MAX_CHAIN:]
            if clone < place < index and self._readings[place].block.kind is Kind.SHELL_INSTALL
        ]
        return entering[-1:]

    def _wants_clone(self, index: int) -> bool:
        trace = self._traces[index]
        if trace.uses_checkout or any(path.split("/")[0] in self._folders for path in trace.enters):
            return True
        return bool(self._folders) and (self._takes_modules(index) or self._takes_folders(index))

    def _takes_modules(self, index: int) -> bool:
        modules = (*self._readings[index].names.modules, *self._traces[index].runs_modules)
        return any(self._is_local(module) for module in modules)

    def _takes_folders(self, index: int) -> bool:
        """Whether it names folders that nothing makes, under the headings of a clone above it."""
        unmade = [path for path in self._traces[index].folders if not self._is_made(path)]
        above = self._clones[max(0, bisect.bisect_left(self._clones, index) - 1) :][:1]
        if not unmade or not above or above[0] > index:
            return False
        around = self._readings[above[0]].block.headings[:-1]
        return self._readings[index].block.headings[: len(around)] == around

    def _is_made(self, path: str) -> bool:
        return any(folder in self._makers for folder in (path, *_with_folders(path)))

    def _is_local(self, module: str) -> bool:
        """Whether a module can only come from the files of a repository."""
        top = module.partition(".")[0]
        if not top:
            return True
        return not packages.is_known(top) and not any(packages.brings(word, top) for word in self._declared)


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


def _by_word(words_of: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Each word with the ascending places where it stands."""
    places: dict[str, list[int]] = {}
    for index, words in enumerate(words_of):
        for word in words:
            places.setdefault(word, []).append(index)
    return places


def _with_folders(path: str) -> list[str]:
    """A path and the folders above it; nothing for what can't be a path."""
    if len(path) < 3 or any(mark in path for mark in ("\n", "://", " ")):
        return []
    return [path, *(path[: at.start()] for at in re.finditer("/", path) if at.start() > 2)]

"""Where a card clones, enters, makes and serves something, and which block needs that."""

import bisect
import re
from collections.abc import Iterable, Sequence

from verify_snippets import folds, packages, told
from verify_snippets.folds import Fold
from verify_snippets.kind import Kind
from verify_snippets.reading import Reading
from verify_snippets.requirements import is_general
from verify_snippets.traces import Traces


class Places:
    """Where a card clones, enters, makes and serves something."""

    def __init__(self, readings: Sequence[Reading], traces: Sequence[Traces], around: Sequence[Fold]) -> None:
        self._readings = readings
        self._traces = traces
        self._around = around
        self._servers = [index for index, trace in enumerate(traces) if trace.service.serves]
        self._may_serve = [index for index, trace in enumerate(traces) if trace.service.may_serve]
        self._clones = [index for index, trace in enumerate(traces) if trace.clones]
        self._folders = {name for trace in traces for name in trace.clones}
        self._cloners = _by_word(trace.clones for trace in traces)
        self._makers = _by_word(trace.makes for trace in traces)
        self._fetchers = _by_word(trace.fetches for trace in traces)
        self._setters = _by_word(trace.sets for trace in traces)
        self._entering = _by_word({path.split("/")[0] for path in trace.enters} for trace in traces)
        self._exporters = [index for index, trace in enumerate(traces) if trace.exports]
        self._local_installs = [index for index, trace in enumerate(traces) if trace.installs_checkout]
        self._declared = frozenset(word for reading in readings for word in _declared(reading))

    def find(self, index: int) -> set[int]:
        """The blocks whose files, clone, working directory or server a block needs."""
        return {
            *self._server(index),
            *self._files(index),
            *self._clone(index),
            *self._variables(index),
            *self._export(index),
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
        """The nearest server, one that listens where the block asks if there is one."""
        service = self._traces[index].service
        if not service.asks:
            return set()
        near = _around(self._servers, index)
        on_port = [place for place in near if service.ports & self._traces[place].service.ports]
        server = folds.nearest(on_port or near or self._may_serve, index, self._around)
        return set() if server is None else {server}

    def _files(self, index: int) -> set[int]:
        """The nearest blocks above that make a file it reads, or a folder that the file is in.

        What is downloaded by its name may be so further down.
        """
        needed: set[int] = set()
        for path in self._traces[index].reads:
            makers = [self._makers[folder] for folder in _with_folders(path) if folder in self._makers]
            above = [places[: bisect.bisect_left(places, index)] for places in makers if places[0] < index]
            if above:
                needed.add(self._first_way(max(above, key=lambda places: places[-1]), path))
            elif path in self._fetchers and "." in path:
                needed.add(self._fetchers[path][0])
        return needed

    def _first_way(self, makers: Sequence[int], path: str) -> int:
        """The last block that makes a path; of several ways to download the same, the first.

        Such ways stand one below the other, and a reader takes one of them.
        """
        last = makers[-1]
        for place in reversed(makers[:-1]):
            ways = (self._traces[place].gets, self._traces[last].gets)
            if last - place > 1 or not all(gets.intersection(_with_folders(path)) for gets in ways):
                break
            last = place
        return last

    def _export(self, index: int) -> set[int]:
        """The block a little above whose conversion a block runs, by the format's name."""
        formats = self._traces[index].formats
        before = self._exporters[: bisect.bisect_left(self._exporters, index)]
        for place in before[-1:] if formats else ():
            if index - place <= _MAX_AFTER_EXPORT and formats & self._traces[place].exports:
                return {place}
        return set()

    def _clone(self, index: int) -> set[int]:
        """The block that clones the repository whose modules or files it takes."""
        named = self._in_clone(index)
        if self._traces[index].clones or not (named or self._wants_clone(index)):
            return set()
        clone = self._choose(named or self._namesakes(index) or self._clones, index)
        if clone is None or (clone > index and not self._takes_modules(index)):
            return set()
        return {clone, *self._entered(clone, index)}

    def _in_clone(self, index: int) -> list[int]:
        """The blocks above that clone what it names as a folder, or a file in it."""
        trace = self._traces[index]
        named = {
            path.partition("/")[0] for path in trace.reads if "/" in path or re.search(r"\w[-.\d]\w", path)
        }
        places = sorted({place for folder in named & self._folders for place in self._cloners[folder]})
        return [place for place in places if place < index]

    def _choose(self, clones: Sequence[int], index: int) -> int | None:
        """Of several clones, the one that a reader of the block has made.

        One that isn't folded away, and nearest by its headings; of the same repository the first: the
        others are other ways to begin.
        """
        above = [place for place in _around(clones, index) if place < index]
        if not above:
            return folds.nearest(clones, index, self._around)
        best = max(above, key=lambda place: (*self._nearness(place, index), place))
        same = [
            place
            for place in above
            if self._traces[place].clones == self._traces[best].clones
            and self._nearness(place, index) == self._nearness(best, index)
        ]
        return same[0]

    def _nearness(self, place: int, index: int) -> tuple[bool, int, bool]:
        block, reader = self._readings[place].block, self._readings[index].block
        shared = 0
        for heading, other in zip(block.headings, reader.headings, strict=False):
            if heading != other:
                break
            shared += 1
        is_open = folds.reaches(self._around[place], self._around[index])
        return is_open, shared, is_general(block.headings)

    def _namesakes(self, index: int) -> list[int]:
        """The blocks that clone a repository of the name of a module or folder that it uses."""
        if len(self._clones) < 2:
            return []
        reading, trace = self._readings[index], self._traces[index]
        paths = {path.partition("/")[0] for path in (*trace.reads, *trace.enters) if "/" in path}
        modules = {name.partition(".")[0] for name in (*reading.names.modules, *trace.runs_modules)}
        used = {_folded(name) for name in paths | modules | set(trace.enters)}
        return [
            place
            for place in _around(self._clones, index)
            if place <= index and any(_folded(folder) in used for folder in self._traces[place].clones)
        ]

    def _entered(self, clone: int, index: int) -> Sequence[int]:
        """The block that only goes into a clone's folder: it says where one runs."""
        folders = self._traces[clone].clones
        if any(path.split("/")[0] in folders for path in self._traces[index].enters):
            return ()
        entering = [
            place
            for folder in folders
            for place in self._entering.get(folder, ())[-_MAX_NEAR:]
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
        return any(self._is_local(module, index) for module in modules)

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

    def _is_local(self, module: str, index: int) -> bool:
        """Whether a module can only come from the files of a repository."""
        top = module.partition(".")[0]
        if not top:
            return True
        if packages.is_known(top):
            return False
        if any(_folded(folder) == _folded(top) for folder in self._folders) and self._installs_here(index):
            return True
        return not any(packages.brings(word, top) for word in self._declared)

    def _installs_here(self, index: int) -> bool:
        """Whether a block right above, under the same headings, installs the repository itself."""
        before = self._local_installs[: bisect.bisect_left(self._local_installs, index)]
        headings = self._readings[index].block.headings
        return any(self._readings[place].block.headings == headings for place in before[-1:])


_MAX_AFTER_EXPORT = 3  # blocks
_MAX_NEAR = 100  # places each way: no reader follows a card further


def _around(places: Sequence[int], index: int) -> Sequence[int]:
    """The places nearest to a block."""
    here = bisect.bisect_left(places, index)
    return places[max(0, here - _MAX_NEAR) : here + _MAX_NEAR]


def _declared(reading: Reading) -> Iterable[str]:
    """What a block, or the prose above it, has pip install."""
    for command in reading.script.commands:
        yield from command.requirements
    for said in told.in_prose(reading.block.text_before):
        yield from said.words


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

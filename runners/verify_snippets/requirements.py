"""What the card tells the reader to install, and for which block."""

import bisect
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from verify_snippets import installs, packages, told
from verify_snippets.blocks import Block, Heading
from verify_snippets.kind import Kind
from verify_snippets.pattern import Pattern
from verify_snippets.reading import Reading


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A place that says what to install.

    Attributes:
        place: index of the block it stands in, or before.
        headings: the headings it stands under.
        words: the requirements, as written.
        own_only: whether it speaks of its own block alone (a comment in the code).
        in_code: whether it is part of code that is run, and so speaks of that code first.
        told: whether it is prose, or a comment.
        optional: whether the prose calls it optional, or an alternative.
        general: whether the heading says that all that follows needs it.
        pressing: whether the prose says that it must be there, and not only that one can install it.
    """

    place: int
    headings: tuple[Heading, ...]
    words: tuple[str, ...]
    own_only: bool = False
    in_code: bool = False
    told: bool = False
    optional: bool = False
    general: bool = False
    pressing: bool = False

    @cached_property
    def section(self) -> tuple[int, ...]:
        """The lines of the headings it stands under."""
        return tuple(heading.line for heading in self.headings)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """A block that something must be installed for.

    Attributes:
        index: its place.
        block: the block.
        uses: top-level modules that it uses, as far as its text shows.
        installs_itself: whether its own lines install something.
        takes_nothing: whether it is no code, or programs that bring all they need.
        clones: folders of the repositories that it, or a block that it needs, clones.
        homes: the sections in which blocks that it needs clone them.
    """

    index: int
    block: Block
    uses: frozenset[str]
    installs_itself: bool
    takes_nothing: bool
    clones: frozenset[str]
    homes: frozenset[tuple[int, ...]]

    @cached_property
    def section(self) -> tuple[int, ...]:
        """The lines of the headings it stands under."""
        return _section(self.block)


def _section(block: Block) -> tuple[int, ...]:
    return tuple(heading.line for heading in block.headings)


def find(
    readings: Sequence[Reading], needs: Sequence[Sequence[int]], clones: Sequence[Sequence[str]]
) -> tuple[tuple[str, ...], ...]:
    """What to install for each block: its own, and along its needs.

    Args:
        readings: all of the card's blocks.
        needs: the blocks that each needs directly.
        clones: the folders of the repositories that each clones.
    """
    sources = [source for index, reading in enumerate(readings) for source in _sources(index, reading)]
    places = [source.place for source in sources]
    readers = [_reader(index, readings, needs[index], clones) for index in range(len(readings))]
    runs = [_runs(reading) for reading in readings]
    direct = [_direct(reader, runs, _near(reader.index, sources, places)) for reader in readers]
    return tuple(_with_needed(index, direct, needs) for index in range(len(readings)))


def _reader(
    index: int, readings: Sequence[Reading], needs: Sequence[int], clones: Sequence[Sequence[str]]
) -> _Reader:
    reading = readings[index]
    return _Reader(
        index=index,
        block=reading.block,
        uses=frozenset(_used(reading)),
        installs_itself=any(True for _ in _installed(reading)),
        takes_nothing=_takes_nothing(reading),
        clones=frozenset(folder.lower() for block in (index, *needs) for folder in clones[block]),
        homes=frozenset(_section(readings[block].block) for block in needs if clones[block]),
    )


_WITH_ALL_THEY_NEED = {"docker", "podman", "ollama", "curl", "brew", "npm", "npx", "cargo", "lms"}


def _takes_nothing(reading: Reading) -> bool:
    if reading.block.kind.is_shell:
        programs = {command.program for command in reading.script.commands}
        return bool(programs) and programs <= _WITH_ALL_THEY_NEED
    return not reading.block.kind.is_python


_MAX_SOURCES = 10  # each way: nobody scrolls further for what to install


def _near(index: int, sources: Sequence[_Source], places: Sequence[int]) -> Sequence[_Source]:
    """The sources nearest to a block."""
    here = bisect.bisect_left(places, index)
    return sources[max(0, here - _MAX_SOURCES) : here + _MAX_SOURCES]


def undeclared(reading: Reading, requirements: Sequence[str]) -> tuple[str, ...]:
    """Top-level modules that a block imports and none of its requirements brings."""
    tops = dict.fromkeys(module.partition(".")[0] for module in reading.names.modules)
    return tuple(
        top
        for top in tops
        if top
        and not packages.is_standard(top)
        and not any(packages.brings(word, top) for word in requirements)
    )


_MAX_CHAIN = 500  # blocks: no reader follows a card further back


def _with_needed(
    index: int,
    direct: Sequence[Sequence[str]],
    needs: Sequence[Sequence[int]],
) -> tuple[str, ...]:
    """The union along the chain of needs, each package once, the block's own words first."""
    words: dict[str, str] = {}
    seen: set[int] = set()
    waiting = [index]
    while waiting and len(seen) < _MAX_CHAIN:
        block = waiting.pop()
        if block in seen:
            continue
        seen.add(block)
        waiting.extend(needs[block])
        for word in direct[block]:
            words.setdefault(packages.name(word), word)
    return tuple(words.values())


def _sources(index: int, reading: Reading) -> Iterator[_Source]:
    block = reading.block
    yield from _written(index, reading)
    if block.kind.is_python:
        for words, for_all in told.in_comments(block.text):
            fitting = words if for_all else _fitting(words, frozenset(_used(reading)))
            if fitting:
                yield _Source(place=index, headings=block.headings, words=fitting, own_only=True, told=True)
    for said in told.in_prose(block.text_before):
        yield _Source(
            place=index,
            headings=_headings_at(block, said.end),
            words=said.words,
            told=True,
            pressing=said.is_exact,
            general=is_general(_headings_at(block, said.end)),
        )


def _written(index: int, reading: Reading) -> Iterator[_Source]:
    """What a block itself installs, or lists."""
    block = reading.block
    installed = tuple(_installed(reading))
    if block.kind is Kind.SHELL_INSTALL:
        installed += told.in_shell_comments(block.text)
    listed = installs.listed(block.text) if block.kind is Kind.CONFIG else ()
    for words in (installed, listed):
        if words:
            yield _Source(
                place=index,
                headings=block.headings,
                words=words,
                in_code=block.kind.is_python,
                optional=bool(_OPTIONAL.search(block.prose_before[-300:])),
                general=is_general(block.headings),
                pressing=bool(_NEEDED_FIRST.search(block.prose_before[-300:])),
            )


def _headings_at(block: Block, end: int) -> tuple[Heading, ...]:
    """The headings that hold at a place of the text before a block: not those further on."""
    titles = [line for line in block.text_before[end:].split("\n") if line.lstrip().startswith(("#", "<h"))]
    return tuple(heading for heading in block.headings if not any(heading.title in line for line in titles))


@lru_cache(maxsize=16384)
def _fitting(words: tuple[str, ...], uses: frozenset[str]) -> tuple[str, ...]:
    """The words that bring a module that is used."""
    return tuple(word for word in words if any(packages.brings(word, top) for top in uses))


_OPTIONAL = Pattern(
    r"\b(optional(ly)?|from source|(development|dev) version|"
    r"if you want|if you would like|if you'd like|"
    r"alternatively|recommended? to|for faster|speed up|to update|upgrade to|"
    r"may need|(latest|main) (commit|branch)|"
    r"if .{0,60}\b(fails?|errors?|missing|encounter))\b|(^|\n)\W*or\b[^.\n]{0,60}$",
    re.IGNORECASE,
)
_INSTALL_TITLE = Pattern(
    r"install|requirement|depend|set[- ]?up|prepar|environment|"
    r"get(ting)? started|quick ?start|pre\w{0,3}qu|安装|依赖|環境|环境",
    re.IGNORECASE,
)
_NEEDED_FIRST = Pattern(r"\bfirst\b[^.\n]{0,40}\binstall|\binstall\b[^.\n]{0,40}\bfirst\b", re.IGNORECASE)


def is_general(headings: Sequence[Heading]) -> bool:
    """Whether what is installed there is for all that follows."""
    return bool(headings) and _INSTALL_TITLE.search(headings[-1].title) is not None


def _installed(reading: Reading) -> Iterator[str]:
    for command in reading.script.commands:
        yield from command.requirements


def _direct(reader: _Reader, runs: Sequence[bool], sources: Sequence[_Source]) -> tuple[str, ...]:
    """What to install for a block itself; the nearest source speaks first for each package."""
    if reader.takes_nothing:
        return ()
    words: dict[str, str] = {}
    offers = [_Offer(source, _fitting(source.words, reader.uses)) for source in sources]
    beside = {offer.source.section for offer in offers if offer.fitting}
    nearest_used = _nearest_used(reader, offers)
    applying = [(offer.source, _applying(reader, offer, beside)) for offer in offers]
    in_force = [
        (_distance(source, reader.index), given)
        for (source, given), offer in zip(applying, offers, strict=True)
        if given and not _is_alternative(offer, reader, runs, nearest_used)
    ]
    for _, given in sorted(in_force, key=itemgetter(0)):
        for word in given:
            if not _is_doubled(word, words.values(), reader):
                words.setdefault(packages.name(word), word)
    return tuple(word for word in words.values() if _source_folder(word) not in reader.clones)


def _distance(source: _Source, index: int) -> tuple[bool, bool, int]:
    return source.optional, source.place > index, abs(index - source.place)


def _source_folder(word: str) -> str:
    """The folder that a clone of what a ``git+`` requirement names would have; empty for others."""
    return packages.name(word) if word.startswith("git+") else ""


class _Offer(NamedTuple):
    """A source, and those of its words that bring what a block uses."""

    source: _Source
    fitting: tuple[str, ...]


def _nearest_used(reader: _Reader, offers: Sequence[_Offer]) -> int:
    """The place of the last source above a block that brings what it uses; -1 if there is none."""
    return max(
        (
            source.place
            for source, fitting in offers
            if fitting and source.place < reader.index and not source.own_only
        ),
        default=-1,
    )


def _is_alternative(offer: _Offer, reader: _Reader, runs: Sequence[bool], nearest_used: int) -> bool:
    """Whether a source above is for another way to run the same: install A, run A, install B, run B."""
    source = offer.source
    is_above = source.place < reader.index and not source.own_only
    return is_above and not offer.fitting and any(runs[source.place + 1 : max(nearest_used, 0)])


def _runs(reading: Reading) -> bool:
    return reading.block.kind.is_python or reading.block.kind is Kind.SHELL_RUN


def _is_doubled(word: str, taken: Collection[str], reader: _Reader) -> bool:
    """Whether what a block uses of a package is there already, from a nearer source."""
    used = [top for top in reader.uses if packages.brings(word, top)]
    return bool(used) and all(any(packages.brings(other, top) for other in taken) for top in used)


def _applying(reader: _Reader, offer: _Offer, beside: Collection[tuple[int, ...]]) -> tuple[str, ...]:
    """The words of a source that hold for a block.

    Args:
        reader: the block.
        offer: the source.
        beside: sections that install something the block uses.
    """
    source, fitting = offer
    if source.place == reader.index:
        return () if source.told and reader.block.kind is Kind.SHELL_INSTALL else source.words
    if source.own_only or reader.block.kind is Kind.SHELL_INSTALL:
        return ()
    if source.in_code and reader.installs_itself:
        return ()
    if reader.installs_itself and reader.block.kind is Kind.SHELL_RUN:
        return fitting
    is_above = source.place < reader.index
    if is_above and not source.optional and _encloses(source.section, reader.section):
        return source.words
    if source.section in reader.homes and not (source.optional or source.in_code):
        return source.words
    if not is_above:
        return () if source.told and not _encloses(source.section[:-1], reader.section) else fitting
    if source.general and (fitting or (source.pressing and source.section in beside)):
        return source.words
    return fitting


def _encloses(section: Sequence[int], inner: Sequence[int]) -> bool:
    return tuple(inner[: len(section)]) == tuple(section)


def _used(reading: Reading) -> set[str]:
    """Top-level modules that a block uses, as far as its text shows."""
    tops = {module.partition(".")[0] for module in reading.names.modules}
    for command in reading.script.commands:
        tops.add(command.program.partition("-")[0].replace("-", "_"))
        for option, value in zip(command.words, command.words[1:], strict=False):
            if option == "-m":
                tops.add(value.partition(".")[0])
    return tops - {"", "python", "python3", "pip"}

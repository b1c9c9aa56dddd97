"""What the card tells the reader to install, and for which block."""

import bisect
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from verify_snippets import installs, packages, shell
from verify_snippets.blocks import Block
from verify_snippets.kinds import Kind
from verify_snippets.reading import Reading


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A place that says what to install.

    Attributes:
        place: index of the block it stands in, or before.
        section: the lines of the headings it stands under.
        title: the innermost of these headings.
        words: the requirements, as written.
        own_only: whether it speaks of its own block alone (a comment in the code).
        optional: whether the prose calls it optional, or an alternative.
    """

    place: int
    section: tuple[int, ...]
    title: str
    words: tuple[str, ...]
    own_only: bool = False
    optional: bool = False


def find(readings: Sequence[Reading], needs: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
    """What to install for each block: its own, and along its needs."""
    sources = [source for index, reading in enumerate(readings) for source in _sources(index, reading)]
    places = [source.place for source in sources]
    direct = [_direct(index, readings, _near(index, sources, places)) for index in range(len(readings))]
    return tuple(_with_needed(index, direct, needs) for index in range(len(readings)))


_MAX_SOURCES = 30  # each way: nobody scrolls further for what to install


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
    section = tuple(heading.line for heading in block.headings)
    title = block.headings[-1].title if block.headings else ""
    optional = bool(_OPTIONAL.search(block.prose_before[-300:]))
    installed = tuple(_installed(reading))
    if installed:
        yield _Source(place=index, section=section, title=title, words=installed, optional=optional)
    if block.kind is Kind.CONFIG and (listed := installs.listed(block.text)):
        yield _Source(place=index, section=section, title=title, words=listed, optional=optional)
    if commented := tuple(_commented(block)):
        yield _Source(place=index, section=section, title=title, words=commented, own_only=True)
    if told := tuple(_told(block.text_before)):
        yield _Source(place=index, section=section, title=title, words=told)


_OPTIONAL = re.compile(
    r"\b(optional(ly)?|from source|(latest|development|dev) version|"
    r"if you want|if you would like|if you'd like|"
    r"alternatively|recommended? to|for faster|speed up|to update|upgrade to|"
    r"may need|(latest|main) (commit|branch)|"
    r"if .{0,60}\b(fails?|errors?|missing|encounter))\b|(^|\n)\W*or\b[^.\n]{0,60}$",
    re.IGNORECASE,
)


def _installed(reading: Reading) -> Iterator[str]:
    for command in reading.script.commands:
        yield from command.requirements


_COMMENTED = re.compile(r"#[^#\n]{0,60}?((?:[!%] ?)?\bpip3? install [^\n]+)")


def _commented(block: Block) -> Iterator[str]:
    if not block.kind.is_python:
        return
    for found in _COMMENTED.finditer(block.text):
        yield from _of_command(found.group(1))


_TOLD = re.compile(
    r"`[!%$ ]{0,3}((?:python3? -m )?(?:uv )?pip3? install [^`\n]+)`|\bvia (pip3? install [\w.\[\]=<>-]+)"
)
_VERSIONED = re.compile(
    r"\b(?:(transformers|diffusers|torch|pytorch|tensorflow|datasets|sentence-transformers|accelerate|vllm)`*"
    r"(?: version *(?:>=|==|≥)?|`* *(?:>=|==|≥)) *(\d+(?:\.\d+)+))",
    re.IGNORECASE,
)


_REQUIRED = re.compile(r"\b[Rr]equires? \W?([A-Za-z][\w-]{2,40})\b")


def _told(prose: str) -> Iterator[str]:
    """What the prose says to install."""
    for found in _TOLD.finditer(prose):
        before = prose[max(0, found.start() - 60) : found.start()].lower()
        if not re.search(r"do not|don't|never|instead of", before):
            yield from _of_command(found.group(1) or found.group(2))
    for found in _VERSIONED.finditer(prose):
        yield f"{found.group(1).lower().replace('pytorch', 'torch')}>={found.group(2)}"
    for found in _REQUIRED.finditer(prose):
        if packages.is_package(found.group(1).lower()):
            yield found.group(1).lower()


def _of_command(text: str) -> Iterator[str]:
    for command in shell.read(text).commands:
        yield from command.requirements


def _direct(index: int, readings: Sequence[Reading], sources: Sequence[_Source]) -> tuple[str, ...]:
    """What to install for a block itself; the nearest source speaks first for each package."""
    reading = readings[index]
    if not (reading.block.kind.is_python or reading.block.kind.is_shell):
        return ()
    words: dict[str, str] = {}
    alternatives = _alternatives(index, readings, sources)
    for source in sorted(
        sources, key=lambda source: (source.optional, source.place > index, abs(index - source.place))
    ):
        if source in alternatives:
            continue
        for word in _applying(index, reading, source):
            if not _is_doubled(word, words.values(), reading):
                words.setdefault(packages.name(word), word)
    return tuple(words.values())


def _alternatives(index: int, readings: Sequence[Reading], sources: Sequence[_Source]) -> set[_Source]:
    """Sources above a block for another way to run the same: install A, run A, install B, run B."""
    used = _used(readings[index])
    above = [source for source in sources if source.place < index and not source.own_only]
    nearer = [source for source in above if _is_used(source, used)]
    if not nearer:
        return set()
    nearest = max(source.place for source in nearer)
    return {
        source
        for source in above
        if not _is_used(source, used)
        if any(_runs(readings[between]) for between in range(source.place + 1, nearest))
    }


def _is_used(source: _Source, used: set[str]) -> bool:
    return any(packages.brings(word, top) for word in source.words for top in used)


def _runs(reading: Reading) -> bool:
    return reading.block.kind.is_python or reading.block.kind is Kind.SHELL_RUN


def _is_doubled(word: str, taken: Collection[str], reading: Reading) -> bool:
    """Whether what a block uses of a package is there already, from a nearer source."""
    used = [top for top in _used(reading) if packages.brings(word, top)]
    return bool(used) and all(any(packages.brings(other, top) for other in taken) for top in used)


def _applying(index: int, reading: Reading, source: _Source) -> tuple[str, ...]:
    """The words of a source that hold for a block."""
    block = reading.block
    if source.place == index:
        return source.words
    if source.own_only or block.kind is Kind.SHELL_INSTALL:
        return ()
    used = tuple(word for word in source.words if any(packages.brings(word, top) for top in _used(reading)))
    section = tuple(heading.line for heading in block.headings)
    is_above = source.place < index
    if is_above and not source.optional and section[: len(source.section)] == source.section:
        return source.words
    if used and is_above and _INSTALL_TITLE.search(source.title):
        return source.words
    return used


_INSTALL_TITLE = re.compile(
    r"install|requirement|depend|set[- ]?up|prepar|environment|"
    r"get(ting)? started|quick ?start|prerequisite|安装|依赖|環境|环境",
    re.IGNORECASE,
)


def _used(reading: Reading) -> set[str]:
    """Top-level modules that a block uses, as far as its text shows."""
    tops = {module.partition(".")[0] for module in reading.names.modules}
    for command in reading.script.commands:
        tops.add(command.program.partition("-")[0].replace("-", "_"))
        for option, value in zip(command.words, command.words[1:], strict=False):
            if option == "-m":
                tops.add(value.partition(".")[0])
    return tops - {"", "python", "python3", "pip"}

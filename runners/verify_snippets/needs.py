"""Which block needs which: by names, files, clones, working directories and servers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify_snippets import packages
from verify_snippets.kinds import Kind
from verify_snippets.reading import Reading
from verify_snippets.shell import Command

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


def find(readings: Sequence[Reading]) -> tuple[Needs, ...]:
    """Find what each block of a card needs, in the blocks' order."""
    givers = _Givers(readings)
    facts = [_facts(reading) for reading in readings]
    found: list[Needs] = []
    for index, reading in enumerate(readings):
        by_name, missing = givers.find(index, reading, [need.blocks for need in found])
        others = {*_by_clone(index, readings, facts), *_by_file(index, facts), *_by_server(index, facts)}
        blocks = tuple(sorted((by_name | others) - {index}))
        found.append(Needs(blocks=blocks, missing=missing))
    return tuple(found)


class _Givers:
    """Where each name of a card is bound."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._binds: dict[str, list[int]] = {}
        self._imports: dict[str, list[int]] = {}
        self._stars: list[int] = []
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
        return self._fewest(blocks, reading, needed), self._unexplained(missing, index, reading)

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
        """The block that imports a name: one that runs first anyway, before one that needn't."""
        importers = [other for other in self._imports[name] if other != index]
        among = [other for other in importers if other in reached]
        nearest = _nearest(among or importers, index)
        return index if nearest is None else nearest

    def _unexplained(self, missing: list[str], index: int, reading: Reading) -> tuple[str, ...]:
        if reading.names.imports_all or any(star < index for star in self._stars):
            return ()
        return tuple(missing)


def _nearest(candidates: Iterable[int], index: int) -> int | None:
    """The last one before ``index``; else the first one after it."""
    others = [other for other in candidates if other != index]
    earlier = [other for other in others if other < index]
    return max(earlier) if earlier else min(others, default=None)


def _closure(blocks: Iterable[int], needed: Sequence[Sequence[int]]) -> set[int]:
    reached: set[int] = set()
    waiting = list(blocks)
    while waiting:
        block = waiting.pop()
        if block not in reached:
            reached.add(block)
            waiting.extend(needed[block] if block < len(needed) else ())
    return reached


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What a block does beside names: files, clones, servers."""

    clones: tuple[str, ...] = ()
    enters: tuple[str, ...] = ()
    uses_checkout: bool = False
    makes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    serves: bool = False
    asks: bool = False


def _facts(reading: Reading) -> _Facts:
    if not (reading.block.kind.is_python or reading.block.kind.is_shell):
        return _Facts()
    commands = reading.script.commands
    strings = _strings(reading)
    return _Facts(
        clones=clones(reading),
        enters=tuple(
            word.rstrip("/") for command in commands if command.program == "cd" for word in command.words[1:2]
        ),
        uses_checkout=reading.block.kind.is_shell and _uses_checkout(commands),
        makes=made_by(reading),
        reads=frozenset(strings),
        serves=any(_serves(command) for command in commands),
        asks=_asks(reading),
    )


def clones(reading: Reading) -> tuple[str, ...]:
    """The folders that a block's ``git clone`` lines make."""
    commands = reading.script.commands
    found = (_cloned(command) for command in commands if command.words[:2] == ("git", "clone"))
    return tuple(name for name in found if name)


def _cloned(command: Command) -> str:
    """The folder that ``git clone`` makes."""
    words = [word for word in command.words[2:] if not word.startswith("-")]
    addresses = [word for word in words if "/" in word or ":" in word]
    if not addresses:
        return ""
    return addresses[0].rstrip("/").rpartition("/")[2].removesuffix(".git")


_SCRIPT = re.compile(r"(?!/|https?:|~)[\w./-]+\.(py|sh|bash|ipynb)$")


def _uses_checkout(commands: Sequence[Command]) -> bool:
    """Whether shell commands want files of a repository: its scripts, its ``requirements.txt``."""
    return any(_wants_file(command) for command in commands)


def _wants_file(command: Command) -> bool:
    words = command.words
    if command.program in {"wget", "curl", "git", "hf", "huggingface-cli"}:
        return False
    if command.program in {"cp", "mv", "make", "cmake"}:
        return True
    if "install" in words[:6]:
        return any(word.endswith("requirements.txt") or re.match(r"\.(\[|$)|\./$", word) for word in words)
    local = [word for word in words[:5] if _SCRIPT.match(word) or word.startswith("./")]
    return bool(local)


_OUTPUT_OPTION = re.compile(
    r"--?(o|O|d|P|out|output\w*|out[-_]\w+|local[-_]dir|save\w*|outfile|export_path|output[-_][\w-]+|target_dir)$"
)


def made_by(reading: Reading) -> frozenset[str]:
    """The files and folders that a block makes, as it names them."""
    return frozenset(_made(reading))


def _made(reading: Reading) -> Iterator[str]:
    for command in reading.script.commands:
        yield from _made_by(command)
    if reading.code.tree is not None:
        yield from _written(reading.code.tree)


def _made_by(command: Command) -> Iterator[str]:
    for option, value in zip(command.words, command.words[1:], strict=False):
        if _OUTPUT_OPTION.match(option) or option in {">", ">>"}:
            yield value
    for word in command.words:
        option, equals, value = word.partition("=")
        if equals and _OUTPUT_OPTION.match(option):
            yield value
        elif command.sets_up and command.words.index(word) > 0 and re.fullmatch(r"[\w./-]+/", word):
            yield word
    if command.program in {"wget", "aria2c"} or (
        command.program == "curl" and "-O" in " ".join(command.words)
    ):
        yield from (word.rstrip("/").rpartition("/")[2] for word in command.words if "://" in word)


_WRITERS = {
    *(
        "save",
        "save_pretrained",
        "to_csv",
        "to_json",
        "to_parquet",
        "savefig",
        "imwrite",
        "write_video",
        "dump",
    ),
    *(
        "write",
        "export",
        "export_to_video",
        "export_to_gif",
        "save_file",
        "save_model",
        "tofile",
        "write_wav",
    ),
    *("snapshot_download", "hf_hub_download", "urlretrieve", "write_html", "export_to_obj", "export_to_ply"),
}


def _written(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = _called(node)
        if called in _WRITERS or (called == "open" and _opens_to_write(node)):
            yield from _string_arguments(node)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _opens_to_write(node: ast.Call) -> bool:
    modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in {"w", "a", "x"} for mode in modes)


def _string_arguments(node: ast.Call) -> Iterator[str]:
    arguments = [*node.args[:2], *(word.value for word in node.keywords)]
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _strings(reading: Reading) -> Iterator[str]:
    """Whatever may name a file that a block reads."""
    for command in reading.script.commands:
        for word in command.words[1:]:
            yield word.partition("=")[2] if word.startswith("-") and "=" in word else word
    if reading.code.tree is not None:
        for node in ast.walk(reading.code.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 300:
                yield node.value


_SERVER_WORDS = re.compile(
    r"\b(vllm serve|vllm\.entrypoints|api_server|launch_server|llama-server|llama_cpp\.server|ollama serve|"
    r"uvicorn|text-generation-launcher|tritonserver|lmdeploy serve|xinference|mlx_lm\.server|openai_api\w*|"
    r"transformers serve|infinity_emb|--host \S+|-p \d+:\d+)"
)
_SERVER_SCRIPT = re.compile(r"(server|serve|_api|api_)\w*\.py\b")
_CLIENT_WORDS = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|(client|request)\w*\.py\b|\bopenai\.Model\b")


def _serves(command: Command) -> bool:
    if command.sets_up or re.search(r"(client|request)\w*\.py", command.source):
        return False
    return bool(_SERVER_WORDS.search(command.source) or _SERVER_SCRIPT.search(command.source))


def _asks(reading: Reading) -> bool:
    if any(_serves(command) for command in reading.script.commands):
        return False
    return bool(_CLIENT_WORDS.search(reading.block.text))


def _by_server(index: int, facts: Sequence[_Facts]) -> set[int]:
    if not facts[index].asks:
        return set()
    server = _nearest((other for other, fact in enumerate(facts) if fact.serves), index)
    return set() if server is None else {server}


def _by_file(index: int, facts: Sequence[_Facts]) -> set[int]:
    """Blocks before it that make a file or folder it reads."""
    reads = {_path(word) for word in facts[index].reads - facts[index].makes}
    needed: set[int] = set()
    for path in reads:
        folders = [path, *(path[: at.start()] for at in re.finditer("/", path))]
        maker = max((other for other in range(index) if _makes(facts[other], folders)), default=None)
        if maker is not None:
            needed.add(maker)
    return needed


def _makes(fact: _Facts, paths: Sequence[str]) -> bool:
    made = {_path(word) for word in fact.makes}
    return any(path in made for path in paths if _names_a_file(path))


def _path(word: str) -> str:
    return word.strip().removeprefix("./").rstrip("/")


def _names_a_file(path: str) -> bool:
    return 2 < len(path) < 200 and "\n" not in path and "://" not in path and " " not in path


def _by_clone(index: int, readings: Sequence[Reading], facts: Sequence[_Facts]) -> set[int]:
    """The block that clones the repository whose modules or files it takes."""
    if facts[index].clones or not _wants_clone(index, readings, facts):
        return set()
    clone = _nearest((other for other, fact in enumerate(facts) if fact.clones), index)
    if clone is None or (clone > index and readings[index].block.kind is not Kind.PYTHON):
        return set()
    # A block of its own may go into the folder: the working directory is needed as much as the files.
    entering = [
        other for other in range(clone + 1, index) if set(facts[other].enters) & set(facts[clone].clones)
    ]
    return {clone, *entering[-1:]}


def _wants_clone(index: int, readings: Sequence[Reading], facts: Sequence[_Facts]) -> bool:
    cloned = {name for fact in facts for name in fact.clones}
    if facts[index].uses_checkout or any(folder in cloned for folder in facts[index].enters):
        return True
    if not cloned:
        return False
    declared = [
        word for reading in readings for command in reading.script.commands for word in command.requirements
    ]
    modules = (*readings[index].names.modules, *_run_modules(readings[index]))
    return any(_is_local(module, declared) for module in modules)


def _run_modules(reading: Reading) -> Iterator[str]:
    """The modules that ``python -m`` runs."""
    for command in reading.script.commands:
        if command.program.startswith("python") and command.words[1:2] == ("-m",):
            yield from command.words[2:3]


def _is_local(module: str, declared: Sequence[str]) -> bool:
    """Whether a module can only come from the files of a repository."""
    top = module.partition(".")[0]
    if module.startswith("."):
        return True
    return not packages.is_known(top) and not any(packages.brings(word, top) for word in declared)

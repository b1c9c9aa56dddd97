"""What a block does to the folder and the machine it runs on, and what it wants of them.

Files that it makes and reads, repositories that it clones, folders that it enters, servers that it
starts and asks.
"""

import ast
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from verify_snippets import servers, written
from verify_snippets.pattern import Pattern
from verify_snippets.reading import Reading
from verify_snippets.servers import Service
from verify_snippets.shell import Command


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What a block leaves behind and looks for, beside names.

    Attributes:
        clones: folders that its ``git clone`` lines make.
        enters: folders that its ``cd`` lines go into.
        uses_checkout: whether its commands want files of a repository.
        runs_modules: the modules that its ``python -m`` lines run.
        makes: files and folders that it makes, as plain paths.
        reads: whatever it names that may be a file, as plain paths.
        fetches: those of them that it downloads by their names.
        gets: whatever it downloads, as plain paths.
        service: what it has to do with servers.
        installs_checkout: whether it installs the repository it stands in.
        exports: formats into which its commands convert a model.
        formats: formats that its commands name otherwise.
        sets: shell variables that it leaves behind.
        expands: shell variables that it uses and doesn't set.
        folders: relative folders and files that its code names, whoever made them.
    """

    clones: tuple[str, ...] = ()
    enters: tuple[str, ...] = ()
    uses_checkout: bool = False
    runs_modules: tuple[str, ...] = ()
    makes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    fetches: frozenset[str] = frozenset()
    gets: frozenset[str] = frozenset()
    service: Service = field(default_factory=Service)
    installs_checkout: bool = False
    exports: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    expands: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()


def find(reading: Reading) -> Traces:
    """Find what a block leaves behind and looks for; of what isn't run, only the file it is saved as."""
    saved = frozenset(filter(None, [_plain(written.saved_as(reading.block))]))
    if not (reading.block.kind.is_python or reading.block.kind.is_shell):
        return Traces(makes=saved)
    commands = reading.script.commands
    makes = saved.union(_plain(path) for path in written.find(reading))
    exports = frozenset(_exported(commands))
    sets = frozenset(_set_variables(commands)) if reading.block.kind.is_shell else frozenset()
    return Traces(
        clones=tuple(_clones(commands)),
        enters=tuple(
            word.rstrip("/") for command in commands if command.program == "cd" for word in command.words[1:2]
        ),
        uses_checkout=reading.block.kind.is_shell and _uses_checkout(commands),
        runs_modules=tuple(_run_modules(reading)),
        makes=makes,
        reads=frozenset(_plain(word) for word in _read(reading)) - makes,
        fetches=frozenset(_plain(path) for path in written.fetched(reading)),
        gets=frozenset(_plain(path) for path in written.downloaded_to(reading)),
        service=servers.find(reading),
        installs_checkout=any(_installs_checkout(command.words) for command in commands),
        exports=exports,
        formats=frozenset(_formats(commands)) - exports,
        sets=sets,
        expands=frozenset(_expanded(reading)) - sets,
        folders=frozenset(_relative_folders(reading)),
    )


def _plain(path: str) -> str:
    return path.strip().removeprefix("./").rstrip("/")


_EXPANDED = Pattern(r"\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))")


def _set_variables(commands: Sequence[Command]) -> Iterator[str]:
    """The variables that lines such as ``name=value`` and ``export name=value`` leave behind."""
    for command in commands:
        if not command.words:
            yield from (variable.partition("=")[0] for variable in command.variables)
        elif command.program in {"for", "read"}:
            yield from command.words[1:2]
        elif command.program in {"export", "set", "declare"}:
            yield from (word.partition("=")[0] for word in command.words[1:] if "=" in word)


def _expanded(reading: Reading) -> Iterator[str]:
    if reading.block.kind.is_shell and "$" in reading.block.text:
        for found in _EXPANDED.finditer(reading.block.text):
            yield found.group(1) or found.group(2)


_FOLDER = Pattern(r"\./[\w-][\w./-]*|[\w-]+(?:/[\w.-]+)*/")


def _relative_folders(reading: Reading) -> Iterator[str]:
    """Strings of Python code that can only be paths from where it runs: ``./a/b.png``, ``models/``."""
    for node in reading.code.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _FOLDER.fullmatch(node.value):
            yield _plain(node.value)


def _clones(commands: Sequence[Command]) -> Iterator[str]:
    for command in commands:
        if command.words[:2] == ("git", "clone") and (folder := _cloned(command)):
            yield folder


def _cloned(command: Command) -> str:
    """The folder that ``git clone`` makes."""
    words = [word for word in command.words[2:] if not word.startswith("-")]
    place = next((place for place, word in enumerate(words) if "/" in word or ":" in word), len(words))
    named = words[place + 1 : place + 2]
    if named and named[0] != ".":
        return named[0].rstrip("/")
    return "".join(words[place : place + 1]).rstrip("/").rpartition("/")[2].removesuffix(".git")


_SCRIPT = Pattern(r"(?!/|https?:|~)[\w./-]+\.(py|sh|bash|ipynb)$")


def _uses_checkout(commands: Sequence[Command]) -> bool:
    """Whether shell commands want files of a repository: its scripts, its ``requirements.txt``."""
    return any(_wants_file(command) for command in commands)


_LAUNCHERS = {"accelerate", "torchrun", "deepspeed", "mpirun", "horovodrun", "xvfb-run", "srun"}
_HERE = Pattern(r"\.(\[.*|/)?$")


def _wants_file(command: Command) -> bool:
    words = command.words
    match command.program:
        case "git":
            return words[1:2] in {("checkout",), ("pull",), ("submodule",), ("switch",), ("lfs",)} and (
                words[1:3] != ("lfs", "install")
            )
        case "wget" | "curl" | "hf" | "huggingface-cli":
            return False
        case "cp" | "mv" | "make" | "cmake" | "cargo" | "docker-compose":
            return True
        case "cd":
            return bool(re.match(r"[A-Za-z][\w.-]*/[\w.-]", words[1])) if len(words) > 1 else False
        case "docker":
            return words[1:2] == ("compose",) or (words[1:2] == ("build",) and words[-1] == ".")
        case "conda" | "mamba":
            return words[1:3] == ("env", "create")
        case _:
            return _installs_checkout(words) or _names_local_file(command)


def _installs_checkout(words: Sequence[str]) -> bool:
    """Whether a command installs the repository it stands in, or what its list of packages names."""
    if "install" not in words[:6]:
        return words[:2] in {("uv", "sync"), ("poetry", "install")}
    return any(word.endswith("requirements.txt") or _HERE.match(word) for word in words)


def _names_local_file(command: Command) -> bool:
    """Whether a command runs a script that lies there, or is pointed to where it stands."""
    words = command.words
    if "install" in words[:6]:
        return False
    reach = len(words) if command.program in _LAUNCHERS else 5
    return any(_SCRIPT.match(word) or word.startswith("./") for word in words[:reach]) or any(
        option.startswith("--") and value == "." for option, value in itertools.pairwise(words)
    )


_CONVERTS = Pattern(r"(?<![a-z])(export|convert)")
_FORMAT = Pattern(r"(?<![a-z])(trt|tensorrt|onnx|gguf|coreml|openvino|tflite)(?![a-z])")


def _exported(commands: Sequence[Command]) -> Iterator[str]:
    for command in commands:
        if any(_CONVERTS.search(word) for word in command.words[:5]):
            yield from _FORMAT.findall(" ".join(command.words[:5]))


def _formats(commands: Sequence[Command]) -> Iterator[str]:
    for command in commands:
        yield from _FORMAT.findall(command.source)


_MAX_PATH = 200


_PATH_TO = Pattern(r"\.{0,2}/?(?:your/)?path/to/(?:[\w.-]+/)*([\w.=-]+\.\w+)$")


def _read(reading: Reading) -> Iterator[str]:
    """Whatever may name a file that a block reads; of ``/path/to/a.txt`` its name as well."""
    for path in _strings(reading):
        yield path
        if (placed := _PATH_TO.match(path)) is not None:
            yield placed.group(1)


def _strings(reading: Reading) -> Iterator[str]:
    for command in reading.script.commands:
        for word in command.words[1:]:
            yield word.partition("=")[2] if word.startswith("-") and "=" in word else word
    for node in reading.code.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < _MAX_PATH:
            yield node.value


def _run_modules(reading: Reading) -> Iterator[str]:
    """The modules that ``python -m`` runs."""
    for command in reading.script.commands:
        if command.program.startswith("python") and command.words[1:2] == ("-m",):
            yield from command.words[2:3]

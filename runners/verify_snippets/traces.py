"""What a block does to the folder and the machine it runs on, and what it wants of them.

Files that it makes and reads, repositories that it clones, folders that it enters, servers that it
starts and asks.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from verify_snippets.reading import Reading
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
        serves: whether it starts a server.
        asks: whether it asks a server on the same machine.
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
    serves: bool = False
    asks: bool = False
    sets: frozenset[str] = frozenset()
    expands: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()


def find(reading: Reading) -> Traces:
    """Find what a block leaves behind and looks for; nothing for what isn't run."""
    if not (reading.block.kind.is_python or reading.block.kind.is_shell):
        return Traces()
    commands = reading.script.commands
    makes = frozenset(_plain(path) for path in _made(reading))
    sets = frozenset(_set_variables(commands)) if reading.block.kind.is_shell else frozenset()
    return Traces(
        clones=tuple(_clones(commands)),
        enters=tuple(
            word.rstrip("/") for command in commands if command.program == "cd" for word in command.words[1:2]
        ),
        uses_checkout=reading.block.kind.is_shell and _uses_checkout(commands),
        runs_modules=tuple(_run_modules(reading)),
        makes=makes,
        reads=frozenset(_plain(word) for word in _strings(reading)) - makes,
        serves=any(_serves(command) for command in commands),
        asks=_asks(reading),
        sets=sets,
        expands=frozenset(_expanded(reading)) - sets,
        folders=frozenset(_relative_folders(reading)),
    )


def _plain(path: str) -> str:
    return path.strip().removeprefix("./").rstrip("/")


_EXPANDED = re.compile(r"\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))")


def _set_variables(commands: Sequence[Command]) -> Iterator[str]:
    """The variables that lines such as ``name=value`` and ``export name=value`` leave behind."""
    for command in commands:
        if not command.words:
            yield from (variable.partition("=")[0] for variable in command.variables)
        elif command.program in {"export", "set", "declare"}:
            yield from (word.partition("=")[0] for word in command.words[1:] if "=" in word)


def _expanded(reading: Reading) -> Iterator[str]:
    if reading.block.kind.is_shell and "$" in reading.block.text:
        for found in _EXPANDED.finditer(reading.block.text):
            yield found.group(1) or found.group(2)


_FOLDER = re.compile(r"\./[\w-][\w./-]*|[\w-]+(?:/[\w.-]+)*/")


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
    if command.program == "git":
        return words[1:2] in {("checkout",), ("pull",), ("submodule",), ("switch",)}
    if command.program in {"wget", "curl", "hf", "huggingface-cli"}:
        return False
    if command.program in {"cp", "mv", "make", "cmake", "cargo"}:
        return True
    if command.program == "cd":
        return bool(re.match(r"[A-Za-z][\w.-]*/[\w.-]", words[1])) if len(words) > 1 else False
    if "install" in words[:6]:
        return any(word.endswith("requirements.txt") or re.match(r"\.(\[|$)|\./$", word) for word in words)
    local = [word for word in words[:5] if _SCRIPT.match(word) or word.startswith("./")]
    return bool(local)


_OUTPUT_OPTION = re.compile(
    r"--?(o|O|d|P|out|output\w*|out[-_]\w+|local[-_]dir|save\w*|outfile|export_path|output[-_][\w-]+|"
    r"target_dir|mlx[-_]path|filepath|dst\w*|target)$"
)


def _made(reading: Reading) -> Iterator[str]:
    for command in reading.script.commands:
        yield from _made_by(command)
    yield from _written(reading.code.nodes)


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
    if "venv" in command.words[:3] or command.program == "virtualenv":
        yield command.words[-1] if not command.words[-1].startswith("-") else ""
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
    *(
        "snapshot_download",
        "hf_hub_download",
        "urlretrieve",
        "write_html",
        "export_to_obj",
        "export_to_ply",
        "download_url_to_file",
        "download",
    ),
}


def _written(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        called = _called(node)
        if called in _WRITERS or (called == "open" and _opens_to_write(node)):
            yield from _string_arguments(node)
        yield from _named_folders(node)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _opens_to_write(node: ast.Call) -> bool:
    modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in {"w", "a", "x"} for mode in modes)


_OUTPUT_FOLDER = re.compile(
    r"(output|out|save|export|results?|checkpoint|target|local|dst)_?(dir|folder|path|directory)$"
)


def _named_folders(node: ast.Call) -> Iterator[str]:
    """The folders that a call is told to write to, by the names of its arguments."""
    for word in node.keywords:
        if word.arg and _OUTPUT_FOLDER.match(word.arg) and isinstance(word.value, ast.Constant):
            yield str(word.value.value)


def _string_arguments(node: ast.Call) -> Iterator[str]:
    arguments = [*node.args[:2], *(word.value for word in node.keywords)]
    for argument in arguments:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


_MAX_PATH = 200


def _strings(reading: Reading) -> Iterator[str]:
    """Whatever may name a file that a block reads."""
    for command in reading.script.commands:
        for word in command.words[1:]:
            yield word.partition("=")[2] if word.startswith("-") and "=" in word else word
    for node in reading.code.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < _MAX_PATH:
            yield node.value


_SERVER_WORDS = re.compile(
    r"\b(vllm serve|vllm\.entrypoints|api_server|launch_server|llama-server|llama_cpp\.server|ollama serve|"
    r"uvicorn|text-generation-launcher|tritonserver|lmdeploy serve|xinference|mlx_lm\.server|openai_api\w*|"
    r"transformers serve|infinity_emb|--host \S+|-p \d+:\d+)"
)
_SERVER_SCRIPT = re.compile(
    r"(server|serve|_api|api_)\w*\.py\b|\b(api|openai_api|app_api)\.py\b|^\w+[-_](api|server)$"
)
_CLIENT_WORDS = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|(client|request)\w*\.py\b")
_CLIENT_CALL = re.compile(r"\bopenai\.Model\b")


def _serves(command: Command) -> bool:
    if command.sets_up or re.search(r"(client|request)\w*\.py", command.source):
        return False
    return bool(_SERVER_WORDS.search(command.source) or _SERVER_SCRIPT.search(command.source))


def _asks(reading: Reading) -> bool:
    if any(_serves(command) for command in reading.script.commands):
        return False
    if reading.block.kind.is_python:
        return any(_CLIENT_WORDS.search(text) for text in _texts(reading.code.nodes)) or bool(
            _CLIENT_CALL.search(reading.block.text)
        )
    return bool(_CLIENT_WORDS.search(reading.block.text))


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value[:_MAX_PATH]


def _run_modules(reading: Reading) -> Iterator[str]:
    """The modules that ``python -m`` runs."""
    for command in reading.script.commands:
        if command.program.startswith("python") and command.words[1:2] == ("-m",):
            yield from command.words[2:3]

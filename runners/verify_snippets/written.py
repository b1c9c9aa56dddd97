"""The files and folders that a block makes, as far as its own text shows."""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from verify_snippets.block_view import last_sentence
from verify_snippets.blocks import Block
from verify_snippets.pattern import Pattern
from verify_snippets.reading import Reading
from verify_snippets.shell import Command
from verify_snippets.word_table import word_table


def find(reading: Reading) -> Iterator[str]:
    """The files and folders that a block makes, as written."""
    yield from _by_commands(reading.script.commands)
    yield from _by_code(reading.code.nodes)


def fetched(reading: Reading) -> Iterator[str]:
    """The files that a block downloads by their names: they are the same wherever the card shows it."""
    for command in reading.script.commands:
        yield from _downloaded(command)
    for node in reading.code.nodes:
        if isinstance(node, ast.Call) and _called(node) in _HUB_DOWNLOADS:
            yield from _named_files(node)


def downloaded_to(reading: Reading) -> Iterator[str]:
    """Where a block's download commands put what they get."""
    for command in reading.script.commands:
        if command.words[1:2] == ("download",) and command.program in _DOWNLOADERS:
            yield from _by_command(command)


_DOWNLOADERS = {"hf", "huggingface-cli", "modelscope"}
_FILE = r"([\w./-]+\.(?:py|sh|ya?ml|json|jsonl|toml|txt|cfg|ini|csv|md|ipynb|js|ts|html|env))"
_NAMED_ABOVE = Pattern(rf"[`*\"'\s]{_FILE}[`*\"']*[^`\n]{{0,40}}$")
_SAYS_TO_SAVE = Pattern(
    r"\b(save[ds]?|create|copy|put|paste|write|add|named?|called|into|script|file|content)\b|保存|创建|文件",
    re.IGNORECASE,
)
_NAMED_INSIDE = Pattern(rf"(?:#|//|%%writefile|<!--)\s*(?:file(?:name)?:\s*)?{_FILE}\s*(?:-->)?$")


def saved_as(block: Block) -> str:
    """The file that a block is to be saved as, by the prose above it or by its first line; or nothing."""
    inside = _NAMED_INSIDE.match(block.text.lstrip().partition("\n")[0].strip()[:120])
    if inside is not None:
        return inside.group(1)
    sentence = f" {last_sentence(block.prose_before)[-160:]}"
    named = _NAMED_ABOVE.search(sentence)
    return named.group(1) if named is not None and _SAYS_TO_SAVE.search(sentence) else ""


_OUTPUT_OPTION = Pattern(
    r"--?(o|O|d|P|out|output\w*|out[-_]\w+|local[-_]dir|save\w*|outfile|export_path|output[-_][\w-]+|"
    r"target_dir|mlx[-_]path|filepath|dst\w*|target)$"
)
_FILLS_FOLDER = {"ln", "wget", "curl", "aria2c", "tar", "unzip", "kaggle", "gdown", "gsutil", "aws"}


def _by_commands(commands: Sequence[Command]) -> Iterator[str]:
    """What commands make, each where the ``cd`` before it has gone."""
    folder = ""
    for command in commands:
        if command.program == "cd":
            folder = _entered(command)
            continue
        for path in _by_command(command):
            yield path
            if folder:
                yield f"{folder}/{path}"
        if folder and command.program in _FILLS_FOLDER:
            yield folder


def _entered(command: Command) -> str:
    """The folder below the one it starts in that a ``cd`` goes into; empty for any other."""
    folder = "".join(command.words[1:2]).rstrip("/")
    return "" if folder.startswith(("/", "~", "$", "..")) else folder


def _by_command(command: Command) -> Iterator[str]:
    words = command.words
    for option, value in itertools.pairwise(words):
        if _OUTPUT_OPTION.match(option) or option in {">", ">>"}:
            yield value
    for place, word in enumerate(words):
        option, equals, value = word.partition("=")
        if equals and _OUTPUT_OPTION.match(option):
            yield value
        elif place and command.sets_up and _FOLDER.fullmatch(word):
            yield word
    if "venv" in words[:3] or command.program == "virtualenv":
        yield words[-1] if not words[-1].startswith("-") else ""
    yield from _downloaded(command)
    yield from _unpacked(command)
    yield from _converted(command)
    yield from (folder for name, folder in _USUAL_FOLDERS.items() if name in words[:4])


_FOLDER = Pattern(r"[\w./-]+/")
_USUAL_FOLDERS = {"sample_factory.huggingface.load_from_hub": "train_dir"}
"""Where programs that are not told otherwise write to, by their documentation."""


def _downloaded(command: Command) -> Iterator[str]:
    if command.program in {"wget", "aria2c"} or (
        command.program == "curl" and "-O" in " ".join(command.words)
    ):
        yield from (word.rstrip("/").rpartition("/")[2] for word in command.words if "://" in word)
    elif command.words[1:2] == ("download",) and command.program in _DOWNLOADERS:
        yield from (word for word in command.words[3:] if _PLAIN_FILE.fullmatch(word))


_PLAIN_FILE = Pattern(r"[\w-][\w./-]*\.[A-Za-z]\w*")
_ARCHIVE = Pattern(r"([\w./-]+)\.(zip|tar|tgz|tar\.\w+|7z)$")


def _unpacked(command: Command) -> Iterator[str]:
    """The folder that is as a rule inside of an archive of its name."""
    if command.program in {"unzip", "tar", "7z"}:
        yield from (found.group(1) for word in command.words[1:] if (found := _ARCHIVE.match(word)))


_CONVERTS = Pattern(r"(?<![a-z])(export|convert|quantiz)")


def _converted(command: Command) -> Iterator[str]:
    """What a conversion makes: what it is given last, if that is a path."""
    last = command.words[-1] if len(command.words) > 2 else ""
    is_path = "/" in last or _PLAIN_FILE.fullmatch(last)
    converts = any(_CONVERTS.search(word) for word in command.words[:3])
    if is_path and converts and not command.words[-2].startswith("-"):
        yield last


_WRITERS = word_table(
    "save save_pretrained to_csv to_json to_parquet savefig imwrite write_video dump write export",
    "export_to_video export_to_gif save_file save_model tofile write_wav urlretrieve write_html",
    "export_to_obj export_to_ply download_url_to_file download save_to_disk write_text write_bytes",
)
_HUB_DOWNLOADS = {"hf_hub_download", "snapshot_download"}


def _by_code(nodes: Sequence[ast.AST]) -> Iterator[str]:
    values: Mapping[str, str] | None = None
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        called = _called(node)
        if called in _WRITERS or (called == "open" and opens_to_write(node)):
            values = _strings_by_name(nodes) if values is None else values
            yield from _string_arguments(node, values)
            yield from _own_path(node, values)
        elif called in _HUB_DOWNLOADS:
            yield from _named_files(node)
        elif "index" in called:
            yield from _keyword(node, {"name", "index_name"})
        yield from _named_folders(node)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def opens_to_write(node: ast.Call) -> bool:
    """Whether a call of ``open`` names a mode that makes the file."""
    modes = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in {"w", "a", "x"} for mode in modes)


_OUTPUT_FOLDER = Pattern(
    r"(output|out|save|export|results?|checkpoint|target|local|dst)_?(dir|folder|path|directory)$"
)


def _named_folders(node: ast.Call) -> Iterator[str]:
    """The folders that a call is told to write to, by the names of its arguments."""
    for word in node.keywords:
        if word.arg and _OUTPUT_FOLDER.match(word.arg) and isinstance(word.value, ast.Constant):
            yield str(word.value.value)


def _named_files(node: ast.Call) -> Iterator[str]:
    """The file that is asked of the Hub: never the repo that it lies in."""
    yield from _keyword(node, {"filename"})
    yield from _plain_strings(node.args[1:2])


def _keyword(node: ast.Call, names: set[str]) -> Iterator[str]:
    yield from _plain_strings(word.value for word in node.keywords if word.arg in names)


def _plain_strings(values: Iterable[ast.expr]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _string_arguments(node: ast.Call, values: Mapping[str, str]) -> Iterator[str]:
    """The strings that a call is given, or the variables that hold one."""
    for argument in (*node.args[:2], *(word.value for word in node.keywords)):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
        elif isinstance(argument, ast.Name) and argument.id in values:
            yield values[argument.id]


def _own_path(node: ast.Call, values: Mapping[str, str]) -> Iterator[str]:
    """The path whose own method is called: ``Path("a.txt").write_text(...)``."""
    if isinstance(node.func, ast.Attribute):
        holder = node.func.value
        found = values.get(holder.id) if isinstance(holder, ast.Name) else _path_text(holder)
        if found:
            yield found


def _path_text(value: ast.expr) -> str | None:
    """The string that an expression is, or that it makes a ``Path`` of."""
    if isinstance(value, ast.Call) and _called(value) == "Path" and value.args:
        value = value.args[0]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _strings_by_name(nodes: Iterable[ast.AST]) -> Mapping[str, str]:
    """The variables that hold a string, or a ``Path`` of one, that looks like a path."""
    return {
        target.id: text
        for node in nodes
        if isinstance(node, ast.Assign)
        and (text := _path_text(node.value)) is not None
        and re.search(r"[./]", text)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

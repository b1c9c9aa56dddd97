"""What can stand in for a placeholder for certain: the card's own repo id, or a sample file."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from verify_snippets import code as python
from verify_snippets import placeholder_signs as signs
from verify_snippets.samples import Sample


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Code with its placeholders filled in.

    Attributes:
        code: what can be executed.
        stand_ins: placeholder -> what stands in for it.
        samples: the sample file that the container must hold at each path.
    """

    code: str
    stand_ins: Mapping[str, str]
    samples: Mapping[PurePosixPath, Sample]


def fill_with_samples(
    code: str, placeholders: Sequence[str], repo_id: str | None, *, folder: PurePosixPath
) -> Filled | None:
    """Put in what is certain: the card's own repo id, and sample files for what is only read.

    Args:
        code: a snippet's code.
        placeholders: its placeholders.
        repo_id: the card's own repo; None if nobody named it.
        folder: where the container will hold the samples.

    Returns:
        The code, the stand-ins and the samples, or None if any placeholder has no certain stand-in.
    """
    stand_ins: dict[str, str] = {}
    samples: dict[PurePosixPath, Sample] = {}
    for placeholder in placeholders:
        if repo_id is not None and _asks_for_model(placeholder, code):
            stand_ins[placeholder] = repo_id
        elif (sample := _sample(placeholder, code)) is not None:
            path = folder / sample.file_name
            stand_ins[placeholder] = str(path)
            samples[path] = sample
        else:
            return None
    return Filled(code=replaced(code, stand_ins), stand_ins=stand_ins, samples=samples)


def replaced(code: str, stand_ins: Mapping[str, str]) -> str:
    """The code with stand-ins, the longest placeholders first: one may be part of another."""
    for placeholder in sorted(stand_ins, key=len, reverse=True):
        code = code.replace(placeholder, stand_ins[placeholder])
    return code


_MODEL_WORDS = {"model", "repo", "checkpoint"}
_OTHER_WORDS = {
    *("your", "my", "the", "this", "hf", "user", "username", "org", "organization", "name", "id", "here")
}
_LOADS_MODEL = r"(from_pretrained|SentenceTransformer|CrossEncoder|pipeline|snapshot_download|model|repo_id)"


def _asks_for_model(placeholder: str, code: str) -> bool:
    """Whether a placeholder stands, quoted, exactly where a model is loaded by its id."""
    words = set(re.findall(r"[a-z]+", placeholder.lower()))
    if not words & _MODEL_WORDS or not words <= _MODEL_WORDS | _OTHER_WORDS:
        return False
    quoted = re.escape(placeholder)
    loaded = rf"{_LOADS_MODEL}\s*(?:=|\()\s*(?:[\w-]+\s*=\s*)?[\"']{quoted}[\"']"
    named = rf"(model|repo|checkpoint)(_id|_name|_path|_name_or_path)?\s*=\s*[\"']{quoted}[\"']"
    uses = len(re.findall(quoted, code))
    return 0 < uses == len(re.findall(rf"{loaded}|{named}", code))


_FILE_READERS = frozenset(
    (
        *("open", "load", "read", "imread", "load_image", "load_audio"),
        *("read_image", "read_text", "transcribe", "transcribe_file"),
    )
)
"""Functions and methods that take a file's path and open the file to read it, whatever library has them."""


def _sample(placeholder: str, code: str) -> Sample | None:
    """The sample for a file of that ending, if all that the code does with the file is to read it."""
    sample = Sample.of(signs.ending(placeholder))
    if sample is None or " " in placeholder:
        return None
    tree = python.parse(code)
    if tree is None:
        return None
    nodes = tuple(ast.walk(tree))
    path = _Path(text=placeholder, variables=_variables(placeholder, nodes))
    strings = sum(_is_string(node, placeholder) for node in nodes)
    uses = sum(node in path for node in nodes) - len(path.variables)  # each is given the string once
    reads = sum(bool(call.args) and call.args[0] in path for call in _reading_calls(nodes))
    return sample if 0 < uses == reads and code.count(placeholder) == strings else None


def _variables(placeholder: str, nodes: Sequence[ast.AST]) -> Collection[str]:
    """The variables that hold a placeholder and nothing else."""
    values: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
    return {name for name, given in values.items() if len(given) == 1 and _is_string(given[0], placeholder)}


def _is_string(node: ast.AST, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _is_use(node: ast.AST, variables: Collection[str]) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in variables


@dataclass(frozen=True, kw_only=True)
class _Path:
    """What a path is known by in code: its literal string, and variables that hold it."""

    text: str
    variables: Collection[str]

    def __contains__(self, node: object) -> bool:
        return isinstance(node, ast.expr) and (_is_string(node, self.text) or _is_use(node, self.variables))


def _reading_calls(nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    """The calls that open a file, by what they take first, to read it."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)) if called in _FILE_READERS:
                if not _writes(node):
                    yield node


def _writes(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(
        not isinstance(mode, ast.Constant) or bool({"w", "a", "x", "+"} & set(str(mode.value)))
        for mode in modes
    )

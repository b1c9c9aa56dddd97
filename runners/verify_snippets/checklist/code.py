"""What the card's snippets show of the model's library and task. Pure."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from verify_snippets.checklist.vocabulary import IMPORTED_AS, TASK_BY_CLASS
from verify_snippets.names import last_name
from verify_snippets.snippets import Snippet


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Something that a snippet shows, and its line of the card."""

    value: str
    line: int


def libraries(snippets: Iterable[Snippet]) -> Sequence[Seen]:
    """The Hub's libraries whose modules are imported, in order."""
    by_module = {module: library for library, modules in IMPORTED_AS.items() for module in modules}
    found: dict[str, Seen] = {}
    for snippet, tree in _trees(snippets):
        for node in ast.walk(tree):
            for module in _modules(node):
                library = by_module.get(module.partition(".")[0])
                if library:
                    found.setdefault(library, Seen(value=library, line=_line(snippet, node)))
    return list(found.values())


def tasks(snippets: Iterable[Snippet]) -> Sequence[Seen]:
    """The tasks that pipelines are asked for and that classes are for, in order."""
    found: dict[str, Seen] = {}
    for snippet, tree in _trees(snippets):
        for node in ast.walk(tree):
            task = _task(node)
            if task:
                found.setdefault(task, Seen(value=task, line=_line(snippet, node)))
    return list(found.values())


def _trees(snippets: Iterable[Snippet]) -> Iterator[tuple[Snippet, ast.Module]]:
    for snippet in snippets:
        tree = snippet.block.code.tree if snippet.block.code else None
        if tree is not None:
            yield snippet, tree


def _line(snippet: Snippet, node: ast.AST) -> int:
    return snippet.block.text_line + getattr(node, "lineno", 1) - 1


def _modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module


def _task(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and last_name(node.func) == "pipeline":
        named = [word.value for word in node.keywords if word.arg == "task"]
        first = [*named, *node.args][:1]
        if first and isinstance(first[0], ast.Constant) and isinstance(first[0].value, str):
            return first[0].value.partition("translation_")[0] or "translation"
    if isinstance(node, ast.Call) and last_name(node.func) == "from_pretrained":
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        name = last_name(owner) if owner is not None else ""
        return next((task for end, task in TASK_BY_CLASS.items() if name.endswith(end)), "")
    return ""

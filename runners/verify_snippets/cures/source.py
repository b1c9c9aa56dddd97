"""A snippet's code as a tree that keeps every space, so that what a cure leaves alone stays as it is.

Notebook lines are no Python: while the tree is there, each is a ``pass`` that knows which line it was.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst import matchers
from libcst.helpers import get_full_name_for_node
from libcst.metadata import MetadataWrapper, PositionProvider

from verify_snippets.pattern import Pattern

Change = Callable[[cst.CSTNode, Any], Any]

_MAGIC = Pattern(r"^(\s*)([!%].*)$", re.MULTILINE)
_HIDDEN = Pattern(r"pass  # line (\d+) of a notebook$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Code as a tree.

    Attributes:
        module: the tree.
        magics: its notebook lines.
        imports: the names that its imports bind -> what they stand for, such as ``np`` -> ``numpy``; those
            that stand for several things are left out.
    """

    module: cst.Module
    magics: Sequence[str]
    imports: Mapping[str, str]

    def lines(self) -> Mapping[cst.CSTNode, tuple[int, int]]:
        """The first and the last line (from 1) of every node of ``module``."""
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
        return {node: (place.start.line, place.end.line) for node, place in positions.items()}

    def render(self, module: cst.Module) -> str:
        """The code of a changed tree."""
        return _HIDDEN.sub(lambda found: self.magics[int(found[1])], module.code)


def parse(code: str) -> Source | None:
    """The tree of a snippet's code; None where it is no Python that can be changed with care."""
    magics: list[str] = []

    def hide(found: re.Match[str]) -> str:
        magics.append(found[2])
        return f"{found[1]}pass  # line {len(magics) - 1} of a notebook"

    try:
        module = cst.parse_module(_MAGIC.sub(hide, code))
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return None
    source = Source(module=module, magics=magics, imports=imports_of(module))
    return source if source.render(module) == code else None


def imports_of(module: cst.Module) -> Mapping[str, str]:
    """What the names that imports bind stand for, wherever in the code the imports are."""
    bound: dict[str, set[str]] = {}
    for node in matchers.findall(module, matchers.Import() | matchers.ImportFrom()):
        for name, meaning in _bindings(node):
            bound.setdefault(name, set()).add(meaning)
    return {name: meanings.pop() for name, meanings in bound.items() if len(meanings) == 1}


def _bindings(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """The names that one import binds, and what each stands for."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            name = alias.evaluated_name
            top = name.partition(".")[0]
            yield (alias.evaluated_alias, name) if alias.evaluated_alias else (top, top)
    elif isinstance(node, cst.ImportFrom) and node.module is not None and not node.relative:
        module = full_module(node)
        for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
            name = alias.evaluated_name
            yield alias.evaluated_alias or name, f"{module}.{name}"


def full_module(node: cst.ImportFrom) -> str:
    """The module that an import takes from; empty for one that is relative."""
    return "" if node.module is None or node.relative else get_full_name_for_node(node.module) or ""


def replaced(module: cst.Module, change: Change) -> cst.Module:
    """The tree with every node changed as ``change`` says, given it as it was and as it is by now."""
    new = module.visit(_Replacing(change))
    return new if isinstance(new, cst.Module) else module


class _Replacing(cst.CSTTransformer):
    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def on_leave(self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT) -> Any:
        return self._change(original_node, super().on_leave(original_node, updated_node))


def full_name(node: cst.BaseExpression, imports: Mapping[str, str]) -> str:
    """What an expression such as ``AutoModel.from_pretrained`` stands for, with its library; else empty."""
    written = get_full_name_for_node(node) if isinstance(node, cst.Name | cst.Attribute) else None
    if not written or not _is_dotted(node):
        return ""
    first, dot, rest = written.partition(".")
    return f"{imports[first]}{dot}{rest}" if first in imports else ""


def _is_dotted(node: cst.BaseExpression) -> bool:
    """Whether an expression is made of names and dots alone: ``f().g`` has no name."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def string_value(node: cst.BaseExpression) -> str | None:
    """The text of a plain string literal; None for anything else."""
    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def with_text(node: cst.SimpleString, text: str) -> cst.SimpleString:
    """A string literal with another text, quoted as it was; the text has no quotes and no backslashes."""
    return node.with_changes(value=f"{node.prefix}{node.quote}{text}{node.quote}")


def keyword_arguments(call: cst.Call) -> Iterator[tuple[str, cst.Arg]]:
    """The arguments of a call that are given by name."""
    for argument in call.args:
        if argument.keyword is not None:
            yield argument.keyword.value, argument

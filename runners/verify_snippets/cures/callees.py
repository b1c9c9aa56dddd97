"""Which library a piece of code speaks to, as far as reading it tells for certain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m
from packaging.version import InvalidVersion, Version

from verify_snippets.api_changes import Change
from verify_snippets.cures import source
from verify_snippets.cures.model import Patient
from verify_snippets.snippets import Snippet

_BUILDERS = {"from_pretrained"}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What names stand for in a snippet, those included that earlier snippets gave it.

    Attributes:
        imports: name -> the dotted name that it was imported from.
        objects: variable -> the dotted name of the class that made what it holds.
    """

    imports: Mapping[str, str]
    objects: Mapping[str, str]

    def full(self, node: cst.BaseExpression) -> str:
        """The dotted name of a function or class with its library; empty where that is not certain."""
        return source.full_name(node, self.imports)

    def owner(self, node: cst.BaseExpression) -> str:
        """The dotted name of the class of what a variable holds; empty where that is not certain."""
        return self.objects.get(node.value, "") if isinstance(node, cst.Name) else ""


def read(tree: source.Source, first: Sequence[Snippet]) -> Names:
    """What is known of names in a snippet.

    Args:
        tree: of its code.
        first: the snippets that run before it, in order.
    """
    trees = [*(earlier for snippet in first if (earlier := source.parse(snippet.code))), tree]
    imports: dict[str, str] = {}
    for each in trees:
        imports |= each.imports
    made: dict[str, set[str]] = {}
    for each in trees:
        _note_made(each.module, imports, made)
    assigned = {name for name in made if name in imports}
    return Names(
        imports={name: meaning for name, meaning in imports.items() if name not in assigned},
        objects={name: classes.pop() for name, classes in made.items() if len(classes) == 1},
    )


_OTHER_BINDINGS = m.For() | m.CompFor() | m.NamedExpr() | m.WithItem() | m.Param()


def _note_made(module: cst.Module, imports: Mapping[str, str], made: dict[str, set[str]]) -> None:
    """What each variable is given; whatever isn't plainly built from a class counts as anything."""
    for node in m.findall(module, m.Assign() | m.AnnAssign() | _OTHER_BINDINGS):
        if isinstance(node, cst.Assign):
            built = _built(node.value, imports)
            for target in node.targets:
                _note(target.target, built, made)
        elif isinstance(node, cst.WithItem):
            _note(node.asname.name if node.asname else node, "", made)
        elif isinstance(node, cst.Param):
            _note(node.name, "", made)
        elif isinstance(node, cst.For | cst.CompFor | cst.NamedExpr | cst.AnnAssign):
            _note(node.target, "", made)


def _note(target: cst.CSTNode, built: str, made: dict[str, set[str]]) -> None:
    names = m.findall(target, m.Name()) if isinstance(target, cst.Tuple | cst.List) else [target]
    for name in names:
        if isinstance(name, cst.Name):
            made.setdefault(name.value, set()).add(built)


def _built(value: cst.BaseExpression, imports: Mapping[str, str]) -> str:
    func = value.func if isinstance(value, cst.Call) else None
    if isinstance(func, cst.Attribute) and func.attr.value in _BUILDERS:
        return source.full_name(func.value, imports)
    return ""


def library_of(dotted: str) -> str:
    """The library of a dotted name, as packages are named: ``sentence-transformers``."""
    return dotted.partition(".")[0].replace("_", "-")


def is_allowed(change: Change, patient: Patient) -> bool:
    """Whether the new name works in every version of the library that the card calls enough."""
    oldest = patient.oldest.get(change.library.replace("-", "_"))
    if oldest is None:
        return True
    try:
        return Version(oldest) >= Version(change.new_since or change.since)
    except InvalidVersion:
        return False

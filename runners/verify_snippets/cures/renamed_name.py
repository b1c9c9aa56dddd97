"""A class, function, method or constant that a library renamed: the code uses the new name."""

from collections.abc import Iterator
from typing import Any

import libcst as cst

from verify_snippets import api_changes
from verify_snippets.api_changes import Change, ChangeKind
from verify_snippets.cures import callees, source
from verify_snippets.cures.model import Patient, Proposal
from verify_snippets.pattern import Pattern

_PYTHONS_OWN = Pattern(r"use Python's `(\w+)`$")
_ITSELF = "__call__"
_NOT_QUITE = {"Wav2Vec2Tokenizer", "encode_plus", "batch_encode_plus"}
"""Those that took what their successors don't: sounds, and a text as a list of its words."""


def renamed_name(patient: Patient) -> Iterator[Proposal]:
    """Rename what is certain by where it was imported from, or by what made the object."""
    tree = source.parse(patient.code)
    if tree is None:
        return
    renaming = _Renaming(patient, callees.read(tree, patient.first))
    code = tree.render(source.replaced(tree.module, renaming.change))
    if code != patient.code:
        yield Proposal(
            cure="renamed-name",
            sentence="; ".join(change.sentence for change in renaming.found.values()),
            code=code,
            is_certain=True,
        )
    elif (blamed := _by_exception(patient, tree)) is not None:
        yield blamed


class _Renaming:
    """Renames as it goes through a tree, and notes what was found.

    Args:
        patient: whose code it is.
        names: what is known of its names.
    """

    def __init__(self, patient: Patient, names: callees.Names) -> None:
        self._patient = patient
        self._names = names
        self._imported: dict[str, str] = {}  # of what is renamed where it is imported, under its own name
        self.found: dict[str, Change] = {}

    def change(self, node: cst.CSTNode, updated: Any) -> Any:
        """A node with its new name, if it has one."""
        match node:
            case cst.ImportFrom():
                return self._import(node, updated)
            case cst.Name(value=name) if name in self._imported:
                return updated.with_changes(value=self._imported[name])
            case cst.Attribute():
                return self._attribute(node, updated)
            case cst.Call(func=cst.Attribute() as func):
                return self._call(func, updated)
            case _:
                return updated

    def _import(self, node: cst.ImportFrom, updated: cst.ImportFrom) -> cst.ImportFrom:
        if isinstance(node.names, cst.ImportStar) or isinstance(updated.names, cst.ImportStar):
            return updated
        library = callees.library_of(source.full_module(node))
        aliases = []
        for alias, new in zip(node.names, updated.names, strict=True):
            known = self._find(ChangeKind.NAME, alias.evaluated_name, library)
            if known is None or not known.new.isidentifier():
                aliases.append(new)
                continue
            self.found[known.old] = known
            aliases.append(new.with_changes(name=cst.Name(known.new)))
            if alias.asname is None:
                self._imported[known.old] = known.new
        return updated.with_changes(names=aliases)

    def _attribute(self, node: cst.Attribute, updated: cst.Attribute) -> cst.BaseExpression:
        full = self._names.full(node)
        if full.count(".") != 1:
            return updated
        library, old = callees.library_of(full), node.attr.value
        known = self._find(ChangeKind.NAME, old, library) or self._find(ChangeKind.METHOD, old, library)
        own = _PYTHONS_OWN.match(known.advice) if known else None
        if known is None or not (own or known.new.isidentifier()):
            return updated
        self.found[known.old] = known
        return cst.Name(own[1]) if own else updated.with_changes(attr=cst.Name(known.new))

    def _call(self, func: cst.Attribute, updated: cst.Call) -> cst.Call:
        """A call of a method that the object itself took over: ``tokenizer.encode_plus(text)``."""
        owner = self._names.owner(func.value)
        if not owner.endswith(("Tokenizer", "TokenizerFast")):
            return updated
        known = self._find(ChangeKind.METHOD, func.attr.value, callees.library_of(owner))
        if known is None or known.new != _ITSELF or not isinstance(updated.func, cst.Attribute):
            return updated
        self.found[known.old] = known
        return updated.with_changes(func=updated.func.value)

    def _find(self, kind: ChangeKind, old: str, library: str) -> Change | None:
        known = api_changes.find(kind, old, library)
        if known is None or not callees.is_allowed(known, self._patient):
            return None
        if self._patient.was_run:
            return known if known.removed else None  # a warning is no failure
        return known if old not in _NOT_QUITE else None  # what may be wrong is tried or left


def _by_exception(patient: Patient, tree: source.Source) -> Proposal | None:
    """Rename the method that the exception names, on the line that raised it."""
    old = patient.about("name")
    known = api_changes.find(ChangeKind.METHOD, old, patient.about("library")) if old else None
    if known is None or not known.new or patient.error_line is None:
        return None
    lines = tree.lines()

    def change(node: cst.CSTNode, updated: Any) -> Any:
        if not isinstance(node, cst.Attribute) or node.attr.value != old:
            return updated
        first, last = lines[node]
        if not first <= (patient.error_line or 0) <= last:
            return updated
        if known.new == _ITSELF:
            return updated.value
        return _renamed(updated, known.new)

    code = tree.render(source.replaced(tree.module, change))
    if code == patient.code:
        return None
    return Proposal(cure="renamed-name", sentence=known.sentence, code=code)


def _renamed(attribute: cst.Attribute, new: str) -> cst.Attribute:
    """``pipe.old`` with a dotted name in the place of ``old``."""
    value = attribute.value
    *between, last = new.split(".")
    for part in between:
        value = cst.Attribute(value=value, attr=cst.Name(part))
    return attribute.with_changes(value=value, attr=cst.Name(last))

"""An argument that a library renamed or removed: the call gets the one that does the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import libcst as cst

from verify_snippets import api_changes
from verify_snippets.api_changes import Change, ChangeKind
from verify_snippets.causes import Cause
from verify_snippets.cures import callees, source
from verify_snippets.cures.model import Patient, Proposal
from verify_snippets.pattern import Pattern

_INSTEAD = Pattern(r"use `(\w+)=([^`]+)`$")
_LEAVE_OUT = "leave it out"
_SENT_ANYWAY = f"{_LEAVE_OUT}: the token of a reader who is logged in is sent anyway"

_NOT_QUITE = {"return_all_scores"}  # what comes out is nested otherwise

Finder = Callable[[cst.Call, str], Change | None]


def renamed_argument(patient: Patient) -> Iterator[Proposal]:
    """First what is certain by whose call it is; then what the exception itself names."""
    tree = source.parse(patient.code)
    if tree is None:
        return
    names = callees.read(tree, patient.first)
    was_run = patient.was_run

    def by_reading(call: cst.Call, argument: str) -> Change | None:
        full = names.full(call.func)
        if not full:
            return None
        found = api_changes.find(
            ChangeKind.ARGUMENT, argument, callees.library_of(full), full.rpartition(".")[2]
        )
        if found is None or not (found.removed if was_run else argument not in _NOT_QUITE):
            return None  # a warning is no failure, and what may be wrong is tried or left
        return found if callees.is_allowed(found, patient) else None

    certain = _proposal(tree, by_reading, is_certain=True)
    if certain is not None:
        yield certain
    if not was_run:
        return
    blamed = _by_exception(patient, tree)
    more = [
        _proposal(tree, find, is_certain=False)
        for find in (blamed, _without_login(by_reading), _without_login(blamed))
        if find
    ]
    seen = {certain.code} if certain else set()
    for proposal in more:
        if proposal is not None and proposal.code not in seen:
            seen.add(proposal.code)
            yield proposal


def _without_login(find: Finder | None) -> Finder | None:
    """As another finder, but ``token=True`` is left out: it fails for readers who are not logged in."""
    if find is None:
        return None

    def found(call: cst.Call, argument: str) -> Change | None:
        known = find(call, argument)
        given = dict(source.keyword_arguments(call)).get(argument)
        is_true = given is not None and isinstance(given.value, cst.Name) and given.value.value == "True"
        return (
            replace(known, new="", advice=_SENT_ANYWAY)
            if known and known.new == "token" and is_true
            else known
        )

    return found


def _by_exception(patient: Patient, tree: source.Source) -> Finder | None:
    """Finds the argument that the exception names, in the call that raised it."""
    wrong = patient.about("argument")
    if not wrong or not patient.has(Cause.VERSION_TOO_NEW, Cause.CARD_BUG):
        return None
    known = api_changes.find(ChangeKind.ARGUMENT, wrong, patient.about("library"))
    new = patient.about("replacement")
    if known is None and new.isidentifier():
        known = Change(
            library=patient.about("library"),
            kind=ChangeKind.ARGUMENT,
            old=wrong,
            new=new,
            since=patient.about("since"),
        )
    lines = tree.lines()

    def find(call: cst.Call, argument: str) -> Change | None:
        first, last = lines[call]
        at = patient.error_line
        return known if argument == wrong and (at is None or first <= at <= last) else None

    return find if known else None


def _proposal(tree: source.Source, find: Finder, *, is_certain: bool) -> Proposal | None:
    found: dict[str, Change] = {}

    def change(node: cst.CSTNode, updated: Any) -> Any:
        if not isinstance(node, cst.Call):
            return updated
        given = {name for name, _ in source.keyword_arguments(node)}
        arguments: list[cst.Arg] = []
        for argument, new in zip(node.args, updated.args, strict=True):
            known = find(node, argument.keyword.value) if argument.keyword else None
            changed = _changed(new, known, given) if known else [new]
            if known and changed != [new]:
                found[known.old] = known
            arguments += changed
        return updated.with_changes(args=_closed(arguments, updated.args))

    code = tree.render(source.replaced(tree.module, change))
    if not found:
        return None
    return Proposal(
        cure="renamed-argument",
        sentence="; ".join(known.sentence for known in found.values()),
        code=code,
        is_certain=is_certain,
    )


def _changed(argument: cst.Arg, known: Change, given: set[str]) -> Sequence[cst.Arg]:
    """What takes an argument's place: one, none, or itself where nothing does so for certain."""
    if known.new:
        return [argument.with_changes(keyword=cst.Name(known.new))] if known.new not in given else [argument]
    if known.advice.startswith(_LEAVE_OUT):
        return []
    instead = _INSTEAD.match(known.advice)
    value = argument.value.value if isinstance(argument.value, cst.Name) else ""
    if instead is None or instead[1] in given or value not in {"True", "False"}:
        return [argument]
    if value == "False":
        return []
    return [argument.with_changes(keyword=cst.Name(instead[1]), value=cst.parse_expression(instead[2]))]


def _closed(arguments: list[cst.Arg], before: Sequence[cst.Arg]) -> list[cst.Arg]:
    """The arguments, the last one ending as the last one did."""
    if not arguments or len(arguments) == len(before):
        return arguments
    last = before[-1]
    return [
        *arguments[:-1],
        arguments[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg),
    ]

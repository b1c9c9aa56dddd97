"""Names, arguments and tasks that the installed versions no longer know, or don't know yet."""

import re
from collections.abc import Callable

from packaging.version import InvalidVersion, Version

from verify_snippets.api_changes import Change, ChangeKind, find
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.why.evidence import Evidence, because, first_line

_BUILT_IN = frozenset(
    word
    for row in (
        "NoneType list dict str tuple int float bool set bytes function method generator type module range",
        "zip map builtin_function_or_method property dict_keys dict_values",
    )
    for word in row.split()
)


def removed_name(evidence: Evidence) -> Diagnosis | None:
    """``from library import name``, ``library.name``."""
    found = re.search(
        r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'", evidence.message
    )
    if not found:
        found = re.search(r"module '?(?P<module>[\w.]+)'? has no attribute '?(?P<name>\w+)", evidence.message)
        name, module = (found["name"], found["module"]) if found else ("", "")
    else:
        name, module = found[1], found[2]
    if not found or module == "__main__":
        return None
    top = module.partition(".")[0]
    library = evidence.package_of(top)
    change = (
        find(ChangeKind.NAME, name, _plain(library))
        or find(ChangeKind.METHOD, name, _plain(library))
        or find(ChangeKind.MODULE, f"{module}.{name}")
    )
    if change is None and evidence.is_raised_by_remote_code:
        return _remote_code(evidence)
    where = "" if module == top else f" in {module}"
    return _gone(evidence, f"{evidence.named(top)} has no `{name}`{where}", change, top=top, name=name)


def removed_attribute(evidence: Evidence) -> Diagnosis | None:
    """A method or an attribute that an object of a library no longer has."""
    found = re.search(r"\b(\w+)'?(?: object)? has no attribute '?(\w+)'?", evidence.message)
    if evidence.type != "AttributeError" or not found or found[1] in _BUILT_IN:
        return None
    change = find(ChangeKind.METHOD, found[2], where=found[1])
    if change:
        return _gone(evidence, f"`{found[1]}` has no `{found[2]}`", change, top=change.library, name=found[2])
    if evidence.is_raised_by_remote_code:
        return _remote_code(evidence)
    return None


def removed_numpy_name(evidence: Evidence) -> Diagnosis | None:
    """What numpy itself says was removed."""
    found = re.search(r"`np\.(\w+)` was (?:a deprecated alias|removed)", evidence.message)
    if not found:
        return None
    change = find(ChangeKind.METHOD, found[1], "numpy")
    said = f"{evidence.named('numpy')} has no `np.{found[1]}`"
    return _gone(evidence, said, change, top="numpy", name=found[1])


def unknown_argument(evidence: Evidence) -> Diagnosis | None:
    """An argument that the installed version does not take."""
    found = re.search(
        r"(?<![\w.<>])([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'", evidence.message
    )
    if not found:
        return None
    callee, argument = found[1], found[2]
    passed_by = next(evidence.callees(argument), "")
    top = _library_of_call(evidence, passed_by)
    taker = passed_by.rpartition(".")[2]
    library = _plain(evidence.package_of(top)) if top else ""
    change = None
    if top:
        change = find(ChangeKind.ARGUMENT, argument, library, taker) if passed_by else None
        change = change or find(ChangeKind.ARGUMENT, argument, library, callee.split(".")[0])
    if change is None and evidence.is_raised_by_remote_code:
        return _remote_code(evidence)
    if change is None and (not top or top == "__main__"):
        return None  # a function of the card's own, as far as can be seen
    version = f" in {evidence.named(top)}" if top else ""
    said = f"`{taker or callee}` does not take `{argument}`{version}"
    return _gone(evidence, said, change, top=top, argument=argument, callee=taker or callee)


def _library_of_call(evidence: Evidence, callee: str) -> str:
    """The top-level module that a call goes to: what its name was imported from, else where it failed."""
    root = callee.partition(".")[0]
    if root in evidence.imported:
        return evidence.imported[root]
    inside = [frame.package for frame in evidence.frames if frame.package]
    return inside[0] if inside else ""


def unknown_task(evidence: Evidence) -> Diagnosis | None:
    """A pipeline that transformers does not have."""
    found = re.search(r"(?:Unknown task|The task) ([\w-]+?)(?:,| has been removed)", evidence.message)
    if not found:
        return None
    said = f"there is no pipeline {found[1]!r} in {evidence.named('transformers')}"
    change = find(ChangeKind.TASK, found[1])
    if change is None:
        return because(Cause.CARD_BUG, said, library="transformers", task=found[1])
    return _gone(evidence, said, change, top="transformers", task=found[1])


def unused_argument(evidence: Evidence) -> Diagnosis | None:
    """An argument that ``generate`` hands on and no model takes."""
    found = re.search(r"`model_kwargs` are not used by the model: \['(\w+)'", evidence.message)
    if not found:
        return None
    said = f"the model's `generate` does not take `{found[1]}`"
    return because(Cause.CARD_BUG, said, library="transformers", argument=found[1], callee="generate")


def foreign_code(evidence: Evidence) -> Diagnosis | None:
    """Code that a Hub repo brought along and that fails with the installed library."""
    if evidence.is_raised_by_remote_code and evidence.type in {
        "AttributeError",
        "ImportError",
        "TypeError",
        "NameError",
        "KeyError",
        "NotImplementedError",
    }:
        return _remote_code(evidence)
    return None


def _remote_code(evidence: Evidence) -> Diagnosis:
    own = [frame for frame in evidence.frames if frame.is_remote_code]
    file = own[-1].file.rpartition("/")[2]
    said = (
        f"the repo's own code ({file}, line {own[-1].line}) does not work with "
        f"{evidence.named('transformers')}: {evidence.type}: {first_line(evidence.message)}"
    )
    return because(
        Cause.VERSION_TOO_NEW,
        said,
        library="transformers",
        version=evidence.version("transformers"),
        file=file,
    )


def _gone(evidence: Evidence, said: str, change: Change | None, *, top: str, **about: str) -> Diagnosis:
    """The diagnosis for something that the installed version does not have.

    Without a row in the table, what the card pins tells which way it is: a library held back lacks what is
    newer; one that is current lacks what is older.
    """
    library = evidence.package_of(top) if top else ""
    version = evidence.version(top) if top else ""
    if change is not None and not _explains(change, version):
        change = None
    if change is not None:
        return because(
            Cause.VERSION_TOO_NEW,
            change.said(version),
            library=change.library,
            version=version,
            since=change.since,
            replacement=change.new,
            **about,
        )
    cause = Cause.VERSION_TOO_OLD if top and evidence.pins(top) else Cause.VERSION_TOO_NEW
    how = "it is newer" if cause is Cause.VERSION_TOO_OLD else "renamed, removed, or of another version"
    return because(cause, f"{said}: {how}", library=library, version=version, **about)


def _explains(change: Change, version: str) -> bool:
    """Whether a change has happened in the installed version."""
    try:
        return not version or Version(version) >= Version(change.since)
    except InvalidVersion:
        return True


def _plain(library: str) -> str:
    """A package's name as the table of changes has it."""
    return "huggingface_hub" if library == "huggingface-hub" else library


Explain = Callable[[Evidence], Diagnosis | None]
EXPLANATIONS: tuple[Explain, ...] = (
    unknown_task,
    removed_numpy_name,
    removed_name,
    removed_attribute,
    unknown_argument,
    unused_argument,
)

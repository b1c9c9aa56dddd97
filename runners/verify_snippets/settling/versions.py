"""Claims of library and Python versions against those that ran. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from verify_snippets.causes import Cause
from verify_snippets.claims import Claim, ClaimKind, Comparator
from verify_snippets.ledger import Entry
from verify_snippets.settling.evidence import Evidence, Seen, Settled, confirmed, contradicted, untested

_OF_VERSIONS = (Cause.VERSION_TOO_NEW, Cause.VERSION_TOO_OLD)
_OPERATORS = {
    Comparator.AT_LEAST: ">=",
    Comparator.MORE: ">",
    Comparator.LESS: "<",
    Comparator.ABOUT: "~=",
}


def settle_version(entry: Entry, evidence: Evidence) -> Settled:
    """One claim of a version that is needed, or that something was tested with."""
    claim = entry.claim
    name = "python" if claim.kind is ClaimKind.PYTHON_VERSION else canonicalize_name(claim.unit)
    ran = [
        (seen, version)
        for seen in _speaking(claim, evidence)
        if (version := _version_in(seen, name)) is not None
    ]
    if not ran:
        return untested(entry, f"nothing that it speaks of ran with {claim.unit or 'Python'}")
    fit = allowing(claim)
    if not fit:
        return untested(entry, f"{claim.value} is no version that can be compared", found=_found(name, ran))
    fitting = [
        (seen, version)
        for seen, version in ran
        if any(each.contains(version, prereleases=True) for each in fit)
    ]
    shown = replace(entry, found=_found(name, ran), how="the versions of the containers that it ran in")
    if not fitting:
        return _other(shown, name, ran)
    return _allowed(shown, name, fitting)


def _allowed(entry: Entry, name: str, ran: Sequence[tuple[Seen, Version]]) -> Settled:
    """Runs with a version that the claim allows."""
    for seen, _ in ran:
        cause = seen.run.cause
        if cause and cause.kind in _OF_VERSIONS and _is_about(cause.subjects, name):
            reason = f"{seen.name} fails with a version that it allows: {seen.run.reason}"
            return contradicted(entry, reason)
    through = [seen.name for seen, _ in ran if seen.through]
    if not through:
        failed = ran[0][0]
        return untested(entry, f"{failed.name} ran with such a version, and came to no end")
    which = f"{through[0]} and {len(through) - 1} more" if len(through) > 1 else through[0]
    return confirmed(entry, f"{which} ran to the end with such a version")


def _other(entry: Entry, name: str, ran: Sequence[tuple[Seen, Version]]) -> Settled:
    """Runs with other versions than the claim speaks of: they neither show nor refute it."""
    seen, version = next(((seen, version) for seen, version in ran if seen.through), ran[0])
    ended = "ran to its end" if seen.through else f"{seen.run.verdict}"
    return untested(entry, f"ran with {name} {version}, which is not what it speaks of; {seen.name} {ended}")


def _speaking(claim: Claim, evidence: Evidence) -> tuple[Seen, ...]:
    """The snippets that a claim speaks of; all of them where it speaks of the model."""
    return evidence.witnesses(claim).seen if claim.snippets else evidence.of_all()


def _version_in(seen: Seen, name: str) -> Version | None:
    written = next((v for library, v in seen.run.versions.items() if canonicalize_name(library) == name), "")
    try:
        return Version(Version(written).public)
    except InvalidVersion:
        return None


def allowing(claim: Claim) -> tuple[SpecifierSet, ...]:
    """What allows a version, any one of them; "4.30" means all of its patch releases. None if it can't be."""
    number = re.sub(r"\.[xX*]$", "", str(claim.value))
    all_of_it = f"=={number}.*"
    texts = {Comparator.EXACTLY: [all_of_it], Comparator.AT_MOST: [all_of_it, f"<={number}"]}
    try:
        return tuple(
            SpecifierSet(text)
            for text in texts.get(claim.comparator, [f"{_OPERATORS.get(claim.comparator)}{number}"])
        )
    except InvalidSpecifier:
        return ()


def _is_about(subjects: Mapping[str, str], name: str) -> bool:
    return any(canonicalize_name(value) == name for value in subjects.values())


def _found(name: str, ran: Sequence[tuple[Seen, Version]]) -> str:
    versions = sorted({version for _, version in ran})
    return f"{name} {', '.join(map(str, versions))}"

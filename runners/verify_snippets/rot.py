"""Rot, or never worked? Which versions of which library to try next, and what the tries say. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from packaging.version import InvalidVersion, Version

from verify_snippets import packages
from verify_snippets.causes import Cause
from verify_snippets.report.model import ErrorReport, RunReport
from verify_snippets.verdict import Verdict

MAX_SUSPECTS = 3
_CERTAIN_CAUSES = {Cause.VERSION_TOO_NEW, Cause.UNKNOWN}
_POSSIBLE_CAUSES = {None, Cause.CARD_BUG, Cause.MISSING_INPUT, Cause.WRONG_REPO, Cause.UNDECLARED_DEPENDENCY}
# What no other version of a library would change: the code itself, or what it is given.
_OWN_ERRORS = {"SyntaxError", "IndentationError", "TabError", "NameError", "FileNotFoundError", "EOFError"}
_SAME_WORDS = 6


class Outcome(StrEnum):
    """What one version of a library came to."""

    WORKS = "works"
    FAILS = "fails"  # in the way that is to be explained
    UNCLEAR = "unclear"  # in another way, or it could not be tried


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """Where a library began to fail, as far as was tried.

    Attributes:
        works_with: the newest version that was tried and works.
        fails_since: the oldest version above it that was tried and fails.
        between: how many releases between the two were not told apart.
    """

    works_with: str
    fails_since: str
    between: int


def may_be_rot(told: RunReport) -> bool:
    """Whether other versions of its libraries might have saved a snippet."""
    if told.verdict is not Verdict.FAILED:
        return False
    kind = told.cause.kind if told.cause else None
    if kind in _CERTAIN_CAUSES:
        return told.error is None or told.error.type not in _OWN_ERRORS
    if kind not in _POSSIBLE_CAUSES or told.error is None or told.error.type in _OWN_ERRORS:
        return False
    return kind is None or _in_library(told.error)


def _in_library(error: ErrorReport) -> bool:
    """Whether an exception came out of an installed library, or speaks of one."""
    return "site-packages" in error.traceback or error.type in ("ImportError", "AttributeError", "TypeError")


def outcome(now: RunReport, tried: RunReport) -> Outcome:
    """What a try with other versions says, held against the failure of now."""
    if tried.verdict is Verdict.PASSED:
        return Outcome.WORKS
    same = tried.verdict is Verdict.FAILED and _symptom(tried) == _symptom(now)
    return Outcome.FAILS if same else Outcome.UNCLEAR


def _symptom(told: RunReport) -> tuple[str, int | None, tuple[str, ...]]:
    """What two failures have in common that are the same: the exception, the card's line, its first words.

    Later words name paths, versions and what else there is to choose from.
    """
    message = told.error.message if told.error else told.reason
    words = re.sub(r"\d+", "#", re.sub(r"\(.*?\)", "", message)).split()
    kind, line = (told.error.type, told.error.card_line) if told.error else ("", None)
    return kind, line, tuple(words[:_SAME_WORDS])


def suspects(
    now: RunReport, changed: Mapping[str, str], imported: Sequence[str], likely: str = ""
) -> list[str]:
    """Libraries that may have broken a snippet, the likeliest first.

    Args:
        now: how it fails.
        changed: libraries of which another version is known to work, with the others of then.
        imported: libraries that its code imports, in their order.
        likely: what the failure's cause names; empty for none.
    """
    traceback = now.error.traceback + now.error.message if now.error else now.stderr
    named = [likely, *_in_traceback(traceback, changed), *imported]
    return [name for name in dict.fromkeys(named) if name in changed][:MAX_SUSPECTS]


def _in_traceback(text: str, installed: Mapping[str, str]) -> Iterator[str]:
    """Libraries whose files a traceback names, the innermost first."""
    modules = re.findall(r"site-packages/(\w+)", text) + re.findall(r"from '(\w+)", text)
    for module in reversed(modules):
        yield from packages.providers(module, installed)


def next_version(releases: Sequence[str], known: Mapping[str, Outcome], likely: str = "") -> str | None:
    """The release to try next, by halving: majors first, then minors, then the last one before a break.

    Things are taken away in majors more often than in minors, and hardly ever in patches.

    Args:
        releases: of one library, the oldest first, from one that works to one that fails.
        known: what was found out.
        likely: the version that is said to have changed it, ``5.0`` or ``5.0.0``; empty where nobody knows.

    Returns:
        None where nothing is left to try.
    """
    low, high = _bounds(releases, known)
    open_ = [n for n in range(low + 1, high) if releases[n] not in known]
    if not open_:
        return None
    said = _index_of(likely, releases)
    if said in open_:
        return releases[said]
    if said == high:
        return releases[open_[-1]]
    for parts in (1, 2):
        firsts = [n for n in open_ if _head(releases[n], parts) != _head(releases[n - 1], parts)]
        if firsts:
            return releases[firsts[len(firsts) // 2]]
    begins = _head(releases[high], 2) != _head(releases[high - 1], 2)
    return releases[open_[-1] if begins else open_[len(open_) // 2]]


def _index_of(version: str, releases: Sequence[str]) -> int:
    """Where a version stands, however many zeros it is written with; -1 where it doesn't."""
    try:
        wanted = Version(version)
    except InvalidVersion:
        return -1
    return next((n for n, release in enumerate(releases) if Version(release) == wanted), -1)


def boundary(releases: Sequence[str], known: Mapping[str, Outcome]) -> Boundary:
    """Where it broke, as far as is known."""
    low, high = _bounds(releases, known)
    return Boundary(works_with=releases[low], fails_since=releases[high], between=high - low - 1)


def _bounds(releases: Sequence[str], known: Mapping[str, Outcome]) -> tuple[int, int]:
    """Indices of the oldest release that fails, and of the newest below it that works."""
    high = next(n for n, release in enumerate(releases) if known.get(release) is Outcome.FAILS)
    low = max(n for n in range(high) if known.get(releases[n]) is Outcome.WORKS)
    return low, high


def _head(release: str, parts: int) -> tuple[int, ...]:
    return Version(release).release[:parts]


def between(releases: Sequence[str], oldest: str, newest: str) -> tuple[str, ...]:
    """The final releases from one version to another, both included; empty if these are no way apart."""
    try:
        low, high = Version(oldest), Version(newest)
    except InvalidVersion:
        return ()
    found = {Version(r) for r in releases if low < Version(r) < high and not Version(r).is_prerelease}
    return (oldest, *(str(version) for version in sorted(found)), newest) if low < high else ()


def changes(now: Mapping[str, str], then: Mapping[str, str]) -> dict[str, str]:
    """Libraries of then whose version is another now."""
    return {name: version for name, version in then.items() if now.get(name, version) != version}


def broke_sentence(library: str, found: Boundary) -> str:
    """What is said of a library that broke a snippet: never more than was tried."""
    if not found.between:
        return f"worked with {library} {found.works_with}, fails since {found.fails_since}"
    some = "release" if found.between == 1 else "releases"
    return (
        f"worked with {library} {found.works_with}, fails with {found.fails_since}; "
        f"{found.between} {some} between them could not be told apart"
    )


def then_sentence(
    day: str, outcome: Outcome, tried: RunReport, versions: Mapping[str, str], of_now: str
) -> str:
    """What is said of a try with all libraries of then.

    Args:
        day: of the libraries.
        outcome: of the try.
        tried: the try.
        versions: the libraries that it imports itself and that differ from those of now.
        of_now: what could not be taken back, for people.
    """
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    current = f"what was current on {day}" + (f" ({listed})" if listed else "")
    match outcome:
        case Outcome.WORKS:
            return f"worked with {current}; no single library of these is found to make the difference"
        case Outcome.FAILS:
            return f"failed then, too: it never worked with {current}"
        case Outcome.UNCLEAR:
            return (
                f"can't be told: with {current} it ends in another way: {tried.reason} ({of_now} are of now)"
            )

"""The versions of libraries that a card itself allows: the oldest and the newest of each. Pure.

What counts is what its install lines ask for, what its words claim, and, where neither says anything of
transformers, the version of it that saved the model.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from snippet_images.catalogue import IMAGES, PYTHONS, resource_text
from snippet_images.lockfile import linux_environment, pins_for
from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.layer import KEPT_VERSIONS
from verify_snippets.claims import ClaimKind, Scope
from verify_snippets.matrix.columns import Libraries
from verify_snippets.plan import DEFAULT_IMAGE, Plan
from verify_snippets.settling.versions import allowing

_TRANSFORMERS = "transformers"

ReleasesOf = Callable[[str], Sequence[Release]]
"""What an index holds of a project, the oldest first."""


def claimed_libraries(plan: Plan, releases_of: ReleasesOf) -> tuple[Libraries, ...]:
    """The oldest of all libraries that the card speaks of together, and the newest; none where it doesn't.

    A library of which nothing is there that the card allows is left out.

    Args:
        plan: of the card.
        releases_of: asks an index.
    """
    oldest, newest = [], []
    for name, allowed in sorted(_allowed(plan).items()):
        there = list(allowed.filter(release.version for release in releases_of(name)))
        if there:
            oldest.append(f"{name}=={there[0]}")
            newest.append(f"{name}=={there[-1]}")
    return tuple(dict.fromkeys((tuple(oldest), tuple(newest)))) if oldest else ()


def _allowed(plan: Plan) -> dict[str, SpecifierSet]:
    """By a library's name, what the card allows of it."""
    found: dict[str, SpecifierSet] = {}
    for name, allowed in (*_installed(plan), *_promised(plan)):
        found[name] = found.get(name, SpecifierSet()) & allowed
    if _TRANSFORMERS not in found and plan.facts is not None:
        found |= _saved_by(plan.facts.transformers_version)
    return {name: allowed for name, allowed in found.items() if name not in KEPT_VERSIONS}


def _installed(plan: Plan) -> Iterator[tuple[str, SpecifierSet]]:
    """What install lines say of versions."""
    for text in dict.fromkeys(text for step in plan.steps for text in step.snippet.requirements):
        try:
            wish = Requirement(text)
        except InvalidRequirement:
            continue
        if wish.specifier:
            yield canonicalize_name(wish.name), wish.specifier


def _promised(plan: Plan) -> Iterator[tuple[str, SpecifierSet]]:
    """What is claimed of libraries that snippets may well import: others are no packages, or another's."""
    known = _in_image()
    for entry in plan.ledger:
        claim = entry.claim
        name = canonicalize_name(claim.unit)
        if claim.kind is ClaimKind.LIBRARY_VERSION and claim.scope is Scope.INFERENCE and name in known:
            for allowed in allowing(claim)[-1:]:  # the wider one of two
                yield name, allowed


def _in_image() -> frozenset[str]:
    lock = resource_text(IMAGES[DEFAULT_IMAGE].lock)
    return frozenset(pin.name for pin in pins_for(lock, linux_environment(PYTHONS[0], "x86_64")))


def _saved_by(version: str) -> Mapping[str, SpecifierSet]:
    """What saved the model can load it, and so should all that came later."""
    try:
        return {_TRANSFORMERS: SpecifierSet(f">={Version(version).base_version}")}
    except InvalidVersion:
        return {}

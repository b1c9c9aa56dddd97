"""What a step asks to be installed, and the same in other versions. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from snippet_sandbox.gateway.package_releases import Release
from verify_snippets import packages, reading
from verify_snippets.plan import Step

# What a library uses where it is there, and does not ask for: it has to be of the same time.
_COMPANIONS = {
    "transformers": ("accelerate",),
    "diffusers": ("transformers", "accelerate"),
    "peft": ("transformers", "accelerate"),
    "sentence-transformers": ("accelerate",),
}


class NoReleaseError(Exception):
    """What is asked for has no release that could be installed; the message says why."""


def asked(step: Step, installed: Mapping[str, str]) -> Iterator[Requirement]:
    """What a step asks for, and the installed libraries that it imports without asking.

    Raises:
        NoReleaseError: it asks for something that has no release.
    """
    named = set()
    for text in step.requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise NoReleaseError(f"{text} is no release of a package") from error
        if requirement.url:
            raise NoReleaseError(f"{text} is no release of a package")
        named.add(canonicalize_name(requirement.name))
        yield requirement
    for name in imported(step, installed):
        if name not in named:
            yield Requirement(name)


def imported(step: Step, installed: Mapping[str, str]) -> list[str]:
    """Libraries that a step's code imports, in its order."""
    modules = [
        module.partition(".")[0]
        for snippet in step.snippets
        for module in reading.read(snippet.block).names.modules
    ]
    words = [packages.name(text) for text in step.requirements]
    known = [*words, *installed]
    return list(dict.fromkeys(name for module in modules for name in packages.providers(module, known)))


def with_library(step: Step, library: str, version: str) -> tuple[str, ...]:
    """What a step asks for, with one library in one version."""
    wishes = [Requirement(text) for text in step.requirements]
    others = [wish for wish in wishes if canonicalize_name(wish.name) != library]
    own = [wish for wish in wishes if wish not in others] or [Requirement(library)]
    return (*map(str, others), *(pinned(wish, version) for wish in own))


def pinned(wish: Requirement, version: str) -> str:
    """One version of what is wished for, extras included."""
    extras = f"[{','.join(sorted(wish.extras))}]" if wish.extras else ""
    return f"{wish.name}{extras}=={version}"


def companions(names: Sequence[str], installed: Mapping[str, str]) -> list[str]:
    """Installed libraries that others use without asking for them, and that are not among these."""
    beside = dict.fromkeys(other for name in names for other in _COMPANIONS.get(name, ()))
    return [name for name in beside if name not in names and name in installed]


def current(wish: Requirement, releases: Sequence[Release], as_of: datetime, python_version: str) -> str:
    """The version that was current at a moment, as far as the wish lets one choose.

    Args:
        wish: what is asked for.
        releases: of that package, for this version of Python.
        as_of: the moment.
        python_version: for people.

    Raises:
        NoReleaseError: there was none, or nobody says when there was.
    """
    if not releases:
        raise NoReleaseError(f"there is no {wish.name} for Python {python_version}")
    if not any(release.uploaded_at for release in releases):
        raise NoReleaseError(f"the package index does not say when {wish.name} was uploaded")
    there = [r.version for r in releases if r.uploaded_at and r.uploaded_at <= as_of]
    fitting = list(wish.specifier.filter(there))  # no pre-releases, unless there is nothing else
    if not fitting:
        raise NoReleaseError(f"there was no {wish.name}{wish.specifier} then for Python {python_version}")
    return fitting[-1]

"""How far an image's locked versions are from what is asked for. Pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from snippet_images.lockfile import linux_environment, pins_for

Distance = tuple[int, int, int]  # in major, minor and micro releases

_MACHINE = "x86_64"  # versions hardly go by the machine


def distance(requirements: Sequence[str], lock: str, python: str) -> Distance:
    """How far the versions of a lock are from requirements, all together.

    Args:
        requirements: as a requirements file takes them; those on what the lock doesn't have count nothing.
        lock: text of the locked requirements.
        python: such as ``3.11``.

    Returns:
        Sums of releases; zeros where all that it has are met. To be compared in order.
    """
    versions = _versions(lock, python)
    found = [_of_one(text, versions, python) for text in requirements]
    major, minor, micro = (sum(part) for part in zip(*found, strict=True)) if found else (0, 0, 0)
    return major, minor, micro


@lru_cache
def _versions(lock: str, python: str) -> Mapping[str, Version]:
    pins = pins_for(lock, linux_environment(python, _MACHINE))
    return {pin.name: Version(pin.version) for pin in pins}


def _of_one(text: str, versions: Mapping[str, Version], python: str) -> Distance:
    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return 0, 0, 0
    environment = {name: str(value) for name, value in linux_environment(python, _MACHINE).items()}
    version = versions.get(canonicalize_name(wanted.name))
    if version is None or (wanted.marker and not wanted.marker.evaluate(environment)):
        return 0, 0, 0
    return _to_nearest(version, wanted.specifier)


def _to_nearest(version: Version, specifier: SpecifierSet) -> Distance:
    """Zeros where it fits; else to the nearest version that the specifier names, which bounds what fits."""
    if specifier.contains(version, prereleases=True):
        return 0, 0, 0
    return min((_between(version, bound) for bound in _bounds(specifier)), default=(0, 0, 0))


def _bounds(specifier: SpecifierSet) -> list[Version]:
    bounds = []
    for each in specifier:
        try:
            bounds.append(Version(each.version.removesuffix(".*")))
        except InvalidVersion:  # `===` compares any text
            continue
    return bounds


def _between(one: Version, other: Version) -> Distance:
    pairs = zip_longest(one.release[:3], other.release[:3], fillvalue=0)
    major, minor, micro, *_ = (*(abs(a - b) for a, b in pairs), 0, 0)
    return major, minor, micro

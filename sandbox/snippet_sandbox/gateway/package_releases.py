"""What an index holds of a project, by release, and as it stood at a moment in the past. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from snippet_sandbox.gateway.package_pages import Link


@dataclass(frozen=True, kw_only=True)
class Release:
    """A version of a project that can be installed.

    Attributes:
        version: as PEP 440 normalizes it.
        uploaded_at: when the first of its files came; None where no index says.
    """

    version: str
    uploaded_at: datetime | None = None


def first_of_each(links: Iterable[Link]) -> list[Link]:
    """Each file once: of the same file in two places the first one, with the date that either place knows."""
    unique: dict[str, Link] = {}
    for link in links:
        known = unique.setdefault(link.filename, link)
        if known.uploaded_at is None and link.uploaded_at is not None:
            unique[link.filename] = replace(known, uploaded_at=link.uploaded_at)
    return list(unique.values())


def uploaded_by(moment: datetime, links: Iterable[Link]) -> list[Link]:
    """The links that were there at a moment. A file without a date may be of any time, and is left out."""
    return [link for link in links if link.uploaded_at is not None and link.uploaded_at <= moment]


def releases_of(links: Iterable[Link], python_version: str) -> tuple[Release, ...]:
    """All releases for a version of Python, the oldest version first; none that was withdrawn."""
    moments: dict[Version, list[datetime]] = {}
    for link in links:
        for version in _versions(link):
            if "data-yanked" not in link.attributes and _serves(link, python_version):
                moments.setdefault(version, []).extend([link.uploaded_at] if link.uploaded_at else [])
    return tuple(
        Release(version=str(version), uploaded_at=min(moments[version], default=None))
        for version in sorted(moments)
    )


def _versions(link: Link) -> Iterator[Version]:
    """The version in a file's name, if it is one that can be installed."""
    try:
        if link.filename.endswith(".whl"):
            yield parse_wheel_filename(link.filename)[1]
        else:
            yield parse_sdist_filename(link.filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return


def _serves(link: Link, python_version: str) -> bool:
    try:
        return SpecifierSet(link.attributes.get("data-requires-python", "")).contains(python_version)
    except InvalidSpecifier:
        return True  # pip lets such a file in, too

"""Something that a library removed, with no other name for it: the card asks for an older version."""

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from verify_snippets.causes import Cause
from verify_snippets.cures.model import Patient, Proposal

_TOO_LARGE = {"torch", "tensorflow", "jax"}
"""An older one brings gigabytes with it, and most readers have them for the GPU of their machine."""


def older_version(patient: Patient) -> Iterator[Proposal]:
    """Ask for a version before the one that removed it; the last thing to try."""
    library, since = patient.about("library"), patient.about("since")
    if not patient.has(Cause.VERSION_TOO_NEW) or library in {"", *_TOO_LARGE} or patient.about("replacement"):
        return
    bound = _bound(since)
    gone = next((text for role in ("task", "name", "argument") if (text := patient.about(role))), "")
    if bound:
        what = f"`{gone}`" if gone else "what it uses"
        yield Proposal(
            cure="older-version",
            sentence=f"{what} was removed in {library} {since}, with no drop-in replacement: "
            f"the card asks for {library} before {bound}",
            packages=(f"{library}<{bound}",),
        )


def _bound(since: str) -> str:
    """The version as people write a bound: ``5`` for ``5.0.0``."""
    try:
        parts = list(Version(since).release)
    except InvalidVersion:
        return ""
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return ".".join(map(str, parts))

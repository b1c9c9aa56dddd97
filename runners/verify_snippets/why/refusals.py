"""What libraries say of versions: which they want, what they no longer do, what they don't know yet."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.pattern import Pattern
from verify_snippets.why.evidence import Evidence, because

_NEWER_NEEDED = Pattern(
    r"model type [`'\"]?(?P<model>[\w.-]+)[`'\"]? but Transformers does not recognize this architecture|"
    r"Tokenizer class (?P<tokenizer>\w+) does not exist or is not currently imported"
)


def too_old(evidence: Evidence) -> Diagnosis | None:
    """A model whose files want a newer library than the installed one."""
    found = _NEWER_NEEDED.search(evidence.message)
    if not found:
        return None
    wanted = found["model"] or found["tokenizer"]
    return because(
        Cause.VERSION_TOO_OLD,
        f"{evidence.named('transformers')} does not know {wanted!r}: it is newer, or no part of it",
        library="transformers",
        version=evidence.version("transformers"),
        name=wanted,
    )


_WANTED = Pattern(
    r"(?<![\w-])(?P<library>[A-Za-z][\w-]*?)\s?(?P<spec>(?:[<>=!~]=?\s?\d[\w.*]*,?\s?)+)\s*is required[^\n]*?"
    r"but found (?P=library)==(?P<version>\w+(?:\.\w+)*)"
)
_AT_LEAST = Pattern(
    r"requires?[^\n]{0,60}?(?<![\w-])(?P<library>[A-Za-z][\w-]+)[`' ]*(?:version )?(?P<spec>>=?\s?\d[\w.]*)",
    re.IGNORECASE,
)


def wrong_version(evidence: Evidence) -> Diagnosis | None:
    """A library that says which version of another it wants."""
    found = _WANTED.search(evidence.message) or (
        _AT_LEAST.search(evidence.message) if "ImportError" in evidence.types else None
    )
    if not found:
        return None
    library = found["library"].lower().replace("_", "-")
    version = found.groupdict().get("version") or evidence.version(found["library"].lower().replace("-", "_"))
    if not version:
        return None
    spec = found["spec"].replace(" ", "").rstrip(",")
    cause = Cause.VERSION_TOO_OLD if _is_older(version, spec) else Cause.VERSION_TOO_NEW
    by = evidence.last.package if evidence.last else ""
    who = evidence.named(by) if by else "the code"
    return because(
        cause, f"{who} wants {library}{spec}, and {version} is installed", library=library, version=version
    )


def _is_older(version: str, spec: str) -> bool:
    """Whether a version lies below what a specifier allows."""
    try:
        lower = [s for s in SpecifierSet(spec) if s.operator in {">=", ">", "==", "~="}]
        return any(Version(version) < Version(s.version.rstrip(".*")) for s in lower)
    except (InvalidSpecifier, InvalidVersion):
        return False


_SIGNS: tuple[tuple[str, str, str, str], ...] = (
    (
        "datasets",
        "4.0.0",
        r"Dataset scripts are no longer supported, but found ([\w.-]+)",
        "datasets loads no scripts any more, and `{}` is one",
    ),
    (
        "torch",
        "2.6.0",
        r"Weights only load failed|WeightsUnpickler error|weights_only",
        "torch.load takes only plain weights by default, and this file holds more",
    ),
    (
        "numpy",
        "2.0.0",
        r"numpy\.dtype size changed|compiled using NumPy 1\.x|numpy\.core\.multiarray failed to import",
        "a library was built for numpy 1",
    ),
)
"""Library, first version, what is said, what it means: where no one name was renamed."""


def changed_behaviour(evidence: Evidence) -> Diagnosis | None:
    """What a library used to do and refuses now."""
    for library, since, sign, meaning in _SIGNS:
        found = re.search(sign, evidence.message)
        if found:
            said = f"{meaning.format(*found.groups())} (since {library} {since})"
            return because(
                Cause.VERSION_TOO_NEW, said, library=library, version=evidence.version(library), since=since
            )
    found = re.search(r"Can't get attribute '(\w+)' on <module '([\w.]+)'", evidence.message)
    if found and not found[2].startswith("__"):
        top = found[2].partition(".")[0]
        said = f"the file was saved by another version of {top} than {evidence.version(top)}".rstrip()
        return because(
            Cause.VERSION_TOO_NEW,
            f"{said}: it wants `{found[1]}`",
            library=top,
            version=evidence.version(top),
        )
    return None

"""What prose and comments tell the reader to install."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from verify_snippets import packages, shell
from verify_snippets.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing that a text tells the reader to install.

    Attributes:
        words: the requirements.
        end: where in the text it was told; headings further on don't hold for it.
        is_exact: whether it names a version.
    """

    words: tuple[str, ...]
    end: int
    is_exact: bool = False


_COMMAND = Pattern(
    r"`[!%$ ]{0,3}((?:python3? -m )?(?:uv )?pip3? install [^`\n]+)`|\bvia (pip3? install [\w.\[\]=<>-]+)"
)
_ADVISED_AGAINST = Pattern(r"do not|don't|never|instead of")
_VERSIONED = Pattern(
    r"\b(?:(transformers|diffusers|torch|pytorch|tensorflow|datasets|sentence-transformers|accelerate|vllm)`*"
    r"(?: version *(?:>=|==|≥)?|`* *(?:>=|==|≥)) *(\d+(?:\.\d+)+))",
    re.IGNORECASE,
)
_NAMES_A_VERSION = Pattern(r"version|[=≥]", re.IGNORECASE)
_PINNED = Pattern(r"`([A-Za-z][\w-]{1,40}(?:\[[\w,-]{1,40}\])?) ?(==|>=|~=) ?(\d[\w.+*]{0,20})`")
_REQUIRED = Pattern(r"\b[Rr]equires? \W?([A-Za-z][\w-]{2,40})\b")
_NAMED = Pattern(
    r"\binstall(?:ing|ed)?\b[^.`\n]{0,60}((?:`[A-Za-z][\w-]{1,40}`(?:,? (?:and |& )?(?:the )?)?){1,6})",
    re.IGNORECASE,
)
_MAX_CHARACTERS = 20_000
"""Of prose between two blocks; a reader who has to scroll further is not told."""


_SPEAKS_OF_PACKAGES = Pattern(r"install|requires?\b|version|[=≥]", re.IGNORECASE)


def in_prose(prose: str) -> Iterator[Told]:
    """What the prose says to install, in order of the ways of saying it."""
    text = prose[-_MAX_CHARACTERS:]
    if not _SPEAKS_OF_PACKAGES.search(text):
        return
    cut = len(prose) - len(text)
    for words, end in _said(text):
        if words:
            is_exact = any("=" in word for word in words)
            yield Told(words=words, end=cut + end, is_exact=is_exact)


def _said(prose: str) -> Iterator[tuple[tuple[str, ...], int]]:
    for found in _COMMAND.finditer(prose) if "pip" in prose else ():
        before = prose[max(0, found.start() - 60) : found.start()].lower()
        if not _ADVISED_AGAINST.search(before):
            yield _of_command(found.group(1) or found.group(2)), found.end()
    for found in _VERSIONED.finditer(prose) if _NAMES_A_VERSION.search(prose) else ():
        yield (f"{_package(found.group(1).lower())}>={found.group(2)}",), found.end()
    for found in _PINNED.finditer(prose) if "=" in prose else ():
        name = _package(found.group(1))
        if name.lower() not in {"python", "cuda", "cudnn"}:
            yield (f"{name}{found.group(2)}{found.group(3)}",), found.end()
    for found in _REQUIRED.finditer(prose):
        yield _known([found.group(1)]), found.end()
    for found in _NAMED.finditer(prose) if "`" in prose else ():
        yield _known(re.findall(r"[\w-]+", re.sub(r"\b(and|the)\b", "", found.group(1)))), found.end()


def _known(names: list[str]) -> tuple[str, ...]:
    """Those of the names that are packages which everybody installs from an index."""
    return tuple(
        _package(name.lower()) for name in names if packages.is_package(name.lower().replace("-", "_"))
    )


def _package(name: str) -> str:
    """The name under which pip knows a package."""
    return "torch" if name.lower() == "pytorch" else name


_IN_COMMENT = Pattern(r"#([^#\n]{0,60}?)((?:[!%] ?)?\bpip3? install [^\n]+)")
_ONLY_TELLS = Pattern(
    r"[\W\d]*\b((run|running|after|first|please|install(ed|s)?|with|by|via|using|you|to|need|make sure|"
    r"requires?|requirements?|dependenc(y|ies)|do|setup|set up|env\w*|or|and|then|also|use|the|in|your|"
    r"terminal|shell|command|line|before)\b\W*)*",
    re.IGNORECASE,
)


def in_comments(code: str) -> Iterator[tuple[tuple[str, ...], bool]]:
    """What comments in code say to install, and whether they say it for the code as a whole.

    A comment that speaks of something else first (``# for Japanese: pip install x[ja]``) does not.
    """
    if "pip" not in code:
        return
    for found in _IN_COMMENT.finditer(code):
        if words := _of_command(found.group(2)):
            yield words, bool(_ONLY_TELLS.fullmatch(found.group(1)) or not found.group(1).strip())


_VERSION_IN_COMMENT = Pattern(
    r"^[ \t]*#[^\n]{0,60}?\b([A-Za-z][\w-]{1,40}) ?(>=|==|~=|≥) ?(\d+(?:\.\d+)*)", re.MULTILINE
)


def in_shell_comments(code: str) -> tuple[str, ...]:
    """The versions that comments between commands ask for: ``# Ensure torch >= 2.4.0``."""
    if "#" not in code:
        return ()
    return tuple(
        f"{_package(name)}{sign.replace('≥', '>=')}{version}"
        for name, sign, version in _VERSION_IN_COMMENT.findall(code)
        if _known([name])
    )


def _of_command(text: str) -> tuple[str, ...]:
    text = re.sub(r"\)[\s.,;:]*$", "", text) if text.count("(") < text.count(")") else text
    return tuple(word for command in shell.read(text).commands for word in command.requirements)

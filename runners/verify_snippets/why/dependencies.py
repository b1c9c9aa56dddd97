"""Modules, packages and system libraries that the card never tells the reader to install."""

import re

from verify_snippets import packages
from verify_snippets.api_changes import ChangeKind, find
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.pattern import Pattern
from verify_snippets.why.evidence import Evidence, because, first_line
from verify_snippets.word_table import word_table

_NO_MODULE = Pattern(r"No module named '?([\w.]+)'?")
_OWN_FILES = word_table(
    "app args attention common conf config configs core data dataset demo dataloader eval helper helpers",
    "infer inference lib main model modeling models modules nets network networks options parsers pipeline",
    "predict processing script scripts src tools train trainer util utils",
)
"""What authors call files of their own; no package that people install has such a name."""
_ONLY_GPU = word_table("flash_attn flash_attn_2 triton xformers mamba_ssm causal_conv1d")


def missing_module(evidence: Evidence) -> Diagnosis | None:
    """A module that is not there."""
    found = _NO_MODULE.search(evidence.message)
    if evidence.type not in {"ModuleNotFoundError", "ImportError"} or not found:
        return None
    module, top = found[1], found[1].partition(".")[0]
    if module.startswith("google.colab"):
        return because(
            Cause.EXTERNAL_SERVICE, "`google.colab` exists only in Google Colab's notebooks", module=module
        )
    if top in {"tkinter", "_tkinter", "turtle"}:
        return because(Cause.NEEDS_DISPLAY, f"`{top}` opens windows, and there is no display", module=module)
    if packages.is_standard(top):
        version = evidence.versions.get("python", "")
        return because(
            Cause.VERSION_TOO_NEW,
            f"`{module}` is no longer in Python {version}".rstrip(),
            module=module,
            library="python",
            version=version,
        )
    if "." in module and evidence.package_of(top) in evidence.versions:
        return _missing_submodule(evidence, module, top)
    if top in _OWN_FILES and top not in evidence.requirements:
        return because(
            Cause.MISSING_INPUT,
            f"`{top}` is a file of the author's that the card does not provide",
            module=module,
            file=f"{top}.py",
        )
    return _missing_package(evidence, top)


def _missing_submodule(evidence: Evidence, module: str, top: str) -> Diagnosis:
    library = evidence.package_of(top)
    change = find(ChangeKind.MODULE, module)
    cause = Cause.VERSION_TOO_OLD if evidence.pins(top) and not change else Cause.VERSION_TOO_NEW
    said = f"{evidence.named(top)} has no module `{module}`: moved, removed, or of another version"
    return because(
        cause,
        change.said(evidence.version(top)) if change else said,
        module=module,
        library=library,
        version=evidence.version(top),
        since=change.since if change else "",
    )


def _missing_package(evidence: Evidence, module: str) -> Diagnosis:
    asking = evidence.last.package if evidence.last else ""
    needed = f"{evidence.named(asking)} needs" if asking else "the code needs"
    package = packages.bringing(module) or module.replace("_", "-")
    declared = [word for word in evidence.requirements if packages.brings(word, module)]
    said = (
        f"and what the card installs ({declared[0]}) does not bring it"
        if declared
        else "which the card never tells the reader to install"
    )
    return because(
        Cause.UNDECLARED_DEPENDENCY,
        f"{needed} `{module}`, {said}",
        module=module,
        package=package,
        library=asking,
    )


_TOLD = Pattern(r"pip3? install (?:(?:-U|--upgrade|-q|--user) +)*[\"'`]?([A-Za-z][\w.-]*(?:\[[\w,]+\])?)")
_REQUIRES = Pattern(
    r"requires? (?:the |an? |either )?[`']?([A-Za-z][\w.-]+)[`']?"
    r"(?: library| package| backend| to be installed| \(|[^.\n]{0,40} but it was not found)"
)
_MISSING = (
    Pattern(r"`Import (\w+)` failed"),
    Pattern(r"Missing optional dependency '([\w.-]+)'"),
    Pattern(r"packages that were not found in your environment: ([\w.-]+)"),
    Pattern(r"[Nn]eed to install [`']?([\w.-]+)[`']?"),
    Pattern(r"[Pp]lease (?:make sure to )?install [`']?([a-z][\w-]+)[`']?"),
    Pattern(r"(?<![\w-])([\w-]+) (?:is|seems to be) not installed"),
    Pattern(r"[Uu]nable to import (?:required dependency )?[`']?([\w-]+)"),
    Pattern(r"the (?:package )?[`']?([\w-]+)[`']? (?:package )?(?:seems to be|is) not installed"),
)
_ABOUT_PACKAGES = frozenset({"ImportError", "ModuleNotFoundError", "ValueError", "RuntimeError", "OSError"})
_PACKAGE_NAMES = {
    "pytorch": "torch",
    "sentencepiece": "sentencepiece",
    "pil": "pillow",
    "opencv": "opencv-python",
    "pyav": "av",
}
_NO_NAMES = word_table("the a an it library package packages backend following module version to this and")


def missing_backend(evidence: Evidence) -> Diagnosis | None:
    """A library that says which other one it needs."""
    if not evidence.types & _ABOUT_PACKAGES or (evidence.is_raised_by_card and evidence.last):
        return None
    package = _asked_for(evidence.message)
    if not package:
        return None
    by = evidence.last.package if evidence.last else ""
    module = package.replace("-", "_")
    who = evidence.named(by) if by else "the code"
    if module in _ONLY_GPU:
        return because(
            Cause.NEEDS_GPU,
            f"{who} needs `{package}`, which works only with a GPU",
            package=package,
            device="cuda",
        )
    return because(
        Cause.UNDECLARED_DEPENDENCY,
        f"{who} needs `{package}`, which the card never tells the reader to install",
        package=package,
        library=by,
    )


def _asked_for(message: str) -> str:
    for sign in (_TOLD, *_MISSING, _REQUIRES):
        for found in sign.finditer(message):
            name = found[1].lower().rstrip(".")
            if name not in _NO_NAMES:
                return _PACKAGE_NAMES.get(name, name)
    return ""


_SHARED_LIBRARY = Pattern(r"(?<![\w.+-])([\w.+-]+\.so[\w.]*): cannot open shared object file")
_PROGRAMS = Pattern(
    r"(ffmpeg|tesseract|poppler|sox|espeak|git-lfs|java|PortAudio|portaudio|graphviz|libsndfile)\b[^\n]{0,40}"
    r"(?:not found|not installed|is not in|isn't|No such file|not in PATH|not available)",
    re.IGNORECASE,
)


def missing_system_library(evidence: Evidence) -> Diagnosis | None:
    """A library or program of the system, which no ``pip install`` brings."""
    found = _SHARED_LIBRARY.search(evidence.message) or _PROGRAMS.search(evidence.message)
    if not found:
        return None
    by = evidence.last.package if evidence.last else ""
    who = evidence.named(by) if by else "the code"
    return because(
        Cause.UNDECLARED_DEPENDENCY,
        f"{who} needs {found[1]} of the system, which the card never tells the reader to install "
        f"({first_line(evidence.message)})",
        file=found[1],
        library=by,
    )


_NOT_FOUND = (
    Pattern(r"No matching distribution found for ([\w.-]+)"),
    Pattern(r"(?:satisfies the requirement|No solution found[^\n]*?because) ([\w.-]+)"),
    Pattern(r"['`]([A-Za-z][\w.-]*)['`]"),
)


def not_found(message: str) -> str:
    """The package that an installer says it can't install; empty if it names none."""
    return next((found[1] for sign in _NOT_FOUND if (found := sign.search(message))), "")

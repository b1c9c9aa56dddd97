"""Which of the images' libraries a card's verdicts depend on: a release runs again what it touches. Pure.

What a snippet has imported when it ends is told by the container. Where that isn't the whole truth, because
the snippet was ended by force or starts programs of its own, its verdict depends on all that the image holds.
"""

from collections.abc import Iterable, Mapping

from verify_snippets.images import ImageNamed
from verify_snippets.pattern import Pattern
from verify_snippets.plan import DEFAULT_IMAGE, Step
from verify_snippets.report.model import RunReport
from verify_snippets.verdict import Verdict

# Programs of its own import what nobody sees, and these ask for versions without importing anything.
_LOOKS_ELSEWHERE = Pattern(
    r"\b(?:subprocess|multiprocessing|pexpect|pty|importlib\.metadata|importlib_metadata|pkg_resources)\b"
    r"|\bos\.(?:system|popen|exec\w*|spawn\w*|posix_spawn\w*|fork)\b"
    r"|^\s*[!%]",
)
_IN = "/"  # between an image and a library of it: no library has it in its name
_IMPORTS_TOLD = frozenset({Verdict.PASSED, Verdict.CONTRADICTED})


def libraries_of(runs: Iterable[tuple[Step, RunReport]], image_named: ImageNamed) -> dict[str, str]:
    """The libraries of the images that decide the verdicts on a card, and the version of each.

    Args:
        runs: each step of the card with what came of it.
        image_named: gives the images that they ran in.
    """
    by_image: dict[str, list[tuple[Step, RunReport]]] = {}
    for step, run in runs:
        if step.runs:
            by_image.setdefault(step.image, []).append((step, run))
    found: dict[str, str] = {}
    for name, ran in by_image.items():
        found |= named_in(name, _libraries_in_one(ran, image_named(name).versions))
    return found


def named_in(image: str, versions: Mapping[str, str]) -> dict[str, str]:
    """Versions by the names that tell libraries of other images from those of the usual one."""
    return {_name(image, library): version for library, version in versions.items()}


def images_in(names: Iterable[str]) -> set[str]:
    """The other images that such names speak of."""
    return {image for name in names for image, mark, _ in [name.partition(_IN)] if mark}


def _name(image: str, library: str) -> str:
    return library if image == DEFAULT_IMAGE else f"{image}{_IN}{library}"


def _libraries_in_one(runs: Iterable[tuple[Step, RunReport]], installed: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for step, run in runs:
        if not _tells_all(step, run):
            return dict(installed)
        found |= {name: version for name, version in run.versions.items() if installed.get(name) == version}
    return found


def _tells_all(step: Step, run: RunReport) -> bool:
    """Whether what a run tells of its imports is all that it depended on."""
    came_to_its_end = run.verdict in _IMPORTS_TOLD or run.error is not None
    return came_to_its_end and not any(_LOOKS_ELSEWHERE.search(code) for code in step.codes)

"""Which of the image's libraries a card's verdicts depend on: a release runs again what it touches. Pure.

What a snippet has imported when it ends is told by the container. Where that isn't the whole truth, because
the snippet was ended by force or starts programs of its own, its verdict depends on all that the image holds.
"""

from collections.abc import Iterable, Mapping

from verify_snippets.pattern import Pattern
from verify_snippets.plan import Step
from verify_snippets.report.model import RunReport
from verify_snippets.verdict import Verdict

# Programs of its own import what nobody sees, and these ask for versions without importing anything.
_LOOKS_ELSEWHERE = Pattern(
    r"\b(?:subprocess|multiprocessing|pexpect|pty|importlib\.metadata|importlib_metadata|pkg_resources)\b"
    r"|\bos\.(?:system|popen|exec\w*|spawn\w*|posix_spawn\w*|fork)\b"
    r"|^\s*[!%]",
)
_IMPORTS_TOLD = frozenset({Verdict.PASSED, Verdict.CONTRADICTED})


def libraries_of(runs: Iterable[tuple[Step, RunReport]], installed: Mapping[str, str]) -> dict[str, str]:
    """The libraries of the image that decide the verdicts on a card, and the version of each.

    Args:
        runs: each step of the card with what came of it.
        installed: every distribution of the image and its version.
    """
    found: dict[str, str] = {}
    for step, run in runs:
        if not step.runs:
            continue
        if not _tells_all(step, run):
            return dict(installed)
        found |= {name: version for name, version in run.versions.items() if installed.get(name) == version}
    return found


def _tells_all(step: Step, run: RunReport) -> bool:
    """Whether what a run tells of its imports is all that it depended on."""
    came_to_its_end = run.verdict in _IMPORTS_TOLD or run.error is not None
    return came_to_its_end and not any(_LOOKS_ELSEWHERE.search(code) for code in step.codes)

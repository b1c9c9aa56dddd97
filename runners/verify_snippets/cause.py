"""Why a snippet failed: from the exception, its place, the code, and what it asked of the world. Pure."""

import re
from collections.abc import Callable, Sequence

from snippet_sandbox.job import PartError, PartMeasurement
from verify_snippets import cell_code
from verify_snippets.blocks import Kind
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.why import code, dependencies, hub, refusals, versions, world
from verify_snippets.why.evidence import Evidence, because, first_line

_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]*")
_CONFLICT = r"ResolutionImpossible|conflicting dependencies"  # as pip says it

_EXPLANATIONS: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    world.no_gpu,
    world.other_gpu,
    world.no_gpu_memory,
    world.failed_on_gpu,
    code.syntax,
    world.no_keyboard,
    world.no_display,
    hub.no_access,
    hub.no_repo,
    hub.no_file,
    hub.no_folder,
    world.no_key,
    world.no_local_server,
    world.gone_address,
    world.no_way_out,
    dependencies.missing_module,
    dependencies.missing_system_library,
    refusals.changed_behaviour,
    refusals.wrong_version,
    refusals.too_old,
    *versions.EXPLANATIONS,
    dependencies.missing_backend,
    world.no_memory,
    world.unread_picture,
    world.no_file,
    code.unknown_name,
    versions.foreign_code,
    code.leaves,
    code.bug,
)
"""The first that recognizes an exception has the word: those that say it for certain come first."""


def diagnose(error: PartError, ran: Ran, part: str = "") -> Diagnosis:
    """Why an exception was raised.

    Args:
        error: the exception.
        ran: the run that it ended.
        part: the id of the snippet whose code raised it; empty for the run's own.
    """
    evidence = _evidence(error, ran, part)
    for explain in _EXPLANATIONS:
        if found := explain(evidence):
            return found
    return because(Cause.UNKNOWN, f"{error.type}: {first_line(error.message)}")


def _evidence(error: PartError, ran: Ran, part: str) -> Evidence:
    step = ran.step
    place = next((n for n, one in enumerate(step.snippets) if one.id == part), len(step.first))
    snippet = step.snippets[place]
    return Evidence(
        error=error,
        code=_code(step, place),
        first_line=snippet.block.text_line,
        requirements=step.snippet.requirements,
        versions=ran.versions,
        contacts=ran.contacts,
        repo_id=step.repo_id or "",
        gpu_memory_bytes=ran.gpu_limit_bytes,
    )


def _code(step: Step, place: int) -> str:
    """What was run of one of a step's snippets, as Python alone can read it."""
    code = step.codes[place] if place < len(step.codes) else step.snippets[place].code
    return cell_code.python_alone(code) if step.kernel else code


def of_reading(ran: Ran) -> PartError | None:
    """What Python would say of code that it can't read, which needs no container to be known."""
    snippet = ran.step.snippet
    code_read = snippet.block.code
    if snippet.kind is not Kind.PYTHON or code_read is None or code_read.tree is not None:
        return None
    found = re.match(r"line (\d+): (.+)", code_read.error)
    if not found:
        return None
    return PartError(type="SyntaxError", message=found[2], line=snippet.block.text_line + int(found[1]) - 1)


def of_installing(message: str) -> Diagnosis:
    """Why what the card says to install can't be installed."""
    named = dependencies.not_found(message)
    return because(
        Cause.NOT_INSTALLABLE,
        f"what the card says to install can't be installed: {message}",
        package=named,
    )


def is_of_libraries(message: str, libraries: Sequence[str]) -> bool:
    """Whether what can't be installed are libraries that the user asked for, or the rest beside them.

    Args:
        message: pip's.
        libraries: those requirements.
    """
    names = "|".join(re.escape(match[0]) for text in libraries if (match := _PACKAGE.match(text)))
    return bool(names) and bool(re.search(rf"\b(?:{names})\b|{_CONFLICT}", message, re.IGNORECASE))


def of_time_limit(ran: Ran, culprit: PartMeasurement | None) -> Diagnosis:
    """Why a run was still going on when its time was up."""
    running = next((c for s, c in _codes(ran) if culprit and s == culprit.name), "")
    known = code.never_returns(running)
    said = f"still running after {ran.time_limit_s:g} s, the time limit"
    return because(Cause.TIME_LIMIT, f"{said}: {known}" if known else said)


def of_early_end(ran: Ran, culprit: PartMeasurement, exit_code: int | None) -> Diagnosis:
    """Why a process ended before its code did, without an exception."""
    said = f"the process ended with exit code {exit_code} before the last line"
    stderr = ran.measurement.stderr if ran.measurement else ""
    if shown := world.no_display_told_on_stderr(stderr):
        return shown
    source = next((c for s, c in _codes(ran) if s == culprit.name), "")
    by = code.ends_itself(code.parsed(source))
    if by:
        return because(Cause.CARD_BUG, f"{said}: the code calls `{by}`", callee=by)
    return because(Cause.UNKNOWN, said)


def of_crash(ran: Ran, sentence: str) -> Diagnosis:
    """Why a signal ended the process."""
    stderr = ran.measurement.stderr if ran.measurement else ""
    if shown := world.no_display_told_on_stderr(stderr):
        return shown
    if "std::bad_alloc" in stderr:
        return because(Cause.OUT_OF_MEMORY, f"{sentence}: out of memory (std::bad_alloc)")
    return because(Cause.UNKNOWN, sentence)


def _codes(ran: Ran) -> list[tuple[str, str]]:
    return [(s.id, _code(ran.step, place)) for place, s in enumerate(ran.step.snippets)]

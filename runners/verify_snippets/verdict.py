"""Verdicts: from what the sandbox measured to what is said of a snippet. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from snippet_sandbox.profile import GB, share_bytes
from verify_snippets import cause, gpu_errors
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.hardware import THIS_HOST
from verify_snippets.ran import Ran
from verify_snippets.why.evidence import because, first_line


class Verdict(StrEnum):
    """What is said of a snippet."""

    PASSED = "passed"
    FAILED = "failed"
    CONTRADICTED = "contradicted"  # ran, but not as the card says
    SKIPPED = "skipped"
    BLOCKED = "blocked"  # one it needs failed
    BROKEN = "broken"  # our infrastructure failed: never held against the card


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict and its reason.

    Attributes:
        verdict: what is said.
        reason: one sentence: why, and for a failure the likely cause.
        error: the exception that decided it, if one did.
        expected: whether it failed, and the card's own mark says that it does.
        diagnosis: why it failed, or what it needs failed, or why it can't run here; None where it did run.
    """

    verdict: Verdict
    reason: str
    error: PartError | None = None
    diagnosis: Diagnosis | None = None
    expected: bool = False


def judge(ran: Ran) -> Judgement:
    """The verdict on one step."""
    judgement = _judge(ran)
    return _as_expected(judgement) if ran.step.snippet.marks.expect_fail else judgement


def _as_expected(judgement: Judgement) -> Judgement:
    """The verdict on what the card's own mark says to fail."""
    match judgement.verdict:
        case Verdict.FAILED:
            reason = f"failed, as the card says that it does: {judgement.reason}"
            return Judgement(verdict=Verdict.PASSED, reason=reason, expected=True)
        case Verdict.PASSED:
            reason = "the card says that it fails, and it passed"
            return Judgement(verdict=Verdict.CONTRADICTED, reason=reason)
        case _:
            return judgement


def _judge(ran: Ran) -> Judgement:
    if not ran.step.runs:
        is_skipped = ran.step.snippet.marks.skip is not None
        unreadable = None if is_skipped else cause.of_reading(ran)
        if unreadable is not None:
            return _of_failure(cause.diagnose(unreadable, ran), unreadable)
        return Judgement(verdict=Verdict.SKIPPED, reason=ran.step.reason)
    if ran.not_installable:
        if cause.is_of_libraries(ran.not_installable, ran.step.libraries):
            return Judgement(verdict=Verdict.SKIPPED, reason=_of_libraries(ran))
        return _of_failure(cause.of_installing(ran.not_installable))
    if ran.measurement is None:
        return Judgement(verdict=Verdict.BROKEN, reason=ran.trouble)
    judgement = _judge_measurement(ran, ran.measurement)
    if ran.trouble and judgement.verdict is not Verdict.PASSED:
        # what it asked for was not there through our fault: how it then failed says nothing of the card
        return Judgement(verdict=Verdict.BROKEN, reason=ran.trouble, error=judgement.error)
    return judgement


def _of_libraries(ran: Ran) -> str:
    """The user asked for these, and the card says nothing of them: it is not at fault."""
    asked = " and ".join(ran.step.libraries)
    wanted = ", ".join(ran.step.snippet.requirements)
    beside = f" beside what the card installs ({wanted})" if wanted else ""
    return f"{asked} can't be had{beside}: {ran.not_installable}"


def _judge_measurement(ran: Ran, measured: Measurement) -> Judgement:
    culprit = next((part for part in measured.parts if not part.completed), None)
    diagnosis, error = _failure(ran, measured, culprit)
    if diagnosis is None:
        return Judgement(verdict=Verdict.PASSED, reason="ran to its last line")
    if spared := _without_its_gpu(ran, error, diagnosis):
        return spared
    if culprit and culprit.name != ran.step.snippet.id:
        blocked = f"{culprit.name}, which it needs: {diagnosis.sentence}"
        return Judgement(verdict=Verdict.BLOCKED, reason=blocked, error=error, diagnosis=diagnosis)
    return _of_failure(diagnosis, error)


def _without_its_gpu(ran: Ran, error: PartError | None, diagnosis: Diagnosis) -> Judgement | None:
    """The verdict where a GPU, or the lack of one, ended a snippet: that is not held against the card."""
    message = error.message if error else ""
    has_gpu = bool(ran.step.hardware.gpus)
    if has_gpu and _is_trouble(ran, message):
        others = "other programs have taken its memory: " if gpu_errors.is_full(message) else ""
        reason = f"this host's GPU failed it: {others}{first_line(message)}"
        return Judgement(verdict=Verdict.BROKEN, reason=reason, error=error)
    if has_gpu and ran.outgrew_gpu and ran.step.profile == THIS_HOST:
        reason = f"{diagnosis.sentence}; {THIS_HOST} stands in for a profile that can't be given here"
    elif has_gpu and gpu_errors.fault_of(message):
        reason = f"needs another GPU, as running it showed: {diagnosis.sentence}"
    elif gpu_errors.only_lacks_gpu(message):
        reason = f"needs a GPU, as running it showed: {first_line(message)}"
    else:
        return None
    return Judgement(verdict=Verdict.SKIPPED, reason=reason, error=error, diagnosis=diagnosis)


def _is_trouble(ran: Ran, message: str) -> bool:
    """Whether a GPU that was given does not work, or is not there for a reason that is not in the code."""
    if gpu_errors.is_full(message):
        return gpu_errors.others_took_it(message, share_bytes(ran.step.hardware))
    fault = gpu_errors.fault_of(message)
    hidden = any("CUDA_VISIBLE_DEVICES" in code for code in ran.step.codes)
    return fault is gpu_errors.Fault.OUT_OF_ORDER or (fault is gpu_errors.Fault.UNSEEN and not hidden)


def _of_failure(diagnosis: Diagnosis, error: PartError | None = None) -> Judgement:
    return Judgement(verdict=Verdict.FAILED, reason=diagnosis.sentence, error=error, diagnosis=diagnosis)


def _failure(
    ran: Ran, measured: Measurement, culprit: PartMeasurement | None
) -> tuple[Diagnosis | None, PartError | None]:
    """Why a job counts as failed, with the exception if there was one; None if it doesn't."""
    match measured.ending:
        case Ending.EXITED:
            return _after_exit(ran, measured, culprit)
        case Ending.SIGNALED:
            where = _crash_line(measured.stderr, ran.step.snippet.file_name)
            at = f" at line {where}" if where else ""
            said = f"the process crashed with {measured.signal}{at}"
            return cause.of_crash(ran, said), _crash(measured, where)
        case Ending.TIME_LIMIT:
            return cause.of_time_limit(ran, culprit), None
        case Ending.MEMORY_LIMIT:
            given = f"{ran.memory_limit_bytes / GB:g} GB of {ran.step.profile}"
            return because(Cause.OUT_OF_MEMORY, f"needed more memory than the {given}"), None
        case Ending.GPU_MEMORY_LIMIT:
            given = f"{ran.gpu_limit_bytes / GB:g} GB of {ran.step.profile}"
            return because(
                Cause.OUT_OF_MEMORY, f"needed more GPU memory than the {given}", device="cuda"
            ), None
        case Ending.VANISHED:
            return because(Cause.UNKNOWN, "its container was brought down from inside"), None
        case Ending.CANCELLED:
            return because(Cause.UNKNOWN, "interrupted"), None
        case _:
            assert_never(measured.ending)


def _after_exit(
    ran: Ran, measured: Measurement, culprit: PartMeasurement | None
) -> tuple[Diagnosis | None, PartError | None]:
    if culprit is None:
        if measured.exit_code == 0:
            return None, None
        said = f"ended with exit code {measured.exit_code} after its last line"
        return because(Cause.UNKNOWN, said), None
    if culprit.error:
        return cause.diagnose(culprit.error, ran, culprit.name), culprit.error
    return cause.of_early_end(ran, culprit, measured.exit_code), None


def _crash_line(stderr: str, file_name: str) -> int | None:
    """The document's line in what Python's faulthandler printed."""
    found = re.search(rf'File "{re.escape(file_name)}", line (\d+)', stderr)
    return int(found[1]) if found else None


def _crash(measured: Measurement, line: int | None) -> PartError:
    return PartError(type=measured.signal or "crash", message="the process crashed", line=line)

"""Verdicts: from what the sandbox measured to what is said of a snippet. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from snippet_sandbox.profile import GB
from verify_snippets import cause
from verify_snippets.card import CARD_NAME
from verify_snippets.causes import Diagnosis
from verify_snippets.ran import Ran


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
        diagnosis: why it failed; None for every other verdict.
    """

    verdict: Verdict
    reason: str
    error: PartError | None = None
    diagnosis: Diagnosis | None = None


def judge(ran: Ran) -> Judgement:
    """The verdict on one step."""
    if not ran.step.runs:
        return Judgement(verdict=Verdict.SKIPPED, reason=ran.step.reason)
    if ran.not_installable:
        reason = f"what the card says to install can't be installed: {ran.not_installable}"
        return Judgement(verdict=Verdict.FAILED, reason=reason)
    if ran.measurement is None:
        return Judgement(verdict=Verdict.BROKEN, reason=ran.trouble)
    judgement = _judge_measurement(ran, ran.measurement)
    if ran.trouble and judgement.verdict is not Verdict.PASSED:
        # what it asked for was not there through our fault: how it then failed says nothing of the card
        return Judgement(verdict=Verdict.BROKEN, reason=ran.trouble, error=judgement.error)
    return judgement


def _judge_measurement(ran: Ran, measured: Measurement) -> Judgement:
    culprit = next((part for part in measured.parts if not part.completed), None)
    reason, error = _failure(ran, measured, culprit)
    if not reason:
        return Judgement(verdict=Verdict.PASSED, reason="ran to its last line")
    if error and cause.only_lacks_gpu(error):
        return Judgement(verdict=Verdict.SKIPPED, reason=f"needs a GPU, as running it showed: {reason}")
    if culprit and culprit.name != ran.step.snippet.id:
        return Judgement(
            verdict=Verdict.BLOCKED, reason=f"{culprit.name}, which it needs: {reason}", error=error
        )
    return Judgement(verdict=Verdict.FAILED, reason=reason, error=error)


def _failure(
    ran: Ran, measured: Measurement, culprit: PartMeasurement | None
) -> tuple[str, PartError | None]:
    """Why a job counts as failed, with the exception if there was one; empty if it doesn't."""
    match measured.ending:
        case Ending.EXITED:
            return _after_exit(ran, measured, culprit)
        case Ending.SIGNALED:
            where = _crash_line(measured.stderr)
            at = f" at line {where}" if where else ""
            return f"the process crashed with {measured.signal}{at}", _crash(measured, where)
        case Ending.TIME_LIMIT:
            return f"still running after {ran.time_limit_s:g} s, the time limit", None
        case Ending.MEMORY_LIMIT:
            return (
                f"needed more memory than the {ran.memory_limit_bytes / GB:g} GB of {ran.step.profile}",
                None,
            )
        case Ending.VANISHED:
            return "its container was brought down from inside", None
        case Ending.CANCELLED:
            return "interrupted", None
        case _:
            assert_never(measured.ending)


def _after_exit(
    ran: Ran, measured: Measurement, culprit: PartMeasurement | None
) -> tuple[str, PartError | None]:
    if culprit is None:
        if measured.exit_code == 0:
            return "", None
        return f"ended with exit code {measured.exit_code} after its last line", None
    if culprit.error:
        return cause.sentence(culprit.error, ran), culprit.error
    return f"the process ended with exit code {measured.exit_code} before the last line", None


def _crash_line(stderr: str) -> int | None:
    """The card's line in what Python's faulthandler printed."""
    found = re.search(rf'File "{re.escape(CARD_NAME)}", line (\d+)', stderr)
    return int(found[1]) if found else None


def _crash(measured: Measurement, line: int | None) -> PartError:
    return PartError(type=measured.signal or "crash", message="the process crashed", line=line)

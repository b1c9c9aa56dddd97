"""From a plan and a run's report to what a cure is given. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from verify_snippets.causes import Diagnosis
from verify_snippets.claims import ClaimKind, Comparator, Scope
from verify_snippets.cures.model import Patient
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import RunReport
from verify_snippets.verdict import Verdict

_LOWER_BOUNDS = {">=", "==", "~=", "===", ">"}


def patient(plan: Plan, step: Step, run: RunReport | None = None) -> Patient:
    """A snippet with all that is known of it.

    Args:
        plan: of its card.
        step: the snippet's own.
        run: how it fared; None where it did not run.
    """
    known = Patient(
        snippet=step.snippet,
        first=step.first,
        card=plan.snippets,
        repo_id=plan.card.repo_id,
        oldest=_oldest(plan, step),
        on_cpu=is_meant_for_cpu(plan, step),
        filled=step.filled,
    )
    return known if run is None else _told(known, run)


def _told(known: Patient, run: RunReport) -> Patient:
    cause, error = run.cause, run.error
    block = known.snippet.block
    line = error.card_line - block.text_line + 1 if error and error.card_line else None
    inside = line is not None and 0 < line <= known.code.count("\n") + 1
    return replace(
        known,
        was_run=True,
        diagnosis=Diagnosis(cause=cause.kind, sentence=run.reason, subjects=cause.subjects)
        if cause
        else None,
        message=error.message if error else "",
        error_line=line if inside else None,
        versions=run.versions,
        passed=run.verdict is Verdict.PASSED,
    )


def is_meant_for_cpu(plan: Plan, step: Step) -> bool:
    """Whether the card says that the model, or this very snippet, runs on a CPU, and nothing against it."""
    said = [
        entry.claim
        for entry in plan.ledger
        if entry.claim.kind is ClaimKind.CPU_OK
        and entry.claim.scope is Scope.INFERENCE
        and (not entry.claim.snippets or step.snippet.id in entry.claim.snippets)
    ]
    return bool(said) and all(claim.value is True for claim in said)


def _oldest(plan: Plan, step: Step) -> Mapping[str, str]:
    """Library -> the oldest version of it that the card calls enough, for this snippet or at all."""
    oldest: dict[str, Version] = {}
    for library, version in (*_required(step), *_claimed(plan)):
        if library not in oldest or version < oldest[library]:
            oldest[library] = version
    return {library: str(version) for library, version in oldest.items()}


def _required(step: Step) -> Iterator[tuple[str, Version]]:
    for word in step.snippet.requirements:
        try:
            requirement = Requirement(word)
        except InvalidRequirement:
            continue
        for specifier in requirement.specifier:
            version = _version(specifier.version)
            if specifier.operator in _LOWER_BOUNDS and version is not None:
                yield _library(requirement.name), version
            elif specifier.operator.startswith("<") and version is not None:
                yield _library(requirement.name), Version("0")  # whatever is older is enough


def _claimed(plan: Plan) -> Iterator[tuple[str, Version]]:
    for entry in plan.ledger:
        claim = entry.claim
        if claim.kind is ClaimKind.LIBRARY_VERSION and isinstance(claim.value, str):
            version = _version(claim.value)
            if version is not None:
                upper = claim.comparator in {Comparator.AT_MOST, Comparator.LESS}
                yield _library(claim.unit), Version("0") if upper else version


def _library(name: str) -> str:
    return name.lower().replace("-", "_")


def _version(text: str) -> Version | None:
    try:
        return Version(text.removesuffix(".*"))
    except InvalidVersion:
        return None

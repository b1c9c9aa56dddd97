"""Patients for tests: a card's only snippet, and what is known of it."""

from typing import Any

from verify_snippets.blocks import read_blocks
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.cures.model import Cure, Patient
from verify_snippets.snippets import read_snippets


def patient(code: str, cause: Cause | None = None, *, before: str = "", **known: Any) -> Patient:
    """The last snippet of a card with ``code`` in it.

    Args:
        code: of the snippet.
        cause: why it failed; None where it did not run.
        before: code of a snippet that runs first.
        known: fields of the patient, or subjects of its diagnosis.
    """
    blocks = [before, code] if before else [code]
    text = "".join(f"```python\n{each}\n```\n\n" for each in blocks)
    snippets = read_snippets(read_blocks(text), repo_id=None, metadata={})
    fields = {name: value for name, value in known.items() if name in Patient.__dataclass_fields__}
    subjects = {name: value for name, value in known.items() if name not in fields}
    diagnosis = Diagnosis(cause=cause, sentence="it failed", subjects=subjects) if cause else None
    return Patient(
        snippet=snippets[-1],
        first=snippets[:-1],
        card=snippets,
        was_run=cause is not None,
        diagnosis=diagnosis,
        **fields,
    )


def cured(cure: Cure, who: Patient) -> str | None:
    """The code that a cure proposes first; None where it proposes none."""
    return next((proposal.code for proposal in cure(who)), None)


def is_certain(cure: Cure, who: Patient) -> bool:
    """Whether a cure calls its first proposal certain."""
    return next(iter(cure(who))).is_certain

"""What of the model's life a claim speaks of.

The main trap is training hardware read as a need for inference.
"""

import re

from verify_snippets.claim_reading.model import ClaimKind, Found, Scope
from verify_snippets.claim_reading.nearby import nearest
from verify_snippets.claim_reading.passages import Statement
from verify_snippets.claim_reading.vocabulary import INFERENCE, OTHER, RUNNING, TRAINING

# These are the finished model's own, wherever they are told.
_OF_THE_MODEL = {ClaimKind.PARAMETERS, ClaimKind.DISK_SIZE, ClaimKind.CPU_OK}
_CLAUSE = re.compile(r"[,;()—]")


def of(statement: Statement, found: Found) -> Scope:
    """The scope of a claim: its clause, else its sentence, else what stands around it."""
    if found.scope is not None:
        return found.scope
    if found.kind in _OF_THE_MODEL:
        return Scope.INFERENCE
    low, high = _clause(statement.text, found.start, found.end)
    return (
        _nearest(statement.text[low:high], found.start - low, found.end - low)
        or _nearest(statement.text, found.start, found.end)
        or _around(statement, weak=_is_running(statement.text))
        or Scope.INFERENCE
    )


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    low = max((found.end() for found in _CLAUSE.finditer(text, 0, start)), default=0)
    following = _CLAUSE.search(text, end)
    return low, following.start() if following else len(text)


def _nearest(text: str, start: int, end: int) -> Scope | None:
    near = nearest(text, start, end, {Scope.TRAINING: TRAINING, Scope.INFERENCE: INFERENCE}, reach=400)
    return min(near, key=lambda scope: near[scope].distance) if near else None


def _is_running(text: str) -> bool:
    return RUNNING.search(text) is not None


def _around(statement: Statement, *, weak: bool) -> Scope | None:
    for text in (statement.row, statement.header, statement.lead):
        scope = _said(text)
        if scope is not None:
            return scope
    for title in reversed(statement.headings):
        scope = _said(title)
        if scope is not None:
            return scope
    if weak:
        return None
    return (
        Scope.TRAINING
        if TRAINING.search(statement.before) and not INFERENCE.search(statement.before)
        else None
    )


def _said(text: str) -> Scope | None:
    """What a heading or a lead says; both words together (``Training and inference``) say nothing."""
    trains, infers = TRAINING.search(text), INFERENCE.search(text) or RUNNING.search(text)
    if bool(trains) == bool(infers):
        return None
    return Scope.TRAINING if trains else Scope.INFERENCE


def is_of_another(statement: Statement) -> bool:
    """Whether a statement speaks of a baseline, another model, or how this one was built."""
    return any(
        OTHER.search(text) for text in (statement.row, statement.text[:60] if statement.is_cell else "")
    )

"""What of the model's life a claim speaks of.

The main trap is training hardware read as a need for inference.
"""

import re

from verify_snippets.claim_reading.model import ClaimKind, Found, Scope
from verify_snippets.claim_reading.nearby import nearest, says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.vocabulary import INFERENCE, OTHER, RUNNING, TRAINING
from verify_snippets.pattern import Pattern

# These are the finished model's own, wherever they are told.
_OF_THE_MODEL = {ClaimKind.PARAMETERS, ClaimKind.DISK_SIZE, ClaimKind.CPU_OK}
_CLAUSE = Pattern(r"[,;()—]")


_RUNNING, _WEAKER = "running", 12
_CUES: dict[str, Pattern] = {Scope.TRAINING: TRAINING, Scope.INFERENCE: INFERENCE, _RUNNING: RUNNING}


# What a model can take, whatever it was trained with.
_CAN = Pattern(r"\b(?:supports?|handles?|accepts?|extends?|extrapolates?|up to|has|can)\b", re.IGNORECASE)


def of(statement: Statement, found: Found) -> Scope:
    """The scope of a claim: its clause, else its sentence, else what stands around it."""
    if found.scope is not None:
        return found.scope
    if found.kind in _OF_THE_MODEL:
        return Scope.INFERENCE
    low, high = _clause(statement.text, found.start, found.end)
    if found.kind is ClaimKind.CONTEXT_LENGTH and _CAN.search(
        statement.text, max(found.start - 60, low), found.start
    ):
        return Scope.INFERENCE
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
    near = nearest(text, start, end, _CUES, reach=400)
    if not near.keys() - {_RUNNING}:
        return None
    nearest_cue = min(near, key=lambda cue: near[cue].distance + (_WEAKER if cue == _RUNNING else 0))
    return Scope.TRAINING if nearest_cue == Scope.TRAINING else Scope.INFERENCE


def _is_running(text: str) -> bool:
    return says(RUNNING, text)


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
        Scope.TRAINING if says(TRAINING, statement.before) and not says(INFERENCE, statement.before) else None
    )


def _said(text: str) -> Scope | None:
    """What a heading or a lead says; both words together (``Training and inference``) say nothing."""
    trains, infers = says(TRAINING, text), says(INFERENCE, text) or says(RUNNING, text)
    if trains == infers:
        return None
    return Scope.TRAINING if trains else Scope.INFERENCE


_OF_ANY_MODEL = {ClaimKind.PARAMETERS, ClaimKind.CONTEXT_LENGTH, ClaimKind.DTYPE, ClaimKind.DISK_SIZE}


# The title of a paper promises nothing.
_CITES = Pattern(r"\W*(?:papers?|arxiv|citations?|references?|blog(?: post)?)\s?:\s", re.IGNORECASE)


def is_no_promise(statement: Statement, found: Found) -> bool:
    """Whether it is a title, or a plain fact of another model, which nothing in this card can show."""
    if _CITES.match(statement.text):
        return True
    return statement.is_of_another and found.kind in _OF_ANY_MODEL


def is_of_another(statement: Statement) -> bool:
    """Whether a statement speaks of a baseline, another model, or how this one was built."""
    if statement.is_of_another or says(OTHER, statement.row):
        return True
    return statement.is_cell and OTHER.search(statement.text[:60]) is not None

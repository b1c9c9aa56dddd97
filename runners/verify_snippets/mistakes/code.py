"""Code that Python can't read, and names that libraries have given up."""

import re
from collections.abc import Iterator
from fnmatch import translate
from functools import cache
from typing import TYPE_CHECKING

from verify_snippets import api_changes, cause
from verify_snippets.api_changes import ChangeKind
from verify_snippets.mistakes.model import Mistake
from verify_snippets.pattern import Pattern
from verify_snippets.plan import Plan, Step
from verify_snippets.ran import Ran

if TYPE_CHECKING:
    from verify_snippets.cures.model import Proposal

MENDED_BY = "`verify-snippets fix --static` makes the change"
_SYNTAX = "syntax"
_WORD = Pattern(r"\w+")
_NEXT_CHANGE = Pattern(r"; (?=`[^`]+` (?:was removed in|is deprecated since) )")  # api_rows.Change.sentence


def unreadable_code(plan: Plan) -> Iterator[Mistake]:
    """Blocks of Python that are none."""
    for step in plan.steps:
        error = cause.of_reading(Ran(step=step))
        if error is None or error.line is None:
            continue
        mendable = any(proposal.cure == _SYNTAX for proposal in _certain(plan, step))
        remedy = (
            MENDED_BY if mendable else "mend it, or give the block another tag if it shows no whole program"
        )
        yield Mistake(line=error.line, problem=f"not valid Python: {error.message}", remedy=remedy)


def outdated_names(plan: Plan) -> Iterator[Mistake]:
    """Arguments, functions and classes that were renamed or removed, by the table that `fix` goes by."""
    for step in plan.steps:
        if not step.snippet.kind.is_python or not _names_what_changed(step.snippet.code):
            continue
        for proposal in _certain(plan, step):
            if proposal.cure != _SYNTAX:
                for said in _NEXT_CHANGE.split(proposal.sentence):
                    yield Mistake(line=_line(step, proposal, said), problem=said, remedy=MENDED_BY)


def _certain(plan: Plan, step: Step) -> "Iterator[Proposal]":
    """What `fix --static` would do. Its modules take longer to import than a card takes to check."""
    from verify_snippets import cures, patients

    return cures.certain(patients.patient(plan, step))


def _names_what_changed(code: str) -> bool:
    """Whether code has any word that a library gave another meaning or none: few cards have."""
    return any(_changed().match(word) for word in set(_WORD.findall(code)))


@cache
def _changed() -> re.Pattern[str]:
    return re.compile(
        "|".join(translate(row.old) for kind in ChangeKind for row in api_changes.of_kind(kind))
    )


def _line(step: Step, proposal: "Proposal", sentence: str) -> int:
    """The card's line that a change is made in: the first one changed that has what the sentence names."""
    before, after = step.snippet.code.split("\n"), set((proposal.code or "").split("\n"))
    changed = [number for number, line in enumerate(before) if line not in after]
    named = re.search(r"`([^`]+)`", sentence)
    word = re.search(r"\w+", named[1]) if named else None
    with_it = [number for number in changed if word is not None and word[0] in before[number]]
    return step.snippet.block.text_line + next(iter(with_it or changed), 0)

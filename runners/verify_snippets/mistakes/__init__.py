"""Mistakes in a card that reading alone shows: nothing is run and nobody is asked. Pure.

Each is certain enough to keep a commit from being made: what may be meant is left to running. A new sort is
a function and a row in ``_FINDERS``.
"""

from collections.abc import Callable, Iterable

from verify_snippets.mistakes.code import outdated_names, unreadable_code
from verify_snippets.mistakes.fences import open_fences
from verify_snippets.mistakes.marks import lines_meant_to_fail, unclear_marks
from verify_snippets.mistakes.model import Mistake
from verify_snippets.mistakes.repos import left_placeholders, other_repos
from verify_snippets.plan import Plan

__all__ = ["Mistake", "find"]

_FINDERS: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    open_fences,
    unreadable_code,
    outdated_names,
    left_placeholders,
    other_repos,
    unclear_marks,
)


def find(plan: Plan) -> tuple[Mistake, ...]:
    """Every mistake in a card, in the order of its lines.

    A block whose fence is not closed has only that: what else it holds was never meant to be in it. One whose
    mark says that it fails has none.
    """
    found = [mistake for finder in _FINDERS for mistake in finder(plan)]
    swallowed = {line for mistake in found for line in mistake.swallows}
    meant = lines_meant_to_fail(plan)
    left = [m for m in found if m.swallows or m.line not in swallowed | meant]
    return tuple(sorted(dict.fromkeys(left), key=lambda mistake: mistake.line))

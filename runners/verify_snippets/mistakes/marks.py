"""Marks that mean nothing, and what marks say to be wrong on purpose."""

from collections.abc import Iterator

from verify_snippets.mistakes.model import Mistake
from verify_snippets.plan import Plan


def unclear_marks(plan: Plan) -> Iterator[Mistake]:
    """Marks that nobody understands, at the block that they are about."""
    for snippet in plan.snippets:
        for problem in snippet.marks.unclear:
            yield Mistake(
                line=snippet.block.start_line,
                problem=problem,
                remedy="write what is meant, or take the mark out",
            )


def lines_meant_to_fail(plan: Plan) -> set[int]:
    """The lines of blocks that the card's own marks say to fail."""
    blocks = [snippet.block for snippet in plan.snippets if snippet.marks.expect_fail]
    return {line for block in blocks for line in range(block.start_line + 1, block.end_line + 1)}

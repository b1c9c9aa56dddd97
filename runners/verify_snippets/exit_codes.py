"""What the program exits with. Every code means one thing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_snippets.verdict import Verdict

GOOD = 0  # nothing failed and nothing was contradicted
CARD_AT_FAULT = 1
USAGE = 2  # wrong usage, or input that can't be read
INFRASTRUCTURE = 3  # ours
INTERRUPTED = 130


def of(verdicts: "Sequence[Verdict]", *, complete: bool) -> int:
    """The exit code for these verdicts.

    A card's fault is known for sure and comes before our own trouble; an interrupted run comes before both.
    """
    from verify_snippets.verdict import (
        Verdict,
    )  # late: `--help` needs the codes, and none of what this brings

    if not complete:
        return INTERRUPTED
    if {Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BLOCKED} & set(verdicts):
        return CARD_AT_FAULT
    return INFRASTRUCTURE if Verdict.BROKEN in verdicts else GOOD

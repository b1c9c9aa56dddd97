"""What the program exits with. Every code means one thing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_snippets.ledger import ClaimVerdict
    from verify_snippets.verdict import Verdict

GOOD = 0  # nothing failed and nothing was contradicted
CARD_AT_FAULT = 1
USAGE = 2  # wrong usage, or input that can't be read
INFRASTRUCTURE = 3  # ours
INTERRUPTED = 130

MEANINGS = {
    GOOD: "nothing failed and nothing was contradicted",
    CARD_AT_FAULT: "the card is at fault",
    USAGE: "wrong usage, or input that can't be read",
    INFRASTRUCTURE: "our own infrastructure is at fault, not the card",
    INTERRUPTED: "interrupted",
}

_CARD_FAULTS = {"failed", "contradicted", "blocked"}


def of(verdicts: "Sequence[Verdict]", *, claims: "Sequence[ClaimVerdict]" = (), complete: bool) -> int:
    """The exit code for the verdicts on snippets and on claims.

    A card's fault is known for sure and comes before our own trouble; an interrupted run comes before both.
    """
    said = {verdict.value for verdict in (*verdicts, *claims)}
    if not complete:
        return INTERRUPTED
    if _CARD_FAULTS & said:
        return CARD_AT_FAULT
    return INFRASTRUCTURE if "broken" in said else GOOD

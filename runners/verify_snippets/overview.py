"""What is said of a whole card, from what is known of its snippets and claims. Pure.

The dashboard counts cards, and so does the end of a night: both ask here, so that they never differ.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from verify_snippets.ledger import ClaimVerdict
from verify_snippets.store.records import (
    CardState,
    ClaimStanding,
    Standing,
    Steadiness,
    StoredModel,
)
from verify_snippets.verdict import Verdict


class CardVerdict(StrEnum):
    """What is said of a card; the worst first."""

    FAILING = "failing"  # a snippet of it fails, or is blocked by one that does
    CONTRADICTED = "contradicted"  # all runs, but not as the card says, or a claim does not hold
    FLAKY = "flaky"  # a snippet of it passes and fails although nothing changed
    BROKEN = "broken"  # our infrastructure failed
    UNREADABLE = "unreadable"
    GATED = "gated"
    WAITING = "waiting"  # to be looked at for the first time
    NO_CARD = "no card"
    NOTHING_RUNS = "nothing runs"  # a card with no snippet that can be run here
    PASSING = "passing"


JUDGED = (CardVerdict.PASSING, CardVerdict.FLAKY, CardVerdict.CONTRADICTED, CardVerdict.FAILING)
"""Of which cards the share that passes is told."""

FAILURES = frozenset({Verdict.FAILED, Verdict.BLOCKED})
AT_FAULT = FAILURES | {Verdict.CONTRADICTED}
"""What the card has to be mended for."""

_UNREAD = {
    CardState.NO_CARD: CardVerdict.NO_CARD,
    CardState.GATED: CardVerdict.GATED,
    CardState.UNREADABLE: CardVerdict.UNREADABLE,
}


def verdict_on(
    model: StoredModel, standings: Sequence[Standing], claims: Sequence[ClaimStanding] = ()
) -> CardVerdict:
    """What is said of one card; ``standings`` and ``claims`` are those of this card, the gone ones aside."""
    if model.card in _UNREAD:
        return _UNREAD[model.card]
    steady = {standing.verdict for standing in standings if standing.steadiness is not Steadiness.FLAKY}
    if steady & FAILURES:
        return CardVerdict.FAILING
    if Verdict.CONTRADICTED in steady or any(c.verdict == ClaimVerdict.CONTRADICTED for c in claims):
        return CardVerdict.CONTRADICTED
    if any(standing.steadiness is Steadiness.FLAKY for standing in standings):
        return CardVerdict.FLAKY
    if Verdict.PASSED in steady:
        return CardVerdict.PASSING
    if Verdict.BROKEN in steady:
        return CardVerdict.BROKEN
    return CardVerdict.WAITING if model.card is CardState.UNSEEN else CardVerdict.NOTHING_RUNS


def card_counts(verdicts: Iterable[CardVerdict]) -> dict[str, int]:
    """How many cards came to each verdict, as ``records.Night.counts`` holds them: ``cards passing`` ..."""
    counts = Counter(verdicts)
    return {f"cards {verdict}": counts[verdict] for verdict in CardVerdict if counts[verdict]}


def share_passing(counts: dict[str, int]) -> float | None:
    """The share of the judged cards that pass, 0 to 1; None where none was judged."""
    judged = sum(counts.get(f"cards {verdict}", 0) for verdict in JUDGED)
    return counts.get(f"cards {CardVerdict.PASSING}", 0) / judged if judged else None

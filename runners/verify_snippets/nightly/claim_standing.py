"""How one more report moves what is known of a card's claims, and what of it is news. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.model import ClaimReport
from verify_snippets.store.records import Change, ChangeKind, ClaimStanding

_WEIGHT = {ClaimVerdict.UNTESTED: 0, ClaimVerdict.CONFIRMED: 1, ClaimVerdict.CONTRADICTED: 2}


@dataclass(frozen=True, kw_only=True)
class ClaimAdvance:
    """Where one more report led.

    Attributes:
        standings: of all claims that the card ever made.
        changes: what of it is news.
    """

    standings: tuple[ClaimStanding, ...]
    changes: tuple[Change, ...] = ()


def advance_claims(
    old: Sequence[ClaimStanding],
    claims: Sequence[ClaimReport],
    *,
    repo_id: str,
    at: datetime,
    night: int | None = None,
) -> ClaimAdvance:
    """What is known of a card's claims after one more report.

    Args:
        old: what was known before.
        claims: what the report says of each; where a card says the same thing twice, the worse counts.
        repo_id: whose card.
        at: when it was known.
        night: the number of the night; None for an imported report.
    """
    known = {(each.kind, each.quote): each for each in old}
    current: dict[tuple[str, str], ClaimReport] = {}
    for claim in sorted(claims, key=lambda each: -_WEIGHT[each.verdict]):
        current.setdefault((str(claim.kind), claim.quote), claim)
    moved = {name: _moved(known.get(name), _standing(claim, repo_id, at)) for name, claim in current.items()}
    news = [_news(known.get(name), now, at, night) for name, now in moved.items()]
    gone = [replace(each, gone=True) for name, each in known.items() if name not in current]
    return ClaimAdvance(
        standings=(*moved.values(), *gone), changes=tuple(change for change in news if change is not None)
    )


def _moved(before: ClaimStanding | None, now: ClaimStanding) -> ClaimStanding:
    if before is None:
        return now
    if now.verdict == ClaimVerdict.UNTESTED and before.verdict != ClaimVerdict.UNTESTED:
        return replace(before, line=now.line, gone=False)  # what was found out once is not forgotten
    return replace(now, since=before.since) if now.verdict == before.verdict else now


def _news(before: ClaimStanding | None, now: ClaimStanding, at: datetime, night: int | None) -> Change | None:
    was_wrong = before is not None and before.verdict == ClaimVerdict.CONTRADICTED
    is_wrong = now.verdict == ClaimVerdict.CONTRADICTED
    if was_wrong is is_wrong:
        return None
    return Change(
        kind=ChangeKind.NEW_CONTRADICTION if is_wrong else ChangeKind.CLAIM_HOLDS,
        repo_id=now.repo_id,
        snippet_id=str(now.line),
        before=before.verdict if before is not None else "",
        after=now.verdict,
        reason=now.reason,
        quote=now.quote,
        at=at,
        night=night,
    )


def _standing(claim: ClaimReport, repo_id: str, at: datetime) -> ClaimStanding:
    return ClaimStanding(
        repo_id=repo_id,
        kind=claim.kind,
        quote=claim.quote,
        line=claim.line,
        verdict=claim.verdict,
        reason=claim.reason,
        claimed=claim.claimed,
        measured=claim.measured,
        measure=claim.measure,
        since=at,
    )

"""History for machines. The names are a contract (``verify-snippets/history/v1``): they only become more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from verify_snippets.report.model import CauseReport
from verify_snippets.store.records import ClaimStanding, Night, Standing, StoredModel, StoredRun, Visit

SCHEMA: Final = "verify-snippets/history/v1"


def nights(told: Iterable[Night]) -> dict[str, object]:
    """Nights, the newest first."""
    return {"schema": SCHEMA, "nights": [_night(night) for night in told]}


def model(
    known: StoredModel,
    visit: Visit | None,
    standings: Sequence[Standing],
    claims: Sequence[ClaimStanding],
    runs: Sequence[StoredRun],
) -> dict[str, object]:
    """One model: its snippets with their last runs, and its claims."""
    return {
        "schema": SCHEMA,
        "repo_id": known.listed.repo_id,
        "revision": known.listed.revision,
        "card": known.card.value,
        "card_reason": known.card_reason,
        "gone": known.gone,
        "visited_at": _time(visit.ended_at if visit else None),
        "visited_revision": visit.revision if visit else None,
        "snippets": [
            {**_standing(standing), "runs": [_run(run) for run in runs if run.snippet == standing.key]}
            for standing in standings
        ],
        "claims": [_claim(claim) for claim in claims],
    }


def _night(night: Night) -> dict[str, object]:
    return {
        "number": night.number,
        "target": night.target,
        "started_at": _time(night.started_at),
        "ended_at": _time(night.ended_at),
        "told_at": _time(night.told_at),
        "tool_version": night.tool_version,
        "engine": night.engine,
        "image": night.image,
        "counts": night.counts,
        "exit_code": night.exit_code,
    }


def _standing(known: Standing) -> dict[str, object]:
    return {
        "id": known.snippet_id,
        "lineage": known.key.lineage,
        "profile": known.key.profile,
        "title": known.title,
        "verdict": known.verdict.value,
        "reason": known.reason,
        "cause": _cause(known.cause),
        "since": _time(known.since),
        "since_revision": known.since_revision,
        "last_ran_at": _time(known.last_ran_at),
        "steadiness": known.steadiness.value,
        "duration_s": known.duration_s,
        "memory_bytes": known.memory_bytes,
        "discussion": known.discussion,
        "gone": known.gone,
    }


def _run(run: StoredRun) -> dict[str, object]:
    return {
        "ran_at": _time(run.ran_at),
        "night": run.night,
        "attempt": run.attempt,
        "revision": run.revision,
        "verdict": run.run.verdict.value,
        "reason": run.run.reason,
        "cause": _cause(run.run.cause),
        "duration_s": run.run.duration_s,
        "memory_bytes": run.run.memory.anonymous_bytes,
        "versions": run.run.versions,
    }


def _claim(claim: ClaimStanding) -> dict[str, object]:
    return {
        "kind": claim.kind,
        "line": claim.line,
        "quote": claim.quote,
        "verdict": claim.verdict,
        "reason": claim.reason,
        "claimed": claim.claimed,
        "measured": claim.measured,
        "measure": claim.measure,
        "since": _time(claim.since),
        "gone": claim.gone,
    }


def _cause(cause: CauseReport | None) -> dict[str, object] | None:
    return None if cause is None else cause.model_dump(mode="json")


def _time(moment: datetime | None) -> str | None:
    """ISO 8601, UTC, to the second."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"

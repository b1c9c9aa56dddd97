"""What is known of each snippet and claim now: rows of ``vs_standing`` and ``vs_claim``."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from verify_snippets.report.model import CauseReport
from verify_snippets.store import writing
from verify_snippets.store.records import ClaimStanding, SnippetKey, Standing, Steadiness
from verify_snippets.store.tables import claim, model, standing
from verify_snippets.verdict import Verdict

_NAMED_BY = ("model_id", "lineage", "profile")
_CLAIM_NAMED_BY = ("model_id", "kind", "quote_sha256")


def put(connection: Connection, standings: Sequence[Standing], model_ids: Mapping[str, int]) -> None:
    """Write standings down, each over the one of the same key."""
    rows = [_row(one, model_ids[one.key.repo_id]) for one in standings]
    writing.put(connection, standing, rows, _NAMED_BY)


def row_id(connection: Connection, key: SnippetKey, model_id: int) -> int:
    """Where the standing of that key is."""
    query = select(standing.c.id).where(
        standing.c.model_id == model_id,
        standing.c.lineage == key.lineage,
        standing.c.profile == key.profile,
    )
    found: int = connection.execute(query).scalar_one()
    return found


def read(connection: Connection, repo_id: str | None, *, gone: bool) -> list[Standing]:
    """Standings, by model; see ``Store.standings``."""
    query = select(model.c.repo_id, standing).join(standing).order_by(model.c.repo_id, standing.c.id)
    if repo_id is not None:
        query = query.where(model.c.repo_id == repo_id)
    elif not gone:
        query = query.where(model.c.gone.is_(False))
    if not gone:
        query = query.where(standing.c.gone.is_(False))
    return [_standing(row) for row in connection.execute(query).mappings()]


def expectations(connection: Connection) -> dict[SnippetKey, tuple[float, int | None]]:
    """Seconds and peak anonymous bytes of each snippet that came to an end when it last ran."""
    columns = (standing.c.lineage, standing.c.profile, standing.c.duration_s, standing.c.memory_bytes)
    query = select(model.c.repo_id, *columns).join(standing).where(standing.c.duration_s.is_not(None))
    return {
        SnippetKey(repo_id=row.repo_id, lineage=row.lineage, profile=row.profile): (
            row.duration_s,
            row.memory_bytes,
        )
        for row in connection.execute(query)
    }


def put_claims(connection: Connection, claims: Sequence[ClaimStanding], model_ids: Mapping[str, int]) -> None:
    """Write what is known of claims, each over the one of the same words."""
    rows = [_claim_row(one, model_ids[one.repo_id]) for one in claims]
    writing.put(connection, claim, rows, _CLAIM_NAMED_BY)


def read_claims(connection: Connection, repo_id: str | None, *, gone: bool) -> list[ClaimStanding]:
    """Claims, by model and line; see ``Store.claim_standings``."""
    query = select(model.c.repo_id, claim).join(claim).order_by(model.c.repo_id, claim.c.line, claim.c.id)
    if repo_id is not None:
        query = query.where(model.c.repo_id == repo_id)
    elif not gone:
        query = query.where(model.c.gone.is_(False))
    if not gone:
        query = query.where(claim.c.gone.is_(False))
    return [_claim(row) for row in connection.execute(query).mappings()]


def cause_of(stored: Any) -> CauseReport | None:
    """A cause as it was stored."""
    return None if stored is None else CauseReport.model_validate(stored, extra="ignore")


def stored_cause(cause: CauseReport | None) -> Any:
    """A cause as it is stored."""
    return None if cause is None else cause.model_dump(mode="json")


def _row(known: Standing, model_id: int) -> dict[str, object]:
    return {
        "model_id": model_id,
        "lineage": known.key.lineage,
        "profile": known.key.profile,
        "snippet_id": known.snippet_id,
        "title": known.title,
        "kind": known.kind,
        "code_sha256": known.code_sha256,
        "sketch": known.sketch,
        "verdict": known.verdict.value,
        "reason": known.reason,
        "cause": stored_cause(known.cause),
        "since": known.since,
        "since_revision": known.since_revision,
        "last_ran_at": known.last_ran_at,
        "steadiness": known.steadiness.value,
        "recent": [[key, verdict.value] for key, verdict in known.recent],
        "duration_s": known.duration_s,
        "memory_bytes": known.memory_bytes,
        "discussion": known.discussion,
        "gone": known.gone,
    }


def _standing(row: RowMapping) -> Standing:
    return Standing(
        key=SnippetKey(repo_id=row["repo_id"], lineage=row["lineage"], profile=row["profile"]),
        snippet_id=row["snippet_id"],
        title=row["title"],
        kind=row["kind"],
        code_sha256=row["code_sha256"],
        sketch=row["sketch"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        cause=cause_of(row["cause"]),
        since=row["since"],
        since_revision=row["since_revision"],
        last_ran_at=row["last_ran_at"],
        steadiness=Steadiness(row["steadiness"]),
        recent=tuple((key, Verdict(verdict)) for key, verdict in row["recent"]),
        duration_s=row["duration_s"],
        memory_bytes=row["memory_bytes"],
        discussion=row["discussion"],
        gone=row["gone"],
    )


def _claim_row(known: ClaimStanding, model_id: int) -> dict[str, object]:
    return {
        "model_id": model_id,
        "kind": known.kind,
        "quote_sha256": hashlib.sha256(known.quote.encode(errors="replace")).hexdigest(),
        "quote": known.quote,
        "line": known.line,
        "verdict": known.verdict,
        "reason": known.reason,
        "claimed": known.claimed,
        "measured": known.measured,
        "measure": known.measure,
        "since": known.since,
        "gone": known.gone,
    }


def _claim(row: RowMapping) -> ClaimStanding:
    return ClaimStanding(
        repo_id=row["repo_id"],
        kind=row["kind"],
        quote=row["quote"],
        line=row["line"],
        verdict=row["verdict"],
        reason=row["reason"],
        claimed=row["claimed"],
        measured=row["measured"],
        measure=row["measure"],
        since=row["since"],
        gone=row["gone"],
    )

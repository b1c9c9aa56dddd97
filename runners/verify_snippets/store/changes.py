"""News: rows of ``vs_change``."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from verify_snippets.store import writing
from verify_snippets.store.records import Change, ChangeKind
from verify_snippets.store.standings import cause_of, stored_cause
from verify_snippets.store.tables import change, model


def add(connection: Connection, changes: Sequence[Change], model_ids: Mapping[str, int]) -> None:
    """Write changes down, but for those that are written already."""
    rows = [_row(one, model_ids[one.repo_id]) for one in changes]
    written = _written(connection, sorted({one.at for one in changes}))
    new = [row for row in rows if _name(row) not in written]
    if new:
        connection.execute(change.insert().returning(change.c.id), new).close()


def read(connection: Connection, night: int | None, repo_id: str | None) -> list[Change]:
    """Changes in the order that they were found in."""
    query = select(model.c.repo_id, change).join(change).order_by(change.c.at, change.c.id)
    if night is not None:
        query = query.where(change.c.night == night)
    if repo_id is not None:
        query = query.where(model.c.repo_id == repo_id)
    return [_change(row) for row in connection.execute(query).mappings()]


def _written(connection: Connection, times: Sequence[datetime]) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = set()
    for batch in writing.batches(times):
        query = select(change).where(change.c.at.in_(batch))
        found |= {_name(row) for row in connection.execute(query).mappings()}
    return found


def _name(row: Mapping[str, object] | RowMapping) -> tuple[object, ...]:
    """What tells a change from all others."""
    return tuple(row[name] for name in ("model_id", "kind", "lineage", "profile", "quote", "at"))


def _row(found: Change, model_id: int) -> dict[str, object]:
    return {
        "kind": found.kind.value,
        "model_id": model_id,
        "lineage": found.lineage,
        "snippet_id": found.snippet_id,
        "profile": found.profile,
        "before": found.before,
        "after": found.after,
        "reason": found.reason,
        "cause": stored_cause(found.cause),
        "quote": found.quote,
        "at": found.at,
        "night": found.night,
    }


def _change(row: RowMapping) -> Change:
    return Change(
        kind=ChangeKind(row["kind"]),
        repo_id=row["repo_id"],
        lineage=row["lineage"],
        snippet_id=row["snippet_id"],
        profile=row["profile"],
        before=row["before"],
        after=row["after"],
        reason=row["reason"],
        cause=cause_of(row["cause"]),
        quote=row["quote"],
        at=row["at"],
        night=row["night"],
    )

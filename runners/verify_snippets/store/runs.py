"""Runs and whole reports: rows of ``vs_run`` and ``vs_report``, and which of them are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Row, Select, delete, func, select, tuple_

from verify_snippets.report.model import Report, RunReport
from verify_snippets.store import writing
from verify_snippets.store.records import PastRun, SnippetKey, StoredRun
from verify_snippets.store.tables import model, report, run, standing
from verify_snippets.verdict import Verdict

_STREAMED = 100  # runs decoded at a time


def has(connection: Connection, key: str, attempt: int) -> bool:
    """Whether that attempt is stored."""
    query = select(run.c.id).where(run.c.key == key, run.c.attempt == attempt)
    return connection.execute(query).first() is not None


def add(connection: Connection, new: StoredRun, standing_id: int) -> bool:
    """Write a run down; False where another machine was quicker."""
    values = {
        "standing_id": standing_id,
        "snippet_id": new.snippet_id,
        "revision": new.revision,
        "key": new.key,
        "attempt": new.attempt,
        "ran_at": new.ran_at,
        "night": new.night,
        "verdict": new.run.verdict.value,
        "duration_s": new.run.duration_s,
        "memory_bytes": new.run.memory.anonymous_bytes,
        "body": new.run,
    }
    statement = writing.insert(connection, run).values(values)
    added = connection.execute(
        statement.on_conflict_do_nothing(index_elements=["key", "attempt"]).returning(run.c.id)
    )
    return added.first() is not None


def known(connection: Connection, keys: Sequence[str]) -> dict[str, StoredRun]:
    """The last attempt under each key that has one."""
    found: dict[str, StoredRun] = {}
    for batch in writing.batches(keys):
        last = (
            select(run.c.key, func.max(run.c.attempt)).where(run.c.key.in_(batch)).group_by(run.c.key)
        ).subquery()
        query = _whole().join(last, tuple_(run.c.key, run.c.attempt) == tuple_(*last.c))
        found |= {stored.key: stored for stored in map(_run, connection.execute(query))}
    return found


def of_model(connection: Connection, repo_id: str, limit: int | None) -> list[StoredRun]:
    """Runs of a model's snippets, the newest first."""
    query = _whole().where(model.c.repo_id == repo_id).order_by(run.c.ran_at.desc(), run.c.id.desc())
    return list(map(_run, connection.execute(query.limit(limit))))


def figures(connection: Connection, repo_ids: Sequence[str], each: int | None) -> dict[str, list[PastRun]]:
    """Figures of models' runs, the newest first, by repo id; no run is unpacked for them."""
    found: dict[str, list[PastRun]] = {repo_id: [] for repo_id in repo_ids}
    for batch in writing.batches(repo_ids):
        for past in map(_past_run, connection.execute(_figures(batch, each))):
            found[past.snippet.repo_id].append(past)
    return found


def _figures(repo_ids: Sequence[str], each: int | None) -> Select[tuple[object, ...]]:
    names = ("id", "revision", "ran_at", "night", "attempt", "verdict", "duration_s", "memory_bytes")
    columns = (model.c.repo_id, standing.c.lineage, standing.c.profile, *(run.c[name] for name in names))
    place = _place(run.c.id, run.c.ran_at, run.c.standing_id)
    ranked = (
        select(*columns, place)
        .join(standing, run.c.standing_id == standing.c.id)
        .join(model)
        .where(model.c.repo_id.in_(repo_ids))
    ).subquery()
    query = select(ranked).order_by(ranked.c.ran_at.desc(), ranked.c.id.desc())
    return query if each is None else query.where(ranked.c.place <= each)


def every(connection: Connection) -> Iterator[StoredRun]:
    """Every run, the oldest first, without holding all of them at once."""
    query = _whole().order_by(run.c.ran_at, run.c.id)
    result = connection.execution_options(yield_per=_STREAMED).execute(query)
    yield from map(_run, result)


def add_report(
    connection: Connection, model_id: int, revision: str, told: Report, *, night: int | None, at: datetime
) -> None:
    """Write a whole report down."""
    row = {"model_id": model_id, "revision": revision, "night": night, "at": at, "body": told}
    writing.put(connection, report, [row], ["model_id", "at"])


def last_report(connection: Connection, repo_id: str) -> tuple[Report, datetime] | None:
    """The newest report on a model."""
    query = (
        select(report.c.body, report.c.at)
        .join(model)
        .where(model.c.repo_id == repo_id)
        .order_by(report.c.at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else (Report.model_validate(row.body, extra="ignore"), row.at)


@dataclass(frozen=True, kw_only=True)
class Old:
    """Rows that nothing of the present rests on."""

    runs: tuple[int, ...]
    reports: tuple[int, ...]

    def batches(self) -> Iterator["Old"]:
        """They, in pieces that are quickly removed."""
        for runs in writing.batches(self.runs):
            yield Old(runs=tuple(runs), reports=())
        for reports in writing.batches(self.reports):
            yield Old(runs=(), reports=tuple(reports))


def old(connection: Connection, before: datetime) -> Old:
    """Runs and reports from before a moment, but for the last ones: those the present rests on."""
    # What broke says nothing of the card: the last run beside it is what the verdict rests on
    broke = (run.c.verdict == Verdict.BROKEN.value).label("broke")
    last_runs = _newest(run.c.id, run.c.ran_at, run.c.standing_id, broke)
    last_reports = _newest(report.c.id, report.c.at, report.c.model_id)
    runs = select(run.c.id).where(run.c.ran_at < before, run.c.id.not_in(last_runs))
    reports = select(report.c.id).where(report.c.at < before, report.c.id.not_in(last_reports))
    return Old(
        runs=tuple(connection.execute(runs).scalars()), reports=tuple(connection.execute(reports).scalars())
    )


def remove(connection: Connection, gone: Old) -> None:
    """Remove one batch of runs or reports."""
    connection.execute(delete(run).where(run.c.id.in_(gone.runs)))
    connection.execute(delete(report).where(report.c.id.in_(gone.reports)))


def _newest(
    identity: ColumnElement[Any], time: ColumnElement[Any], *group: ColumnElement[Any]
) -> Select[tuple[int]]:
    """The newest row of each group."""
    ranked = select(identity.label("id"), _place(identity, time, *group)).subquery()
    return select(ranked.c.id).where(ranked.c.place == 1)


def _place(identity: ColumnElement[Any], time: ColumnElement[Any], *group: ColumnElement[Any]) -> Label[int]:
    """Where a row stands in its group: 1 for the newest."""
    order = (time.desc(), identity.desc())
    return func.row_number().over(partition_by=group, order_by=order).label("place")


def _whole() -> Select[tuple[object, ...]]:
    columns = (model.c.repo_id, standing.c.lineage, standing.c.profile, *run.c)
    return select(*columns).join(standing, run.c.standing_id == standing.c.id).join(model)


def _past_run(row: Row[tuple[object, ...]]) -> PastRun:
    return PastRun(
        snippet=SnippetKey(repo_id=row.repo_id, lineage=row.lineage, profile=row.profile),
        revision=row.revision,
        ran_at=row.ran_at,
        night=row.night,
        attempt=row.attempt,
        verdict=Verdict(row.verdict),
        duration_s=row.duration_s,
        memory_bytes=row.memory_bytes,
    )


def _run(row: Row[tuple[object, ...]]) -> StoredRun:
    return StoredRun(
        snippet=SnippetKey(repo_id=row.repo_id, lineage=row.lineage, profile=row.profile),
        snippet_id=row.snippet_id,
        revision=row.revision,
        key=row.key,
        ran_at=row.ran_at,
        night=row.night,
        attempt=row.attempt,
        run=RunReport.model_validate(row.body, extra="ignore"),
    )

"""Nights: rows of ``vs_night``, and what a night leaves to the next one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from verify_snippets.store import writing
from verify_snippets.store.records import Night
from verify_snippets.store.tables import carried_over, night


def begin(connection: Connection, new: Night) -> Night:
    """Write a new night down under the next number (``new.number`` doesn't count).

    One of the same target and moment is taken for the same: its commit got through, and its answer did not.
    """
    same = select(night).where(night.c.target == new.target, night.c.started_at == new.started_at)
    row = connection.execute(same).mappings().first()
    if row is not None:
        return _night(row)
    number = connection.execute(select(func.coalesce(func.max(night.c.number), 0) + 1)).scalar_one()
    values = {
        "number": number,
        "target": new.target,
        "started_at": new.started_at,
        "tool_version": new.tool_version,
        "engine": new.engine,
        "image": new.image,
        "counts": dict(new.counts),
    }
    connection.execute(night.insert().values(values))
    return _night(connection.execute(same).mappings().one())


def end(
    connection: Connection, number: int, *, at: datetime, counts: Mapping[str, int], exit_code: int
) -> None:
    """Write down that a night came to its end."""
    values = {"ended_at": at, "counts": dict(counts), "exit_code": exit_code}
    connection.execute(update(night).where(night.c.number == number).values(values))


def told(connection: Connection, number: int, at: datetime) -> None:
    """Write down that a night's news were sent."""
    connection.execute(update(night).where(night.c.number == number).values(told_at=at))


def one(connection: Connection, number: int) -> Night | None:
    """The night of that number."""
    row = connection.execute(select(night).where(night.c.number == number)).mappings().first()
    return _night(row) if row is not None else None


def newest(connection: Connection, target: str) -> Night | None:
    """The last night of a target."""
    query = select(night).where(night.c.target == target).order_by(night.c.number.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return _night(row) if row is not None else None


def read(connection: Connection, limit: int | None) -> list[Night]:
    """Nights, the newest first."""
    query = select(night).order_by(night.c.number.desc()).limit(limit)
    return [_night(row) for row in connection.execute(query).mappings()]


def carry_over(connection: Connection, repo_ids: Sequence[str]) -> None:
    """Write down what the next night begins with, instead of what was to be carried over before."""
    connection.execute(delete(carried_over))
    rows = [
        {"position": position, "repo_id": repo_id} for position, repo_id in enumerate(dict.fromkeys(repo_ids))
    ]
    writing.put(connection, carried_over, rows, ["position"])


def carried(connection: Connection) -> list[str]:
    """What the last night had no time for, in its order."""
    query = select(carried_over.c.repo_id).order_by(carried_over.c.position)
    return list(connection.execute(query).scalars())


def _night(row: RowMapping) -> Night:
    return Night(
        number=row["number"],
        target=row["target"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        tool_version=row["tool_version"],
        engine=row["engine"],
        image=row["image"],
        counts=row["counts"],
        exit_code=row["exit_code"],
        told_at=row["told_at"],
    )

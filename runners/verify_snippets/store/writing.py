"""Writing many rows with few statements, in SQLite's words and in PostgreSQL's alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]
T = TypeVar("T")

BATCH = 500  # values in a statement; both databases take 32,766


def insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insertion that may say what to do about rows that are there already."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def add_missing(connection: Connection, table: Table, rows: Sequence[Row], unique: Sequence[str]) -> None:
    """Insert those of ``rows`` that no row has the ``unique`` columns of yet."""
    statement = insert(connection, table).on_conflict_do_nothing(index_elements=list(unique))
    _execute(connection, statement, table, _last_of_each(rows, unique))


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    unique: Sequence[str],
    *,
    once: Sequence[str] = (),
) -> None:
    """Insert ``rows``, or change those that have the same ``unique`` columns.

    Args:
        connection: in a transaction.
        table: of the rows.
        rows: all with the same columns; of two for one row the later one is written.
        unique: the columns that name a row.
        once: columns that stay as they were first written.
    """
    if not rows:
        return
    statement = insert(connection, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {*unique, *once}}
    statement = statement.on_conflict_do_update(index_elements=list(unique), set_=changed)
    _execute(connection, statement, table, _last_of_each(rows, unique))


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """``values`` in pieces that a statement can take."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _execute(
    connection: Connection, statement: "postgresql.Insert | sqlite.Insert", table: Table, rows: Sequence[Row]
) -> None:
    """Insert many rows at once: SQLAlchemy does so for statements that return something."""
    if rows:
        connection.execute(statement.returning(*table.primary_key), [dict(row) for row in rows]).close()


def _last_of_each(rows: Sequence[Row], unique: Sequence[str]) -> list[Row]:
    """One statement can't write a row twice."""
    return list({tuple(row[name] for name in unique): row for row in rows}.values())

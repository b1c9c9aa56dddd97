"""A disk that is full for a while, as SQLite sees it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from tests.verify_snippets.store import values
from verify_snippets.store import Store

BIG = [values.standing(values.key(lineage=f"{number}" * 500)) for number in range(50)]
"""More than the room that is left on a full disk."""


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    """SQLite finds no room for one page more until the end of the block."""
    engine = store._database.engine
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)

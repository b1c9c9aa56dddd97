"""Write dumps of stores of a revision, with data in every table: tests bring them up to date.

    python -m tests.tools.store_dumps [REVISION]

writes ``tests/data/store/REVISION.sqlite.sql`` and ``.postgresql.sql``, of the newest revision unless another
is named. Needs PostgreSQL's server.
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, MetaData, insert, select

from tests import postgres
from tests.verify_snippets.store.filled import fill
from verify_snippets.store import open_store, schema
from verify_snippets.store.address import parse
from verify_snippets.store.database import Database
from verify_snippets.store.tables import VERSION_TABLE

FOLDER = Path(__file__).parents[1] / "data" / "store"


def main(revision: str) -> None:
    """Write both dumps of a revision."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        newest, asked = f"{folder}/newest.db", f"{folder}/asked.db"
        _make(f"sqlite:///{newest}", f"sqlite:///{asked}", revision)
        with closing(sqlite3.connect(asked)) as connection:
            _write(revision, "sqlite", "\n".join(connection.iterdump()))
    with postgres.running_server() as server:
        newest, asked = server.new_database(), server.new_database()
        _make(newest, asked, revision)
        _write(revision, "postgresql", server.dump(asked))


def _make(newest: str, asked: str, revision: str) -> None:
    """Fill a store of today, and copy what an older one has columns for."""
    with open_store(newest) as store:
        fill(store)
    source, target = Database(parse(newest)), Database(parse(asked))
    target.write(lambda connection: command.upgrade(schema.config(connection), revision))
    with source.reading() as connection:
        target.write(lambda other: _copy(connection, other))
    source.close()
    target.close()


def _copy(source: Connection, target: Connection) -> None:
    theirs, ours = MetaData(), MetaData()
    theirs.reflect(source)
    ours.reflect(target)
    for table in ours.sorted_tables:
        if table.name == VERSION_TABLE:
            continue
        columns = [theirs.tables[table.name].c[name] for name in table.c.keys()]  # noqa: SIM118  no dict
        rows = [dict(row) for row in source.execute(select(*columns)).mappings()]
        if rows:
            target.execute(insert(table), rows)


def _write(revision: str, kind: str, dump: str) -> None:
    """Keep statements only: comments and the client's own commands differ from one run to the next."""
    lines = [line for line in dump.splitlines() if line and not line.startswith(("--", "\\"))]
    (FOLDER / f"{revision}.{kind}.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else schema.HEAD)

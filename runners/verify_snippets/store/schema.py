"""The schema's versions: a store of an older version is brought up to date when it is opened.

After a change to ``tables.py``, write the next revision with

    python -m verify_snippets.store.schema "what it adds"

read what it wrote in ``migrations/versions``, add its number to ``REVISIONS``, and keep a dump of a store of
the revision before it for the tests (``python -m tests.tools.store_dumps``).
"""

import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.store.address import parse
from verify_snippets.store.database import Database
from verify_snippets.store.tables import VERSION_TABLE

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001", "0002")
HEAD = REVISIONS[-1]

_MIGRATIONS = Path(__file__).parent / "migrations"
_KEY = 0x7665726966790002  # as the one in ``locks``: "verify", two


def bring_up_to_date(database: Database) -> None:
    """Make the tables, or change those of an older version; all of it or nothing.

    Raises:
        UsageError: it is somebody else's database, or of a newer version than this.
        InfrastructureError: an SQLite file could not be copied beforehand.
    """
    if database.read(lambda connection: _version(connection, database)) == HEAD:
        return
    database.write(lambda connection: _upgrade(connection, database))


def config(connection: Connection) -> "Config":
    """Alembic's settings for work over ``connection``."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    made.set_main_option("file_template", "v%%(rev)s_%%(slug)s")  # so that it can be imported, and checked
    made.attributes["connection"] = connection
    return made


def _upgrade(connection: Connection, database: Database) -> None:
    from alembic import command

    if not database.is_sqlite:  # two machines may open it at once; SQLite has let in one of them only
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})
    version = _version(connection, database)
    if version == HEAD:
        return
    if version is not None and database.address.file is not None:
        _copy(database.address.file, version)
    command.upgrade(config(connection), "head")


def _version(connection: Connection, database: Database) -> str | None:
    """The revision of the tables that are there; None where there are none yet."""
    tables = inspect(connection)
    if not tables.has_table(VERSION_TABLE):
        if database.is_sqlite and tables.get_table_names():
            raise UsageError(
                f"{database.address.shown} is a database of another program",
                hint="name another file, or one that isn't there yet",
            )
        return None
    version = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  ours
    if version is not None and version not in REVISIONS:
        raise UsageError(
            f"the store {database.address.shown} was made by a newer version of verify-snippets",
            hint="pip install --upgrade verify-snippets",
        )
    return version


def _copy(file: Path, version: str) -> None:
    """Keep the file as it was, beside it, whatever the migration may do to it."""
    copy = file.with_name(f"{file.name}.before-{version}")
    try:
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        raise InfrastructureError(
            f"the store {file} could not be copied to {copy.name} before its tables are changed: {error}",
            hint="make room on its disk, and see that its folder can be written",
        ) from error


def _write_revision(arguments: Sequence[str]) -> None:
    """Write what differs between the newest revision and ``tables.py`` into a new one."""
    from alembic import command

    with tempfile.TemporaryDirectory() as folder:
        database = Database(parse(f"sqlite:///{folder}/empty.db"))
        bring_up_to_date(database)
        number = f"{len(REVISIONS) + 1:04}"
        with database.engine.connect() as connection:
            command.revision(config(connection), " ".join(arguments), autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit('usage: python -m verify_snippets.store.schema "what the revision adds"')
    _write_revision(sys.argv[1:])

"""Stores of every earlier version are brought up to date with all that is in them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from snippet_images.errors import InfrastructureError, UsageError
from tests.postgres import PostgresServer
from tests.tools.store_dumps import FOLDER
from tests.verify_snippets.store import values
from tests.verify_snippets.store.filled import RUNS, VISIT, fill
from tests.verify_snippets.store.values import DAY, NOW
from verify_snippets.store import Store, open_store, schema
from verify_snippets.store.address import parse
from verify_snippets.store.database import Database
from verify_snippets.store.records import CardState
from verify_snippets.store.tables import PREFIX, VERSION_TABLE, metadata

KINDS = ("sqlite", "postgresql")


def restored(revision: str, kind: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """The URL of a database with what a dump holds."""
    dump = (FOLDER / f"{revision}.{kind}.sql").read_text(encoding="utf-8")
    if kind == "sqlite":
        with closing(sqlite3.connect(folder / "old.db")) as connection:
            connection.executescript(dump)
        return f"sqlite:///{folder}/old.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_database()
    server.sql(dump, url)
    return url


@pytest.fixture(params=[(revision, kind) for revision in schema.REVISIONS for kind in KINDS], ids="-".join)
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store that another version made and filled, opened by this one."""
    revision, kind = request.param
    with open_store(restored(revision, kind, tmp_path, request)) as store:
        yield store


def test_an_old_store_keeps_all_that_is_in_it(old_store: Store) -> None:
    assert sorted(old_store.every_run(), key=lambda run: run.ran_at) == list(RUNS)
    assert [run.memory_bytes for run in old_store.past_runs(["acme/tiny"])["acme/tiny"]] == [
        3_000_000_000
    ] * len(RUNS)
    plain = [replace(found, kind="", sketch="") for found in old_store.standings()]
    assert plain == [values.standing(RUNS[0].snippet), values.standing(RUNS[2].snippet)]
    assert old_store.visits() == {"acme/tiny": VISIT}
    assert old_store.changes() == [values.change(1)]
    assert old_store.last_report("acme/tiny") == (values.report(), NOW)
    (night,) = old_store.nights()
    assert (night.target, night.counts, night.ended_at) == ("acme", {"models": 2}, NOW + DAY)


def test_an_old_store_takes_all_that_a_new_one_takes(old_store: Store) -> None:
    fill(old_store)
    old_store.seen([values.listed("acme/new")], at=NOW + DAY, whole=True, owner="acme")
    gone = {model.listed.repo_id: (model.gone, model.card) for model in old_store.models()}
    assert gone == {
        "acme/new": (False, CardState.UNSEEN),
        "acme/tiny": (True, CardState.READ),
        "gpt2": (False, CardState.NO_CARD),
    }


def test_a_new_store_has_the_tables_that_the_code_speaks_of(store_url: str) -> None:
    open_store(store_url).close()
    with bare(store_url) as database:
        assert database.read(_differences) == []


def test_every_revision_is_known_and_has_its_dumps() -> None:
    with bare("sqlite://") as database, database.reading() as connection:
        script = ScriptDirectory.from_config(schema.config(connection))
    assert [found.revision for found in reversed(list(script.walk_revisions()))] == list(schema.REVISIONS)
    dumps = {f"{revision}.{kind}.sql" for revision in schema.REVISIONS for kind in KINDS}
    assert {file.name for file in FOLDER.iterdir()} == dumps


def test_a_file_is_copied_before_it_is_changed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    open_store(restored("0001", "sqlite", tmp_path, request)).close()
    with closing(sqlite3.connect(tmp_path / "old.db.before-0001")) as copy:
        assert copy.execute("SELECT version_num FROM vs_version").fetchone() == ("0001",)
        assert copy.execute("SELECT count(*) FROM vs_run").fetchone() == (len(RUNS),)


@pytest.mark.parametrize("kind", KINDS)
def test_a_migration_that_fails_leaves_everything_as_it_was(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = restored("0001", kind, tmp_path, request)
    told = InfrastructureError("no more")
    with (
        patch("alembic.op.create_index", side_effect=told),
        pytest.raises(InfrastructureError, match="no more"),
    ):
        open_store(url)
    with bare(url) as database, database.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM vs_version").scalar() == "0001"
        assert connection.dialect.has_table(connection, "vs_run")
        assert not connection.dialect.has_table(connection, "vs_claim")
    with open_store(url) as store:
        assert len(list(store.every_run())) == len(RUNS)


def test_a_store_of_a_newer_version_is_left_alone(store_url: str) -> None:
    open_store(store_url).close()
    with bare(store_url) as database:
        database.write(lambda c: c.exec_driver_sql("UPDATE vs_version SET version_num = '9999'"))
    with pytest.raises(UsageError, match="newer version"):
        open_store(store_url)


def test_postgresql_may_hold_the_tables_of_others(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    postgres.sql("CREATE TABLE alembic_version (version_num text); CREATE TABLE run (id int)", url)
    open_store(url).close()
    with bare(url) as database:
        assert database.read(_differences) == []


def _differences(connection: Connection) -> list[object]:
    options = {"version_table": VERSION_TABLE, "include_name": _ours}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or str(name).startswith(PREFIX)


@contextmanager
def bare(url: str) -> Iterator[Database]:
    """A database as such, closed at the end."""
    database = Database(parse(url), patience_s=0)
    try:
        yield database
    finally:
        database.close()

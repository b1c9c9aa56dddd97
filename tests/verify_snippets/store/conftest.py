"""Stores on each kind of database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import PostgresServer
from verify_snippets.store import Store, open_store
from verify_snippets.store.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made; on PostgreSQL skipped where there is no server to start."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/night.db"
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without a row."""
    file = tmp_path_factory.mktemp("store") / "empty.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def used_database(postgres: PostgresServer) -> str:
    """The URL of a store that one test after the other is given."""
    url = postgres.new_database()
    open_store(url).close()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store without a row; its tables are not made anew, which would take most of a test's time."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "night.db")
        url = f"sqlite:///{tmp_path}/night.db"
    else:
        url = request.getfixturevalue("used_database")
        tables = ", ".join(name for name in metadata.tables)
        request.getfixturevalue("postgres").sql(f"TRUNCATE {tables} RESTART IDENTITY", url)
    with open_store(url) as opened:
        yield opened

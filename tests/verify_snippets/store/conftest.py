"""Stores on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_snippets.store import Store, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made; on PostgreSQL skipped where there is no server to start."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/night.db"
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A new store."""
    with open_store(store_url) as opened:
        yield opened

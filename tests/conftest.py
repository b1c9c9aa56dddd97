"""Fixtures that every test can ask for."""

from collections.abc import Iterator

import pytest

from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import EngineUnavailableError


@pytest.fixture(scope="session", params=["bubblewrap", pytest.param("docker", marks=pytest.mark.docker)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine that must pass; one that does not answer here is skipped with its reason."""
    try:
        opened = open_engine(request.param)
    except EngineUnavailableError as error:
        pytest.skip(f"{request.param}: {error.message}")
    yield opened
    opened.sweep()
    opened.close()

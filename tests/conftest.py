"""Fixtures that every test can ask for."""

import signal
from collections.abc import Callable, Iterator

import pytest

from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import ENGINES
from snippet_sandbox.engines.bubblewrap import BubblewrapEngine
from snippet_sandbox.errors import EngineUnavailableError
from tests.postgres import PostgresServer, running_server, why_not

# Background jobs inherit an ignored SIGINT from their shell, or SIGHUP from nohup, and hand it on to all that
# they start; tests send both.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Verdicts that tests keep are no user's, and no user's are reused in tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


TESTED: dict[str, Callable[[], Engine]] = {
    "bubblewrap": ENGINES["bubblewrap"],
    # as an ordinary user has it: a user namespace, no cgroup
    "bubblewrap-rootless": lambda: BubblewrapEngine(rootless=True),
    "docker": ENGINES["docker"],
}


@pytest.fixture(
    scope="session",
    params=["bubblewrap", "bubblewrap-rootless", pytest.param("docker", marks=pytest.mark.docker)],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine that must pass; one that does not answer here is skipped with its reason."""
    try:
        opened = TESTED[request.param]()
    except EngineUnavailableError as error:
        pytest.skip(f"{request.param}: {error.message}")
    yield opened
    opened.sweep()
    opened.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process's own; skipped with a reason where there can be none."""
    if reason := why_not():
        pytest.skip(reason)
    with running_server() as server:
        yield server

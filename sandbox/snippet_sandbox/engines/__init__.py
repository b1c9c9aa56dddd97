"""Engines by name. A new one is a module and a row here."""

from collections.abc import Callable

from snippet_sandbox.engine import Engine
from snippet_sandbox.errors import EngineUnavailableError


def _docker() -> Engine:
    from snippet_sandbox.engines.docker import DockerEngine

    return DockerEngine()


def _podman() -> Engine:
    from snippet_sandbox.engines.docker import PodmanEngine

    return PodmanEngine()


def _bubblewrap() -> Engine:
    from snippet_sandbox.engines.bubblewrap import BubblewrapEngine

    return BubblewrapEngine()


# in the order in which they are tried when nobody names one; each is imported only when it is asked for
ENGINES: dict[str, Callable[[], Engine]] = {"docker": _docker, "podman": _podman, "bubblewrap": _bubblewrap}


def open_engine(name: str | None = None) -> Engine:
    """The engine of this name; without a name, the first that answers.

    Raises:
        EngineUnavailableError: it does not answer, or none does.
    """
    if name:
        return ENGINES[name]()
    refusals = []
    for open_one in ENGINES.values():
        try:
            return open_one()
        except EngineUnavailableError as error:
            refusals.append(error)
    last = refusals[-1]
    raise EngineUnavailableError(
        "no engine can run snippets on this host: " + "; ".join(error.message for error in refusals),
        hint=last.hint,
    )

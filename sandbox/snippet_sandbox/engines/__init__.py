"""Engines by name. A new one is a module and a row here."""

from collections.abc import Callable

from snippet_sandbox.engine import Engine
from snippet_sandbox.errors import EngineUnavailableError


def _docker(runtime: str | None = None) -> Engine:
    from snippet_sandbox.engines.docker import DockerEngine

    return DockerEngine(runtime)


def _podman(runtime: str | None = None) -> Engine:
    from snippet_sandbox.engines.docker import PodmanEngine

    return PodmanEngine(runtime)


def _bubblewrap(runtime: str | None = None) -> Engine:
    from snippet_sandbox.engines.bubblewrap import BubblewrapEngine

    if runtime:
        raise EngineUnavailableError(
            f"bubblewrap has no runtime named {runtime!r}: it starts containers itself",
            hint="pass `--engine docker` with --runtime",
        )
    return BubblewrapEngine()


# in the order in which they are tried when nobody names one; each is imported only when it is asked for
ENGINES: dict[str, Callable[..., Engine]] = {"docker": _docker, "podman": _podman, "bubblewrap": _bubblewrap}


def open_engine(name: str | None = None, runtime: str | None = None) -> Engine:
    """The engine of this name; without a name, the first that answers.

    Args:
        name: key of ``ENGINES``.
        runtime: what it starts containers with, for engines that have several; its own default if None.

    Raises:
        EngineUnavailableError: it does not answer or lacks the runtime, or none does.
    """
    options = {"runtime": runtime} if runtime else {}
    if name:
        return ENGINES[name](**options)
    refusals = []
    for open_one in ENGINES.values():
        try:
            return open_one(**options)
        except EngineUnavailableError as error:
            refusals.append(error)
    last = refusals[-1]
    raise EngineUnavailableError(
        "no engine can run snippets on this host: " + "; ".join(error.message for error in refusals),
        hint=last.hint,
    )

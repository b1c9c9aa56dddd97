"""Engine: answers where one job runs. Who drives many is a runner's question."""

import threading
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from snippet_images.built import BuiltImage
from snippet_images.progress import Listener
from snippet_sandbox.job import Job, Measurement


@dataclass(frozen=True, kw_only=True)
class EngineInfo:
    """What an engine is and where its walls are thin.

    Attributes:
        name: key of the engine in ``snippet_sandbox.engines.ENGINES``.
        version: the engine's own version.
        runtime: what starts its containers, where an engine has several: ``runc``, ``runsc`` ...
        walls: what stands between a job and the host beside namespaces, a short phrase each.
        unenforced: the limits it can't enforce on this host, a short phrase each; shown to the user.
    """

    name: str
    version: str
    runtime: str = ""
    walls: tuple[str, ...] = ()
    unenforced: tuple[str, ...] = ()


class Standing(Protocol):
    """A fresh container that waits for its one job and has run nothing of it."""

    def run(self, *, cancel: threading.Event | None = None) -> Measurement:
        """Hand the job in and watch it to its end; the container is gone afterwards.

        Args:
            cancel: once set, the job is ended and its measurement says ``cancelled``.

        Raises:
            EngineError: the engine could not run it. A snippet that fails is no error.
        """

    def close(self) -> None:
        """Throw the container away; a no-op after ``run``."""


@runtime_checkable
class HasRuntimes(Protocol):
    """An engine that can start containers in several ways."""

    def runtimes(self) -> tuple[str, ...]:
        """Their names."""


@runtime_checkable
class HandsOutGpus(Protocol):
    """An engine whose containers can have GPUs."""

    def check_gpus(self) -> None:
        """Look whether this host's GPUs can be handed out, as far as that is known before it is done.

        Raises:
            InfrastructureError: they can't; its hint says what to do about that.
        """


class Engine(Protocol):
    """Runs one job in a fresh container and says what it saw.

    Safe to call from several threads. Every call is bounded in time.
    """

    def info(self) -> EngineInfo:
        """What this engine is."""

    def ensure_image(self, name: str, listener: Listener) -> BuiltImage:
        """The image of this name, built first if it has to be.

        Raises:
            ImageBuildError: it could not be built.
        """

    def start(self, job: Job, *, cancel: threading.Event | None = None) -> Standing:
        """Start a container for one job, ahead of the time at which it is to run.

        Args:
            job: what will be run; of it, only its imports are run while it waits, if they are to be.
            cancel: once set, nothing is waited for any more.

        Raises:
            EngineError: the engine could not start it.
        """

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Measurement:
        """Run one job in a container of its own and throw the container away: ``start``, then ``run``."""

    def sweep(self) -> int:
        """Remove what runs that are no longer alive left behind; return how many things that were."""

    def close(self) -> None:
        """Let go of the engine."""

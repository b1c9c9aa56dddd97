"""The program as a maintainer's cron starts it: with a Hub, a store and data of its own, and counted."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hub_server import HubServer
from tests.nights.counting import CountedBubblewrap, counted
from tests.nights.images import OLD, SmallImages
from verify_snippets.store import open_store
from verify_snippets.store.records import StoredRun
from verify_snippets.store.store import Store

LIMIT_S = 550.0


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What one night said and did.

    Attributes:
        pid: of the program.
        exit_code: what it ended with.
        stdout: the summary.
        stderr: what it said meanwhile.
        containers: how many it started.
        requests: ``METHOD /path`` of all that it asked the Hub.
        duration_s: from start to end.
    """

    pid: int
    exit_code: int
    stdout: str
    stderr: str
    containers: int
    requests: tuple[str, ...]
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class World:
    """Where nights happen.

    Attributes:
        folder: short, empty at first, and theirs alone: ``TMPDIR``, the Hub cache and data are in it.
        hub: the Hub.
        bubblewrap: counts containers.
        images: small ones, by the release of the library that they hold; empty for the program's own.
        store_url: where the history is; None for a file in the folder.
        engine: the engine's name.
    """

    folder: Path
    hub: HubServer
    bubblewrap: CountedBubblewrap
    images: Mapping[str, SmallImages]
    store_url: str | None = None
    engine: str = "bubblewrap"

    def environment(self, release: str = OLD) -> dict[str, str]:
        """Variables of the program."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING_FACE_"))}
        (self.folder / "tmp").mkdir(exist_ok=True)
        own = {
            "TMPDIR": str(self.folder / "tmp"),
            "HF_HOME": str(self.folder / "hf"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "HF_ENDPOINT": self.hub.endpoint,
            "COLUMNS": "160",
            "NO_COLOR": "1",
            "PYTHONPATH": str(self.bubblewrap.folder),
        }
        if self.images:
            small = self.images[release].environment
            own |= small | {"PYTHONPATH": f"{own['PYTHONPATH']}{os.pathsep}{small['PYTHONPATH']}"}
        return inherited | own

    @property
    def url(self) -> str:
        """Of the store."""
        return self.store_url or f"sqlite:///{self.folder / 'night.db'}"

    def command(self, *arguments: str | Path) -> list[str]:
        """``verify-snippets org`` with this world's store and engine."""
        words = [*map(str, arguments), "--store", self.url, "--engine", self.engine]
        return [sys.executable, "-m", "verify_snippets", "org", *words]

    def night(self, *arguments: str | Path, release: str = OLD) -> Spent:
        """Spend a whole night."""
        containers, requests, began = self.bubblewrap.count(), len(self.hub.seen), time.monotonic()
        with subprocess.Popen(
            self.command(*arguments),
            env=self.environment(release),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                stdout, stderr = process.communicate(timeout=LIMIT_S)
            finally:
                process.kill()
        return Spent(
            pid=process.pid,
            exit_code=process.returncode,
            stdout=stdout,
            stderr=stderr,
            containers=self.bubblewrap.count() - containers,
            requests=tuple(map(str, self.hub.seen[requests:])),
            duration_s=time.monotonic() - began,
        )

    @contextmanager
    def begun(self, *arguments: str | Path, log: Path) -> Iterator[subprocess.Popen[str]]:
        """Begin a night; what it says goes to ``log``. It is ended when the context is left."""
        with log.open("w") as said:
            process = subprocess.Popen(
                self.command(*arguments),
                env=self.environment(),
                stdout=said,
                stderr=said,
                text=True,
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait(30)

    def runs(self) -> list[StoredRun]:
        """All runs in the history."""
        with self.store() as store:
            return list(store.every_run())

    @contextmanager
    def store(self) -> Iterator[Store]:
        """What is in the history."""
        with open_store(self.url) as store:
            yield store


@contextmanager
def new_world(images: Mapping[str, SmallImages], **attributes: Any) -> Iterator[World]:
    """A world with an empty Hub; attributes of ``World`` may be given."""
    with tempfile.TemporaryDirectory(prefix="vs") as name, HubServer() as hub:
        folder = Path(name)
        yield World(folder=folder, hub=hub, bubblewrap=counted(folder / "bwrap"), images=images, **attributes)

"""The folders of one run, and how what a dead run left behind is found.

Two places per run: views of the Hub cache, and sockets. Views lie under the Hub cache because hard links
can't cross filesystems. ``hf cache`` may mention the folder while a run lives; it is gone afterwards.

A run holds a lock on its folder for as long as it lives. The kernel lets go of it however the process ends,
so a folder whose lock can be had is a dead run's: that is surer than process numbers, which mean nothing in
another container or on another machine that shares the cache.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from huggingface_hub import constants

from snippet_sandbox.errors import GatewayError

VIEWS_FOLDER = ".verify-snippets"
_OWNER_FILE = "owner.lock"
_SOCKETS_FILE = "sockets"
_GATE_FILE = "gate.lock"
_SOCKETS_PREFIX = "verify-snippets-"
# Others may pass through, for the container's user is not ours, but can't look around: names are not
# guessable.
_CLOSED_MODE = 0o711


class RunFolders:
    """Where one run keeps its views and its sockets. A context manager: all is gone afterwards.

    Attributes:
        views: below the Hub cache.
        sockets: in the system's folder for temporary files.
    """

    def __init__(self, hub_cache: Path) -> None:
        self._base = hub_cache / VIEWS_FOLDER
        self._lock: int | None = None
        self.views = self._base / secrets.token_hex(16)
        self.sockets = Path(tempfile.gettempdir()) / f"{_SOCKETS_PREFIX}{secrets.token_hex(16)}"

    def __enter__(self) -> "RunFolders":
        try:
            self._create()
        except OSError as error:
            self._remove()
            raise GatewayError(
                f"the folder {error.filename or self._base} can't be made: {error.strerror}",
                hint="name a Hub cache that can be written with HF_HUB_CACHE, or make room on its disk",
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def _create(self) -> None:
        try:
            self._create_views()
        except FileNotFoundError:  # another run ended just then and took the empty base with it
            self._create_views()
        (self.views / _SOCKETS_FILE).write_text(str(self.sockets))
        _make_closed(self.sockets)

    def _create_views(self) -> None:
        _make_closed(self._base, parents=True)
        with _gate(self._base):
            _make_closed(self.views)
            self._lock = os.open(self.views / _OWNER_FILE, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _remove(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.views, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        _remove_base_if_empty(self._base)


def sweep(hub_cache: Path | None = None) -> int:
    """Remove what dead runs left below a Hub cache, the user's by default; return how many runs that were."""
    base = (hub_cache or Path(constants.HF_HUB_CACHE)) / VIEWS_FOLDER
    if not base.is_dir():
        return 0
    try:
        with _gate(base):
            swept = sum(_sweep_one(folder) for folder in base.iterdir() if folder.is_dir())
    except OSError:  # someone else's folder: theirs to sweep
        return 0
    _remove_base_if_empty(base)
    return swept


def _sweep_one(folder: Path) -> bool:
    if not _is_dead(folder / _OWNER_FILE):
        return False
    with suppress(OSError, ValueError):
        sockets = Path((folder / _SOCKETS_FILE).read_text())
        if sockets.name.startswith(_SOCKETS_PREFIX) and sockets.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _is_dead(lock_file: Path) -> bool:
    try:
        lock = os.open(lock_file, os.O_RDWR)
    except FileNotFoundError:
        return True  # made under the gate, so a living run has its lock
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(lock)
    return True


@contextmanager
def _gate(base: Path) -> Iterator[None]:
    """One at a time makes or sweeps runs' folders; held for milliseconds."""
    gate = os.open(base / _GATE_FILE, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _remove_base_if_empty(base: Path) -> None:
    with suppress(OSError):
        if [entry.name for entry in base.iterdir()] == [_GATE_FILE]:
            (base / _GATE_FILE).unlink()
            base.rmdir()


def _make_closed(folder: Path, *, parents: bool = False) -> None:
    folder.mkdir(parents=parents, exist_ok=parents)
    folder.chmod(_CLOSED_MODE)

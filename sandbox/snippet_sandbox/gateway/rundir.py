"""The folders of one run, and how what a dead run left behind is found.

Two places per run: views of the Hub cache, and sockets. Views lie under the Hub cache because hard links
can't cross filesystems. ``hf cache`` may mention the folder while a run lives; it is gone afterwards.

A run holds a lock on each of its folders for as long as it lives. The kernel lets go of it however the
process ends, so a folder whose lock can be had is a dead run's: that is surer than process numbers, which
mean nothing in another container or on another machine that shares the cache. Sockets are looked for by
themselves, too: a run's views may be gone with its Hub cache.
"""

import fcntl
import os
import re
import secrets
import shutil
import tempfile
import time
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
_SOCKETS_NAME = re.compile(rf"{_SOCKETS_PREFIX}[0-9a-f]{{32}}")
_LOCKED_BY_S = 3600.0  # it takes milliseconds to make a folder and lock it, unless the host sleeps meanwhile
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
        self._locks: list[int] = []
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
        self._locks.append(_locked(self.sockets / _OWNER_FILE))

    def _create_views(self) -> None:
        _make_closed(self._base, parents=True)
        with _gate(self._base):
            _make_closed(self.views)
            self._locks.append(_locked(self.views / _OWNER_FILE))

    def _remove(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.views, ignore_errors=True)
        while self._locks:
            os.close(self._locks.pop())
        _remove_base_if_empty(self._base)


def sweep(hub_cache: Path | None = None) -> int:
    """Remove what dead runs left, below a Hub cache (the user's by default) and in the folder for sockets.

    Returns:
        How many runs that were.
    """
    base = (hub_cache or Path(constants.HF_HUB_CACHE)) / VIEWS_FOLDER
    return _sweep_views(base) + _sweep_sockets(Path(tempfile.gettempdir()))


def _sweep_views(base: Path) -> int:
    if not base.is_dir():
        return 0
    try:
        with _gate(base):
            swept = sum(_sweep_one(folder) for folder in base.iterdir() if folder.is_dir())
    except OSError:  # someone else's folder: theirs to sweep
        return 0
    _remove_base_if_empty(base)
    return swept


def _sweep_sockets(base: Path) -> int:
    """Remove the sockets of dead runs whose views are gone, or lie below another Hub cache."""
    swept = 0
    with suppress(OSError), os.scandir(base) as entries:
        for entry in entries:
            if _SOCKETS_NAME.fullmatch(entry.name) and _is_abandoned(entry):
                shutil.rmtree(entry.path, ignore_errors=True)
                swept += 1
    return swept


def _is_abandoned(entry: "os.DirEntry[str]") -> bool:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:  # its run has just ended
        return False
    if not entry.is_dir(follow_symlinks=False) or found.st_uid != os.geteuid():
        return False
    lock_file = Path(entry.path, _OWNER_FILE)
    if not lock_file.exists() and time.time() - found.st_mtime < _LOCKED_BY_S:
        return False  # no gate is held where all users make folders, so it may be about to be locked
    return _is_dead(lock_file)


def _sweep_one(folder: Path) -> bool:
    if not _is_dead(folder / _OWNER_FILE):
        return False
    with suppress(OSError, ValueError):
        sockets = Path((folder / _SOCKETS_FILE).read_text())
        if sockets.name.startswith(_SOCKETS_PREFIX) and sockets.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _locked(file: Path) -> int:
    """A new lock, held until it is closed."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _is_dead(lock_file: Path) -> bool:
    try:
        lock = os.open(lock_file, os.O_RDWR)
    except FileNotFoundError:
        return True  # of views: made under the gate, so a living run has its lock
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

"""Locks between processes: one builds or removes a thing while any number may use it.

One empty file stands for each thing. The kernel lets go of a lock when its process dies, however it
dies, so nothing stays locked. The files themselves stay: removing one would let two processes hold
"the" lock through different files.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from snippet_images import paths
from snippet_images.errors import ImageBuildError, InfrastructureError
from snippet_images.progress import Listener, Progress

_POLL_S = 0.1
_WAIT_LIMIT_S = 3600.0


class Lock:
    """A lock on the thing of this name: shared by those who use it, exclusive to the one who changes it.

    Raises:
        InfrastructureError: the cache folder can't be written.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        path: Path = paths.locks_dir() / f"{name}.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a")
        except OSError as error:
            raise InfrastructureError(
                f"the cache folder can't be used: {error}",
                hint=f"make {paths.cache_dir()} writable, or set {paths.CACHE_VARIABLE} to another folder",
            ) from error

    def try_exclusive(self) -> bool:
        """Take it alone, or turn a shared hold into that; False if anybody else holds it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take it with others, or turn an exclusive hold into that; False if somebody holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def wait(self, attempt: Callable[[], bool], *, limit_s: float, on_wait: Callable[[], None]) -> bool:
        """Try until ``attempt`` succeeds; ``on_wait`` is called before the first pause.

        Returns:
            False if ``limit_s`` seconds passed.
        """
        if attempt():
            return True
        on_wait()
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            time.sleep(_POLL_S)
            if attempt():
                return True
        return False

    def release(self) -> None:
        """Let go of it."""
        self._file.close()

    def _try(self, mode: int) -> bool:
        try:
            fcntl.flock(self._file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def wait_alone(lock: Lock, purpose: str, listener: Listener) -> Lock:
    """Hold a lock alone, however long the others take (an hour at most); it is released on failure.

    Args:
        lock: not held yet.
        purpose: what its holders do, such as ``image cpu``.
        listener: hears that we wait.

    Raises:
        ImageBuildError: nobody let go of it.
    """
    return _wait(lock, lock.try_exclusive, purpose, listener)


def wait_shared(lock: Lock, purpose: str, listener: Listener) -> Lock:
    """Like :func:`wait_alone`, but hold it with others."""
    return _wait(lock, lock.try_shared, purpose, listener)


def _wait(lock: Lock, attempt: Callable[[], bool], purpose: str, listener: Listener) -> Lock:
    def say_waiting() -> None:
        listener(Progress(what=f"waiting for another process that is busy with {purpose}"))

    try:
        if lock.wait(attempt, limit_s=_WAIT_LIMIT_S, on_wait=say_waiting):
            return lock
    except BaseException:
        lock.release()
        raise
    lock.release()
    raise ImageBuildError(
        f"another process has been busy with {purpose} for an hour",
        hint="look for other verify-snippets processes, end them, and try again",
    )


_held: dict[str, Lock] = {}


def keep(lock: Lock) -> None:
    """Hold a lock until this process ends or :func:`let_go` is called, so that nobody removes its thing."""
    _held.setdefault(lock.name, lock)
    if _held[lock.name] is not lock:
        lock.release()


def is_kept(name: str) -> bool:
    """Whether this process holds the lock of this name through :func:`keep`."""
    return name in _held


def kept() -> tuple[str, ...]:
    """The names of the locks that this process holds through :func:`keep`."""
    return tuple(_held)


def let_go(name: str) -> None:
    """Undo :func:`keep`."""
    lock = _held.pop(name, None)
    if lock is not None:
        lock.release()


@contextmanager
def exclusive_if_free(name: str) -> Iterator[bool]:
    """Hold the lock alone for a while; gives False, and holds nothing, where it is in use."""
    lock = Lock(name)
    try:
        yield lock.try_exclusive()
    finally:
        lock.release()

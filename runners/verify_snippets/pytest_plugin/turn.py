"""Turns of several programs that verify at once: what is timed runs while nothing else does."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turn:
    """One program's part in it.

    Args:
        file: the same for all of them; None where there is only one.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    @contextmanager
    def taken(self, *, alone: bool) -> Iterator[None]:
        """Wait for a turn, and hold it meanwhile.

        Args:
            alone: whether nobody else may have one; else all who don't ask for that may.
        """
        if self._file is None:
            yield
            return
        with self._file.open("a") as lock:  # closing it gives the lock back, and so does a killed process
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

"""One night at a time: locks that end with the process that holds them, however it ends."""

import fcntl
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text

from snippet_images.errors import InfrastructureError
from verify_snippets.store import trouble
from verify_snippets.store.database import Database

_KEY = 0x7665726966790001  # PostgreSQL's advisory locks have numbers for names; "verify", one
_TRY = text("SELECT pg_try_advisory_lock(:key)")
_SET = text("SELECT set_config(:name, :value, false)")
_GRACE_S = 1.5
_PAUSE_S = 0.1

# How soon the server lets go of a lock whose machine lost its power: two minutes instead of two hours
_KEEPALIVE = {
    "tcp_keepalives_idle": "60",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "6",
}


class Lock(Protocol):
    """A lock on a store."""

    def acquire(self) -> bool:
        """Take it; False where somebody else has it."""

    def keep(self) -> bool:
        """Take it again if it was lost; False where somebody else has it now."""

    def release(self) -> None:
        """Let go of it."""


def lock_for(database: Database) -> Lock:
    """The kind of lock that a database allows."""
    if not database.is_sqlite:
        return AdvisoryLock(database)
    file = database.address.file
    return FileLock(file.with_name(f"{file.name}.lock")) if file is not None else MemoryLock()


class FileLock:
    """A lock on a file beside the database; the kernel frees it when the process is gone.

    The database's own file won't do: SQLite locks that, and loses its locks when anybody in the process
    closes it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take it; False where somebody else has it."""
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise InfrastructureError(
                f"the lock {self._file} can't be opened: {error.strerror or error}",
                hint="may you write the file and its folder?",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def keep(self) -> bool:
        """It can't be lost."""
        return True

    def release(self) -> None:
        """Let go of it; the file stays, because another process may be about to lock it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class MemoryLock:
    """A lock on a database in memory, which no other process sees."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def acquire(self) -> bool:
        """Take it; False where it is taken."""
        return self._lock.acquire(blocking=False)

    def keep(self) -> bool:
        """It can't be lost."""
        return True

    def release(self) -> None:
        """Let go of it."""
        if self._lock.locked():
            self._lock.release()


class AdvisoryLock:
    """A lock of a PostgreSQL server, held by a connection that does nothing else.

    It ends with the connection: the server frees it when the process is gone, and also when the server
    itself restarts. Then it has to be taken again.
    """

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take it; False where somebody else has it.

        The server takes a moment to see that a process was killed, and a night may be started at once after.
        """
        connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        connection.detach()  # the pool's connections are dropped at any trouble, and this one is not
        try:
            taken = _taken(connection)
        except BaseException:
            connection.close()
            raise
        if taken:
            self._connection = connection
        else:
            connection.close()
        return taken

    def keep(self) -> bool:
        """Take it again if its connection is gone; False where somebody else has it now."""
        if self._connection is not None:
            with suppress(*trouble.TROUBLE):
                self._connection.execute(text("SELECT 1"))
                return True
            self.release()
        return self.acquire()

    def release(self) -> None:
        """Let go of it, and of its connection."""
        if self._connection is not None:
            with suppress(*trouble.TROUBLE):
                self._connection.close()
            self._connection = None


def _taken(connection: Connection) -> bool:
    for name, value in _KEEPALIVE.items():
        connection.execute(_SET, {"name": name, "value": value})
    give_up_at = time.monotonic() + _GRACE_S
    while not connection.execute(_TRY, {"key": _KEY}).scalar_one():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(_PAUSE_S)
    return True

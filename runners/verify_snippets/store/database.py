"""One database: its connections, its transactions, and patience with it.

A night's verdicts cost minutes each, so a write that fails because a server restarts, a disk is full or a
file is locked is tried again for minutes. Each piece of work is a function of a connection, run in one
transaction of its own, and has to come to the same when it is run twice: a commit may get through and its
answer not.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from snippet_images.errors import UsageError
from verify_snippets.store import trouble
from verify_snippets.store.address import Address

T = TypeVar("T")

PATIENCE_S = 600.0
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 15.0
_BUSY_S = 30  # SQLite itself waits that long for another writer
_WRITES = "verify_snippets_writes"

_log = logging.getLogger(__name__)
# What it says of trouble is said here in one line
logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())


class Database:
    """Connections to one database; any thread may use it.

    Args:
        address: where it is.
        patience_s: for how long work is tried again; 0 for not at all.

    Attributes:
        before_write: called before each attempt to write; what it raises is treated as if the database had.
        cancel: ends all patience: once it is set, trouble is told at once.
    """

    def __init__(self, address: Address, *, patience_s: float = PATIENCE_S) -> None:
        self.address = address
        self.engine = _engine(address)
        self.patience_s = patience_s
        self.before_write: Callable[[], None] = lambda: None
        self.cancel = threading.Event()
        self._in_trouble = False
        # The one connection of a database in memory has room for one transaction
        self._turn: AbstractContextManager[Any] = threading.RLock() if address.in_memory else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file, or in memory."""
        return self.engine.dialect.name == "sqlite"

    def read(self, work: Callable[[Connection], T]) -> T:
        """Do work that changes nothing.

        Raises:
            UserFacingError: the database can't, and patience did not help.
        """
        return self._patiently(work, writes=False)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Do work in one transaction; it is on disk when this returns.

        Raises:
            UserFacingError: the database can't, and patience did not help.
        """
        return self._patiently(work, writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading bit by bit; trouble on the way is not waited out."""
        try:
            with self._turn, self.engine.connect() as connection, connection.begin():
                yield connection
        except trouble.TROUBLE as error:
            raise trouble.told(error, self.address.shown) from error

    def compact(self) -> None:
        """Give the disk back what removed rows took; PostgreSQL does so by itself.

        It takes the room of a second file while it works. Where there is none, or somebody else uses the
        file, the room stays with the file, for rows to come.
        """
        if self.address.file is None:
            return
        connection = self.engine.raw_connection()
        try:
            with suppress(sqlite3.OperationalError):
                connection.cursor().execute("VACUUM")
        finally:
            connection.close()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _patiently(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        give_up_at = time.monotonic() + self.patience_s
        for attempt in count():
            try:
                return self._once(work, writes=writes)
            except trouble.TROUBLE as error:
                pause_s = min(_FIRST_WAIT_S * 2.0**attempt, _LONGEST_WAIT_S)
                is_late = time.monotonic() + pause_s > give_up_at
                if is_late or not trouble.passes(error) or self.cancel.wait(pause_s):
                    raise trouble.told(error, self.address.shown) from error
        raise AssertionError("counting never ends")

    def _once(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        try:
            if writes:
                self.before_write()
            with self._turn, self._connected(writes=writes) as connection, connection.begin():
                done = work(connection)
        except trouble.TROUBLE as error:
            if self.patience_s and trouble.passes(error) and not self.cancel.is_set():
                self._say_trouble(trouble.reason(error))
                self._forget_connections()
            raise
        self._say_well()
        return done

    def _connected(self, *, writes: bool) -> Connection:
        return self.engine.connect().execution_options(**{_WRITES: writes})

    def _say_trouble(self, reason: str) -> None:
        """Say once that there is trouble, however often and by however many threads it is tried again."""
        if not self._in_trouble:
            self._in_trouble = True
            patience = f"{self.patience_s / 60:.0f} minutes"
            _log.warning("the store %s: %s; trying again for %s", self.address.shown, reason, patience)

    def _say_well(self) -> None:
        if self._in_trouble:
            self._in_trouble = False
            _log.warning("the store %s answers again", self.address.shown)

    def _forget_connections(self) -> None:
        if not self.address.in_memory:
            self.engine.dispose()


def _engine(address: Address) -> Engine:
    if address.url.get_backend_name() == "sqlite":
        return _sqlite_engine(address)
    try:
        return create_engine(
            address.url, connect_args=dict(address.connect_args), hide_parameters=True, pool_pre_ping=True
        )
    except ModuleNotFoundError as error:
        raise UsageError(
            "a store in PostgreSQL needs a driver that is not installed",
            hint="pip install 'verify-snippets[postgresql]'",
        ) from error


def _sqlite_engine(address: Address) -> Engine:
    # A connection wanders from thread to thread, and the pool sees to it that one at a time has it
    connect_args = {"timeout": _BUSY_S, "check_same_thread": False}
    pool = {"poolclass": StaticPool} if address.in_memory else {}
    engine = create_engine(address.url, connect_args=connect_args, hide_parameters=True, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Several readers beside one writer (WAL), and every commit on the disk itself.

    With synchronous=NORMAL, WAL survives a killed process, but a power cut may undo the last commits. A
    commit costs a few milliseconds, and a verdict seconds to minutes.
    """
    connection.isolation_level = None  # transactions begin where SQLAlchemy says, and not at the first write
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Who will write says so at once: a reader that turns writer is refused without being waited for."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

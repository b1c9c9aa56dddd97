"""Holding a store for one night, through restarts of its server, and telling others who holds it."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from snippet_images.errors import InfrastructureError
from verify_snippets.store import trouble, writing
from verify_snippets.store.database import Database
from verify_snippets.store.locks import Lock
from verify_snippets.store.tables import holder


class HeldError(InfrastructureError):
    """Somebody else holds the store."""


class NotYetFreeError(OSError):
    """The server still takes our broken connection for a living one, and its lock for held."""


def this_process() -> str:
    """Who we are, for whoever is kept out."""
    return f"process {os.getpid()} on {socket.gethostname()}"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a store, and since when."""

    name: str
    since: datetime


@contextmanager
def held(database: Database, lock: Lock, name: str) -> Iterator[None]:
    """Hold the lock of a store until the end of the block.

    Args:
        database: of the store.
        lock: its lock.
        name: who holds it, for people.

    Raises:
        HeldError: somebody else does.
    """
    us = Holder(name=name, since=datetime.now(UTC))
    if not _acquired(database, lock):
        raise _taken(database, database.read(_read))
    one_at_a_time = threading.Lock()

    def keep() -> None:
        with one_at_a_time:
            _keep(database, lock, us)

    try:
        database.write(lambda connection: _write(connection, us))
        database.before_write = keep
        yield
    finally:
        database.before_write = lambda: None
        lock.release()


def _acquired(database: Database, lock: Lock) -> bool:
    try:
        return lock.acquire()
    except trouble.TROUBLE as error:
        raise trouble.told(error, database.address.shown) from error


def _keep(database: Database, lock: Lock, us: Holder) -> None:
    """Make sure that the store is still ours: its server may have restarted while nobody looked."""
    if lock.keep():
        return
    with database.engine.connect() as connection:
        now = _read(connection)
    if now == us:
        raise NotYetFreeError("its server has not yet noticed that the connection broke")
    raise _taken(database, now)


def _taken(database: Database, by: Holder | None) -> HeldError:
    who = f": {by.name}, since {by.since:%Y-%m-%d %H:%M} UTC" if by else ""
    return HeldError(
        f"another night or import is running already on the store {database.address.shown}{who}",
        hint="wait for it to end, or end it; nothing has to be cleaned up after one that was killed",
    )


def _write(connection: Connection, us: Holder) -> None:
    writing.put(connection, holder, [{"id": 1, "name": us.name, "since": us.since}], ["id"])


def _read(connection: Connection) -> Holder | None:
    row = connection.execute(select(holder)).first()
    return None if row is None else Holder(name=row.name, since=row.since)

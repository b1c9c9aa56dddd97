"""What databases complain of: what passes if one waits, and what to tell a person of the rest."""

import sqlite3
import struct
from typing import Any

from sqlalchemy.exc import DBAPIError

from snippet_images.errors import InfrastructureError, UsageError, UserFacingError

# What a broken connection to PostgreSQL may come as; its driver lets some of it through as it is
TROUBLE = (DBAPIError, OSError, struct.error)

_GO_ON = "then start it again: it goes on where it stopped"
_LOW_BYTE = 0xFF  # SQLite's extended result codes begin with the plain one

_SQLITE_PASSES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
_SQLITE: dict[int, tuple[type[UserFacingError], str, str]] = {
    sqlite3.SQLITE_NOTADB: (
        UsageError,
        "is no SQLite database",
        "name another file, or one that isn't there yet",
    ),
    sqlite3.SQLITE_READONLY: (
        InfrastructureError,
        "can't be written",
        "may you write the file and its folder?",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        InfrastructureError,
        "can't be opened",
        "may you write the file and its folder?",
    ),
    sqlite3.SQLITE_FULL: (InfrastructureError, "has no space left on its disk", f"make room, {_GO_ON}"),
    sqlite3.SQLITE_IOERR: (InfrastructureError, "can't be read or written", "is the disk full, or broken?"),
    sqlite3.SQLITE_BUSY: (InfrastructureError, "is locked by another program", f"end that program, {_GO_ON}"),
    sqlite3.SQLITE_CORRUPT: (
        InfrastructureError,
        "is damaged",
        "`sqlite3 FILE .recover` saves what can be read; older states may lie beside it (.before-*)",
    ),
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by whole code or class
_POSTGRESQL_PASSES = ("08", "40001", "40P01", "53", "55P03", "57P01", "57P02", "57P03", "58", "25006")
_POSTGRESQL: dict[str, tuple[type[UserFacingError], str, str]] = {
    "3D000": (UsageError, "does not exist", "make it first: createdb NAME"),
    "28": (
        UsageError,
        "lets nobody in by that name and password",
        "the password may also stand in PGPASSWORD",
    ),
    "42501": (UsageError, "may not be changed by this user", "grant it CREATE and USAGE on the schema"),
    "3F000": (UsageError, "has no schema to make tables in", "name one: ?options=-csearch_path%3DNAME"),
    "53100": (InfrastructureError, "has no space left on its disk", f"make room, {_GO_ON}"),
    "53300": (InfrastructureError, "has no connection left", "end other programs that use the server"),
}


def passes(error: Exception) -> bool:
    """Whether trying again later may help."""
    if isinstance(_cause(error), sqlite3.Error):
        return _sqlite_code(error) in _SQLITE_PASSES
    state = _sqlstate(error)
    return state.startswith(_POSTGRESQL_PASSES) if state else isinstance(error, TROUBLE)


def told(error: Exception, store: str) -> UserFacingError:
    """What to tell a person.

    Args:
        error: one of ``TROUBLE``.
        store: its name for people.
    """
    code, state = _sqlite_code(error), _sqlstate(error)
    found = _SQLITE.get(code) if code is not None else _by_state(state)
    if found is not None:
        kind, what, hint = found
        return kind(f"the store {store} {what}", hint=hint)
    if passes(error):
        return InfrastructureError(
            f"the store {store} doesn't answer: {reason(error)}",
            hint=f"is its server running? If so, {_GO_ON}",
        )
    return InfrastructureError(f"the store {store} refuses: {reason(error)}")


def reason(error: Exception) -> str:
    """What the database said, on one line."""
    cause = _cause(error)
    beneath = cause.__cause__  # of a connection that could not be made, the plainest word of it
    said = beneath.strerror if isinstance(beneath, OSError) else None
    return " ".join(str(_fields(cause).get("M") or said or cause).split())


def _by_state(state: str) -> tuple[type[UserFacingError], str, str] | None:
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])


def _sqlite_code(error: Exception) -> int | None:
    code = getattr(_cause(error), "sqlite_errorcode", None)
    return None if code is None else code & _LOW_BYTE


def _sqlstate(error: Exception) -> str:
    return str(_fields(_cause(error)).get("C", ""))


def _cause(error: Exception) -> BaseException:
    """What the driver raised."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _fields(cause: BaseException) -> dict[str, Any]:
    """What a PostgreSQL server says of an error, by its one-letter names."""
    first = cause.args[0] if cause.args else None
    return first if isinstance(first, dict) else {}

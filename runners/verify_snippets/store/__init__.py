"""History: what every night and every imported report said, in SQLite or PostgreSQL."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_snippets.store.store import Store

__all__ = ["Store", "open_store"]


def open_store(url: str | None = None, *, must_exist: bool = False) -> "Store":
    """Open the store at ``url``; use it as a context manager, or close it.

    Args:
        url: ``sqlite:///night.db``, ``postgresql://user@host/name``; None for a file in the
            user's data folder.
        must_exist: refuse to make a new file: who only reads has mistyped its name.

    Raises:
        UsageError: the URL is none, or names nothing that can be a store.
        InfrastructureError: the database doesn't answer, or its disk is full.
    """
    from verify_snippets.store.opening import opened  # SQLAlchemy is for those who open a store

    return opened(url, must_exist=must_exist)


def __getattr__(name: str) -> object:
    if name != "Store":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from verify_snippets.store.store import Store

    return Store

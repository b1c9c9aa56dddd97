"""Where a store is: what a user's URL means, and how it is shown without its password."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from snippet_images.errors import UsageError
from verify_snippets.store import tls

_POSTGRESQL = ("postgresql", "postgres", "postgresql+pg8000")
_PORT = 5432
_SOCKETS = "/var/run/postgresql"  # where Debian's servers and libpq have theirs
_EXAMPLES = "write sqlite:///night.db for a file, or postgresql://user@host/name"
_ANSWER_LIMIT_S = 120.0  # of a server: none of our statements takes that long


@dataclass(frozen=True, kw_only=True)
class Address:
    """A database.

    Attributes:
        url: for SQLAlchemy, with its driver.
        shown: for people; holds no password.
        file: of SQLite; None for PostgreSQL, and for a database in memory.
        connect_args: for the driver, beside what the URL says.
    """

    url: URL
    shown: str
    file: Path | None = None
    connect_args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def in_memory(self) -> bool:
        """Whether it is gone when it is closed."""
        return self.file is None and self.url.get_backend_name() == "sqlite"


def default_file() -> Path:
    """Where history is kept unless somebody says otherwise: beside the verdicts of single cards."""
    return user_data_path("verify-snippets") / "history.db"


def parse(text: str | None) -> Address:
    """Read a store's URL.

    Raises:
        UsageError: it is none, or names a kind of database that is not known here.
    """
    if text is None:
        return _of_file(default_file())
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # neither is shown: both may quote a password
        raise UsageError(
            f"the store's address is no database URL{_without_scheme(text)}", hint=_EXAMPLES
        ) from error
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite(url)
    if url.drivername in _POSTGRESQL:
        return _postgresql(url)
    raise UsageError(f"history can't be kept in a database of the kind {url.drivername!r}", hint=_EXAMPLES)


def _without_scheme(text: str) -> str:
    """What was written, where that can hold no password."""
    return "" if ":" in text or "@" in text else f": {text!r}"


def _sqlite(url: URL) -> Address:
    if url.host or url.query:
        raise UsageError(
            "the address of an SQLite file has three slashes, four before an absolute path, and no options",
            hint="such as sqlite:///night.db or sqlite:////var/lib/night.db",
        )
    if url.database in (None, "", ":memory:"):
        return Address(url=URL.create("sqlite"), shown="a store in memory")
    return _of_file(Path(str(url.database)).expanduser())


def _of_file(file: Path) -> Address:
    whole = file.absolute()
    return Address(url=URL.create("sqlite", database=str(whole)), shown=str(file), file=whole)


def _postgresql(url: URL) -> Address:
    options = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    folder = options.pop("host", "") if not url.host else ""
    connect_args: dict[str, Any] = {
        "timeout": _seconds(options.pop("connect_timeout", "")),
        "application_name": options.pop("application_name", "verify-snippets"),
    }
    server_options = options.pop("options", "")
    if server_options:
        connect_args["startup_params"] = {"options": server_options}
    encrypted = tls.context(options)
    if options:
        known = "host, options, connect_timeout, application_name, sslmode, sslrootcert, sslcert, sslkey"
        raise UsageError(f"{min(options)!r} is no option of a store's URL", hint=f"the options are: {known}")
    if url.host and not url.host.startswith("/"):
        connect_args["ssl_context"] = encrypted
    else:
        socket = f"{url.host or folder or _SOCKETS}/.s.PGSQL.{url.port or _PORT}"
        if folder or url.host or Path(socket).exists():  # else it is localhost, as without a socket there
            connect_args["unix_sock"] = socket
    complete = url.set(
        drivername="postgresql+pg8000",
        username=url.username or os.environ.get("PGUSER") or getpass.getuser(),
        password=url.password or os.environ.get("PGPASSWORD"),
        query={},
    )
    return Address(url=complete, shown=_shown(url), connect_args=connect_args)


def _shown(url: URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def _seconds(text: str) -> float:
    """The time that the server has for an answer."""
    try:
        return max(float(text or 0), _ANSWER_LIMIT_S)
    except ValueError as error:
        raise UsageError(f"connect_timeout is no number: {text!r}", hint="write seconds") from error

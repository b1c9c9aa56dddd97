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
_ANSWER_LIMIT_S = 60.0  # of a server, for one statement


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
    if not url.database or url.database == ":memory:":
        return Address(url=URL.create("sqlite"), shown="a store in memory")
    return _of_file(Path(url.database).expanduser())


def _of_file(file: Path) -> Address:
    whole = file.resolve()  # by whatever link it is named: it has one lock
    return Address(url=URL.create("sqlite", database=str(whole)), shown=str(file), file=whole)


def _postgresql(url: URL) -> Address:
    options = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    host = url.host or options.pop("host", "")
    port = url.port or _port(options.pop("port", ""))
    connect_args: dict[str, Any] = {
        "timeout": _ANSWER_LIMIT_S,
        "application_name": options.pop("application_name", "verify-snippets"),
    }
    server_options = options.pop("options", "")
    if server_options:
        connect_args["startup_params"] = {"options": server_options}
    encryption = tls.encryption(options)
    if options:
        known = "host, port, options, application_name, sslmode, sslrootcert, sslcert, sslkey"
        raise UsageError(f"{min(options)!r} is no option of a store's URL", hint=f"the options are: {known}")
    socket = _socket(host, port)
    connect_args |= {"unix_sock": socket, "ssl_context": False} if socket else {"ssl_context": encryption}
    complete = url.set(
        drivername="postgresql+pg8000",
        username=url.username or os.environ.get("PGUSER") or getpass.getuser(),
        password=url.password or os.environ.get("PGPASSWORD"),
        host=host or None,
        port=port,
        query={},
    )
    return Address(url=complete, shown=_shown(url), connect_args=connect_args)


def _socket(host: str, port: int) -> str:
    """The server's socket in the file system, as its own clients find it; empty for a host on the network."""
    if host.startswith("/"):
        return f"{host}/.s.PGSQL.{port}"
    usual = f"{_SOCKETS}/.s.PGSQL.{port}"
    return usual if not host and Path(usual).exists() else ""


def _shown(url: URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def _port(text: str) -> int:
    try:
        return int(text or _PORT)
    except ValueError as error:
        raise UsageError(f"{text!r} is no port of a store's server", hint="such as 5432") from error

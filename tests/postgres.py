"""A PostgreSQL server of the tests' own, that can be stopped and started under whoever uses it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

PASSWORD = "a/secret:word"  # not in a URL as it is; with it a leak shows
_USER = "tester"
_LIMIT_S = 60


class PostgresServer:
    """One cluster: reachable over TCP with a password, and over a socket of the file system.

    Args:
        programs: the folder of ``initdb`` and ``pg_ctl``.
        folder: short (a socket's path may have 107 bytes), empty, and owned by whoever runs the server.
        as_user: who runs it where we are root, which the server refuses.
    """

    def __init__(self, programs: Path, folder: Path, as_user: str | None) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._as_user = as_user
        self.sockets = folder
        self.port = _free_port()

    def create(self) -> None:
        """Make the cluster; it is not started."""
        words = self.sockets / "password"
        words.write_text(PASSWORD)
        words.chmod(0o644)
        trusted = ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={words}"]
        self._run("initdb", f"--pgdata={self._data}", f"--username={_USER}", "--no-sync", *trusted)

    def start(self) -> None:
        """Start it, and wait until it answers; on the port of before, where it ran before."""
        # Nobody cuts the power in a test: what a stopped or crashed server wrote is with the kernel
        options = f"-k {self.sockets} -p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = self.sockets / "log"
        self._run(
            "pg_ctl", "start", "--wait", f"--pgdata={self._data}", f"--log={log}", f"--options={options}"
        )

    def stop(self, *, mode: str = "fast") -> None:
        """Stop it: ``fast`` ends connections in good order, ``immediate`` is as a crash."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={self._data}")

    def restart(self, *, mode: str = "fast") -> None:
        """Stop and start it."""
        self.stop(mode=mode)
        self.start()

    def running(self) -> bool:
        """Whether it runs."""
        return self._call("pg_ctl", "status", f"--pgdata={self._data}").returncode == 0

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"d{uuid4().hex[:12]}"
        self.sql(f"CREATE DATABASE {name}", "postgres")
        return self.url(name)

    def url(self, database: str, *, password: str = PASSWORD) -> str:
        """The URL of a database, over TCP."""
        escaped = password.replace("/", "%2F").replace(":", "%3A")
        return f"postgresql://{_USER}:{escaped}@127.0.0.1:{self.port}/{database}"

    def sql(self, statements: str, database: str) -> str:
        """What the server answers to ``statements``, a row a line; a database goes by its URL or its name."""
        name = database.rpartition("/")[2]
        options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        where = [f"--host={self.sockets}", f"--port={self.port}", f"--username={_USER}", f"--dbname={name}"]
        return self._run("psql", *options, *where, stdin=statements).stdout

    def dump(self, url: str) -> str:
        """Everything in a database, as statements that make it anew."""
        where = [f"--host={self.sockets}", f"--port={self.port}", f"--username={_USER}"]
        told = self._run("pg_dump", *where, "--no-owner", "--inserts", url.rpartition("/")[2])
        return told.stdout

    def _run(self, program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        done = self._call(program, *arguments, stdin=stdin)
        if done.returncode:
            raise AssertionError(f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def _call(self, program: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        # The server keeps the standard streams that it is started with: a pipe would never come to its end.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            done = subprocess.run(
                [str(self._programs / program), *arguments],
                input=stdin,
                stdout=out,
                stderr=err,
                text=True,
                check=False,
                timeout=_LIMIT_S,
                user=self._as_user,
                group=self._as_user,
                cwd=self.sockets,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"},
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


def why_not() -> str:
    """Why no server can be made here; empty where one can."""
    if _programs() is None:
        return "PostgreSQL's server is not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and _other_user() is None:
        return "PostgreSQL's server refuses to run as root, and there is no other user"
    return ""


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server in a folder of its own, both gone at the end.

    Raises:
        AssertionError: there can be none here (see ``why_not``), or it doesn't start.
    """
    programs = _programs()
    if programs is None:
        raise AssertionError(why_not())
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    as_user = _other_user() if os.geteuid() == 0 else None
    if as_user:
        shutil.chown(folder, as_user, as_user)
    server = PostgresServer(programs, folder, as_user)
    try:
        server.create()
        server.start()
        yield server
    finally:
        if server.running():
            server.stop(mode="immediate")
        shutil.rmtree(folder)


def _programs() -> Path | None:
    """Debian keeps the programs of each version apart, and out of PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3])
    return versions[-1].parent if versions else None


def _other_user() -> str | None:
    names = {user.pw_name for user in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

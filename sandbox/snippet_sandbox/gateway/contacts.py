"""What one job asked of the world, as the gateway saw it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from snippet_sandbox.gateway.names import RefusedError


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """What one job asked of the world.

    Attributes:
        hosts: every host contacted on the job's behalf, sorted.
        refused_hosts: every host that the job asked for and did not get, sorted.
        repos: every Hub repo that was fetched from, and the commit it was pinned to.
        bytes_sent: what the job sent to web hosts, in bytes.
        bytes_received: what the job was sent, in bytes; files it found in its Hub view are not counted.
        cut: what its door's limits ended or turned away, in words; sorted.
        not_recorded: what a replay had no answer to, such as ``GET https://example.org/``; sorted.
        waited_s: wall time during which the gateway fetched files for the job.
    """

    hosts: tuple[str, ...] = ()
    refused_hosts: tuple[str, ...] = ()
    repos: Mapping[str, str] = field(default_factory=dict)
    bytes_sent: int = 0
    bytes_received: int = 0
    cut: tuple[str, ...] = ()
    not_recorded: tuple[str, ...] = ()
    waited_s: float = 0.0


class Ledger:
    """Where a door notes its contacts. Safe to use from several threads.

    Args:
        bytes_limit: how much the job may exchange, both directions together; None for no limit.
    """

    def __init__(self, *, bytes_limit: int | None = None) -> None:
        self._bytes_limit = bytes_limit
        self._lock = threading.Lock()
        self._hosts: set[str] = set()
        self._refused: set[str] = set()
        self._repos: dict[str, str] = {}
        self._cut: set[str] = set()
        self._not_recorded: set[str] = set()
        self._sent = 0
        self._received = 0
        self._waited_s = 0.0
        self._fetching = 0
        self._fetching_since = 0.0
        self._trouble: str | None = None

    def host(self, name: str) -> None:
        """A host was contacted."""
        with self._lock:
            self._hosts.add(name)

    def refused(self, name: str) -> None:
        """A host was asked for and refused."""
        with self._lock:
            self._refused.add(name)

    def repo(self, name: str, commit: str) -> None:
        """A repo was fetched from."""
        with self._lock:
            self._repos[name] = commit

    def sent(self, count: int) -> None:
        """The job sent ``count`` bytes to a web host."""
        with self._lock:
            self._sent += count

    def received(self, count: int) -> None:
        """The job was sent ``count`` bytes."""
        with self._lock:
            self._received += count

    def cut(self, what: str) -> None:
        """A limit ended something, or turned it away."""
        with self._lock:
            self._cut.add(what)

    def not_recorded(self, asked: str) -> None:
        """A replay had no answer to what the job asked; the job has no part in that."""
        with self._lock:
            self._not_recorded.add(asked)
        self.trouble(f"not recorded: {asked}")

    def check_bytes(self) -> None:
        """Say so once the job has had all its bytes.

        Raises:
            RefusedError: it has.
        """
        with self._lock:
            limit = self._bytes_limit
            if limit is None or self._sent + self._received <= limit:
                return
            self._cut.add(f"the bytes above {limit:,}")
        raise RefusedError(f"this job has had its {limit:,} bytes")

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The gateway fetches a file for the job; files that are fetched at the same time count once."""
        with self._lock:
            self._fetching += 1
            if self._fetching == 1:
                self._fetching_since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._fetching -= 1
                if self._fetching == 0:
                    self._waited_s += time.monotonic() - self._fetching_since

    def trouble(self, reason: str) -> None:
        """The gateway could not answer, and the job has no part in it; the first reason is kept."""
        with self._lock:
            self._trouble = self._trouble or reason

    def first_trouble(self) -> str | None:
        """Why the gateway could not answer, if that happened."""
        with self._lock:
            return self._trouble

    def contacts(self) -> Contacts:
        """All of it so far."""
        with self._lock:
            return Contacts(
                hosts=tuple(sorted(self._hosts)),
                refused_hosts=tuple(sorted(self._refused)),
                repos=dict(sorted(self._repos.items())),
                bytes_sent=self._sent,
                bytes_received=self._received,
                cut=tuple(sorted(self._cut)),
                not_recorded=tuple(sorted(self._not_recorded)),
                waited_s=self._waited_s,
            )

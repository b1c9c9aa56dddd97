"""Where the gateway reads the Hub from, and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from snippet_sandbox.gateway.names import RepoName
from snippet_sandbox.gateway.view import Content


class NotServedError(Exception):
    """The Hub answered, and the answer is no: passed on to the job as the Hub said it.

    Args:
        message: for people.
        status: HTTP status.
        code: the Hub's ``X-Error-Code``.
        commit: the repo's commit where it is known.
    """

    def __init__(self, message: str, *, status: int, code: str = "", commit: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.commit = commit


class HubTroubleError(Exception):
    """The Hub, the network or the disk failed; the job has no part in it."""

    def __init__(self, message: str, *, status: int = 502) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class ClosedError(Exception):
    """The gateway was closed while it fetched."""


@dataclass(frozen=True, kw_only=True)
class RepoState:
    """A repo at one moment.

    Attributes:
        commit: of the revision that was asked for.
        private: whether only the user's token opens it.
        gated: whether it is public by name only, and its files are for those whom its owner lets in.
    """

    commit: str
    private: bool
    gated: bool = False


@dataclass(frozen=True, kw_only=True)
class ApiCall:
    """A call of the Hub's API that only reads.

    Attributes:
        method: ``GET`` or ``POST``.
        target: path and query, percent-encoded.
        body: of a ``POST``.
        content_type: of the body.
        with_token: whether the user's token goes along.
    """

    method: str
    target: str
    body: bytes = b""
    content_type: str = ""
    with_token: bool = False


@dataclass(frozen=True, kw_only=True)
class ApiAnswer:
    """What the Hub's API answered: status, the headers that matter, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HubSource(Protocol):
    """Where the gateway reads the Hub from. All calls block, and are made in threads."""

    def close(self) -> None:
        """Let running downloads stop at their next chunk."""

    def forget_trouble(self) -> None:
        """Ask again, even if there was no answer a moment ago: a new job deserves a new answer."""

    def state(self, repo: RepoName, revision: str) -> RepoState:
        """What ``revision`` of ``repo`` is now.

        Raises:
            NotServedError: the Hub says no.
            HubTroubleError: no answer to be had.
        """

    def read(self, request: ApiCall) -> ApiAnswer:
        """What the Hub's API answers; raises as ``state`` does."""

    def cached(self, repo: RepoName, commit: str, path: str) -> Content | None:
        """A file that is here already; asks nobody."""

    def check(self, repo: RepoName, commit: str, path: str) -> None:
        """Ask whether a file can be had; raises as ``state`` does."""

    def download(self, repo: RepoName, commit: str, path: str) -> Content:
        """A file; raises as ``state`` does."""

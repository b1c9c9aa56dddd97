"""Web hosts, asked one thing at a time."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from snippet_sandbox.gateway.tape.exchange import Headers
from snippet_sandbox.gateway.web_request import host_field


class NotRecordedError(Exception):
    """A replay has no answer to this question; the text names it."""


class BrokenAnswerError(Exception):
    """A host began to answer and did not end it."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A web host at a port."""

    scheme: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host_field(self.host, self.port, usual=usual)}"


@dataclass(frozen=True, kw_only=True)
class WebRequest:
    """A job's request.

    Attributes:
        method: of HTTP.
        target: path and query, percent-encoded.
        headers: all of them, ``Host`` included; names in lower case.
        body: empty for none.
    """

    method: str
    target: str
    headers: Headers
    body: AsyncGenerator[bytes, None]

    def header(self, name: str) -> str:
        """The value of a header; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, kw_only=True)
class WebAnswer:
    """A host's answer.

    Attributes:
        status: of HTTP.
        headers: all of them.
        body: as it comes; it raises ``BrokenAnswerError`` where it breaks off.
    """

    status: int
    headers: Headers
    body: AsyncGenerator[bytes, None]


class OpenSite(Protocol):
    """A host that can be asked one thing."""

    async def ask(self, request: WebRequest) -> WebAnswer:
        """The host's answer.

        Raises:
            HostUnreachableError: it does not answer.
            NotRecordedError: see there.
        """

    def close(self) -> None:
        """End the connection."""


class Sites(Protocol):
    """Where a job's requests go to."""

    async def open(self, site: Site, *, door: str) -> OpenSite:
        """Reach a host.

        Args:
            site: the host.
            door: of the job that asks.

        Raises:
            RefusedError: its address is not one that a job may speak to.
            HostUnreachableError: it has no address, doesn't answer, or can't prove that it is the one.
        """

"""The way to web hosts: an HTTP proxy that knows whom a job may speak to.

CONNECT: RFC 9110, section 9.3.6.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Pipe, Streams
from snippet_sandbox.gateway.threads import in_thread
from snippet_sandbox.gateway.web_policy import IpAddress, WebPolicy, is_public

_CONNECT_TIMEOUT_S = 10.0
_HOST = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")  # a name, or an address without its brackets
_TARGET = re.compile(r"[\x21-\x7e\x80-\xff]+")
_METHOD = re.compile(r"[A-Z]{1,20}")
_VERSION = re.compile(r"HTTP/1\.[01]")
_FIELD = re.compile(
    r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*"
)  # RFC 9110, section 5; no folded lines
_NOT_PASSED_ON = frozenset(
    {
        "host",
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
    }
)


class HostUnreachableError(Exception):
    """The host has no address, or doesn't answer."""


class Dialer(Protocol):
    """Opens connections to web hosts."""

    async def connect(self, host: str, port: int) -> Streams:
        """A connection to ``host``.

        Raises:
            RefusedError: its address is not one that a job may speak to.
            HostUnreachableError: it has no address, or doesn't answer.
        """


class PublicDialer:
    """Connects to public addresses only, and to the very address that it checked.

    A name that leads elsewhere the second time it is resolved gains nothing, for it is resolved once.
    """

    async def connect(self, host: str, port: int) -> Streams:
        """See ``Dialer``."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                return await self._connect(host, port)
        except TimeoutError as error:
            raise HostUnreachableError(f"{host} does not answer") from error

    async def _connect(self, host: str, port: int) -> Streams:
        failure: OSError | None = None
        for address in await _addresses(host, port):
            if not is_public(address):
                raise RefusedError(f"{host} has the address {address}, which is not public")
            try:
                return await asyncio.open_connection(str(address), port)
            except OSError as error:
                failure = error
        raise HostUnreachableError(f"{host} can't be reached: {failure or 'it has no address'}")


async def _addresses(host: str, port: int) -> list[IpAddress]:
    try:
        # In a thread of its own: names that take forever must not keep other jobs' names and files waiting.
        found = await in_thread(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:  # the latter of labels that are empty or too long
        reason = getattr(error, "strerror", None) or error
        raise HostUnreachableError(f"{host} can't be found: {reason}") from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


@dataclass(frozen=True, kw_only=True)
class ProxyRequest:
    """The head of a request to a proxy.

    Attributes:
        method: ``CONNECT`` or an ordinary method.
        host: whom it is for, lower case, no brackets.
        port: of the host.
        onward: the head as it goes on to the host; empty for ``CONNECT``.
    """

    method: str
    host: str
    port: int
    onward: bytes = b""


def parse_proxy_request(head: bytes) -> ProxyRequest:
    """Read the head of a request, its empty line included.

    Raises:
        RefusedError: it can't be read, or asks for something that a proxy doesn't do.
    """
    try:
        lines = head.decode("latin-1").split("\r\n")
        method, target, version = lines[0].split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise RefusedError("this request can't be read") from error
    if not _TARGET.fullmatch(target) or not _HOST.fullmatch(host) or not _VERSION.fullmatch(version):
        raise RefusedError("this request can't be read")
    if method != "CONNECT" and (parts.scheme != "http" or not _METHOD.fullmatch(method)):
        raise RefusedError("this request can't be read")
    if method == "CONNECT":
        return ProxyRequest(method=method, host=host, port=443 if port is None else port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # The host that was checked is the host that is named, whatever the job wrote (RFC 9112, section 3.2.2).
    named = f"[{host}]" if ":" in host else host
    named += f":{port}" if port not in (None, 80) else ""
    # One request a connection: the next one might be for another host.
    first = [f"{method} {path} {version}", f"Host: {named}", "Connection: close"]
    onward = "\r\n".join([*first, *_kept_fields(lines[1:]), "", ""])
    return ProxyRequest(
        method=method, host=host, port=80 if port is None else port, onward=onward.encode("latin-1")
    )


def _kept_fields(lines: Sequence[str]) -> list[str]:
    """The header's fields that go on to the host.

    Raises:
        RefusedError: a field is one thing to one reader and something else to another.
    """
    fields = [line for line in lines if line]
    if not all(_FIELD.fullmatch(line) for line in fields):
        raise RefusedError("a field of this request's header is malformed")
    names = [field.partition(":")[0].lower() for field in fields]
    if names.count("content-length") > 1 or {"content-length", "transfer-encoding"} <= set(names):
        raise RefusedError("this request has two lengths")
    return [field for name, field in zip(names, fields, strict=True) if name not in _NOT_PASSED_ON]


class WebDoor:
    """Serves the proxy requests of one job."""

    def __init__(self, *, policy: WebPolicy, dialer: Dialer, ledger: Ledger, idle_limit_s: float) -> None:
        self._policy = policy
        self._dialer = dialer
        self._ledger = ledger
        self._idle_limit_s = idle_limit_s

    async def serve(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request: connect if that is allowed, then copy both ways until either end stops."""
        try:
            request = parse_proxy_request(head)
            remote_reader, remote_writer = await self._open(request)
        except RefusedError as error:
            await _say(writer, 403, "Forbidden", str(error))
            return
        except HostUnreachableError as error:
            await _say(writer, 502, "Bad Gateway", str(error))
            return
        try:
            if request.method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                remote_writer.write(request.onward)
                self._ledger.sent(len(request.onward))
            remote = (remote_reader, remote_writer)
            pipe = Pipe(
                job=(reader, writer), remote=remote, ledger=self._ledger, idle_limit_s=self._idle_limit_s
            )
            await pipe.copy()
        finally:
            remote_writer.close()

    async def _open(self, request: ProxyRequest) -> Streams:
        objection = self._policy.objection(request.host, request.port)
        if objection is not None:
            self._ledger.refused(request.host)
            raise RefusedError(objection)
        try:
            streams = await self._dialer.connect(request.host, request.port)
        except RefusedError:
            self._ledger.refused(request.host)
            raise
        self._ledger.host(request.host)
        return streams


async def _say(writer: asyncio.StreamWriter, status: int, phrase: str, text: str) -> None:
    body = text.encode() + b"\n"
    head = (
        f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()

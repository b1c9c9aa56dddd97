"""Opens connections to web hosts: to public addresses only, and to the very ones that were checked."""

import asyncio
import ipaddress
import socket
from typing import Protocol

from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Streams
from snippet_sandbox.gateway.threads import in_thread
from snippet_sandbox.gateway.web_policy import IpAddress, is_public

_CONNECT_TIMEOUT_S = 10.0


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

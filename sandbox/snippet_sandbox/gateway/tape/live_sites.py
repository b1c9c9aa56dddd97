"""Web hosts as they are.

The bytes of HTTP/1.1 are read and written by h11, which holds both ends to RFC 9112.
"""

import ssl
from collections.abc import AsyncGenerator
from typing import Any

import h11

from snippet_sandbox.gateway.dialer import Dialer, HostUnreachableError
from snippet_sandbox.gateway.pipe import Streams
from snippet_sandbox.gateway.tape.sites import BrokenAnswerError, OpenSite, Site, WebAnswer, WebRequest

_CHUNK_BYTES = 65_536
_HEAD_LIMIT_BYTES = 65_536


class LiveSites:
    """The web itself.

    Args:
        dialer: opens connections.
        tls: how hosts are checked; as this machine does it by default.
    """

    def __init__(self, dialer: Dialer, tls: ssl.SSLContext | None = None) -> None:
        self._dialer = dialer
        self._tls = tls or ssl.create_default_context()

    async def open(self, site: Site, *, door: str) -> OpenSite:  # noqa: ARG002 - all doors alike
        """See ``Sites``."""
        reader, writer = await self._dialer.connect(site.host, site.port)
        if site.scheme == "https":
            try:
                await writer.start_tls(self._tls, server_hostname=site.host)
            except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
                writer.close()
                reason = getattr(error, "verify_message", None) or error
                raise HostUnreachableError(f"{site.host} can't be spoken to safely: {reason}") from error
        return LiveSite(site, (reader, writer))


class LiveSite:
    """A connection to a host."""

    def __init__(self, site: Site, streams: Streams) -> None:
        self._site = site
        self._reader, self._writer = streams
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT_BYTES)

    def close(self) -> None:
        """See ``OpenSite``."""
        self._writer.close()

    async def ask(self, request: WebRequest) -> WebAnswer:
        """See ``OpenSite``."""
        try:
            await self._send(
                h11.Request(method=request.method, target=request.target, headers=list(request.headers))
            )
            async for chunk in request.body:
                await self._send(h11.Data(data=chunk))
            await self._send(h11.EndOfMessage())
            event = await self._next()
            while isinstance(event, h11.InformationalResponse):
                event = await self._next()
        except (OSError, h11.RemoteProtocolError) as error:
            raise HostUnreachableError(f"{self._site.host} does not answer: {error}") from error
        assert isinstance(event, h11.Response)  # noqa: S101 - h11 gives nothing else first
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers)
        return WebAnswer(status=event.status_code, headers=headers, body=self._body())

    async def _body(self) -> AsyncGenerator[bytes, None]:
        try:
            while isinstance(event := await self._next(), h11.Data):
                yield bytes(event.data)
        except (OSError, h11.RemoteProtocolError) as error:
            raise BrokenAnswerError(f"{self._site.host} broke off: {error}") from error

    async def _send(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()

    async def _next(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_CHUNK_BYTES))
        return event

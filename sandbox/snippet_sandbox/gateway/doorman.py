"""One connection of a job: looks at its first line and leads it to the right service.

One socket serves all, for a container has only one door. Requests to the gateway itself (the Hub, the package
index) go to aiohttp; requests to a proxy go to the web door, because aiohttp's server doesn't know
``CONNECT``.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from snippet_sandbox.gateway.pipe import Streams

FIRST_HEAD_TIMEOUT_S = 30.0
NEXT_HEAD_TIMEOUT_S = 75.0  # of a connection that is kept open
_HEAD_LIMIT_BYTES = 65_536

ProtocolFactory = Callable[[], asyncio.Protocol]
Secure = Callable[[ssl.SSLContext], Awaitable[Streams]]
Tunnel = Callable[[bytes, Streams, Secure], Awaitable[None]]


class Doorman(asyncio.Protocol):
    """Stands for a connection's whole life and hands on what it hears.

    Args:
        http: makes the protocol that serves requests to the gateway.
        tunnel: serves a request to a proxy, given its head, the connection, and what begins TLS on it.
        enter: whether one more connection may come in.
        leave: called when one that came in has gone.
    """

    def __init__(
        self,
        *,
        http: ProtocolFactory,
        tunnel: Tunnel,
        enter: Callable[["Doorman"], bool],
        leave: Callable[["Doorman"], None],
    ) -> None:
        self._http = http
        self._tunnel = tunnel
        self._enter = enter
        self._leave = leave
        self._inside = False
        self._buffer = b""
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def serves(self, protocol: asyncio.BaseProtocol | None) -> bool:
        """Whether ``protocol`` speaks over this connection."""
        return self._inner is protocol

    def busy(self) -> None:
        """A whole request was heard: the answer takes as long as it takes."""
        if self._timer is not None:
            self._timer.cancel()

    def idle(self) -> None:
        """The answer was given: the head of the next request has to come in time."""
        self._expect_head(NEXT_HEAD_TIMEOUT_S)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection came in."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what a stream server hands over
        self._transport = transport
        self._inside = self._enter(self)
        if not self._inside:
            transport.write(
                b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            transport.close()
            return
        self._expect_head(FIRST_HEAD_TIMEOUT_S)

    def data_received(self, data: bytes) -> None:
        """Bytes came: the beginning is looked at, the rest handed on."""
        if self._inner is not None:
            self._inner.data_received(data)
            return
        self._buffer += data
        if not self._decide() and len(self._buffer) > _HEAD_LIMIT_BYTES:
            self.abort()

    def eof_received(self) -> bool | None:
        """The job says nothing more."""
        return self._inner.eof_received() if self._inner is not None else None

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
        if self._inner is not None:
            self._inner.connection_lost(exc)
        if self._inside:
            self._inside = False
            self._leave(self)

    def pause_writing(self) -> None:
        """The job reads slower than we write."""
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        """The job has caught up."""
        if self._inner is not None:
            self._inner.resume_writing()

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _expect_head(self, timeout_s: float) -> None:
        # A connection that says its head a byte a minute would else hold its place for ever.
        self.busy()
        if self._transport is not None and not self._transport.is_closing():
            self._timer = asyncio.get_running_loop().call_later(timeout_s, self._transport.abort)

    def _decide(self) -> bool:
        """Lead the connection on, if enough of it was heard."""
        line, end, _ = self._buffer.partition(b"\r\n")
        if not end:
            return False
        if not _is_for_proxy(line):
            self._lead_to(self._http(), self._buffer)
            return True
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        self._start_tunnel(head + end, rest)
        return True

    def _start_tunnel(self, head: bytes, rest: bytes) -> None:
        self.busy()
        reader, protocol = _stream_protocol()
        self._lead_to(protocol, rest)
        streams = self._streams(reader, protocol)
        self._task = asyncio.get_running_loop().create_task(self._serve_tunnel(head, streams))

    async def _serve_tunnel(self, head: bytes, streams: Streams) -> None:
        try:
            await self._tunnel(head, streams, self._secure)
        except OSError:
            pass  # either end went away: nobody is left to be told
        finally:
            assert self._transport is not None  # noqa: S101 - set in connection_made
            self._transport.close()

    async def _secure(self, context: ssl.SSLContext) -> Streams:
        """Speak TLS from here on, as the server.

        Raises:
            OSError: the job does not.
        """
        assert self._transport is not None  # noqa: S101 - set in connection_made
        # Before TLS begins: what is said first may come together with the end of the handshake.
        reader, protocol = _stream_protocol()
        self._inner = protocol
        # With this object as its protocol: so the end of the connection is still heard here.
        secured = await asyncio.get_running_loop().start_tls(
            self._transport, self, context, server_side=True, ssl_handshake_timeout=FIRST_HEAD_TIMEOUT_S
        )
        if secured is None:
            raise ConnectionResetError("the job went away")
        self._transport = secured
        protocol.connection_made(secured)
        return self._streams(reader, protocol)

    def _streams(self, reader: asyncio.StreamReader, protocol: asyncio.StreamReaderProtocol) -> Streams:
        assert self._transport is not None  # noqa: S101 - set in connection_made
        return reader, asyncio.StreamWriter(self._transport, protocol, reader, asyncio.get_running_loop())

    def _lead_to(self, inner: asyncio.Protocol, heard: bytes) -> None:
        assert self._transport is not None  # noqa: S101 - set in connection_made
        self._inner, self._buffer = inner, b""
        inner.connection_made(self._transport)
        if heard:
            inner.data_received(heard)


def _stream_protocol() -> tuple[asyncio.StreamReader, asyncio.StreamReaderProtocol]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    return reader, asyncio.StreamReaderProtocol(reader, loop=loop)


def _is_for_proxy(line: bytes) -> bool:
    method, _, rest = line.partition(b" ")
    return method == b"CONNECT" or rest[:7].lower() == b"http://"

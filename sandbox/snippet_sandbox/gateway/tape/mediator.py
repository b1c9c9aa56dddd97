"""Stands between a job and the web where answers are recorded or replayed: it reads what both say.

Without it what goes through the web door is only counted.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, closing
from http.client import responses
from typing import Any

import h11

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.dialer import HostUnreachableError
from snippet_sandbox.gateway.doorman import Secure
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Streams
from snippet_sandbox.gateway.tape.authority import Authority
from snippet_sandbox.gateway.tape.exchange import Headers
from snippet_sandbox.gateway.tape.recorder import RecordingError
from snippet_sandbox.gateway.tape.sites import (
    BrokenAnswerError,
    NotRecordedError,
    OpenSite,
    Site,
    Sites,
    WebAnswer,
    WebRequest,
)
from snippet_sandbox.gateway.web_request import ProxyRequest, parse_inner_request

_CHUNK_BYTES = 65_536
_HEAD_LIMIT_BYTES = 65_536
_HEAD_TIMEOUT_S = 30.0
# Of this connection, or of the one before it; the length of a body stays what it is.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class Mediator:
    """Serves the proxy requests of one job.

    Args:
        sites: where they go to.
        authority: what the job trusts.
        ledger: where contacts are noted.
        door: of the job.
        idle_limit_s: how long either end may be silent, in seconds.
    """

    def __init__(
        self, *, sites: Sites, authority: Authority, ledger: Ledger, door: str, idle_limit_s: float
    ) -> None:
        self._sites = sites
        self._authority = authority
        self._ledger = ledger
        self._door = door
        self._idle_limit_s = idle_limit_s

    async def serve(self, request: ProxyRequest, job: Streams, secure: Secure) -> None:
        """Serve one request, which the policy allows.

        Args:
            request: its head.
            job: the job's end of the connection.
            secure: begins TLS on it, as the server.

        Raises:
            RefusedError: the host's address is not one that a job may speak to.
            HostUnreachableError: the host can't be reached.
        """
        tunnel = request.method == "CONNECT"
        scheme = "https" if tunnel and request.port == 443 else "http"
        site = Site(scheme=scheme, host=request.host, port=request.port)
        certificate = self._authority.context_for(site.host) if scheme == "https" else None
        with closing(await self._sites.open(site, door=self._door)) as opened:
            self._ledger.host(site.host)
            if tunnel:
                job[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if certificate is not None:
                job = await secure(certificate)
            try:
                head = await _inner_head(job[0], site) if tunnel else request.onward
                await _Exchange(job, self._ledger, self._idle_limit_s).serve(opened, head)
            except RecordingError as error:
                self._ledger.trouble(str(error))
                job[1].transport.abort()
            except (BrokenAnswerError, RefusedError, TimeoutError, h11.ProtocolError):
                # No other answer may follow: it would look like the rest of this one.
                job[1].transport.abort()


async def _inner_head(reader: asyncio.StreamReader, site: Site) -> bytes:
    try:
        async with asyncio.timeout(_HEAD_TIMEOUT_S):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionResetError("no whole head came") from error
    return parse_inner_request(head, site.host, site.port)


class _Exchange:
    """One request of a job's, and its answer."""

    def __init__(self, job: Streams, ledger: Ledger, idle_limit_s: float) -> None:
        self._reader, self._writer = job
        self._ledger = ledger
        self._idle_limit_s = idle_limit_s
        self._deadline = asyncio.timeout(None)
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_LIMIT_BYTES)

    async def serve(self, opened: OpenSite, head: bytes) -> None:
        """Have a request answered, and the answer given to the job.

        Raises:
            TimeoutError: both ends were silent for too long.
            RefusedError: the job has had all its bytes.
            BrokenAnswerError: the host did not end its answer.
            RecordingError: nothing more can be recorded.
            h11.ProtocolError: either end does not speak HTTP.
        """
        try:
            async with asyncio.timeout(self._idle_limit_s) as self._deadline:
                await self._give(await self._answer(opened, self._read(head)))
        except TimeoutError:
            self._ledger.cut(f"a connection that was silent for {self._idle_limit_s:g} s")
            raise

    def _read(self, head: bytes) -> WebRequest:
        self._ledger.sent(len(head))
        self._http.receive_data(head)
        asked = self._http.next_event()
        assert isinstance(asked, h11.Request)  # noqa: S101 - the head was read whole
        return WebRequest(
            method=asked.method.decode(),
            target=asked.target.decode("latin-1"),
            headers=tuple((name.decode(), value.decode("latin-1")) for name, value in asked.headers),
            body=self._body(),
        )

    async def _answer(self, opened: OpenSite, request: WebRequest) -> WebAnswer:
        try:
            return await opened.ask(request)
        except HostUnreachableError as error:
            return _plain(502, str(error), request.method)
        except NotRecordedError as error:
            self._ledger.not_recorded(str(error))
            return _plain(504, f"not recorded: {error}", request.method)

    async def _body(self) -> AsyncGenerator[bytes, None]:
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while isinstance(event := await self._next(), h11.Data):
            self._moved()
            self._ledger.sent(len(event.data))
            self._ledger.check_bytes()
            yield bytes(event.data)

    async def _next(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_CHUNK_BYTES))
        return event

    async def _give(self, answer: WebAnswer) -> None:
        kept = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers
            if name.lower() not in _HOP_BY_HOP
        ]
        async with aclosing(answer.body) as chunks:
            closing_it = (b"connection", b"close")
            await self._send(
                h11.Response(
                    status_code=answer.status, headers=[*kept, closing_it], reason=_reason(answer.status)
                )
            )
            async for chunk in chunks:
                self._moved()
                self._ledger.received(len(chunk))
                self._ledger.check_bytes()
                await self._send(h11.Data(data=chunk))
            await self._send(h11.EndOfMessage())

    async def _send(
        self, event: h11.InformationalResponse | h11.Response | h11.Data | h11.EndOfMessage
    ) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()

    def _moved(self) -> None:
        """Something was heard: the time of silence begins anew."""
        self._deadline.reschedule(asyncio.get_running_loop().time() + self._idle_limit_s)


def _reason(status: int) -> bytes:
    return responses.get(status, "").encode()


def _plain(status: int, text: str, method: str) -> WebAnswer:
    body = text.encode() + b"\n"

    async def once() -> AsyncGenerator[bytes, None]:
        if method != "HEAD":
            yield body

    headers: Headers = (
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", str(len(body))),
    )
    return WebAnswer(status=status, headers=headers, body=once())

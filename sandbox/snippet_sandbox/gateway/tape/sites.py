"""Web hosts, one request at a time: as they are, as they are recorded, and as they were.

The bytes of HTTP/1.1 are read and written by h11, which holds both ends to RFC 9112.
"""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import h11

from snippet_sandbox.gateway.dialer import Dialer, HostUnreachableError
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Streams
from snippet_sandbox.gateway.tape.exchange import Exchange, Headers, Question
from snippet_sandbox.gateway.tape.recorder import Draft, Recorder
from snippet_sandbox.gateway.tape.replay import Replay

_CHUNK_BYTES = 65_536
_HEAD_LIMIT_BYTES = 65_536
_REFUSED, _UNREACHABLE = 403, 502


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
        named = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme] == self.port
        return f"{self.scheme}://{named}" + ("" if usual else f":{self.port}")


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


class RecordedSites:
    """The web, with all that it answers kept."""

    def __init__(self, sites: Sites, recorder: Recorder) -> None:
        self._sites = sites
        self._recorder = recorder

    async def open(self, site: Site, *, door: str) -> OpenSite:
        """See ``Sites``."""
        try:
            opened = await self._sites.open(site, door=door)
        except (RefusedError, HostUnreachableError) as error:
            status = _REFUSED if isinstance(error, RefusedError) else _UNREACHABLE
            asked = Question(method="CONNECT", url=site.url)
            self._recorder.keep(asked, str(error).encode(), status=status, door=door)
            raise
        return _RecordedSite(site, opened, self._recorder, door)


class _RecordedSite:
    def __init__(self, site: Site, opened: OpenSite, recorder: Recorder, door: str) -> None:
        self._site = site
        self._opened = opened
        self._recorder = recorder
        self._door = door

    def close(self) -> None:
        self._opened.close()

    async def ask(self, request: WebRequest) -> WebAnswer:
        sent = _Sent(request.body)
        answer = await self._opened.ask(replace(request, body=sent.watched()))
        asked = question(self._site, request, sent.sha256())
        return replace(answer, body=self._kept(asked, answer))

    async def _kept(self, asked: Question, answer: WebAnswer) -> AsyncGenerator[bytes, None]:
        draft: Draft = self._recorder.draft()
        try:
            async for chunk in answer.body:
                draft.write(chunk)
                yield chunk
            draft.keep(asked, status=answer.status, headers=answer.headers, door=self._door)
        finally:
            draft.discard()


class ReplayedSites:
    """The web as it was."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay

    async def open(self, site: Site, *, door: str) -> OpenSite:
        """See ``Sites``."""
        answer = self._replay.find(Question(method="CONNECT", url=site.url), door=door)
        if answer is None:
            return _ReplayedSite(site, self._replay, door)
        said = self._replay.body(answer).read_text(encoding="utf-8")
        raise RefusedError(said) if answer.status == _REFUSED else HostUnreachableError(said)


class _ReplayedSite:
    def __init__(self, site: Site, replay: Replay, door: str) -> None:
        self._site = site
        self._replay = replay
        self._door = door

    def close(self) -> None:
        pass

    async def ask(self, request: WebRequest) -> WebAnswer:
        sent = _Sent(request.body)
        async for _ in sent.watched():
            pass
        asked = question(self._site, request, sent.sha256())
        answer = self._replay.find(asked, door=self._door)
        if answer is None:
            raise NotRecordedError(str(asked))
        return WebAnswer(status=answer.status, headers=answer.headers, body=self._body(answer))

    async def _body(self, answer: Exchange) -> AsyncGenerator[bytes, None]:
        try:
            with self._replay.body(answer).open("rb") as file:
                while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise BrokenAnswerError(f"the recording has lost a body: {error}") from error


class _Sent:
    """A request's body on its way, and its hash once it has gone."""

    def __init__(self, body: AsyncGenerator[bytes, None]) -> None:
        self._body = body
        self._digest = hashlib.sha256()
        self._any = False

    async def watched(self) -> AsyncGenerator[bytes, None]:
        async for chunk in self._body:
            self._any = True
            self._digest.update(chunk)
            yield chunk

    def sha256(self) -> str:
        return self._digest.hexdigest() if self._any else ""


def question(site: Site, request: WebRequest, body_sha256: str) -> Question:
    """What tells this request from others."""
    return Question(
        method=request.method,
        url=site.url + request.target,
        range=request.header("range"),
        body_sha256=body_sha256,
    )

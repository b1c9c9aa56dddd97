"""Web hosts as they are recorded, and as they were."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import replace

from snippet_sandbox.gateway.dialer import HostUnreachableError
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.tape.exchange import Exchange, Question
from snippet_sandbox.gateway.tape.recorder import Draft, Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.gateway.tape.sites import (
    BrokenAnswerError,
    NotRecordedError,
    OpenSite,
    Site,
    Sites,
    WebAnswer,
    WebRequest,
)

_CHUNK_BYTES = 65_536
_REFUSED, _UNREACHABLE = 403, 502


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

"""Pages and files of package indexes, recorded and replayed."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from snippet_sandbox.gateway.hub_source import HubTroubleError
from snippet_sandbox.gateway.package_fetch import GONE, Fetched, PackageSource, shown
from snippet_sandbox.gateway.pip_settings import PipSettings
from snippet_sandbox.gateway.tape.exchange import Exchange, Question
from snippet_sandbox.gateway.tape.hub import NotRecordedHubError
from snippet_sandbox.gateway.tape.recorder import Recorder, RecordingError
from snippet_sandbox.gateway.tape.replay import Replay

_CHUNK_BYTES = 262_144


class RecordedPackages:
    """Package indexes, with all that is read to its end kept."""

    def __init__(self, source: PackageSource, recorder: Recorder) -> None:
        self._source = source
        self._recorder = recorder

    async def close(self) -> None:
        """See ``PackageSource``."""
        await self._source.close()

    @asynccontextmanager
    async def get(
        self, url: str, headers: Mapping[str, str], settings: PipSettings
    ) -> AsyncGenerator[Fetched, None]:
        """See ``PackageSource``."""
        async with self._source.get(url, headers, settings) as answer:
            kept = self._kept(url, answer)
            if answer.status in GONE:  # nobody reads what is said of that
                async for _ in kept:
                    pass
            yield replace(answer, parts=kept)

    async def _kept(self, url: str, answer: Fetched) -> AsyncGenerator[bytes, None]:
        said = (("Content-Type", answer.content_type), ("Content-Location", shown(answer.url)))
        try:
            draft = self._recorder.draft()
            try:
                async for part in answer.parts:
                    draft.write(part)
                    yield part
                draft.keep(_question(url), status=answer.status, headers=said, door="")
            finally:
                draft.discard()
        except RecordingError as error:
            raise HubTroubleError(str(error), status=507) from error


class ReplayedPackages:
    """Package indexes as they were."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay

    async def close(self) -> None:
        """See ``PackageSource``."""

    @asynccontextmanager
    async def get(
        self,
        url: str,
        headers: Mapping[str, str],  # noqa: ARG002 - as they were when it was recorded
        settings: PipSettings,  # noqa: ARG002 - likewise
    ) -> AsyncGenerator[Fetched, None]:
        """See ``PackageSource``."""
        asked = _question(url)
        answer = self._replay.find(asked)
        if answer is None:
            raise NotRecordedHubError(asked)
        said = dict(answer.headers)
        try:
            length = self._replay.body(answer).stat().st_size
        except OSError as error:
            raise HubTroubleError(f"the recording has lost the answer to {asked}") from error
        yield Fetched(
            status=answer.status,
            url=said.get("Content-Location", url),
            content_type=said.get("Content-Type", ""),
            length=length,
            parts=self._parts(answer),
        )

    async def _parts(self, answer: Exchange) -> AsyncGenerator[bytes, None]:
        with self._replay.body(answer).open("rb") as file:
            while part := file.read(_CHUNK_BYTES):
                yield part


def _question(url: str) -> Question:
    return Question(method="GET", url=shown(url))

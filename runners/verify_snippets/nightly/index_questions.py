"""Questions to the user's package index, several at a time; an index that is silent is soon left alone."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field

from snippet_sandbox.gateway.hub_source import HubTroubleError
from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.gateway.packages import PackageIndex
from snippet_sandbox.gateway.pip_settings import PipSettings
from snippet_sandbox.gateway.threads import BackgroundLoop

_AT_ONCE = 8
_PROJECT_S = 60.0
_ALL_PROJECTS_S = 180.0
_CLOSE_S = 10.0
_SILENCES = 3  # in a row, after which an index is asked no more


@dataclass(kw_only=True)
class Answers:
    """What an index said.

    Attributes:
        releases: of each project that it answered about, the oldest first.
        troubles: why it did not answer about the others, in words.
    """

    releases: dict[str, tuple[Release, ...]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


class IndexQuestions:
    """Asks an index from a thread of its own, until it is closed.

    Args:
        python_version: releases that it can't install don't count.
        pip: where packages come from; as the user's pip is configured by default.
    """

    def __init__(self, python_version: str, pip: PipSettings | None = None) -> None:
        self._python_version = python_version
        self._index = PackageIndex(pip)
        self._silences = 0
        self._loop = BackgroundLoop(self._index.close)
        self._loop.__enter__()

    def close(self) -> None:
        """Ask no more."""
        with suppress(TimeoutError, CancelledError):
            self._loop.run(self._index.close(), timeout_s=_CLOSE_S)
        self._loop.__exit__()

    def ask(self, projects: Iterable[str]) -> Answers:
        """What is there of each project; of some nothing, where the index doesn't answer in time."""
        answers = Answers()
        with suppress(TimeoutError, CancelledError):
            self._loop.run(self._ask_all(projects, answers), timeout_s=_ALL_PROJECTS_S)
        return answers

    async def _ask_all(self, projects: Iterable[str], answers: Answers) -> None:
        turns = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._ask_one(project, turns, answers) for project in projects))

    async def _ask_one(self, project: str, turns: asyncio.Semaphore, answers: Answers) -> None:
        async with turns:
            if self._silences >= _SILENCES:
                return
            try:
                asked = self._index.releases(project, self._python_version)
                answers.releases[project] = await asyncio.wait_for(asked, _PROJECT_S)
                self._silences = 0
            except (HubTroubleError, TimeoutError) as error:
                self._silences += 1
                answers.troubles.append(str(error) or f"the package index did not answer about {project}")

"""Fetch ahead what waiting cards will load, while other cards' steps run.

It is a courtesy: what it can't fetch, the gateway fetches when a step asks for it, and says what is in the
way.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from snippet_images.progress import Listener, silent
from verify_snippets.facts import loaded_by_default
from verify_snippets.nightly.cache_limit import CacheKeeper
from verify_snippets.plan import Plan

if TYPE_CHECKING:
    from snippet_sandbox.gateway.hub_client import HubClient

AT_A_TIME = 2  # models; the client itself reads a large file in several parts
ANSWER_S = 10.0
SMALL_BYTES = 10_000_000  # that a step fetches in no time


class DownloadsAhead:
    """Brings models' weights into the Hub cache before their steps begin.

    A context manager: what has not been fetched when it is left is not.

    Args:
        keeper: knows what the cache may hold.
        endpoint: the Hub's address; the user's own by default.
        token: the user's; True for the one that they are logged in with.
        listener: hears what is downloaded.
    """

    def __init__(
        self,
        keeper: CacheKeeper,
        *,
        endpoint: str | None = None,
        token: str | bool | None = True,
        listener: Listener = silent,
    ) -> None:
        self._keeper = keeper
        self._endpoint = endpoint
        self._token = token
        self._listener = listener
        self._closing = threading.Event()
        self._threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="download-ahead")
        self._clients: list[HubClient] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "DownloadsAhead":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let running downloads stop at their next chunk, and begin no other."""
        self._closing.set()
        with self._lock:
            for client in self._clients:
                client.close()
        self._threads.shutdown(cancel_futures=True)

    def want(self, plan: Plan, is_wanted: Callable[[], bool]) -> Future[None] | None:
        """Fetch what a card's steps will load, if that takes time.

        Args:
            plan: of the card, whose own weights are meant, at its own commit.
            is_wanted: whether its steps still wait; asked when its turn comes.

        Returns:
            What is done once that is over; None where there is nothing to fetch.
        """
        if loads_own_weights(plan):
            with suppress(RuntimeError):  # closed before
                return self._threads.submit(self._fetch, plan, is_wanted)
        return None

    def _fetch(self, plan: Plan, is_wanted: Callable[[], bool]) -> None:
        with suppress(Exception):  # whatever it is, the step will run into it and say so
            if not self._closing.is_set() and is_wanted():
                self._fetch_weights(str(plan.card.repo_id), str(plan.card.revision))

    def _fetch_weights(self, repo_id: str, commit: str) -> None:
        from snippet_sandbox.gateway.names import RepoName

        repo, client = RepoName(id=repo_id), self._client()
        sizes = self._sizes(repo_id, commit)
        missing = [path for path in loaded_by_default(sizes) if client.cached(repo, commit, path) is None]
        with self._keeper.room_for(repo_id, sum(sizes[path] for path in missing)) as there_is_room:
            for path in missing if there_is_room else ():
                if not self._closing.is_set():
                    client.download(repo, commit, path)

    def _sizes(self, repo_id: str, commit: str) -> dict[str, int]:
        from verify_snippets.hub_api import model_info, sent_token

        token = sent_token(self._token)
        info = model_info(repo_id, commit, endpoint=self._hub, timeout_s=ANSWER_S, token=token, sizes=True)
        return dict(info.sizes)

    @property
    def _hub(self) -> str:
        from huggingface_hub import constants

        return (self._endpoint or constants.ENDPOINT).rstrip("/")

    def _client(self) -> "HubClient":
        """As the gateway has one, so that what it fetches is checked and kept likewise."""
        from snippet_sandbox.gateway.hub_client import HubClient
        from verify_snippets.hub_api import sent_token

        client = HubClient(
            endpoint=self._hub,
            token=sent_token(self._token) or None,
            cache_dir=Path(self._keeper.cache_dir),
            listener=self._listener,
        )
        with self._lock:
            self._clients.append(client)
            if self._closing.is_set():
                client.close()
        return client


def loads_own_weights(plan: Plan) -> bool:
    """Whether a step that runs names the card's own repo, and its weights are worth fetching ahead."""
    weight_bytes = plan.facts.weight_bytes if plan.facts else None
    repo_id = plan.card.repo_id
    if plan.card.folder or not (repo_id and plan.card.revision and weight_bytes):
        return False
    return weight_bytes >= SMALL_BYTES and any(
        _names(repo_id, step.codes) for step in plan.steps if step.runs
    )


def _names(repo_id: str, codes: Sequence[str]) -> bool:
    return any(repo_id in code for code in codes)

"""The Hub, as far as finding a card goes: its commit and its text, or a plain word on why not.

Whether the Hub can be reached is known within ten seconds. The client's own download retries a dead Hub for
half a minute, so it comes last, when the Hub has just answered.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from huggingface_hub import constants, get_hf_file_metadata, get_token, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from snippet_images.errors import UsageError, UserFacingError
from snippet_images.progress import Listener
from snippet_sandbox.gateway.download_bar import reporting_tqdm
from snippet_sandbox.gateway.retries import hub_may_recover, retries
from verify_snippets.card import CARD_NAME
from verify_snippets.hub_api import ModelInfo, model_info
from verify_snippets.hub_errors import account, bad_token, is_bad_token, trouble

_ANSWER_TIMEOUT_S = 4.0  # one call
_ANSWER_DEADLINE_S = 8.0  # a question with its retries, name resolution included
_DOWNLOAD_DEADLINE_S = 60.0
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class HubCard:
    """A card on the Hub.

    Attributes:
        repo_id: as the Hub calls it; a renamed repo has its new name.
        commit: 40 hex digits.
        data: the card as it is.
        address: where a person can read it.
    """

    repo_id: str
    commit: str
    data: bytes
    address: str


class TooLargeError(Exception):
    """The card has more bytes than are read."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class GatedError(UsageError):
    """The repo is given only to those who were let in."""


class NoCardError(UsageError):
    """The repo has no card."""


def fetch_card(
    repo_id: str,
    revision: str | None,
    *,
    size_limit: int,
    endpoint: str,
    token: str | None,
    listener: Listener,
) -> HubCard:
    """The card of a model at one commit.

    Args:
        repo_id: of the model.
        revision: a branch, a tag or a commit; None for ``main``.
        size_limit: in bytes.
        endpoint: the Hub's address.
        token: the user's; None for none.
        listener: hears of the download.

    Raises:
        UsageError: there is no such card, or the user may not see it.
        InfrastructureError: the Hub doesn't answer as it should.
        TooLargeError: it has more than ``size_limit`` bytes; it was not downloaded.
    """
    hub = _Hub(endpoint=endpoint, token=token, repo_id=repo_id, revision=revision)
    info = hub.info()
    _check_size(hub.card_size(info.commit), size_limit)
    file = hub.download(info.commit, listener)
    _check_size(file.stat().st_size, size_limit)  # what was said and what came may differ
    return HubCard(
        repo_id=info.repo_id,
        commit=info.commit,
        data=file.read_bytes(),
        address=f"{endpoint}/{info.repo_id}/blob/{info.commit}/{CARD_NAME}",
    )


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLargeError(size)


def user_token() -> str | None:
    """The token that the user is logged in with."""
    return get_token()


class _Hub:
    """Questions about one repo."""

    def __init__(self, *, endpoint: str, token: str | None, repo_id: str, revision: str | None) -> None:
        self._endpoint = endpoint
        self._token: str | bool = token or False
        self._repo_id = repo_id
        self._revision = revision or constants.DEFAULT_REVISION

    def info(self) -> ModelInfo:
        return self._ask(
            lambda: model_info(
                self._repo_id,
                self._revision,
                endpoint=self._endpoint,
                timeout_s=_ANSWER_TIMEOUT_S,
                token=self._token,
            )
        )

    def card_size(self, commit: str) -> int:
        """As the Hub says it; 0 where it doesn't."""
        url = hf_hub_url(self._repo_id, CARD_NAME, revision=commit, endpoint=self._endpoint)
        metadata = self._ask(
            lambda: get_hf_file_metadata(
                url, token=self._token, timeout=_ANSWER_TIMEOUT_S, endpoint=self._endpoint
            )
        )
        return metadata.size or 0

    def download(self, commit: str, listener: Listener) -> Path:
        return self._said_plainly(
            lambda: Path(
                hf_hub_download(
                    self._repo_id,
                    CARD_NAME,
                    revision=commit,
                    endpoint=self._endpoint,
                    token=self._token,
                    etag_timeout=_ANSWER_TIMEOUT_S,
                    tqdm_class=reporting_tqdm(CARD_NAME, listener, threading.Event()),
                )
            ),
            deadline_s=_DOWNLOAD_DEADLINE_S,
        )

    def _ask(self, call: Callable[[], T]) -> T:
        def with_retries() -> T:
            for attempt in retries(on=hub_may_recover, timeout_s=_ANSWER_DEADLINE_S - _ANSWER_TIMEOUT_S):
                with attempt:
                    return call()
            raise AssertionError("a retry context either returns or raises")

        return self._said_plainly(with_retries, deadline_s=_ANSWER_DEADLINE_S)

    def _said_plainly(self, call: Callable[[], T], *, deadline_s: float) -> T:
        try:
            return _within(deadline_s, call)
        except Exception as error:
            raise self._plain(error) from error

    def _plain(self, error: Exception) -> UserFacingError:
        repo, page = self._repo_id, f"{self._endpoint}/{self._repo_id}"
        # GatedRepoError is a RepositoryNotFoundError: first.
        if isinstance(error, GatedRepoError):
            return GatedError(
                f"{repo} is gated and {account(self._token)}",
                hint=f"request access at {page}, then `hf auth login`",
            )
        if is_bad_token(error):
            return bad_token(self._endpoint)
        if isinstance(error, RepositoryNotFoundError):
            return UsageError(
                f"there is no model {repo} on the Hub, or it is private and {account(self._token)}",
                hint="check the spelling; private: `hf auth login`; a local folder: write ./ before it",
            )
        if isinstance(error, RevisionNotFoundError):
            return UsageError(f"{repo} has no revision {self._revision!r}", hint=self._revisions_hint())
        if isinstance(error, RemoteEntryNotFoundError):
            return NoCardError(
                f"{repo} has no {CARD_NAME} at revision {self._revision}",
                hint=f"see what it has at {page}/tree/{self._revision}",
            )
        return trouble(error, self._endpoint)

    def _revisions_hint(self) -> str:
        """The revisions there are; the question is asked for the hint alone, so its failure is no matter."""
        from huggingface_hub import HfApi  # takes long to import

        api = HfApi(endpoint=self._endpoint, token=self._token)
        try:
            refs = _within(_ANSWER_TIMEOUT_S, lambda: api.list_repo_refs(self._repo_id))
        except Exception:  # noqa: BLE001 - any failure leaves us with the plain hint
            return f"see its branches and tags at {self._endpoint}/{self._repo_id}/tree/main"
        names = [ref.name for ref in [*refs.branches, *refs.tags]]
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        return f"it has {', '.join(names[:10])}{more}"


def _within(deadline_s: float, call: Callable[[], T]) -> T:
    """What ``call`` gives, if it gives it in time; in a thread, for nothing else bounds a look-up of names.

    Raises:
        TimeoutError: it took too long; the thread is left to end by itself.
    """
    results: list[T] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(call())
        except Exception as error:  # noqa: BLE001 - raised again by the one who waits
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True, name="ask-the-hub")
    thread.start()
    thread.join(deadline_s)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(f"no answer in {deadline_s:.0f} s")
    return results[0]

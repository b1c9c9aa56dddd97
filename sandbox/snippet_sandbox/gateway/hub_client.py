"""The host's side of the Hub: the real client, the user's token and the user's cache.

Everything here blocks, and runs in threads. Every call is bounded in time.
"""

import errno
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from huggingface_hub import HfApi, get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, yet not marked so
    build_hf_headers,
    get_session,
    hf_raise_for_status,
)

from snippet_images.progress import Listener
from snippet_sandbox.gateway.download_bar import reporting_tqdm
from snippet_sandbox.gateway.hub_source import (
    ApiAnswer,
    ApiCall,
    ClosedError,
    HubTroubleError,
    NotServedError,
    RepoState,
)
from snippet_sandbox.gateway.integrity import SpoiledError, keep_if_whole
from snippet_sandbox.gateway.names import RepoName
from snippet_sandbox.gateway.retries import asked_pause_s, hub_may_recover, pause_before_retry, retries
from snippet_sandbox.gateway.trickle import end_trickles
from snippet_sandbox.gateway.view import Content

ANSWER_TIMEOUT_S = 5.0
_RETRY_FOR_S = 12.0
_REDIRECTS = 5
_DOWN_FOR_S = 30.0  # after the Hub did not answer, how long nobody asks again
_PASSED_ON = ("Content-Type", "Link", "X-Repo-Commit", "ETag")
T = TypeVar("T")


class HubClient:
    """Reads the Hub with the user's token, into the user's cache.

    Args:
        endpoint: the Hub's address.
        token: the user's; None for none. It is sent to the endpoint's origin only.
        cache_dir: the user's Hub cache.
        listener: hears what is downloaded.
    """

    def __init__(self, *, endpoint: str, token: str | None, cache_dir: Path, listener: Listener) -> None:
        self._endpoint = endpoint
        self._token: str | bool = token or False
        self._cache_dir = cache_dir
        self._listener = listener
        self._closing = threading.Event()
        self._api = HfApi(endpoint=endpoint, token=self._token)
        self._down: tuple[float, HubTroubleError] | None = None

    def close(self) -> None:
        """Let running downloads stop at their next chunk."""
        self._closing.set()

    def forget_trouble(self) -> None:
        """Ask the Hub again, even if it was down a moment ago: a new job deserves a new answer."""
        self._down = None

    def state(self, repo: RepoName, revision: str) -> RepoState:
        """What ``revision`` of ``repo`` is now.

        Raises:
            NotServedError: the Hub says no.
            HubTroubleError: no answer to be had.
        """
        info = self._ask(
            lambda: self._api.repo_info(
                repo.id, repo_type=repo.type.value, revision=revision, timeout=ANSWER_TIMEOUT_S
            )
        )
        if info.sha is None:
            raise HubTroubleError(f"the Hub at {self._endpoint} gave no commit for {repo}")
        return RepoState(commit=info.sha, private=bool(info.private), gated=bool(info.gated))

    def read(self, request: ApiCall) -> ApiAnswer:
        """What the Hub's API answers.

        Raises:
            NotServedError: the Hub says no.
            HubTroubleError: no answer to be had.
        """
        return self._ask(lambda: self._read(request))

    def _read(self, call: ApiCall) -> ApiAnswer:
        headers = build_hf_headers(token=self._token if call.with_token else False)
        if call.content_type:
            headers["Content-Type"] = call.content_type
        url = self._endpoint + call.target
        for _ in range(_REDIRECTS):
            response = get_session().request(
                call.method,
                url,
                headers=headers,
                content=call.body or None,
                follow_redirects=False,
                timeout=ANSWER_TIMEOUT_S,
            )
            if not response.has_redirect_location:
                break
            url = self._followed(url, response.headers["Location"])
        hf_raise_for_status(response)
        kept = {name: response.headers[name] for name in _PASSED_ON if name in response.headers}
        return ApiAnswer(status=response.status_code, headers=kept, body=response.content)

    def _followed(self, url: str, location: str) -> str:
        """Where a redirect leads; not away from the Hub's origin, for the token goes along."""
        target = urljoin(url, location)
        if _origin(target) != _origin(self._endpoint):
            raise HubTroubleError(f"the Hub at {self._endpoint} sent us to another host")
        return target

    def cached(self, repo: RepoName, commit: str, path: str) -> Content | None:
        """A file that the cache holds already; asks nobody."""
        found = try_to_load_from_cache(
            repo.id, path, cache_dir=self._cache_dir, revision=commit, repo_type=repo.type.value
        )
        return _content(Path(found), commit) if isinstance(found, str) else None

    def check(self, repo: RepoName, commit: str, path: str) -> None:
        """Ask whether a file can be had.

        Apart from ``download``, because the client's own download retries a dead Hub for half a minute.

        Raises:
            NotServedError: the Hub says no.
            HubTroubleError: no answer to be had.
        """
        url = hf_hub_url(repo.id, path, repo_type=repo.type.value, revision=commit, endpoint=self._endpoint)
        self._ask(
            lambda: get_hf_file_metadata(
                url, token=self._token, timeout=ANSWER_TIMEOUT_S, endpoint=self._endpoint
            ),
            commit=commit,
        )

    def download(self, repo: RepoName, commit: str, path: str) -> Content:
        """A file, downloaded to the cache; this takes as long as it takes.

        Raises:
            NotServedError: the Hub says no.
            HubTroubleError: the Hub or the disk failed.
        """
        try:
            for attempt in retries(on=self._pause_before_download, timeout_s=None):
                with attempt:
                    return _content(self._downloaded(repo, commit, path), commit)
        except Exception as error:
            raise self._translated(error, commit) from error
        raise AssertionError("a retry context either returns or raises")

    def _downloaded(self, repo: RepoName, commit: str, path: str) -> Path:
        end_trickles(get_session())
        pointer = hf_hub_download(
            repo.id,
            path,
            repo_type=repo.type.value,
            revision=commit,
            cache_dir=self._cache_dir,
            endpoint=self._endpoint,
            token=self._token,
            tqdm_class=reporting_tqdm(path, self._listener, self._closing),
        )
        keep_if_whole(Path(pointer))
        return Path(pointer)

    def _pause_before_download(self, error: Exception) -> bool | float:
        if self._closing.is_set():
            return False
        return _has_wrong_size(error) or isinstance(error, SpoiledError) or pause_before_retry(error)

    def _ask(self, call: Callable[[], T], *, commit: str = "") -> T:
        """Call the Hub, again where it may help, and say in our words how it failed.

        Once it is known to be down, everyone hears so at once for a while: a library asks for ten files, and
        ten times a dozen seconds would be the snippet's time limit.
        """
        if self._down is not None and time.monotonic() < self._down[0]:
            raise self._down[1]
        try:
            for attempt in retries(on=self._pause, timeout_s=_RETRY_FOR_S):
                with attempt:
                    end_trickles(get_session())
                    return call()
        except Exception as error:
            translated = self._translated(error, commit)
            if isinstance(translated, HubTroubleError) and self._worth_retrying(error):
                self._down = (time.monotonic() + _DOWN_FOR_S, translated)
            raise translated from error
        raise AssertionError("a retry context either returns or raises")

    def _pause(self, error: Exception) -> bool | float:
        return not self._closing.is_set() and pause_before_retry(error)

    def _worth_retrying(self, error: Exception) -> bool:
        return not self._closing.is_set() and hub_may_recover(error)

    def _translated(self, error: Exception, commit: str) -> Exception:
        said = self._in_our_words(error, commit)
        if isinstance(said, NotServedError | HubTroubleError) and isinstance(self._token, str):
            said.message = said.message.replace(self._token, "***")  # a proxy may quote what it was sent
        return said

    def _in_our_words(self, error: Exception, commit: str) -> Exception:
        if isinstance(error, ClosedError | HubTroubleError):
            return error
        refusal = hub_refusal(error, commit=commit)
        if refusal is not None:
            return refusal
        if isinstance(error, HfHubHTTPError):
            asked_s = asked_pause_s(error)
            pause = f" and asks to be left alone for {asked_s:.0f} s" if asked_s else ""
            return HubTroubleError(
                f"the Hub at {self._endpoint} answered {error.response.status_code}{pause}"
            )
        if isinstance(error, SpoiledError) or _has_wrong_size(error):
            return HubTroubleError(f"the Hub at {self._endpoint} spoils files: {_one_line(error)}")
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return HubTroubleError(f"the disk of the Hub cache {self._cache_dir} is full", status=507)
        if "timeout" in type(error).__name__.lower():
            return HubTroubleError(f"the Hub at {self._endpoint} did not answer in time", status=504)
        return HubTroubleError(f"the Hub at {self._endpoint} can't be reached: {_one_line(error)}")


def hub_refusal(error: Exception, *, commit: str = "") -> NotServedError | None:
    """What the Hub's refusal is called in its own protocol; None if ``error`` is none."""
    # GatedRepoError is a RepositoryNotFoundError: first.
    for kind, status, code in (
        (GatedRepoError, 403, "GatedRepo"),
        (RepositoryNotFoundError, 404, "RepoNotFound"),
        (RevisionNotFoundError, 404, "RevisionNotFound"),
        (RemoteEntryNotFoundError, 404, "EntryNotFound"),
    ):
        if isinstance(error, kind):
            message = getattr(error, "server_message", None) or _REFUSALS[code]
            return NotServedError(message, status=status, code=code, commit=commit)
    if isinstance(error, HfHubHTTPError) and error.response.status_code in (400, 401, 403, 404, 451):
        return NotServedError(_one_line(error), status=error.response.status_code, commit=commit)
    return None


_REFUSALS = {
    "GatedRepo": "Access to this repo is gated and the user's token has no access",
    "RepoNotFound": "Repository not found",
    "RevisionNotFound": "Revision not found",
    "EntryNotFound": "Entry not found",
}


def _has_wrong_size(error: Exception) -> bool:
    # The client has no type for it.
    return isinstance(error, OSError) and "Consistency check failed" in str(error)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _content(pointer: Path, commit: str) -> Content:
    blob = pointer.readlink().name if pointer.is_symlink() else f"{commit}/{pointer.name}"
    return Content(file=pointer, etag=blob, size=pointer.stat().st_size, ours=True)


def _one_line(error: Exception) -> str:
    # Without queries: addresses of large files are signed there, and open them to whoever reads this.
    text = re.sub(r"(https?://[^\s?'\"]+)\?[^\s'\"]*", r"\1", str(error))
    return " ".join(text.split())[:300] or type(error).__name__

"""The Hub's answers, recorded and replayed, as the gateway's own client reads them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from huggingface_hub import hf_hub_url

from snippet_sandbox.gateway.hub_source import (
    ApiAnswer,
    ApiCall,
    HubSource,
    HubTroubleError,
    NotServedError,
    RepoState,
)
from snippet_sandbox.gateway.names import RepoName, quoted
from snippet_sandbox.gateway.tape.exchange import Exchange, Question
from snippet_sandbox.gateway.tape.recorder import Recorder, RecordingError
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.gateway.view import Content

_MESSAGE, _CODE, _COMMIT = "X-Error-Message", "X-Error-Code", "X-Repo-Commit"
T = TypeVar("T")


class NotRecordedHubError(HubTroubleError):
    """A replay has no answer to this question to the Hub."""

    def __init__(self, asked: Question) -> None:
        super().__init__(f"not recorded: {asked}", status=504)
        self.asked = asked


@dataclass(frozen=True, kw_only=True)
class _Questions:
    """What is asked of the Hub, as requests to it.

    Attributes:
        endpoint: the Hub's address.
    """

    endpoint: str

    def state(self, repo: RepoName, revision: str) -> Question:
        path = f"{repo.api_path}/revision/{quoted(revision)}"
        return Question(method="GET", url=self.endpoint + path)

    def file(self, repo: RepoName, commit: str, path: str) -> Question:
        url = hf_hub_url(repo.id, path, repo_type=repo.type.value, revision=commit, endpoint=self.endpoint)
        return Question(method="GET", url=url)

    def read(self, call: ApiCall) -> Question:
        body = sha256(call.body).hexdigest() if call.body else ""
        return Question(method=call.method, url=self.endpoint + call.target, body_sha256=body)


class RecordedHub:
    """The Hub, with all that it answers kept; see ``HubSource`` for what it does and raises.

    Args:
        hub: the Hub itself.
        recorder: keeps its answers.
        endpoint: its address.
    """

    def __init__(self, hub: HubSource, recorder: Recorder, endpoint: str) -> None:
        self._hub = hub
        self._recorder = recorder
        self._questions = _Questions(endpoint=endpoint)

    def close(self) -> None:
        """See ``HubSource``."""
        self._hub.close()

    def forget_trouble(self) -> None:
        """See ``HubSource``."""
        self._hub.forget_trouble()

    def state(self, repo: RepoName, revision: str) -> RepoState:
        """See ``HubSource``."""
        asked = self._questions.state(repo, revision)
        state = self._refusals_kept(asked, lambda: self._hub.state(repo, revision))
        said = {"sha": state.commit, "private": state.private, "gated": state.gated}
        self._keep(asked, json.dumps(said).encode())
        return state

    def read(self, request: ApiCall) -> ApiAnswer:
        """See ``HubSource``."""
        asked = self._questions.read(request)
        answer = self._refusals_kept(asked, lambda: self._hub.read(request))
        self._keep(asked, answer.body, status=answer.status, headers=answer.headers)
        return answer

    def cached(self, repo: RepoName, commit: str, path: str) -> Content | None:
        """See ``HubSource``."""
        content = self._hub.cached(repo, commit, path)
        return self._keep_file(self._questions.file(repo, commit, path), content) if content else None

    def check(self, repo: RepoName, commit: str, path: str) -> None:
        """See ``HubSource``."""
        asked = self._questions.file(repo, commit, path)
        self._refusals_kept(asked, lambda: self._hub.check(repo, commit, path))

    def download(self, repo: RepoName, commit: str, path: str) -> Content:
        """See ``HubSource``."""
        asked = self._questions.file(repo, commit, path)
        return self._keep_file(asked, self._hub.download(repo, commit, path))

    def _refusals_kept(self, asked: Question, call: Callable[[], T]) -> T:
        try:
            return call()
        except NotServedError as error:
            headers = {_MESSAGE: error.message, _CODE: error.code, _COMMIT: error.commit}
            self._keep(asked, b"", status=error.status, headers=headers)
            raise

    def _keep(
        self, asked: Question, body: bytes, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        try:
            self._recorder.keep(asked, body, status=status, headers=tuple((headers or {}).items()))
        except RecordingError as error:
            raise HubTroubleError(str(error), status=507) from error

    def _keep_file(self, asked: Question, content: Content) -> Content:
        try:
            self._recorder.keep_file(asked, content.file.resolve(), headers=(("ETag", content.etag),))
        except RecordingError as error:
            raise HubTroubleError(str(error), status=507) from error
        return content


class ReplayedHub:
    """The Hub as it was: asks nobody, neither the Hub nor the user's cache. See ``HubSource``.

    Args:
        replay: has its answers.
        endpoint: the address that it had.
    """

    def __init__(self, replay: Replay, endpoint: str) -> None:
        self._replay = replay
        self._questions = _Questions(endpoint=endpoint)

    def close(self) -> None:
        """See ``HubSource``."""

    def forget_trouble(self) -> None:
        """See ``HubSource``."""

    def state(self, repo: RepoName, revision: str) -> RepoState:
        """See ``HubSource``."""
        asked = self._questions.state(repo, revision)
        said: Any = _parsed(self._body(self._answer(asked)), asked)
        return RepoState(
            commit=str(said.get("sha")), private=bool(said.get("private")), gated=bool(said.get("gated"))
        )

    def read(self, request: ApiCall) -> ApiAnswer:
        """See ``HubSource``."""
        answer = self._answer(self._questions.read(request))
        return ApiAnswer(status=answer.status, headers=dict(answer.headers), body=self._body(answer))

    def cached(self, repo: RepoName, commit: str, path: str) -> Content | None:
        """See ``HubSource``."""
        answer = self._replay.find(self._questions.file(repo, commit, path))
        return self._content(answer) if answer and answer.status == 200 else None

    def check(self, repo: RepoName, commit: str, path: str) -> None:
        """See ``HubSource``."""
        self._answer(self._questions.file(repo, commit, path))

    def download(self, repo: RepoName, commit: str, path: str) -> Content:
        """See ``HubSource``."""
        return self._content(self._answer(self._questions.file(repo, commit, path)))

    def _answer(self, asked: Question) -> Exchange:
        answer = self._replay.find(asked)
        if answer is None:
            raise NotRecordedHubError(asked)
        if answer.status >= 400:
            said = dict(answer.headers)
            raise NotServedError(
                said.get(_MESSAGE, ""),
                status=answer.status,
                code=said.get(_CODE, ""),
                commit=said.get(_COMMIT, ""),
            )
        return answer

    def _content(self, answer: Exchange) -> Content:
        body = self._replay.body(answer)
        etag = dict(answer.headers).get("ETag", answer.body_sha256)
        return Content(file=body, etag=etag, size=_size(body))

    def _body(self, answer: Exchange) -> bytes:
        body = self._replay.body(answer)
        _size(body)
        return body.read_bytes()


def _size(body: Path) -> int:
    try:
        return body.stat().st_size
    except OSError as error:
        raise HubTroubleError(f"the recording has lost {body.name}") from error


def _parsed(body: bytes, asked: Question) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise HubTroubleError(f"the recording's answer to {asked} can't be understood")
    return value

"""Answers a job's requests to the Hub: from a folder, the user's cache, or read through at one commit."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from aiohttp import web

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.folder_repo import FolderRepo
from snippet_sandbox.gateway.hub_source import (
    ApiCall,
    HubSource,
    HubTroubleError,
    NotServedError,
)
from snippet_sandbox.gateway.names import (
    DEFAULT_REVISION,
    AboutRequest,
    FileRequest,
    InfoRequest,
    ListRequest,
    PathsRequest,
    RepoName,
    RepoRequest,
    TreeRequest,
    WhoAmIRequest,
    parse_hub_path,
    quoted,
)
from snippet_sandbox.gateway.replies import json_reply, send_file
from snippet_sandbox.gateway.threads import Once, in_thread
from snippet_sandbox.gateway.view import Content, HubView

_BODY_LIMIT_BYTES = 1_000_000
_FETCHES_AT_A_TIME = 8
_QUESTIONS_AT_A_TIME = 16
_ANSWER_DEADLINE_S = 20.0  # with retries; nothing else bounds the resolution of names
T = TypeVar("T")


class HubService:
    """The Hub, as every door of one run sees it.

    Args:
        client: where it is read from.
        endpoint: the Hub's address.
        pins: commits that are known already.
        folders: local folders that stand in for repos.
        allowed: repos that are read with the user's token though they belong to others.
    """

    def __init__(
        self,
        *,
        client: HubSource,
        endpoint: str,
        pins: Mapping[RepoName, str],
        folders: Mapping[RepoName, FolderRepo],
        allowed: Collection[RepoName] = (),
    ) -> None:
        self._client = client
        self.host = urlsplit(endpoint).hostname or endpoint
        self._endpoint = endpoint
        self._pins = pins
        self._folders = folders
        self._allowed = frozenset(allowed)
        self._trusted_owners = {repo.owner for repo in [*pins, *folders] if repo.owner}
        self._commits: Once[tuple[RepoName, str], str] = Once()
        self._contents: Once[tuple[RepoName, str, str], Content] = Once()
        self._missing: set[tuple[RepoName, str, str]] = set()
        self._fetches = asyncio.Semaphore(_FETCHES_AT_A_TIME)
        self._questions = asyncio.Semaphore(_QUESTIONS_AT_A_TIME)

    async def answer(self, request: web.BaseRequest, view: HubView, ledger: Ledger) -> web.StreamResponse:
        """Answer one request.

        Raises:
            RefusedError: the gateway doesn't serve this.
            NotServedError: the Hub says no.
            HubTroubleError: the Hub, the network or the disk failed.
        """
        asked = parse_hub_path(request.method, request.raw_path)
        if isinstance(asked, WhoAmIRequest):
            raise NotServedError("Invalid username or password.", status=401)
        if isinstance(asked, ListRequest):
            return await self._list(request, asked, ledger)
        if asked.repo in self._folders:
            return await self._from_folder(request, asked, self._folders[asked.repo], view, ledger)
        return await self._from_hub(request, asked, view, ledger)

    # --- a repo of the Hub

    async def _from_hub(
        self, request: web.BaseRequest, asked: RepoRequest, view: HubView, ledger: Ledger
    ) -> web.StreamResponse:
        ledger.host(self.host)
        commit = await self._commit(asked.repo, asked.revision)
        ledger.repo(str(asked.repo), commit)
        if isinstance(asked, FileRequest):
            return await self._file(request, asked, commit, view, ledger)
        body = await _small_body(request) if isinstance(asked, PathsRequest) else b""
        call = ApiCall(
            method=request.method if request.method == "POST" else "GET",
            target=_with_query(_pinned_path(asked, commit), request),
            body=body,
            content_type=request.headers.get("Content-Type", "") if body else "",
            with_token=True,
        )
        return await self._pass_on(request, call, ledger)

    async def _file(
        self, request: web.BaseRequest, asked: FileRequest, commit: str, view: HubView, ledger: Ledger
    ) -> web.StreamResponse:
        try:
            with ledger.waiting():
                content = await self._content(asked.repo, commit, asked.path)
        except NotServedError as error:
            if error.code == "EntryNotFound":
                _note_missing(view, asked, commit)
            raise
        return await _show_and_send(request, asked, commit, content, view, ledger)

    async def _content(self, repo: RepoName, commit: str, path: str) -> Content:
        key = (repo, commit, path)
        if key in self._missing:
            raise NotServedError("Entry not found", status=404, code="EntryNotFound", commit=commit)

        async def fetch() -> Content:
            held = self._client.cached(repo, commit, path)
            if held is not None:
                return held
            await self._asked(lambda: self._client.check(repo, commit, path))
            async with self._fetches:
                return await in_thread(lambda: self._client.download(repo, commit, path))

        try:
            return await self._contents.get(key, fetch)
        except NotServedError as error:
            if error.code == "EntryNotFound":  # a commit never changes: nobody needs to ask again
                self._missing.add(key)
            raise

    async def _commit(self, repo: RepoName, revision: str) -> str:
        """The commit that ``revision`` means in this run: the first answer holds to its end."""
        pinned = self._pins.get(repo)
        if pinned is not None and revision in (DEFAULT_REVISION, pinned):
            return pinned

        async def ask() -> str:
            state = await self._asked(lambda: self._client.state(repo, revision))
            if state.private and not self._may_use_token_for(repo):
                raise NotServedError("Repository not found", status=404, code="RepoNotFound")
            if state.gated and not self._may_use_token_for(repo):
                why = f"{repo} is gated, and your access is lent to this card only with --allow-repo {repo}"
                raise NotServedError(why, status=403, code="GatedRepo")
            return state.commit

        return await self._commits.get((repo, revision), ask)

    def _may_use_token_for(self, repo: RepoName) -> bool:
        # The user's token opens all that is the user's, and what others let the user into. A stranger's card
        # must not read that: only the verified repo, its owner's others and what the user names are open.
        return repo in self._pins or repo.owner in self._trusted_owners or repo in self._allowed

    async def _asked(self, question: Callable[[], T]) -> T:
        """Ask the Hub something that it answers at once, or not at all."""
        try:
            async with asyncio.timeout(_ANSWER_DEADLINE_S), self._questions:
                return await in_thread(question)
        except TimeoutError as error:
            message = f"the Hub at {self._endpoint} did not answer in {_ANSWER_DEADLINE_S:.0f} s"
            raise HubTroubleError(message, status=504) from error

    async def _list(self, request: web.BaseRequest, asked: ListRequest, ledger: Ledger) -> web.StreamResponse:
        # Without the token: a list made with it would name private repos.
        ledger.host(self.host)
        call = ApiCall(method="GET", target=_with_query(f"/api/{asked.type}s", request))
        return await self._pass_on(request, call, ledger)

    async def _pass_on(self, request: web.BaseRequest, call: ApiCall, ledger: Ledger) -> web.StreamResponse:
        answer = await self._asked(lambda: self._client.read(call))
        headers = dict(answer.headers)
        if "Link" in headers:
            headers["Link"] = headers["Link"].replace(self._endpoint, f"http://{request.host}")
        ledger.received(len(answer.body))
        return web.Response(status=answer.status, headers=headers, body=answer.body)

    # --- a local folder

    async def _from_folder(
        self, request: web.BaseRequest, asked: RepoRequest, folder: FolderRepo, view: HubView, ledger: Ledger
    ) -> web.StreamResponse:
        if not folder.knows(asked.revision):
            raise NotServedError(
                f"{folder.folder} stands in for {folder.name} and has no revision {asked.revision!r}",
                status=404,
                code="RevisionNotFound",
            )
        ledger.repo(str(folder.name), folder.commit)
        if isinstance(asked, FileRequest):
            content = folder.files.get(asked.path)
            if content is None:
                _note_missing(view, asked, folder.commit)
                raise _no_entry(folder)
            return await _show_and_send(request, asked, folder.commit, content, view, ledger)
        if isinstance(asked, PathsRequest):
            paths = _asked_paths(await _small_body(request), request.content_type)
            return json_reply(folder.paths_info(paths), ledger)
        return json_reply(_folder_answer(folder, asked, request), ledger, commit=folder.commit)


def _folder_answer(folder: FolderRepo, asked: RepoRequest, request: web.BaseRequest) -> Any:
    match asked:
        case InfoRequest():
            return folder.info()
        case TreeRequest(path=path):
            entries = folder.tree(path, recursive=_flag(request, "recursive"))
            if entries is None:
                raise _no_entry(folder)
            return entries
        case AboutRequest(what="refs"):
            main = {"name": "main", "ref": "refs/heads/main", "targetCommit": folder.commit}
            return {"branches": [main], "converts": [], "tags": []}
        case _:
            return {}


def _no_entry(folder: FolderRepo) -> NotServedError:
    return NotServedError("Entry not found", status=404, code="EntryNotFound", commit=folder.commit)


def _note_missing(view: HubView, asked: FileRequest, commit: str) -> None:
    view.add_missing(asked.repo, commit=commit, path=asked.path)
    view.add_ref(asked.repo, revision=asked.revision, commit=commit)


async def _show_and_send(
    request: web.BaseRequest,
    asked: FileRequest,
    commit: str,
    content: Content,
    view: HubView,
    ledger: Ledger,
) -> web.StreamResponse:
    """Put the file in the view, and only then answer: the client then finds it there and writes nothing."""

    def show() -> None:
        view.add_file(asked.repo, commit=commit, path=asked.path, content=content)
        view.add_ref(asked.repo, revision=asked.revision, commit=commit)

    try:
        await in_thread(show)
        return await send_file(request, content, ledger, commit=commit)
    except (FileNotFoundError, PermissionError, OSError) as error:
        if isinstance(error, ConnectionError):
            raise
        raise HubTroubleError(f"{asked.path} of {asked.repo} can't be shown: {error.strerror}") from error


def _pinned_path(asked: RepoRequest, commit: str) -> str:
    """The Hub's own path for what was asked, at ``commit``."""
    match asked:
        case InfoRequest(repo=repo):
            return f"{repo.api_path}/revision/{commit}"
        case TreeRequest(repo=repo, path=path):
            return f"{repo.api_path}/tree/{commit}" + (f"/{quoted(path)}" if path else "")
        case PathsRequest(repo=repo):
            return f"{repo.api_path}/paths-info/{commit}"
        case AboutRequest(repo=repo, what=what):
            return f"{repo.api_path}/{quote(what)}"
        case _:
            raise AssertionError(f"{asked} has no path in the API")


def _with_query(path: str, request: web.BaseRequest) -> str:
    query = request.raw_path.partition("?")[2]
    return f"{path}?{query}" if query else path


def _flag(request: web.BaseRequest, name: str) -> bool:
    return parse_qs(request.raw_path.partition("?")[2]).get(name, ["false"])[0].lower() in ("true", "1")


async def _small_body(request: web.BaseRequest) -> bytes:
    body = await request.content.read(_BODY_LIMIT_BYTES + 1)
    while not request.content.at_eof() and len(body) <= _BODY_LIMIT_BYTES:
        body += await request.content.read(_BODY_LIMIT_BYTES + 1)
    if len(body) > _BODY_LIMIT_BYTES:
        raise NotServedError("this request is too large", status=413)
    return body


def _asked_paths(body: bytes, content_type: str) -> list[str]:
    try:
        if content_type == "application/json":
            paths = json.loads(body).get("paths", [])
            return [str(path) for path in ([paths] if isinstance(paths, str) else paths)]
        return parse_qs(body.decode()).get("paths", [])
    except (ValueError, AttributeError) as error:
        raise NotServedError("this request can't be read", status=400) from error

"""What the test Hub answers. Read off the real Hub and its client."""

from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from tests.hub_server.contributions import Contributions
from tests.hub_server.people import People
from tests.hub_server.store import File, Repo, Store, Tree

_TYPES = {"models": "model", "datasets": "dataset", "spaces": "space"}
_REPO = r"{repo:[^/]+/[^/]+}"
_WHEN = "2026-01-02T03:04:05.000Z"


class Settings(Protocol):
    """What the answers need to know of the server."""

    store: Store
    tokens: dict[str, str]
    page_size: int
    endpoint: str
    lfs_endpoint: str


def error(status: int, code: str, message: str, **headers: str) -> web.Response:
    """A refusal in the Hub's protocol."""
    named = {"X-Error-Message": message, **headers}
    if code:
        named["X-Error-Code"] = code
    return web.json_response({"error": message}, status=status, headers=named)


class _RefusedError(Exception):
    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


class Hub:
    """Handlers for the routes of both ports."""

    def __init__(self, server: Settings) -> None:
        self._server = server

    def add_routes(self, app: web.Application) -> None:
        """Routes of the Hub's own port."""
        app.middlewares.append(_refusals)
        add = app.router.add_get
        add("/api/whoami-v2", self._whoami)
        app.router.add_post("/api/validate-yaml", self._validate_yaml)
        People(self._server.store, self).add_routes(app)
        contributions = Contributions(self)
        for plural in _TYPES:
            base = f"/api/{{plural:{plural}}}"
            add(base, self._list)
            add(f"{base}/{_REPO}/revision/{{revision}}", self._info)
            add(f"{base}/{_REPO}/tree/{{revision}}", self._tree)
            add(f"{base}/{_REPO}/tree/{{revision}}/{{path:.+}}", self._tree)
            app.router.add_post(f"{base}/{_REPO}/paths-info/{{revision}}", self._paths_info)
            add(f"{base}/{_REPO}/refs", self._refs)
            add(f"{base}/{_REPO}/auth-check", self._auth_check)
            contributions.add_routes(app, f"{base}/{_REPO}")
            add(f"{base}/{_REPO}", self._info)
        for prefix in (r"{plural:datasets|spaces}/", ""):
            add(f"/{prefix}{_REPO}/resolve/{{revision}}/{{path:.+}}", self._resolve)
        add(r"/{repo:[^/]+/[^/]+}.ipynb", self._code_notebook)

    def add_lfs_routes(self, app: web.Application) -> None:
        """Routes of the port where content in LFS is."""
        app.router.add_get("/{sha256}", self._lfs)

    # --- who may see what

    @property
    def endpoint(self) -> str:
        """The Hub's own address."""
        return self._server.endpoint

    def user(self, request: web.Request) -> str | None:
        """The name of the user whose token came; None for none."""
        return self._server.tokens.get(self._token(request) or "")

    def refuse(self, status: int, message: str) -> web.Response:
        """A refusal."""
        return error(status, "", message)

    def unknown(self, what: str) -> web.Response:
        """That there is no such thing."""
        return error(404, "", f"{what} not found")

    def may_see(self, request: web.Request, repo: Repo) -> bool:
        """Whether a request's user sees that there is such a repo."""
        return not repo.private or self._token(request) in repo.readers

    def _token(self, request: web.Request) -> str | None:
        return request.headers.get("Authorization", "").removeprefix("Bearer ") or None

    def repo(self, request: web.Request) -> Repo:
        """The repo that a request is about, if its user may see it."""
        repo_type = _TYPES[request.match_info.get("plural", "models")]
        repo = self._server.store.get(repo_type, request.match_info["repo"])
        token = self._token(request)
        if repo is None or not self.may_see(request, repo):
            status = 401 if token is None else 404
            raise _RefusedError(error(status, "RepoNotFound", "Repository not found"))
        return repo

    def _check_gate(self, request: web.Request, repo: Repo) -> None:
        token = self._token(request)
        if repo.gated and token not in repo.readers:
            status = 401 if token is None else 403
            message = f"Access to model {repo.id} is restricted and you are not in the authorized list."
            raise _RefusedError(error(status, "GatedRepo", message))

    def _commit(self, request: web.Request, repo: Repo) -> str:
        revision = request.match_info.get("revision", "main")
        commit = repo.resolve(revision)
        if commit is None:
            raise _RefusedError(error(404, "RevisionNotFound", f"Invalid rev id: {revision}"))
        return commit

    # --- files

    async def _resolve(self, request: web.Request) -> web.StreamResponse:
        repo = self.repo(request)
        self._check_gate(request, repo)
        commit = self._commit(request, repo)
        file = repo.commits[commit].get(request.match_info["path"])
        if file is None:
            return error(404, "EntryNotFound", "Entry not found", **{"X-Repo-Commit": commit})
        headers = {"X-Repo-Commit": commit, "ETag": f'"{file.etag}"', "Accept-Ranges": "bytes"}
        if not file.lfs:
            return _content(request, file.data, headers)
        headers["X-Linked-Etag"] = f'"{file.sha256}"'
        headers["X-Linked-Size"] = str(len(file.data))
        headers["Location"] = f"{self._server.lfs_endpoint}/{file.sha256}"
        return web.Response(status=302, headers=headers)

    async def _code_notebook(self, request: web.Request) -> web.StreamResponse:
        repo = self.repo(request)
        if not repo.code_notebook:
            return self.unknown("the notebook")
        return web.Response(text=repo.code_notebook, content_type="application/x-ipynb+json")

    async def _lfs(self, request: web.Request) -> web.StreamResponse:
        data = self._server.store.content(request.match_info["sha256"])
        if data is None:
            return web.Response(status=404)
        return _content(request, data, {"ETag": f'"{request.match_info["sha256"]}"'})

    # --- the API

    async def _whoami(self, request: web.Request) -> web.Response:
        name = self.user(request)
        if name is None:
            return error(401, "", "Invalid username or password.")
        return web.json_response({"type": "user", "id": name, "name": name, "orgs": [], "auth": {}})

    async def _validate_yaml(self, request: web.Request) -> web.Response:
        known = "content" in await request.json()
        return web.json_response({"errors": [], "warnings": []}, status=200 if known else 400)

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query
        repos = [
            repo
            for repo in self._server.store.of_type(_TYPES[request.match_info["plural"]])
            if self.may_see(request, repo)
            and repo.id.startswith(f"{query['author']}/" if "author" in query else "")
            and query.get("search", "") in repo.id
            and _has_tag(repo, query.get("filter"))
        ]
        start, size = int(query.get("cursor", 0)), min(int(query.get("limit", 1000)), self._server.page_size)
        page = [
            _info(repo, repo.refs["main"], query.getall("expand", [])) for repo in repos[start : start + size]
        ]
        headers = {}
        if start + size < len(repos):
            following = [pair for pair in parse_qsl(request.query_string) if pair[0] != "cursor"]
            address = (
                f"{self._server.endpoint}{request.path}?{urlencode([*following, ('cursor', start + size)])}"
            )
            headers["Link"] = f'<{address}>; rel="next"'
        return web.json_response(page, headers=headers)

    async def _info(self, request: web.Request) -> web.Response:
        repo = self.repo(request)
        commit = self._commit(request, repo)
        expand = request.query.getall("expand", [])
        info = _info(repo, commit, expand)
        if not expand or "siblings" in expand:
            blobs = request.query.get("blobs", "").lower() in ("true", "1")
            info["siblings"] = [_sibling(path, file, blobs) for path, file in repo.commits[commit].items()]
        return web.json_response(info, headers={"X-Repo-Commit": commit})

    async def _tree(self, request: web.Request) -> web.Response:
        repo = self.repo(request)
        commit = self._commit(request, repo)
        path = request.match_info.get("path", "")
        recursive = request.query.get("recursive", "").lower() in ("true", "1")
        entries = _tree_entries(repo.commits[commit], path, recursive)
        if not entries and path:
            return error(404, "EntryNotFound", f"{path} does not exist on {commit}")
        return web.json_response(entries, headers={"X-Repo-Commit": commit})

    async def _paths_info(self, request: web.Request) -> web.Response:
        repo = self.repo(request)
        commit = self._commit(request, repo)
        tree = repo.commits[commit]
        form = await request.post()
        asked = [str(path) for path in form.getall("paths", [])]
        found = [_file_entry(path, tree[path]) for path in asked if path in tree]
        for entry in found:
            moment = repo.changed.get(commit, {}).get(entry["path"])
            if moment and str(form.get("expand", "")).lower() == "true":
                entry["lastCommit"] = {"id": commit, "title": "a change", "date": moment}
        folders = [path for path in asked if any(name.startswith(f"{path}/") for name in tree)]
        return web.json_response([*found, *(_folder_entry(path) for path in folders)])

    async def _refs(self, request: web.Request) -> web.Response:
        repo = self.repo(request)
        named = {
            kind: [
                {"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": commit}
                for name, commit in repo.refs.items()
                if not name.startswith("refs/pr/") and (name in repo.tags) == (kind == "tags")
            ]
            for kind in ("heads", "tags")
        }
        return web.json_response({"branches": named["heads"], "tags": named["tags"], "converts": []})

    async def _auth_check(self, request: web.Request) -> web.Response:
        self._check_gate(request, self.repo(request))
        return web.json_response({})


@web.middleware
async def _refusals(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except _RefusedError as refused:
        return refused.response
    return response


def _content(request: web.Request, data: bytes, headers: dict[str, str]) -> web.Response:
    asked = request.http_range if "Range" in request.headers else slice(None)
    start, stop, _ = asked.indices(len(data))
    if asked == slice(None):
        return web.Response(body=data, headers=headers)
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
    return web.Response(status=206, body=data[start:stop], headers=headers)


def _has_tag(repo: Repo, tag: str | None) -> bool:
    """Whether a repo has a tag that the Hub makes of its base model: ``base_model:RELATION:REPO``."""
    if tag is None:
        return True
    metadata = repo.metadata(repo.refs["main"])
    relation, base = metadata.get("base_model_relation"), metadata.get("base_model")
    return tag in (f"base_model:{base}", f"base_model:{relation}:{base}", *metadata.get("tags", []))


def _info(repo: Repo, commit: str, expand: list[str]) -> dict[str, Any]:
    metadata = repo.metadata(commit)
    whole: dict[str, Any] = {
        "author": repo.owner,
        "sha": commit,
        "private": repo.private,
        "gated": "manual" if repo.gated else False,
        "disabled": False,
        "lastModified": repo.last_modified,
        "createdAt": _WHEN,
        "downloads": repo.downloads,
        "tags": metadata.get("tags", []),
        "cardData": metadata,
    }
    for name in ("pipeline_tag", "library_name"):
        if name in metadata:
            whole[name] = metadata[name]
    if not expand:
        whole |= repo.told
    if "likes" in expand:
        whole["likes"] = next(repo.likes)
    kept = {name: value for name, value in whole.items() if name in expand} if expand else whole
    return {"_id": commit[:24], "id": repo.id, "modelId": repo.id, **kept}


def _sibling(path: str, file: File, blobs: bool) -> dict[str, Any]:
    if not blobs:
        return {"rfilename": path}
    sibling: dict[str, Any] = {"rfilename": path, "size": len(file.data), "blobId": file.blob_id}
    if file.lfs:
        sibling["lfs"] = {"sha256": file.sha256, "size": len(file.data), "pointerSize": 134}
    return sibling


def _tree_entries(tree: Tree, path: str, recursive: bool) -> list[dict[str, Any]]:
    prefix = f"{path}/" if path else ""
    entries: dict[str, dict[str, Any]] = {}
    for name, file in tree.items():
        if not name.startswith(prefix):
            continue
        parts = name.removeprefix(prefix).split("/")
        for depth in range(1, len(parts) if recursive else min(len(parts), 2)):
            folder = prefix + "/".join(parts[:depth])
            entries.setdefault(folder, _folder_entry(folder))
        if recursive or len(parts) == 1:
            entries[name] = _file_entry(name, file)
    return list(entries.values())


def _file_entry(path: str, file: File) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "path": path, "size": len(file.data), "oid": file.blob_id}
    if file.lfs:
        entry["lfs"] = {"oid": file.sha256, "size": len(file.data), "pointerSize": 134}
    return entry


def _folder_entry(path: str) -> dict[str, Any]:
    return {"type": "directory", "path": path, "size": 0, "oid": "0" * 40}

"""Pull requests on the test Hub: committed to, listed, read and edited as the real client does it."""

import base64
import json
from typing import Any, Protocol

from aiohttp import web

from tests.hub_server.store import PullRequest, Repo

WHEN = "2026-01-02T03:04:05.000Z"


class Access(Protocol):
    """What contributions need of the Hub's other answers."""

    @property
    def endpoint(self) -> str:
        """The Hub's own address."""

    def repo(self, request: web.Request) -> Repo:
        """The repo that a request is about, if its user may see it."""

    def user(self, request: web.Request) -> str | None:
        """The user's name."""

    def refuse(self, status: int, message: str) -> web.Response:
        """A refusal in the Hub's protocol."""


class Contributions:
    """Handlers of all that changes a repo, and of discussions.

    Args:
        access: the rest of the Hub.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def add_routes(self, app: web.Application, base: str) -> None:
        """Routes below the address of a kind of repo, such as ``/api/{plural:models}/{repo}``."""
        router, one = app.router, f"{base}/discussions/{{number:\\d+}}"
        router.add_post(f"{base}/preupload/{{revision}}", self._preupload)
        router.add_post(f"{base}/commit/{{revision}}", self._commit)
        router.add_get(f"{base}/discussions", self._list)
        router.add_get(one, self._details)
        router.add_post(f"{one}/comment/{{comment}}/edit", self._edit)
        router.add_post(f"{one}/title", self._rename)

    async def _preupload(self, request: web.Request) -> web.Response:
        repo = self._access.repo(request)
        tree = repo.commits[repo.refs[request.match_info["revision"]]]
        asked = [file["path"] for file in (await request.json())["files"]]
        files = [
            {
                "path": path,
                "uploadMode": "regular",
                "shouldIgnore": False,
                "oid": tree[path].blob_id if path in tree else None,
            }
            for path in asked
        ]
        return web.json_response({"files": files})

    async def _commit(self, request: web.Request) -> web.Response:
        repo, user = self._access.repo(request), self._access.user(request)
        if user is None:
            return self._access.refuse(401, "Invalid username or password.")
        items = [json.loads(line) for line in (await request.text()).splitlines()]
        header = items[0]["value"]
        files = {
            item["value"]["path"]: base64.b64decode(item["value"]["content"])
            for item in items[1:]
            if item["key"] == "file"
        }
        revision, opens = request.match_info["revision"], request.query.get("create_pr") == "1"
        parent = header.get("parentCommit") or repo.refs[revision]
        if not opens:
            own = [pull for pull in repo.pull_requests if pull.ref == revision and pull.author == user]
            if not own:
                return self._access.refuse(403, f"You may not write to {revision}")
            if parent != repo.refs[revision]:
                return self._access.refuse(412, "A commit has happened since.")
        pull = repo.open_pull_request(user, header["summary"], header["description"]) if opens else own[0]
        unchanged = {path: file.data for path, file in repo.commits[parent].items()}
        commit = repo.commit({**unchanged, **files}, branch=pull.ref)
        pull.commits.append((header["summary"], commit))
        page = f"{self._access.endpoint}/{repo.id}"
        return web.json_response(
            {
                "success": True,
                "commitOid": commit,
                "commitUrl": f"{page}/commit/{commit}",
                "pullRequestUrl": f"{page}/discussions/{pull.number}" if opens else None,
            }
        )

    async def _list(self, request: web.Request) -> web.Response:
        repo, query = self._access.repo(request), request.query
        found = [
            _short(pull, repo)
            for pull in repo.pull_requests
            if query.get("author", pull.author) == pull.author
            and query.get("status", "all") in ("all", pull.status)
            and query.get("type", "all") in ("all", "pull_request")
        ]
        return web.json_response({"discussions": found, "count": len(found), "start": 0})

    async def _details(self, request: web.Request) -> web.Response:
        repo = self._access.repo(request)
        pull = self._pull(request, repo)
        events = [_comment(pull), *(_committed(pull, subject, oid) for subject, oid in pull.commits)]
        changes = {"base": "refs/heads/main"}
        more = {"events": events, "changes": changes, "filesWithConflicts": [], "diff": ""}
        return web.json_response({**_short(pull, repo), **more})

    async def _edit(self, request: web.Request) -> web.Response:
        pull = self._pull(request, self._access.repo(request))
        if self._access.user(request) != pull.author:
            return self._access.refuse(403, "Not your comment")
        pull.body = (await request.json())["content"]
        pull.edits += 1
        return web.json_response({"updatedComment": _comment(pull)})

    async def _rename(self, request: web.Request) -> web.Response:
        pull = self._pull(request, self._access.repo(request))
        old, pull.title = pull.title, (await request.json())["title"]
        data = {"from": old, "to": pull.title}
        return web.json_response({"newTitle": _event(pull, "title-change", data)})

    def _pull(self, request: web.Request, repo: Repo) -> PullRequest:
        number = int(request.match_info["number"])
        found = [pull for pull in repo.pull_requests if pull.number == number]
        if not found:
            raise web.HTTPNotFound
        return found[0]


def _short(pull: PullRequest, repo: Repo) -> dict[str, Any]:
    return {
        "num": pull.number,
        "title": pull.title,
        "status": pull.status,
        "author": {"name": pull.author},
        "createdAt": WHEN,
        "isPullRequest": True,
        "repo": {"name": repo.id, "type": repo.type},
    }


def _comment(pull: PullRequest) -> dict[str, Any]:
    latest = {"raw": pull.body, "html": "", "updatedAt": WHEN, "author": {"name": pull.author}}
    data = {"edited": pull.edits > 0, "hidden": False, "latest": latest, "history": []}
    return _event(pull, "comment", data)


def _committed(pull: PullRequest, subject: str, oid: str) -> dict[str, Any]:
    return _event(pull, "commit", {"subject": subject, "oid": oid})


def _event(pull: PullRequest, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{pull.number:024x}",
        "type": kind,
        "createdAt": WHEN,
        "author": {"name": pull.author},
        "data": data,
    }

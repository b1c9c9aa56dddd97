"""Pull requests and discussions on the test Hub, as the real client opens, reads and answers them."""

import base64
import json
from typing import Any, Protocol

from aiohttp import web

from tests.hub_server.discussions import Discussion, PullRequest
from tests.hub_server.store import Repo

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
        router.add_post(f"{base}/discussions", self._open)
        router.add_get(one, self._details)
        router.add_post(f"{one}/comment/{{comment}}/edit", self._edit)
        router.add_post(f"{one}/title", self._rename)
        router.add_post(f"{one}/comment", self._comment)
        router.add_post(f"{one}/status", self._change_status)

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
            _short(each, repo)
            for each in repo.discussions
            if query.get("author", each.author) == each.author
            and query.get("status", "all") in ("all", each.status)
            and query.get("type", "all") in ("all", _type(each))
        ]
        return web.json_response({"discussions": found, "count": len(found), "start": 0})

    async def _open(self, request: web.Request) -> web.Response:
        repo, user = self._access.repo(request), self._access.user(request)
        if user is None:
            return self._access.refuse(401, "Invalid username or password.")
        if repo.discussions_disabled:
            return self._access.refuse(403, "Discussions are disabled for this repo")
        said = await request.json()
        opens = repo.open_pull_request if said["pullRequest"] else repo.open_discussion
        opened = opens(user, said["title"], said["description"])
        address = f"{self._access.endpoint}/{repo.id}/discussions/{opened.number}"
        return web.json_response({"num": opened.number, "url": address})

    async def _details(self, request: web.Request) -> web.Response:
        repo = self._access.repo(request)
        found = self._discussion(request, repo)
        events = [_opening(found)]
        more: dict[str, Any] = {}
        if isinstance(found, PullRequest):
            events += [_committed(found, subject, oid) for subject, oid in found.commits]
            more = {"changes": {"base": "refs/heads/main"}, "filesWithConflicts": [], "diff": ""}
        events += [_replied(found, number) for number in range(len(found.replies))]
        return web.json_response({**_short(found, repo), **more, "events": events})

    async def _edit(self, request: web.Request) -> web.Response:
        found = self._discussion(request, self._access.repo(request))
        if self._access.user(request) != found.author:
            return self._access.refuse(403, "Not your comment")
        found.body = (await request.json())["content"]
        found.edits += 1
        return web.json_response({"updatedComment": _opening(found)})

    async def _rename(self, request: web.Request) -> web.Response:
        found = self._discussion(request, self._access.repo(request))
        old, found.title = found.title, (await request.json())["title"]
        data = {"from": old, "to": found.title}
        return web.json_response({"newTitle": _event(found, "title-change", data)})

    async def _comment(self, request: web.Request) -> web.Response:
        found, user = self._discussion(request, self._access.repo(request)), self._access.user(request)
        if user is None:
            return self._access.refuse(401, "Invalid username or password.")
        found.reply(user, (await request.json())["comment"])
        return web.json_response({"newMessage": _replied(found, -1)})

    async def _change_status(self, request: web.Request) -> web.Response:
        repo, user = self._access.repo(request), self._access.user(request)
        found = self._discussion(request, repo)
        if user not in (found.author, repo.owner):
            return self._access.refuse(403, "You may not change the status")
        said = await request.json()
        if said.get("comment"):
            found.reply(user, said["comment"])
        found.change_status(user, said["status"])
        return web.json_response({"newStatus": _replied(found, -1)})

    def _discussion(self, request: web.Request, repo: Repo) -> Discussion:
        number = int(request.match_info["number"])
        found = [each for each in repo.discussions if each.number == number]
        if not found:
            raise web.HTTPNotFound
        return found[0]


def _type(discussion: Discussion) -> str:
    return "pull_request" if isinstance(discussion, PullRequest) else "discussion"


def _short(discussion: Discussion, repo: Repo) -> dict[str, Any]:
    return {
        "num": discussion.number,
        "title": discussion.title,
        "status": discussion.status,
        "author": {"name": discussion.author},
        "createdAt": WHEN,
        "isPullRequest": isinstance(discussion, PullRequest),
        "repo": {"name": repo.id, "type": repo.type},
    }


def _opening(discussion: Discussion) -> dict[str, Any]:
    data = _said(discussion.author, discussion.body) | {"edited": discussion.edits > 0}
    return _event(discussion, "comment", data)


def _said(author: str, text: str) -> dict[str, Any]:
    latest = {"raw": text, "html": "", "updatedAt": WHEN, "author": {"name": author}}
    return {"edited": False, "hidden": False, "latest": latest, "history": []}


def _replied(discussion: Discussion, number: int) -> dict[str, Any]:
    reply = discussion.replies[number]
    place = number % len(discussion.replies) + 1
    if reply.status:
        return _event(discussion, "status-change", {"status": reply.status}, place, reply.author)
    return _event(discussion, "comment", _said(reply.author, reply.text), place, reply.author)


def _committed(pull: PullRequest, subject: str, oid: str) -> dict[str, Any]:
    return _event(pull, "commit", {"subject": subject, "oid": oid})


def _event(
    discussion: Discussion, kind: str, data: dict[str, Any], number: int = 0, author: str = ""
) -> dict[str, Any]:
    return {
        "id": f"{discussion.number:012x}{number:012x}",
        "type": kind,
        "createdAt": WHEN,
        "author": {"name": author or discussion.author},
        "data": data,
    }

"""Organizations, users and collections on the test Hub."""

from typing import Any, Protocol

from aiohttp import web

from tests.hub_server.store import Repo, Store

_WHEN = "2026-01-02T03:04:05.000Z"


class Access(Protocol):
    """What these answers need of the Hub's others."""

    def unknown(self, what: str) -> web.Response:
        """That there is no such thing."""

    def may_see(self, request: web.Request, repo: Repo) -> bool:
        """Whether a request's user sees that there is such a repo."""


class People:
    """Handlers of all that is about owners of repos, and about what they collect.

    Args:
        store: what the Hub holds.
        access: the rest of the Hub.
    """

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def add_routes(self, app: web.Application) -> None:
        """Routes of the Hub's own port."""
        app.router.add_get("/api/organizations/{name}/overview", self._organization)
        app.router.add_get("/api/users/{name}/overview", self._user)
        app.router.add_get("/api/collections/{owner}/{title}", self._collection)

    async def _organization(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._store.organizations():
            return self._access.unknown(f"Organization {name}")
        return web.json_response({"name": name, "fullname": name.title(), **self._counts(name)})

    async def _user(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._store.users:
            return self._access.unknown(f"User {name}")
        about = {"user": name, "fullname": name.title(), "type": "user", "orgs": []}
        return web.json_response({**about, **self._counts(name)})

    async def _collection(self, request: web.Request) -> web.Response:
        slug = f"{request.match_info['owner']}/{request.match_info['title']}"
        if slug not in self._store.collections:
            return self._access.unknown(f"Collection {slug}")
        found = [self._store.find(repo_id) for repo_id in self._store.collections[slug]]
        items = [
            _item(repo, position)
            for position, repo in enumerate(found)
            if repo is not None and self._access.may_see(request, repo)
        ]
        return web.json_response(
            {
                "slug": slug,
                "title": request.match_info["title"],
                "owner": {"name": request.match_info["owner"]},
                "items": items,
                "lastUpdated": _WHEN,
                "position": 0,
                "private": False,
                "theme": "blue",
                "upvotes": 0,
            }
        )

    def _counts(self, name: str) -> dict[str, Any]:
        own = [repo for repo in self._store.of_type("model") if repo.owner == name and not repo.private]
        return {"numModels": len(own), "numDatasets": 0, "numSpaces": 0}


def _item(repo: Repo, position: int) -> dict[str, Any]:
    """As the Hub tells what is in a collection: without commits."""
    return {
        "_id": f"{position:024x}",
        "id": repo.id,
        "type": repo.type,
        "position": position,
        "author": repo.owner,
        "downloads": repo.downloads,
        "gated": "manual" if repo.gated else False,
        "lastModified": repo.last_modified,
        "private": repo.private,
    }

"""The user's package index, for a container that installs and has no network.

``/pypi/simple/PROJECT/`` lists what all of the user's indexes and find-links hold; ``/pypi/file/KEY/NAME``
gives a file that some such list named, and no other. In the container pip needs no setting but
``--index-url``. A door may show the index as it stood at a moment in the past.
"""

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from urllib.request import url2pathname

from aiohttp import web
from packaging.utils import canonicalize_name

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.hub_source import HubTroubleError, NotServedError
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.package_fetch import GONE, Fetched, LivePackages, PackageSource, shown
from snippet_sandbox.gateway.package_pages import (
    JSON_TYPE,
    Link,
    is_of_project,
    links_of_page,
    render_page,
)
from snippet_sandbox.gateway.package_releases import Release, first_of_each, releases_of, uploaded_by
from snippet_sandbox.gateway.pip_settings import PipSettings, read_pip_settings
from snippet_sandbox.gateway.replies import begun, send_file
from snippet_sandbox.gateway.threads import Once, in_thread
from snippet_sandbox.gateway.view import Content

_ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_PAGE_LIMIT_BYTES = 100_000_000


class PackageIndex:
    """Serves what the user's pip would find.

    Args:
        settings: where packages come from; what pip is configured with by default, read when first needed.
        source: what they are fetched with; the indexes themselves by default.
    """

    def __init__(self, settings: PipSettings | None = None, source: PackageSource | None = None) -> None:
        self._given = settings
        self._source = source or LivePackages()
        self._settings: Once[str, PipSettings] = Once()
        self._pages: Once[str, list[Link]] = Once()
        self._links: dict[str, Link] = {}

    async def close(self) -> None:
        """Close connections."""
        await self._source.close()

    async def releases(self, project: str, python_version: str) -> tuple[Release, ...]:
        """What can be installed of a project under a version of Python, the oldest first.

        Raises:
            HubTroubleError: an index doesn't answer.
        """
        links = await self._links_of(canonicalize_name(project), Ledger(bytes_limit=_PAGE_LIMIT_BYTES))
        return releases_of(links, python_version)

    async def answer(
        self, request: web.BaseRequest, ledger: Ledger, as_of: datetime | None = None
    ) -> web.StreamResponse:
        """Answer one request.

        Args:
            request: what is asked for.
            ledger: where it is noted.
            as_of: lists name what was there at this moment and nothing newer; None for all there is.

        Raises:
            RefusedError: there is no such page.
            NotServedError: no index holds this.
            HubTroubleError: an index doesn't answer.
        """
        if request.method not in ("GET", "HEAD"):
            raise RefusedError(f"{request.method} is not allowed here")
        path = request.raw_path.partition("?")[0]
        match [unquote(part) for part in path.strip("/").split("/")]:
            case ["pypi", "simple", project] if project:
                return await self._project(project, ledger, as_of)
            case ["pypi", "file", key, name]:
                return await self._file(request, key, name, ledger)
            case _:
                raise RefusedError("only /pypi/simple/PROJECT/ and the files it lists are served here")

    async def _project(self, project: str, ledger: Ledger, as_of: datetime | None) -> web.Response:
        name = canonicalize_name(project)
        links = await self._links_of(name, ledger)
        if as_of is not None:
            links = uploaded_by(as_of, links)
        if not links:
            raise NotServedError(f"no index holds {name}", status=404)
        body = render_page(name, ((self._address(link), link) for link in links)).encode()
        ledger.received(len(body))
        return web.Response(body=body, content_type="text/html", charset="utf-8")

    async def _links_of(self, project: str, ledger: Ledger) -> list[Link]:
        settings = await self._read_settings()
        pages = [f"{index.rstrip('/')}/{quote(project)}/" for index in settings.indexes]
        answers = await asyncio.gather(
            *(self._page(place, ledger) for place in (*pages, *settings.find_links))
        )
        from_indexes = [link for links in answers[: len(pages)] for link in links]
        found = [link for links in answers[len(pages) :] for link in links if is_of_project(link, project)]
        return first_of_each([*found, *from_indexes])  # find-links first, as pip does

    def _address(self, link: Link) -> str:
        key = hashlib.sha256(link.url.encode()).hexdigest()[:32]
        self._links[key] = link
        return f"/pypi/file/{key}/{quote(link.filename)}"

    async def _page(self, place: str, ledger: Ledger) -> list[Link]:
        local = _local_path(place)
        if local is not None:
            return await in_thread(lambda: _local_links(local))
        ledger.host(urlsplit(place).hostname or place)
        return await self._pages.get(place, lambda: self._fetch_page(place))

    async def _fetch_page(self, url: str) -> list[Link]:
        async with self._source.get(url, {"Accept": _ACCEPT}, await self._read_settings()) as answer:
            if answer.status in GONE:
                return []
            body = await _read_limited(answer)
            try:
                return links_of_page(body, answer.content_type, answer.url)
            except ValueError as error:
                raise HubTroubleError(f"{shown(url)} is no page of a package index") from error

    async def _file(
        self, request: web.BaseRequest, key: str, name: str, ledger: Ledger
    ) -> web.StreamResponse:
        link = self._links.get(key)
        if link is None or name not in (link.filename, f"{link.filename}.metadata"):
            raise NotServedError("no list of this index named this file", status=404)
        url = link.url + (".metadata" if name != link.filename else "")  # PEP 658
        local = _local_path(url)
        if local is not None:
            return await _send_local(request, local, ledger)
        ledger.host(urlsplit(url).hostname or url)
        # Byte for byte: what we would unpack on the way would no longer fit its hash.
        as_it_is = {"Accept-Encoding": "identity"}
        async with self._source.get(url, as_it_is, await self._read_settings()) as answer:
            if answer.status in GONE:
                raise NotServedError("the index doesn't have this file any more", status=404)
            return await _stream(request, answer, ledger)

    async def _read_settings(self) -> PipSettings:
        if self._given is not None:
            return self._given
        return await self._settings.get("pip", lambda: in_thread(read_pip_settings))


async def _read_limited(answer: Fetched) -> bytes:
    parts = []
    size = 0
    async for part in answer.parts:
        parts.append(part)
        size += len(part)
        if size > _PAGE_LIMIT_BYTES:
            raise HubTroubleError(f"{shown(answer.url)} is too large for a page of a package index")
    return b"".join(parts)


async def _stream(request: web.BaseRequest, answer: Fetched, ledger: Ledger) -> web.StreamResponse:
    reply = web.StreamResponse()
    reply.content_type = "application/octet-stream"
    reply.content_length = answer.length
    async with begun(reply, request):
        if request.method == "GET":
            async for part in answer.parts:
                ledger.received(len(part))
                ledger.check_bytes()
                await reply.write(part)
    return reply


async def _send_local(request: web.BaseRequest, file: Path, ledger: Ledger) -> web.StreamResponse:
    try:
        content = Content(file=file, etag=file.name, size=file.stat().st_size)
    except OSError as error:
        raise NotServedError("the index doesn't have this file any more", status=404) from error
    return await send_file(request, content, ledger)


def _local_path(place: str) -> Path | None:
    """The host's path that a place of pip's settings means; None if it is an address of the web."""
    scheme = urlsplit(place).scheme
    if scheme in ("http", "https"):
        return None
    return Path(url2pathname(urlsplit(place).path)) if scheme == "file" else Path(place).expanduser()


def _local_links(place: Path) -> list[Link]:
    """What a folder or a page on this machine holds; nothing if there is no such thing, as pip has it."""
    try:
        page = place / "index.html" if (place / "index.html").is_file() else place
        if page.is_file():
            return [
                link
                for link in links_of_page(page.read_bytes(), "text/html", page.as_uri())
                if _is_file(link)
            ]
        return [Link(url=file.absolute().as_uri()) for file in sorted(place.iterdir()) if file.is_file()]
    except OSError:
        return []


def _is_file(link: Link) -> bool:
    return urlsplit(link.url).scheme in ("http", "https", "file")

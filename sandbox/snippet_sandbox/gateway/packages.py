"""The user's package index, for a container that installs and has no network.

``/pypi/simple/PROJECT/`` lists what all of the user's indexes and find-links hold; ``/pypi/file/KEY/NAME``
gives a file that some such list named, and no other. In the container pip needs no setting but
``--index-url``.
"""

import asyncio
import functools
import hashlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from urllib.request import url2pathname

import aiohttp
from aiohttp import web
from packaging.utils import canonicalize_name

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.hub_client import HubTroubleError, NotServedError
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.package_pages import (
    JSON_TYPE,
    Link,
    is_of_project,
    links_of_page,
    render_page,
)
from snippet_sandbox.gateway.pip_settings import PipSettings, read_pip_settings
from snippet_sandbox.gateway.replies import begun, send_file
from snippet_sandbox.gateway.retries import RETRIED_STATUS, retries
from snippet_sandbox.gateway.threads import Once, in_thread
from snippet_sandbox.gateway.view import Content

_ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
_PAGE_LIMIT_BYTES = 100_000_000
_CHUNK_BYTES = 262_144
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_RETRY_FOR_S = 20.0


class PackageIndex:
    """Serves what the user's pip would find.

    Args:
        settings: where packages come from; what pip is configured with by default, read when first needed.
    """

    def __init__(self, settings: PipSettings | None = None) -> None:
        self._given = settings
        self._settings: Once[str, PipSettings] = Once()
        self._pages: Once[str, list[Link]] = Once()
        self._links: dict[str, Link] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def answer(self, request: web.BaseRequest, ledger: Ledger) -> web.StreamResponse:
        """Answer one request.

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
                return await self._project(project, ledger)
            case ["pypi", "file", key, name]:
                return await self._file(request, key, name, ledger)
            case _:
                raise RefusedError("only /pypi/simple/PROJECT/ and the files it lists are served here")

    async def _project(self, project: str, ledger: Ledger) -> web.Response:
        name = canonicalize_name(project)
        links = await self._links_of(name, ledger)
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
        # Find-links first, as pip does: of the same file in two places the first one is taken.
        unique = {link.filename: link for link in reversed([*found, *from_indexes])}
        return list(reversed(unique.values()))

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
        async with await self._get(url, {"Accept": _ACCEPT}) as response:
            if response.status in (404, 410):
                return []
            body = await _read_limited(response)
            try:
                return links_of_page(body, response.content_type, str(response.url))
            except ValueError as error:
                raise HubTroubleError(f"{_shown(url)} is no page of a package index") from error

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
        async with await self._get(url, {"Accept-Encoding": "identity"}) as response:
            if response.status in (404, 410):
                raise NotServedError("the index doesn't have this file any more", status=404)
            return await _stream(request, response, ledger)

    async def _get(self, url: str, headers: dict[str, str]) -> aiohttp.ClientResponse:
        """Ask an index, again where that may help. The answer is 200, 404 or 410.

        Raises:
            HubTroubleError: no such answer to be had.
        """
        session = await self._open_session()
        settings = await self._read_settings()
        try:
            async for attempt in retries(on=_worth_retrying, timeout_s=_RETRY_FOR_S):
                with attempt:
                    response = await session.get(
                        _with_credentials(url, settings),
                        headers=headers,
                        proxy=settings.proxy,
                        ssl=_tls(url, settings),
                    )
                    if response.status not in (404, 410):
                        response.raise_for_status()
                    return response
        except aiohttp.ClientResponseError as error:
            raise HubTroubleError(f"the package index {_shown(url)} answered {error.status}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise HubTroubleError(f"the package index {_shown(url)} can't be reached: {reason}") from error
        raise AssertionError("a retry context either returns or raises")

    async def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # With the proxies and the .netrc of the user's environment, as pip has it.
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True)
        return self._session

    async def _read_settings(self) -> PipSettings:
        if self._given is not None:
            return self._given
        return await self._settings.get("pip", lambda: in_thread(read_pip_settings))


def _worth_retrying(error: Exception) -> bool:
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status in RETRIED_STATUS
    return isinstance(error, aiohttp.ClientConnectionError | TimeoutError)


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    parts = []
    size = 0
    async for part in response.content.iter_chunked(_CHUNK_BYTES):
        parts.append(part)
        size += len(part)
        if size > _PAGE_LIMIT_BYTES:
            raise HubTroubleError(f"{_shown(str(response.url))} is too large for a page of a package index")
    return b"".join(parts)


async def _stream(
    request: web.BaseRequest, response: aiohttp.ClientResponse, ledger: Ledger
) -> web.StreamResponse:
    reply = web.StreamResponse()
    reply.content_type = "application/octet-stream"
    reply.content_length = response.content_length
    async with begun(reply, request):
        if request.method == "GET":
            async for part in _parts(response):
                ledger.received(len(part))
                ledger.check_bytes()
                await reply.write(part)
    return reply


async def _parts(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for part in response.content.iter_chunked(_CHUNK_BYTES):
            yield part
    except (aiohttp.ClientError, TimeoutError) as error:
        place = _shown(str(response.url))
        raise HubTroubleError(f"the package index broke off in the middle of {place}") from error


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


def _with_credentials(url: str, settings: PipSettings) -> str:
    """``url`` with the user's name and password: those of an index serve all of its origin."""
    asked = urlsplit(url)
    for place in settings.indexes + settings.find_links if asked.username is None else ():
        parts = urlsplit(place)
        same = (parts.scheme, parts.hostname, parts.port) == (asked.scheme, asked.hostname, asked.port)
        if same and parts.username is not None:
            return asked._replace(netloc=parts.netloc).geturl()
    return url


def _tls(url: str, settings: PipSettings) -> ssl.SSLContext | bool:
    parts = urlsplit(url)
    if settings.trusted_hosts & {parts.hostname or "", f"{parts.hostname}:{parts.port}"}:
        return False
    if settings.certificates is None and settings.client_certificate is None:
        return True
    return _tls_context(settings.certificates, settings.client_certificate)


@functools.cache  # the same context each time: connections are shared by it
def _tls_context(certificates: str | None, client_certificate: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificates)
    if client_certificate is not None:
        context.load_cert_chain(client_certificate)
    return context


def _shown(url: str) -> str:
    """An address without the password that may stand in it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts._replace(
        netloc=f"{host}:{parts.port}" if parts.port else host, query="", fragment=""
    ).geturl()

"""Fetches pages and files of package indexes as the user's pip would: its proxy, passwords, certificates."""

import functools
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from snippet_sandbox.gateway.hub_source import HubTroubleError
from snippet_sandbox.gateway.pip_settings import PipSettings
from snippet_sandbox.gateway.retries import RETRIED_STATUS, retries

_CHUNK_BYTES = 262_144
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_RETRY_FOR_S = 20.0
GONE = (404, 410)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an index answered.

    Attributes:
        status: of HTTP: 200, or one of ``GONE``.
        url: where the answer came from in the end; links on a page are relative to it.
        content_type: of the body.
        length: of the body in bytes, if it is known.
        parts: the body as it comes; it raises ``HubTroubleError`` where it breaks off.
    """

    status: int
    url: str
    content_type: str
    length: int | None
    parts: AsyncGenerator[bytes, None]


class PackageSource(Protocol):
    """Where pages and files of indexes are fetched from."""

    def get(
        self, url: str, headers: Mapping[str, str], settings: PipSettings
    ) -> AbstractAsyncContextManager[Fetched]:
        """Fetch something.

        Args:
            url: of the web.
            headers: of the request.
            settings: the user's.

        Raises:
            HubTroubleError: no answer to be had.
        """

    async def close(self) -> None:
        """Close connections."""


class LivePackages:
    """The indexes themselves."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """See ``PackageSource``."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def get(
        self, url: str, headers: Mapping[str, str], settings: PipSettings
    ) -> AsyncGenerator[Fetched, None]:
        """See ``PackageSource``."""
        async with await self._ask(url, headers, settings) as response:
            yield Fetched(
                status=response.status,
                url=str(response.url),
                content_type=response.content_type,
                length=response.content_length,
                parts=_parts(response),
            )

    async def _ask(
        self, url: str, headers: Mapping[str, str], settings: PipSettings
    ) -> aiohttp.ClientResponse:
        """Ask an index, again where that may help."""
        session = await self._open_session()
        try:
            async for attempt in retries(on=_worth_retrying, timeout_s=_RETRY_FOR_S):
                with attempt:
                    response = await session.get(
                        _with_credentials(url, settings),
                        headers=headers,
                        proxy=settings.proxy,
                        ssl=_tls(url, settings),
                    )
                    if response.status not in GONE:
                        response.raise_for_status()
                    return response
        except aiohttp.ClientResponseError as error:
            raise HubTroubleError(f"the package index {shown(url)} answered {error.status}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise HubTroubleError(f"the package index {shown(url)} can't be reached: {reason}") from error
        raise AssertionError("a retry context either returns or raises")

    async def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # With the proxies and the .netrc of the user's environment, as pip has it.
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True)
        return self._session


def _worth_retrying(error: Exception) -> bool:
    if isinstance(error, aiohttp.ClientResponseError):
        return error.status in RETRIED_STATUS
    return isinstance(error, aiohttp.ClientConnectionError | TimeoutError)


async def _parts(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
    try:
        async for part in response.content.iter_chunked(_CHUNK_BYTES):
            yield part
    except (aiohttp.ClientError, TimeoutError) as error:
        place = shown(str(response.url))
        raise HubTroubleError(f"the package index broke off in the middle of {place}") from error


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


def shown(url: str) -> str:
    """An address without the password that may stand in it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts._replace(
        netloc=f"{host}:{parts.port}" if parts.port else host, query="", fragment=""
    ).geturl()

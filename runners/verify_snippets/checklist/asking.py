"""Asks whether a card's links answer: politely, side by side, and only hosts of the public web.

A card is a stranger's text, and this machine may see more than its author: an address that is private, or
that a public one redirects to, is never asked for.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from snippet_sandbox.gateway.web_policy import WEB_PORTS, IpAddress, is_public
from verify_snippets.checklist.material import Answer, Asked

MOST_LINKS = 200
AT_ONCE = 16
ANSWER_S = 10.0
ALL_S = 60.0
_REDIRECTS = 8
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; verify-snippets; checks the links of a model card)"}
# What servers say of a page that is there for a person with a browser
_UNCLEAR = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    999,  # LinkedIn's
}
_FIRST_UNCLEAR = 500
_REDIRECTING = range(300, 400)
MayAsk = Callable[[IpAddress, int], bool]


class _ClosedError(Exception):
    """An address that is not to be asked for."""


def is_on_public_web(address: IpAddress, port: int) -> bool:
    """Whether a host may be asked."""
    return port in WEB_PORTS and is_public(address)


def ask_all(addresses: Sequence[str], *, may_ask: MayAsk = is_on_public_web) -> Mapping[str, Asked]:
    """What came of asking for each of the first ``MOST_LINKS`` addresses, within ``ALL_S`` seconds.

    Args:
        addresses: with their scheme; others than HTTP's are left out.
        may_ask: which addresses of hosts may be connected to.
    """
    links = [each for each in addresses if each.lower().startswith(("http://", "https://"))][:MOST_LINKS]
    return asyncio.run(_ask_all(links, may_ask)) if links else {}


async def _ask_all(links: Sequence[str], may_ask: MayAsk) -> Mapping[str, Asked]:
    answers: dict[str, Asked] = {}
    places = asyncio.Semaphore(AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    connector = aiohttp.TCPConnector(resolver=_Checked(may_ask), use_dns_cache=False, limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, headers=_HEADERS) as session:

        async def ask(link: str) -> None:
            async with places:
                answers[link] = await _ask(session, link, may_ask)

        try:
            async with asyncio.timeout(ALL_S):
                await asyncio.gather(*map(ask, links))
        except TimeoutError:
            late = Asked(answer=Answer.UNCLEAR, said=f"not answered within {ALL_S:.0f} s")
            return {link: answers.get(link, late) for link in links}
    return {link: answers[link] for link in links}


async def _ask(session: aiohttp.ClientSession, link: str, may_ask: MayAsk) -> Asked:
    try:
        status = await _status(session, "HEAD", link, may_ask)
        if status >= HTTPStatus.BAD_REQUEST:  # many servers answer a HEAD in ways of their own
            status = await _status(session, "GET", link, may_ask)
    except _ClosedError as error:
        return Asked(answer=Answer.UNCLEAR, said=str(error))
    except TimeoutError:
        return Asked(answer=Answer.UNCLEAR, said=f"no answer within {ANSWER_S:.0f} s")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return _trouble(error)
    if status < HTTPStatus.BAD_REQUEST:
        return Asked(answer=Answer.ANSWERS, said=str(status))
    is_unclear = status in _UNCLEAR or status >= _FIRST_UNCLEAR
    return Asked(answer=Answer.UNCLEAR if is_unclear else Answer.DEAD, said=f"status {status}")


def _trouble(error: Exception) -> Asked:
    """A name that nobody has is a dead link; a network that fails just now may be ours."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, socket.gaierror) and cause.errno in (
        socket.EAI_NONAME,
        getattr(socket, "EAI_NODATA", -5),
    ):
        return Asked(answer=Answer.DEAD, said="no such host")
    if isinstance(error, aiohttp.InvalidURL):
        return Asked(answer=Answer.DEAD, said="no valid address")
    return Asked(answer=Answer.UNCLEAR, said=str(error) or type(error).__name__)


async def _status(session: aiohttp.ClientSession, method: str, link: str, may_ask: MayAsk) -> int:
    """The status at the end of all redirects."""
    for _ in range(_REDIRECTS):
        _check(link, may_ask)
        async with session.request(method, link, allow_redirects=False) as response:
            where = response.headers.get("Location")
            if not where or response.status not in _REDIRECTING:
                return response.status
            link = urljoin(link, where)
    raise _ClosedError("it redirects in circles")


def _check(link: str, may_ask: MayAsk) -> None:
    """Numbers are never resolved, so the resolver doesn't see them."""
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _ClosedError(f"it leads to {link[:80]}")
    try:
        address = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    if not may_ask(address, parts.port or (443 if parts.scheme == "https" else 80)):
        raise _ClosedError(f"{parts.hostname} is not on the public web")


class _Checked(AbstractResolver):
    """Names lead to addresses that may be asked, or nowhere."""

    def __init__(self, may_ask: MayAsk) -> None:
        self._may_ask = may_ask
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The host's addresses.

        Raises:
            _ClosedError: one of them may not be asked.
        """
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            if not self._may_ask(ipaddress.ip_address(each["host"].partition("%")[0]), port):
                raise _ClosedError(f"{host} is not on the public web")
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._resolver.close()

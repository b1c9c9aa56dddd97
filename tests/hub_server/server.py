"""The test Hub's two ports, in a thread."""

import asyncio
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from tests.hub_server.answers import Hub, error
from tests.hub_server.store import Repo, Store

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request that came in."""

    method: str
    path: str
    token: str | None
    lfs: bool = False
    ranged: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(kw_only=True)
class _Fault:
    """Requests whose path fits are answered with a status instead."""

    pattern: re.Pattern[str]
    status: int
    headers: dict[str, str]
    left: int


class Spoil(StrEnum):
    """What may go wrong with an answer's body."""

    TRUNCATED = "truncated"  # half of it comes, then the connection closes
    RESET = "reset"  # half of it comes, then the connection is torn
    ALTERED = "altered"  # one byte is another
    LONGER = "longer"  # a byte too many, and the head says so
    TRICKLE = "trickle"  # half of it comes, the rest a byte at a time


@dataclass(kw_only=True)
class _SpoiledBody:
    """Bodies of answers to requests that fit are spoiled."""

    pattern: re.Pattern[str]
    how: Spoil
    left: int


@dataclass(kw_only=True)
class HubServer:
    """A context manager: the Hub answers while it is entered.

    Attributes:
        store: what it holds; may be changed while it runs.
        tokens: tokens it knows, and their users' names. Others are refused, as the real Hub does.
        page_size: how many repos a page of a list has.
        delay_s: how long it waits before each answer.
        renamed: old repo ids, and what they are called now: the Hub redirects.
        seen: every request, in order.
    """

    store: Store = field(default_factory=Store)
    tokens: dict[str, str] = field(default_factory=lambda: {"hf_reader": "reader", "hf_other": "other"})
    page_size: int = 100
    delay_s: float = 0.0
    renamed: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    port: int = 0
    _faults: list[_Fault] = field(default_factory=list)
    _spoiled: list[_SpoiledBody] = field(default_factory=list)

    def __enter__(self) -> "HubServer":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._call(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def add(self, repo_id: str, files: dict[str, str | bytes], **settings: Any) -> Repo:
        """Add a repo with one commit on ``main``."""
        repo = self.store.add(Repo(id=repo_id, **settings))
        repo.commit(files)
        return repo

    def fail(self, pattern: str, status: int, *, times: int = 1_000_000, **headers: str) -> None:
        """Answer requests whose path fits ``pattern`` with ``status``, so many times."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._faults.append(_Fault(pattern=re.compile(pattern), status=status, headers=named, left=times))

    def spoil(self, pattern: str, how: Spoil, *, times: int = 1_000_000) -> None:
        """Spoil the bodies of answers to requests whose path fits ``pattern``, so many times."""
        self._spoiled.append(_SpoiledBody(pattern=re.compile(pattern), how=how, left=times))

    def heal(self) -> None:
        """Answer as usual again, at once."""
        self._faults.clear()
        self._spoiled.clear()
        self.delay_s = 0.0

    def count(self, pattern: str = "") -> int:
        """How many requests came whose ``METHOD /path`` fits."""
        return sum(re.search(pattern, str(seen)) is not None for seen in self.seen)

    def counts(self) -> Counter[str]:
        """How often each ``METHOD /path`` came."""
        return Counter(str(seen) for seen in self.seen)

    def _moved(self, path: str) -> str | None:
        for old, new in self.renamed.items():
            match = re.fullmatch(rf"(/api/models)?/{re.escape(old)}((/|\?).*)?", path)
            if match is not None:
                return f"{match[1] or ''}/{new}{match[2] or ''}"
        return None

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _start(self) -> None:
        lfs_app = web.Application(middlewares=[self._middleware(lfs=True)])
        self._lfs_runner, lfs_port = await _serve(lfs_app, 0, Hub.add_lfs_routes, self)
        self.lfs_endpoint = f"http://127.0.0.1:{lfs_port}"
        app = web.Application(middlewares=[self._middleware(lfs=False)])
        self._runner, port = await _serve(app, self.port, Hub.add_routes, self)
        self.endpoint = f"http://127.0.0.1:{port}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._lfs_runner.cleanup()

    def _middleware(self, *, lfs: bool) -> Any:
        @web.middleware
        async def watch(request: web.Request, handler: _Handler) -> web.StreamResponse:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ") or None
            seen = Seen(
                method=request.method,
                path=request.raw_path,
                token=token,
                lfs=lfs,
                ranged="Range" in request.headers,
            )
            self.seen.append(seen)
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            for fault in self._faults:
                if fault.left > 0 and fault.pattern.search(str(seen)):
                    fault.left -= 1
                    return web.Response(status=fault.status, headers=fault.headers)
            if not lfs and (target := self._moved(request.raw_path)) is not None:
                return web.Response(status=307, headers={"Location": target})
            if not lfs and token is not None and token not in self.tokens:
                return error(401, "", "Invalid credentials in Authorization header")
            response = await handler(request)
            for spoiled in self._spoiled:
                if spoiled.left > 0 and request.method != "HEAD" and spoiled.pattern.search(str(seen)):
                    spoiled.left -= 1
                    return await send_spoiled(request, response, spoiled.how)
            return response

        return watch


async def send_spoiled(request: web.Request, response: web.StreamResponse, how: Spoil) -> web.StreamResponse:
    """Send ``response``, which has a body, otherwise than it should be sent."""
    whole = bytes(response.body) if isinstance(response, web.Response) and response.body else b""  # type: ignore[arg-type]
    if how is Spoil.ALTERED:
        whole = whole[:-1] + bytes([whole[-1] ^ 1])
    if how is Spoil.LONGER:
        whole += b"x"
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    spoiled = web.StreamResponse(status=response.status, headers=headers)
    spoiled.content_length = len(whole)
    await spoiled.prepare(request)
    first, rest = whole[: len(whole) // 2], whole[len(whole) // 2 :]
    await spoiled.write(first)
    transport = request.transport
    if how in (Spoil.TRUNCATED, Spoil.RESET) and transport is not None:
        linger = struct.pack("ii", 1, 0)  # closed at once, with a reset
        if how is Spoil.RESET:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.close()
        raise ConnectionResetError
    for byte in rest if how is Spoil.TRICKLE else ():
        await spoiled.write(bytes([byte]))
        await asyncio.sleep(0.05)
    if how is not Spoil.TRICKLE:
        await spoiled.write(rest)
    return spoiled


async def _serve(
    app: web.Application, port: int, add_routes: Callable[[Hub, web.Application], None], server: HubServer
) -> tuple[web.AppRunner, int]:
    add_routes(Hub(server), app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, runner.addresses[0][1]

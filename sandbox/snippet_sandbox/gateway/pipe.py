"""Copies bytes both ways between a job and a web host, and counts them."""

import asyncio
import time
from collections.abc import Callable

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.names import RefusedError

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_CHUNK_BYTES = 65_536


class Pipe:
    """One connection through the web door.

    Args:
        job: the job's end.
        remote: the host's end.
        ledger: counts the bytes, and says when they are used up.
        idle_limit_s: how long neither end may say anything, in seconds; one that only listens to a long
            answer is not idle.
    """

    def __init__(self, *, job: Streams, remote: Streams, ledger: Ledger, idle_limit_s: float) -> None:
        self._job = job
        self._remote = remote
        self._ledger = ledger
        self._idle_limit_s = idle_limit_s
        self._moved_at = time.monotonic()

    async def copy(self) -> None:
        """Copy until the host's end is reached: what the job would still say, nobody answers."""
        outward = asyncio.create_task(self._copy(self._job[0], self._remote[1], self._ledger.sent))
        watch = asyncio.create_task(self._end_when_idle())
        try:
            await self._copy(self._remote[0], self._job[1], self._ledger.received)
        finally:
            outward.cancel()
            watch.cancel()
            await asyncio.gather(outward, watch, return_exceptions=True)

    async def _copy(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, count: Callable[[int], None]
    ) -> None:
        try:
            while chunk := await source.read(_CHUNK_BYTES):
                count(len(chunk))
                self._ledger.check_bytes()
                target.write(chunk)
                await target.drain()
                self._moved_at = time.monotonic()
        except RefusedError:
            self._abort()
        except OSError:
            target.close()
        else:
            _finish(target)

    async def _end_when_idle(self) -> None:
        while (left := self._moved_at + self._idle_limit_s - time.monotonic()) > 0:
            await asyncio.sleep(left)
        self._ledger.cut(f"a connection that was silent for {self._idle_limit_s:g} s")
        self._abort()

    def _abort(self) -> None:
        for _, writer in (self._job, self._remote):
            writer.transport.abort()


def _finish(target: asyncio.StreamWriter) -> None:
    """Tell the other side that nothing more comes; what it still says may pass."""
    try:
        if target.can_write_eof():
            target.write_eof()
    except (OSError, RuntimeError):
        target.close()

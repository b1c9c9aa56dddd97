"""Blocking work, off the event loop."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, Generic, TypeVar

_CLOSE_TIMEOUT_S = 5.0
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


async def in_thread(call: Callable[[], T]) -> T:
    """Run ``call`` in a daemon thread.

    Not in an executor: the interpreter waits for an executor's threads when it ends, and a download of many
    gigabytes must not hold up Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]

    def work() -> None:
        value, error = None, None
        try:
            value = call()
        except BaseException as raised:  # noqa: BLE001 - it is raised again where it is awaited
            error = raised
        with suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=work, daemon=True, name="gateway-fetch").start()
    return await future


class Once(Generic[K, T]):
    """Does each thing once, however many ask for it at the same time; what failed may be asked for again."""

    def __init__(self) -> None:
        self._tasks: dict[K, asyncio.Task[T]] = {}

    async def get(self, key: K, make: Callable[[], Awaitable[T]]) -> T:
        """What ``make`` gives for ``key``, made now unless it was before."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.ensure_future(_await(make))
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._forget_failure(key, done))
        # Shielded: one who stops waiting doesn't stop the others.
        return await asyncio.shield(task)

    def _forget_failure(self, key: K, task: "asyncio.Task[T]") -> None:
        if task.cancelled() or task.exception() is not None:
            self._tasks.pop(key, None)


async def _await(make: Callable[[], Awaitable[T]]) -> T:
    return await make()


class BackgroundLoop:
    """An event loop in a daemon thread. A context manager: its tasks are cancelled when it is left.

    Args:
        at_end: done in the loop when it ends, however that comes about.
    """

    def __init__(self, at_end: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._at_end = at_end
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._work, daemon=True, name="gateway")

    def __enter__(self) -> "BackgroundLoop":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(TimeoutError, CancelledError):
            self.run(_cancel_others(), timeout_s=_CLOSE_TIMEOUT_S)
        with suppress(RuntimeError):  # it died before
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_TIMEOUT_S)

    def run(self, work: Coroutine[Any, Any, T], *, timeout_s: float) -> T:
        """Run ``work`` in the loop and wait for it.

        Raises:
            TimeoutError: it took longer than ``timeout_s`` seconds; it is cancelled then.
            CancelledError: the loop was left before.
        """
        try:
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as error:
            work.close()
            raise CancelledError from error
        try:
            return future.result(timeout_s)
        except BaseException:
            future.cancel()
            raise

    def is_alive(self) -> bool:
        """Whether work that is handed to the loop is still done."""
        return self._thread.is_alive() and self._loop.is_running()

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            with suppress(Exception):  # it may be what the loop died of
                self._loop.run_until_complete(asyncio.wait_for(self._at_end(), _CLOSE_TIMEOUT_S))
            self._loop.close()


async def _cancel_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

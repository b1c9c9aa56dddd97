"""Ends answers of the Hub that come as a trickle.

A time limit on each read never ends one that brings a byte a second. So what arrives is counted, and an
answer that stays below a floor for a whole window ends as if it had timed out: the Hub's client then asks for
the rest, and gives up after a few such answers.
"""

import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any

FLOOR_BYTES_PER_S = 1_000.0  # a modem's; whoever gets less waits for a fault to pass
WINDOW_S = 20.0


def end_trickles(session: Any) -> None:
    """Watch every answer of ``session``, the Hub client's own; to call it again changes nothing."""
    hooks = session.event_hooks
    if not any(isinstance(hook, _Watch) for hook in hooks["response"]):
        # By module and not by type: the client's transport was httpx, then httpx2.
        transport = import_module(type(session).__module__.partition(".")[0])
        session.event_hooks = {**hooks, "response": [*hooks["response"], _Watch(transport)]}


class _Watch:
    """Called with each answer before its body is read."""

    def __init__(self, transport: Any) -> None:
        self._timeout = transport.ReadTimeout

        class Watched(transport.SyncByteStream):  # type: ignore[misc]  # known only when it runs
            """A body that ends with an error when it comes too slowly."""

            def __init__(self, body: Any, timeout: type[Exception]) -> None:
                self._body = body
                self._timeout = timeout

            def __iter__(self) -> Iterator[bytes]:
                return above_floor(iter(self._body), self._timeout)

            def close(self) -> None:
                self._body.close()

        self._watched = Watched

    def __call__(self, response: Any) -> None:
        response.stream = self._watched(response.stream, self._timeout)


def above_floor(body: Iterator[bytes], timeout: type[Exception]) -> Iterator[bytes]:
    """``body``, for as long as it comes fast enough; only the time spent waiting for it counts.

    Raises:
        timeout: fewer than ``FLOOR_BYTES_PER_S`` came in ``WINDOW_S`` seconds of waiting.
    """
    waited_s, heard = 0.0, 0
    while True:
        began = time.monotonic()
        chunk = next(body, None)
        waited_s += time.monotonic() - began
        if chunk is None:
            return
        heard += len(chunk)
        if waited_s >= WINDOW_S:
            if heard < FLOOR_BYTES_PER_S * waited_s:
                raise timeout(f"only {heard} bytes came in {waited_s:.0f} s")
            waited_s, heard = 0.0, 0
        yield chunk

"""Failures that are new, and wait for the second run without which they don't count."""

import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Waiting(Generic[T]):
    """What is to be done again, and not at once: in the order in which it came.

    Args:
        after_s: how long each waits.
        clock: in seconds.
    """

    def __init__(self, after_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._after_s = after_s
        self._clock = clock
        self._waiting: deque[tuple[float, T]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, item: T) -> None:
        """Let it wait."""
        self._waiting.append((self._clock() + self._after_s, item))

    def due(self) -> list[T]:
        """Those that have waited long enough; they wait no more."""
        found = []
        while self._waiting and self._waiting[0][0] <= self._clock():
            found.append(self._waiting.popleft()[1])
        return found

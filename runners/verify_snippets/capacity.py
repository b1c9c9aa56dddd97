"""What of the host is taken: snippets run side by side as far as its cores and memory reach."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from snippet_sandbox.profile import Host, Profile

POLL_S = 0.2  # how soon one who waits notices that the user has interrupted


class CancelledError(Exception):
    """The user interrupted while something waited for its turn."""


class Capacity:
    """Hands out the host's cores and memory; each snippet takes all that its profile allows it.

    Args:
        host: what there is to hand out.
        cancel: once set, nobody waits any longer.
        in_order: the turns of those that begin one after the other; who is not among them begins as soon
            as there is room.
    """

    def __init__(self, host: Host, cancel: threading.Event, in_order: Iterable[int] = ()) -> None:
        self._to_begin = set(in_order)
        self._cpus = host.cpus
        self._memory_bytes = host.memory_bytes
        self._host = host
        self._cancel = cancel
        self._changed = threading.Condition()
        self._busy = 0  # how many run or start
        self._closed = False  # something runs alone

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Prepare a container; never while a snippet runs alone.

        Raises:
            CancelledError: the user interrupted.
        """
        with self._held(lambda: True, cpus=0, memory_bytes=0, alone=False):
            yield

    def pass_over(self, turn: int) -> None:
        """Let those after ``turn`` begin: it has begun, or won't."""
        with self._changed:
            self._to_begin.discard(turn)
            self._changed.notify_all()

    @contextmanager
    def running(self, profile: Profile, *, alone: bool, turn: int = 0) -> Iterator[None]:
        """Run a snippet within what ``profile`` allows.

        Args:
            profile: its hardware; what exceeds the host's counts as all of the host.
            alone: nothing else runs or starts meanwhile, because the snippet's time counts.
            turn: it begins after all that are in order and have a lower one.

        Raises:
            CancelledError: the user interrupted.
        """
        cpus = min(profile.cpus, self._host.cpus)
        memory_bytes = min(profile.memory_bytes, self._host.memory_bytes)

        def has_room() -> bool:
            fits = cpus <= self._cpus and memory_bytes <= self._memory_bytes
            return fits and not (alone and self._busy) and not any(t < turn for t in self._to_begin)

        with self._held(has_room, cpus=cpus, memory_bytes=memory_bytes, alone=alone):
            self.pass_over(turn)
            yield

    @contextmanager
    def _held(
        self, possible: Callable[[], bool], *, cpus: int, memory_bytes: int, alone: bool
    ) -> Iterator[None]:
        with self._changed:
            while not self._cancel.is_set() and (self._closed or not possible()):
                self._changed.wait(POLL_S)
            if self._cancel.is_set():
                raise CancelledError
            self._take(cpus, memory_bytes, 1)
            self._closed = alone
        try:
            yield
        finally:
            with self._changed:
                self._take(-cpus, -memory_bytes, -1)
                self._closed = self._closed and not alone
                self._changed.notify_all()

    def _take(self, cpus: int, memory_bytes: int, busy: int) -> None:
        self._cpus -= cpus
        self._memory_bytes -= memory_bytes
        self._busy += busy

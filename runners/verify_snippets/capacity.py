"""What of the host is taken: snippets run side by side as far as its cores and memory reach."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from snippet_sandbox.profile import Host, Profile
from verify_snippets.room import Order, Place, Room, Share, Stage
from verify_snippets.turns import InOrder

POLL_S = 0.2  # how soon one who waits notices that the user has interrupted


class CancelledError(Exception):
    """The user interrupted while something waited for its turn."""


class Capacity:
    """Hands out the host's cores and memory; each snippet takes all that its profile allows it.

    Args:
        host: what there is to hand out.
        cancel: once set, nobody waits any longer.
        order: who is next; as they come by default.
        ahead: how many containers may stand ready before their turn.
        take_in_hand: told of each place that may have its container, or has begun, and that nobody saw to
            before; it must not wait for anything.
    """

    def __init__(
        self,
        host: Host,
        cancel: threading.Event,
        order: Order | None = None,
        ahead: int = 1,
        take_in_hand: Callable[[Place], object] = lambda _: None,
    ) -> None:
        self._host = host
        self._cancel = cancel
        self._room = Room(host, order or InOrder(), ahead=ahead)
        self._changed = threading.Condition()
        self._turns = itertools.count()
        self._take_in_hand = take_in_hand

    def place_for(
        self,
        profile: Profile,
        *,
        alone: bool = False,
        turn: int | None = None,
        expected_s: float | None = None,
        ready: bool = True,
        in_order: bool = False,
        in_hand: bool = True,
    ) -> Place:
        """A place that waits for nothing yet.

        Args:
            profile: its hardware; what exceeds the host's counts as all of the host.
            alone: nothing else runs or starts meanwhile, because the snippet's time counts.
            turn: which one it is, where the order counts; after all others by default.
            expected_s: how long it takes, as far as is known.
            ready: whether it may begin as soon as there is room.
            in_order: whether those with a higher turn begin after it, where the order counts.
            in_hand: whether somebody sees to it already.
        """
        return Place(
            turn=next(self._turns) if turn is None else turn,
            share=Share.whole(self._host) if alone else Share.of(profile, self._host),
            alone=alone,
            holds_gpus=bool(profile.gpus),
            expected_s=expected_s,
            ready=ready,
            in_order=in_order,
            in_hand=in_hand,
        )

    def come(self, place: Place) -> None:
        """Let a place wait for its turn."""
        with self._change():
            self._room.come(place)

    def leave(self, place: Place) -> None:
        """Give back what a place has, or let it wait no longer."""
        with self._change():
            self._room.leave(place)

    def pause(self, pause_s: float) -> bool:
        """Let some time pass before another attempt; return whether the user interrupted it."""
        with self._change():
            self._room.pausing += 1
        try:
            return self._cancel.wait(pause_s)
        finally:
            with self._change():
                self._room.pausing -= 1

    @contextmanager
    def starting(self, place: Place) -> Iterator[None]:
        """Prepare a container once a place may have one; never while another's snippet runs alone.

        Raises:
            CancelledError: the user interrupted.
        """
        with self._changed:
            self._wait_until(lambda: self._may_start(place))
            self._room.starting += 1
        try:
            yield
        finally:
            with self._change():
                self._room.starting -= 1

    def _may_start(self, place: Place) -> bool:
        if place.stage is Stage.BEGUN:
            return True
        return place.stage is Stage.STANDING and not self._room.is_closed

    def begin(self, place: Place) -> None:
        """Wait until a place, which is ready now if it wasn't before, has what it takes of the host.

        Raises:
            CancelledError: the user interrupted.
        """
        with self._change():
            place.ready = True
        with self._changed:
            self._wait_until(lambda: place.stage is Stage.BEGUN)

    def _wait_until(self, possible: Callable[[], bool]) -> None:
        while not self._cancel.is_set() and not possible():
            self._changed.wait(POLL_S)
        if self._cancel.is_set():
            raise CancelledError

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Change who is in the room, then call whoever may come further."""
        with self._changed:
            yield
            for place in self._room.call(time.monotonic()):
                self._take_in_hand(place)
            self._changed.notify_all()

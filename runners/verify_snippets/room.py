"""What of the host is taken, by whom, and who is next. Pure: the caller has the clock and the threads."""

from bisect import insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import zip_longest
from typing import Protocol, Self

from snippet_sandbox.profile import Host, Profile, devices_for


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a host.

    Attributes:
        cpus: CPU cores.
        memory_bytes: RAM.
        gpus: by the sizes of the host's GPUs, the smallest first: how many GPUs of at least that size. Who
            takes a large one takes one of every size up to it: as long as none of these counts is exceeded,
            everybody can have a GPU that is large enough (Hall's theorem). Empty on a host without one.
    """

    cpus: int = 0
    memory_bytes: int = 0
    gpus: tuple[int, ...] = ()

    @classmethod
    def of(cls, profile: Profile, host: Host) -> Self:
        """What a profile takes; what exceeds the host counts as all of the host."""
        served = devices_for(profile, host)
        enough = served[0].memory_bytes if served else max(_sizes(host), default=0)
        return cls(
            cpus=min(profile.cpus, host.cpus),
            memory_bytes=min(profile.memory_bytes, host.memory_bytes),
            gpus=tuple(
                min(profile.gpus, count) if size <= enough else 0
                for size, count in zip(_sizes(host), cls.whole(host).gpus, strict=True)
            ),
        )

    @classmethod
    def whole(cls, host: Host) -> Self:
        """All that a host has."""
        counts = tuple(
            sum(device.memory_bytes >= size for device in host.gpu_devices) for size in _sizes(host)
        )
        return cls(cpus=host.cpus, memory_bytes=host.memory_bytes, gpus=counts)

    def fits_in(self, other: "Share") -> bool:
        """Whether ``other`` has at least as much of everything."""
        if self.cpus > other.cpus or self.memory_bytes > other.memory_bytes:
            return False
        return not self.gpus or all(
            own <= its for own, its in zip_longest(self.gpus, other.gpus, fillvalue=0)
        )

    def without_gpus(self) -> "Share":
        """Its cores and its memory."""
        return replace(self, gpus=())

    def __add__(self, other: "Share") -> "Share":
        return Share(
            cpus=self.cpus + other.cpus,
            memory_bytes=self.memory_bytes + other.memory_bytes,
            gpus=tuple(one + its for one, its in zip_longest(self.gpus, other.gpus, fillvalue=0)),
        )

    def __sub__(self, other: "Share") -> "Share":
        return Share(
            cpus=self.cpus - other.cpus,
            memory_bytes=self.memory_bytes - other.memory_bytes,
            gpus=tuple(one - its for one, its in zip_longest(self.gpus, other.gpus, fillvalue=0)),
        )


NOTHING = Share()


def _sizes(host: Host) -> list[int]:
    return sorted({device.memory_bytes for device in host.gpu_devices})


class Stage(Enum):
    """How far someone in the room has come."""

    WAITING = "waiting"
    STANDING = "standing"  # may have a container ahead of its turn
    BEGUN = "begun"
    GONE = "gone"


@dataclass(eq=False, kw_only=True)
class Place:
    """One who waits for a part of the host, or has it.

    Attributes:
        turn: counts up in the order in which they came.
        share: what it takes.
        alone: whether nothing else may run or start meanwhile, because its time counts.
        holds_gpus: whether its container has GPUs from its beginning, and not just its share.
        expected_s: how long it takes by all that is known; None for an unknown time.
        ready: whether it may begin; not while something must still be installed for it.
        in_order: whether those with a higher turn wait for it, where the order is kept.
        in_hand: whether someone sees to it already.
        stage: how far it has come.
        began_at: by the caller's clock; 0 before.
        overtaken: how many began before it although they came later.
        passed_since: when one that comes after it by rank first began before it; None if none did.
    """

    turn: int
    share: Share
    alone: bool = False
    holds_gpus: bool = False
    expected_s: float | None = None
    ready: bool = True
    in_order: bool = False
    in_hand: bool = False
    stage: Stage = Stage.WAITING
    began_at: float = 0.0
    overtaken: int = 0
    passed_since: float | None = None


@dataclass(frozen=True, kw_only=True)
class View:
    """What an order decides by.

    Attributes:
        ranked: who waits and could be seen to, the first by rank first.
        running: who has begun.
        whole: all that the host has.
        free: what of it nobody has taken.
        starting: how many containers are being made now.
        now: by the caller's clock, in seconds.
    """

    ranked: Sequence[Place]
    running: Collection[Place]
    whole: Share
    free: Share
    starting: int
    now: float

    def has_room_for(self, place: Place, kept: Share = NOTHING) -> bool:
        """Whether a place could begin, and leave what is kept for others."""
        fits = place.share.fits_in(self.free if kept is NOTHING else self.free - kept)
        return fits and not (place.alone and (self.running or self.starting))


class Order(Protocol):
    """Decides who is next."""

    def ranked(self, places: Collection[Place], usual_s: float) -> list[Place]:
        """The places, those first that would begin first if there were room for all.

        Args:
            places: who is compared.
            usual_s: the median length of all whose length is known.
        """

    def next(self, view: View) -> Place | None:
        """Who begins now; None if nobody can, or nobody should yet."""


class Room:
    """The host, those who run on it and those who wait.

    Args:
        host: what there is to hand out.
        order: who is next.
        ahead: how many containers may stand ready before their turn.
        held_up: how many may be between two attempts before nobody new is seen to: what is in the way of
            all, such as an engine that restarts, is not run into by everybody.
    """

    def __init__(self, host: Host, order: Order, *, ahead: int = 1, held_up: int | None = None) -> None:
        self.whole = Share.whole(host)
        self.free = self.whole
        self.pausing = 0
        self._lengths_s: list[float] = []  # of all that came, sorted
        self.starting = 0
        self.waiting: dict[Place, None] = {}  # a set that keeps its order
        self.running: dict[Place, None] = {}
        self._order = order
        self._ahead = ahead
        self._held_up = host.cpus + ahead if held_up is None else held_up

    @property
    def is_closed(self) -> bool:
        """Whether something runs alone."""
        return any(place.alone for place in self.running)

    def come(self, place: Place) -> None:
        """Someone waits."""
        self.waiting[place] = None
        if place.expected_s is not None:
            insort(self._lengths_s, place.expected_s)

    def leave(self, place: Place) -> None:
        """Someone has ended, or waits no longer."""
        self.waiting.pop(place, None)
        if place in self.running:
            del self.running[place]
            self.free += place.share
        place.stage = Stage.GONE

    def call(self, now: float) -> list[Place]:
        """Let begin, and prepare ahead, whoever can; return those of them that nobody saw to before."""
        taken: list[Place] = []
        while not self.is_closed:
            view = self._view(now)
            place = self._order.next(view)
            if place is None:
                break
            _count_those_before(place, view)
            self._begin(place, now, taken)
        self._prepare_ahead(taken)
        return taken

    def _ranked(self, places: Collection[Place]) -> list[Place]:
        middle = len(self._lengths_s) // 2
        return self._order.ranked(places, self._lengths_s[middle] if self._lengths_s else 0.0)

    def _candidates(self) -> list[Place]:
        """Those that can be seen to."""
        again = [place for place in self.waiting if place.in_hand]
        between = self.pausing + sum(place.stage is Stage.WAITING for place in again)
        return list(self.waiting) if between < self._held_up else again

    def _view(self, now: float) -> View:
        return View(
            ranked=self._ranked(self._candidates()),
            running=self.running,
            whole=self.whole,
            free=self.free,
            starting=self.starting,
            now=now,
        )

    def _begin(self, place: Place, now: float, taken: list[Place]) -> None:
        del self.waiting[place]
        _take_in_hand(place, taken)
        place.stage, place.began_at = Stage.BEGUN, now
        self.running[place] = None
        self.free -= place.share

    def _prepare_ahead(self, taken: list[Place]) -> None:
        """Let those who are next have a container ahead, as far as that goes.

        None that holds GPUs: it would keep them from whoever runs.
        """
        left = self._ahead - sum(place.stage is Stage.STANDING for place in self.waiting)
        if left <= 0:
            return
        for place in self._ranked(self._candidates()):
            if place.stage is Stage.WAITING and left and not place.holds_gpus:
                _take_in_hand(place, taken)
                place.stage = Stage.STANDING
                left -= 1


def _count_those_before(place: Place, view: View) -> None:
    """Remember whom ``place``, which begins now, begins before."""
    comes_first = True
    for other in view.ranked:
        comes_first = comes_first and other is not place
        if other.turn < place.turn:
            other.overtaken += 1
        if comes_first and other.ready and other.passed_since is None:
            other.passed_since = view.now


def _take_in_hand(place: Place, taken: list[Place]) -> None:
    if not place.in_hand:
        place.in_hand = True
        taken.append(place)

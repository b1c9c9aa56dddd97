"""A night on a virtual clock: the same rules as for real, and no second goes by."""

import csv
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from snippet_sandbox.profile import GB, Host, Profile
from verify_snippets.room import Order, Place, Room, Share, Stage

RECORDED = Path(__file__).parent.parent / "data" / "nights" / "durations.csv"
WAITING_AT_MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a step, as it was once.

    Attributes:
        profile: what it ran under.
        seconds: how long that took.
        expected_s: how long it was thought to take; None where nobody knew.
        alone: whether its time counted.
    """

    profile: Profile
    seconds: float
    expected_s: float | None
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """How a night went.

    Attributes:
        makespan_s: from its begin to the end of its last run.
        began: when each run began, in the order in which they came.
        most: of the host at a time.
    """

    makespan_s: float
    began: Sequence[float]
    most: Share


def simulate(runs: Sequence[Run], host: Host, order: Order, *, at_most: int = WAITING_AT_MOST) -> Simulated:
    """Let runs go through a host.

    Args:
        runs: in the order in which they come.
        host: what there is of cores and memory.
        order: who is next.
        at_most: how many wait at a time; the others come when one of those begins.

    Raises:
        RuntimeError: some run never begins.
    """
    room = Room(host, order, ahead=0)
    places = [_place(turn, run, host) for turn, run in enumerate(runs)]
    coming, ends, now, most = list(reversed(places)), list[tuple[float, int]](), 0.0, Share()
    while coming or room.waiting or ends:
        while coming and len(room.waiting) < at_most:
            room.come(coming.pop())
        before = set(room.running)
        room.call(now)
        for place in room.running.keys() - before:
            heapq.heappush(ends, (now + runs[place.turn].seconds, place.turn))
        most = _at_least(most, room.whole - room.free)
        if coming and len(room.waiting) < at_most:
            continue  # those that come now may begin now
        if not ends:
            raise RuntimeError(f"{len(room.waiting)} runs never begin")
        now, turn = heapq.heappop(ends)
        room.leave(places[turn])
    assert all(place.stage is Stage.GONE for place in places)
    return Simulated(makespan_s=now, began=tuple(place.began_at for place in places), most=most)


def _place(turn: int, run: Run, host: Host) -> Place:
    share = Share.whole(host) if run.alone else Share.of(run.profile, host)
    return Place(
        turn=turn,
        share=share,
        alone=run.alone,
        holds_gpus=bool(run.profile.gpus),
        expected_s=run.expected_s,
        in_order=True,
    )


def _at_least(one: Share, other: Share) -> Share:
    return Share(
        cpus=max(one.cpus, other.cpus),
        memory_bytes=max(one.memory_bytes, other.memory_bytes),
        gpus=tuple(max(pair) for pair in zip_longest(one.gpus, other.gpus, fillvalue=0)),
    )


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What no order can beat. Each runs in a container of its own and needs no other.

    Attributes:
        cores_s: all work, in seconds of a core, by the cores there are.
        memory_s: likewise of memory.
        chain_s: the longest run, and all that run alone: of those no two run at a time.
    """

    cores_s: float
    memory_s: float
    chain_s: float

    @property
    def seconds(self) -> float:
        """The highest of them."""
        return max(self.cores_s, self.memory_s, self.chain_s)

    def __str__(self) -> str:
        named = {"cores": self.cores_s, "memory": self.memory_s, "longest chain": self.chain_s}
        return max(named, key=lambda name: named[name])


def bound(runs: Sequence[Run], host: Host) -> Bound:
    """The lower bound of a night's length; what runs alone takes all of the host."""
    shares = [Share.whole(host) if run.alone else Share.of(run.profile, host) for run in runs]
    cores = sum(share.cpus * run.seconds for share, run in zip(shares, runs, strict=True))
    memory = sum(share.memory_bytes * run.seconds for share, run in zip(shares, runs, strict=True))
    alone = sum(run.seconds for run in runs if run.alone)
    longest = max((run.seconds for run in runs if not run.alone), default=0.0)
    return Bound(cores_s=cores / host.cpus, memory_s=memory / host.memory_bytes, chain_s=alone + longest)


def recorded(path: Path = RECORDED) -> tuple[Run, ...]:
    """Runs from a table."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        return tuple(_run(line) for line in lines)


def _run(line: dict[str, str]) -> Run:
    return Run(
        profile=Profile(
            name=line["profile"], cpus=int(line["cpus"]), memory_bytes=int(float(line["memory_gb"]) * GB)
        ),
        seconds=float(line["seconds"]),
        expected_s=float(line["expected_s"]) if line["expected_s"] else None,
        alone=line["alone"] == "yes",
    )

"""Who is next, on a virtual clock: nights go by in no time, and the same way every time."""

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu, Profile
from tests.bench.simulated import Run, bound, recorded, simulate
from verify_snippets.room import Order, Place, Room, Share, Stage
from verify_snippets.turns import InOrder, LongestFirst

HOST = Host(cpus=4, memory_bytes=16 * GB)
HOSTS = [Host(cpus=2, memory_bytes=24 * GB), Host(cpus=8, memory_bytes=32 * GB)]
HOSTS += [Host(cpus=8, memory_bytes=64 * GB), Host(cpus=64, memory_bytes=512 * GB)]
HASTY = LongestFirst(patience_s=10.0, patience=0.5, overtakings=50)


def run(seconds: float, cpus: int = 1, *, alone: bool = False) -> Run:
    """A run that takes as long as it is thought to take."""
    profile = Profile(name="some", cpus=cpus, memory_bytes=cpus * GB)
    return Run(profile=profile, seconds=seconds, expected_s=seconds, alone=alone)


RUNS = st.lists(
    st.builds(
        Run,
        profile=st.builds(
            Profile,
            name=st.just("some"),
            cpus=st.integers(1, 6),
            memory_bytes=st.integers(1, 20).map(lambda gb: gb * GB),
        ),
        seconds=st.floats(0.1, 100),
        expected_s=st.none() | st.floats(0.1, 100),
        alone=st.booleans(),
    ),
    max_size=40,
)


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: f"{host.cpus} cores, {host.memory_bytes // GB} GB")
@pytest.mark.parametrize("at_most", [64, 10_000])
def test_a_night_ends_near_its_lower_bound(host: Host, at_most: int) -> None:
    """Within 1.2 of what no order can beat, on recorded durations, whether few or all can be chosen from."""
    runs = recorded()
    least_s = bound(runs, host).seconds
    assert simulate(runs, host, LongestFirst(), at_most=at_most).makespan_s <= 1.2 * least_s


@settings(deadline=None, max_examples=150)
@given(runs=RUNS, order=st.sampled_from([InOrder(), LongestFirst(), HASTY]), at_most=st.integers(1, 50))
def test_everything_runs_and_never_more_than_there_is(runs: list[Run], order: Order, at_most: int) -> None:
    """Whatever comes, however wrong it was thought to be long; and what runs alone does."""
    night = simulate(runs, HOST, order, at_most=at_most)
    assert night.most.fits_in(Share.whole(HOST))
    assert night.makespan_s <= sum(one.seconds for one in runs) + 1e-6
    spans = [(began, began + one.seconds, one) for began, one in zip(night.began, runs, strict=True)]
    for began, end, one in spans:
        beside = [other for other in spans if other[2] is not one and other[0] < end and began < other[1]]
        assert not (one.alone and beside)


@settings(deadline=None, max_examples=10)
@given(lengths=st.lists(st.floats(1, 20), min_size=5, max_size=5), alone=st.booleans())
def test_nobody_waits_for_ever(lengths: list[float], alone: bool) -> None:
    """What needs all of the host begins once it is overdue, though small ones never leave it empty."""
    others, wide = [run(length_s) for length_s in 80 * lengths], run(20, cpus=4, alone=alone)
    night = simulate([*others[:8], wide, *others[8:]], HOST, HASTY, at_most=8)
    in_the_way_s = 3 * max(lengths)  # those that run as it comes, as it is overdue, and that end in time
    assert night.began[8] <= HASTY.patience_s + in_the_way_s < night.makespan_s


def test_short_ones_run_though_longer_ones_keep_coming() -> None:
    """So many that come later begin before one, and no more."""
    night = simulate([*[run(9)] * 8, run(1), *[run(9)] * 400], HOST, HASTY, at_most=8)
    assert 0 < sum(began < night.began[8] for began in night.began[9:]) <= HASTY.overtakings + HOST.cpus


def test_the_card_s_order_is_kept() -> None:
    """What comes later waits, even if it would fit beside."""
    night = simulate([run(5, 3), run(5, 3), run(1)], HOST, InOrder())
    assert night.began == (0, 5, 5)


def test_the_longest_is_first_and_short_ones_fill_the_gaps() -> None:
    """An unknown length counts as the usual one."""
    unknown = Run(profile=run(1).profile, seconds=25, expected_s=None)
    night = simulate([run(2), run(90, 3), run(10), run(30, 3), unknown], HOST, LongestFirst())
    assert night.began == (35, 0, 25, 90, 0)


def test_the_host_is_emptied_once_for_all_that_need_all_of_it() -> None:
    """They run one after the other as soon as nothing else does, and not each in between others."""
    alone = [run(3, alone=True) for _ in range(3)]
    night = simulate([run(50), alone[0], run(40), alone[1], run(30), alone[2]], HOST, LongestFirst())
    turns = sorted(night.began[turn] for turn in (1, 3, 5))
    assert turns == list(accumulate([turns[0], 3, 3]))


def test_trouble_of_many_keeps_the_others_away() -> None:
    """While as many as can be seen to pause before another attempt, nobody new runs into the same."""
    room = Room(HOST, LongestFirst(), ahead=1)
    new = Place(turn=0, share=Share(cpus=1))
    room.come(new)
    room.pausing = HOST.cpus + 1
    assert room.call(0.0) == []
    room.pausing -= 1
    assert room.call(0.0) == [new]
    assert new.stage is Stage.BEGUN


T4, A10G = (HostGpu(name=name, memory_bytes=gb * GB) for name, gb in (("Tesla T4", 16), ("NVIDIA A10G", 24)))
WITH_GPUS = Host(cpus=16, memory_bytes=64 * GB, gpu_devices=(A10G, T4))
ON_T4 = Run(profile=PROFILES["t4-small"], seconds=10, expected_s=10)
ON_A10G = replace(ON_T4, profile=PROFILES["a10g-small"])


@pytest.mark.parametrize("order", [InOrder(), LongestFirst()])
def test_as_many_gpu_runs_as_there_are_gpus_of_the_right_size(order: Order) -> None:
    """A small one may have the large card while nobody else wants it; never two a card."""
    assert simulate([ON_T4] * 4, WITH_GPUS, order).makespan_s == 20
    assert simulate([ON_A10G] * 4, WITH_GPUS, order).makespan_s == 40
    assert simulate([ON_A10G, ON_T4, ON_A10G, ON_T4], WITH_GPUS, order).makespan_s == 20
    pair = replace(ON_T4, profile=replace(PROFILES["t4-small"], gpus=2, gpu_memory_bytes=32 * GB))
    three = replace(WITH_GPUS, gpu_devices=(A10G, T4, T4))
    assert simulate([pair, ON_A10G], three, order).makespan_s == 10


def test_others_go_on_beside_those_who_wait_for_a_gpu() -> None:
    """In the card's order, too; and the next GPU run finds its cores free when a GPU is."""
    host = replace(WITH_GPUS, gpu_devices=(T4,))
    night = simulate([ON_T4, ON_T4, ON_T4, run(5), run(30, cpus=8), run(30, cpus=8)], host, InOrder())
    assert night.began == (0, 10, 20, 0, 5, 30)
    cramped = replace(host, cpus=8)
    assert simulate([ON_T4, ON_T4, run(30)], cramped, InOrder()).began == (0, 10, 10)


def test_what_is_timed_is_alone_on_a_host_with_gpus() -> None:
    """Nothing runs beside it, on whichever GPU."""
    night = simulate([ON_T4, replace(ON_A10G, alone=True), run(5)], WITH_GPUS, InOrder())
    assert night.began == (0, 10, 20)
    one = replace(WITH_GPUS, gpu_devices=(T4,))
    behind = simulate([ON_T4, ON_T4, run(5, alone=True), run(5)], one, InOrder())
    assert behind.began == (0, 10, 20, 25)  # who waits for what is timed does not overtake it


def test_no_container_holds_a_gpu_ahead_of_its_turn() -> None:
    """It would keep it from whoever runs, or from whoever is timed."""
    room = Room(WITH_GPUS, InOrder(), ahead=4)
    on_gpu, on_cpu = Share.of(PROFILES["t4-small"], WITH_GPUS), Share(cpus=1)
    places = [
        Place(turn=0, share=on_gpu, holds_gpus=True, ready=False),
        Place(turn=1, share=Share.whole(WITH_GPUS), alone=True, ready=False),  # timed, on the CPU
        Place(turn=2, share=on_cpu, ready=False),
    ]
    for place in places:
        room.come(place)
    room.call(0.0)
    assert [place.stage for place in places] == [Stage.WAITING, Stage.STANDING, Stage.STANDING]


@settings(deadline=None, max_examples=100)
@given(
    sizes=st.lists(st.sampled_from([8, 16, 24, 80]), max_size=4),
    wishes=st.lists(st.tuples(st.sampled_from([8, 16, 24, 80]), st.integers(1, 2)), max_size=20),
    order=st.sampled_from([InOrder(), LongestFirst()]),
)
def test_everybody_who_runs_can_have_gpus_that_are_large_enough(
    sizes: list[int], wishes: list[tuple[int, int]], order: Order
) -> None:
    """Whatever the host has: those who run at a time can be dealt cards of their own."""
    devices = tuple(HostGpu(name="some", memory_bytes=size * GB) for size in sizes)
    host = Host(cpus=64, memory_bytes=64 * GB, gpu_devices=devices)
    possible = [(size, count) for size, count in wishes if sum(own >= size for own in sizes) >= count]
    runs = [
        Run(
            profile=Profile(
                name="some", cpus=1, memory_bytes=GB, gpus=count, gpu_memory_bytes=count * size * GB
            ),
            seconds=3 + turn % 5,
            expected_s=3,
        )
        for turn, (size, count) in enumerate(possible)
    ]
    night = simulate(runs, host, order)
    for now in night.began:
        held = [
            size
            for began, one, (size, count) in zip(night.began, runs, possible, strict=True)
            if began <= now < began + one.seconds
            for _ in range(count)
        ]
        assert all(want <= own for want, own in zip(sorted(held)[::-1], sorted(sizes)[::-1], strict=False))
        assert len(held) <= len(sizes)

"""What runs side by side, and what runs alone."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from snippet_sandbox.profile import GB, Host, Profile
from verify_snippets.capacity import CancelledError, Capacity

HOST = Host(cpus=4, memory_bytes=16 * GB)
HALF = Profile(name="half", cpus=2, memory_bytes=4 * GB)
ALL = Profile(name="all", cpus=8, memory_bytes=64 * GB)


@contextmanager
def running(capacity: Capacity, profile: Profile, *, alone: bool = False) -> Iterator[None]:
    """Have what a profile allows, as a step has it while it runs."""
    place = capacity.place_for(profile, alone=alone)
    capacity.come(place)
    try:
        with capacity.starting(place):
            pass
        capacity.begin(place)
        yield
    finally:
        capacity.leave(place)


def waits(
    capacity: Capacity, profile: Profile, *, alone: bool = False
) -> tuple[threading.Event, threading.Event]:
    """Ask for room in a thread: an event that is set once it is given, and one that gives it back."""
    given, give_back = threading.Event(), threading.Event()

    def ask() -> None:
        with running(capacity, profile, alone=alone):
            given.set()
            give_back.wait(10)

    threading.Thread(target=ask, daemon=True).start()
    return given, give_back


def test_as_many_run_as_fit() -> None:
    """The third of two waits until one is done."""
    capacity = Capacity(HOST, threading.Event())
    with ExitStack() as first, running(capacity, HALF):
        first.enter_context(running(capacity, HALF))
        third, done = waits(capacity, HALF)
        assert not third.wait(0.3)
        first.close()
        assert third.wait(5)
        done.set()


def test_memory_counts_too() -> None:
    """Cores are left, memory isn't."""
    big = Profile(name="big", cpus=1, memory_bytes=10 * GB)
    capacity = Capacity(HOST, threading.Event())
    with running(capacity, big):
        second, done = waits(capacity, big)
        assert not second.wait(0.3)
    assert second.wait(5)
    done.set()


def test_what_exceeds_the_host_takes_all_of_it() -> None:
    """It runs, by itself."""
    capacity = Capacity(HOST, threading.Event())
    with running(capacity, ALL):
        second, done = waits(capacity, HALF)
        assert not second.wait(0.3)
    assert second.wait(5)
    done.set()


def test_whose_time_counts_runs_alone() -> None:
    """It waits for what runs and starts, and nothing runs or starts beside it."""
    capacity = Capacity(HOST, threading.Event(), ahead=2)
    first, second = capacity.place_for(ALL), capacity.place_for(ALL)
    capacity.come(first)  # begins
    capacity.come(second)  # may have its container ahead
    with capacity.starting(second):
        timed, done = waits(capacity, HALF, alone=True)
        capacity.leave(first)
        capacity.leave(second)
        assert not timed.wait(0.3)
    assert timed.wait(5)
    other, other_done = waits(capacity, HALF)
    assert not other.wait(0.3)
    done.set()
    assert other.wait(5)
    other_done.set()


def test_no_container_is_made_while_a_snippet_is_timed() -> None:
    """Though it might stand ahead of its turn."""
    capacity = Capacity(HOST, threading.Event())
    next_one, started = capacity.place_for(HALF), threading.Event()

    def start() -> None:
        with capacity.starting(next_one):
            started.set()

    with running(capacity, HALF, alone=True):
        capacity.come(next_one)
        threading.Thread(target=start, daemon=True).start()
        assert not started.wait(0.3)
    assert started.wait(5)


def test_nobody_waits_after_an_interruption() -> None:
    """Those in the queue are sent home."""
    cancel = threading.Event()
    capacity = Capacity(HOST, cancel)
    with running(capacity, ALL):
        threading.Timer(0.2, cancel.set).start()
        began = time.monotonic()
        with pytest.raises(CancelledError), running(capacity, HALF):
            pass
        assert time.monotonic() - began < 5

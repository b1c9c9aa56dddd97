"""Steps of many cards in one stream, with runners that do as they are told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.job import Again, Ending, Measurement
from snippet_sandbox.profile import GB, Host, HostGpu, Profile
from tests.end_to_end.test_interrupts import eventually
from verify_snippets.capacity import CancelledError
from verify_snippets.card import Card, Source
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.run import Runner
from verify_snippets.stream import Assignment, Ended, LateRunner, Stream

HOST = Host(cpus=2, memory_bytes=8 * GB)
HALF = Profile(name="half", cpus=1, memory_bytes=1 * GB)
ALL = Profile(name="all", cpus=2, memory_bytes=8 * GB)
FINE = Measurement(ending=Ending.EXITED, exit_code=0)


def step(name: str, profile: Profile = HALF) -> Step:
    """A step that prints its name."""
    text = f"```python\nprint({name!r})\n```\n"
    card = Card(text=text, sha256="0" * 64, source=Source.FILE, location="README.md")
    return make_plan(card, HOST, profile=profile).steps[0]


@dataclass(kw_only=True)
class Fake:
    """A runner whose steps end when they are told to.

    Attributes:
        does: called with each step's code while it runs.
        is_open: whether it can be used.
        opened: how often it was opened.
    """

    does: Callable[[str], None] = lambda _: None
    is_open: bool = False
    opened: int = 0

    @contextmanager
    def open(self) -> Iterator[Runner]:
        self.is_open, self.opened = True, self.opened + 1
        yield cast("Runner", self)
        self.is_open = False

    def prepare(self, step: Step, again: Again | None = None) -> "_FakeReady":
        assert self.is_open
        return _FakeReady(self, step)


class _FakeReady:
    def __init__(self, fake: Fake, step: Step) -> None:
        self._fake, self._step = fake, step

    def __enter__(self) -> "_FakeReady":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._fake.is_open

    def run(self) -> Ran:
        self._fake.does(self._step.codes[0])
        return Ran(step=self._step, measurement=FINE)


@dataclass(kw_only=True)
class Night:
    """A stream that is fed and emptied at once."""

    stream: Stream
    ended: list[Ended] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)


@contextmanager
def streaming(
    cancel: threading.Event | None = None, *, host: Host = HOST, at_most: int = 99
) -> Iterator[Night]:
    """A stream whose outcomes are gathered in a thread; over when this is left."""
    begun: list[str] = []
    stream = Stream(
        host,
        cancel or threading.Event(),
        lambda assignment: begun.append(_name(assignment)),
        at_most=at_most,
        pauses_s=(0.01, 0.01),
    )
    with stream:
        night = Night(stream=stream, begun=begun)
        gathering = threading.Thread(target=lambda: night.ended.extend(stream))
        gathering.start()
        try:
            yield night
        finally:
            stream.close()
            gathering.join(20)
            assert not gathering.is_alive()


def waits(event: threading.Event) -> None:
    """As long as a test lets it."""
    assert event.wait(10)


def _name(assignment: Assignment) -> str:
    return assignment.step.codes[0].split("'")[1]


def test_what_comes_while_others_run_is_run_too() -> None:
    """And each comes back with what came of it; a card's runner is open only while its steps need it."""
    fakes = [Fake(), Fake()]
    runners = [LateRunner(fake.open) for fake in fakes]
    with streaming() as night:
        night.stream.add(Assignment(step=step("a"), runner=runners[0]))
        assert eventually(lambda: len(night.ended) == 1, 10)
        assert eventually(lambda: not fakes[0].is_open, 10)
        with runners[1].held():
            night.stream.add(Assignment(step=step("b"), runner=runners[1]))
            assert eventually(lambda: len(night.ended) == 2, 10)
            night.stream.add(Assignment(step=step("c"), runner=runners[1], quick=False))
    assert [_name(ended.assignment) for ended in night.ended] == ["a", "b", "c"]
    assert all(ended.ran is not None and ended.ran.measurement == FINE for ended in night.ended)
    assert [(fake.opened, fake.is_open) for fake in fakes] == [(1, False), (1, False)]


def test_the_longest_of_those_that_wait_is_next() -> None:
    """Whichever card it is of, and whenever it came."""
    go = threading.Event()
    runner = LateRunner(Fake(does=lambda _: waits(go)).open)
    with streaming(host=Host(cpus=1, memory_bytes=8 * GB)) as night:
        night.stream.add(Assignment(step=step("first"), runner=runner))
        for name, length_s in (("short", 1.0), ("long", 60.0), ("unknown", None), ("longer", 90.0)):
            night.stream.add(Assignment(step=step(name), runner=runner, expected_s=length_s))
        go.set()
    assert night.begun == ["first", "longer", "long", "unknown", "short"]


def test_who_adds_more_than_may_wait_waits_too() -> None:
    """Until one begins."""
    go = threading.Event()
    runner = LateRunner(Fake(does=lambda _: waits(go)).open)
    with streaming(host=Host(cpus=1, memory_bytes=8 * GB), at_most=2) as night:
        added: list[int] = []

        def feed() -> None:
            for number in range(6):
                night.stream.add(Assignment(step=step(f"s{number}"), runner=runner))
                added.append(number)

        feeding = threading.Thread(target=feed)
        feeding.start()
        # one runs, one has its container ahead, two wait
        assert eventually(lambda: len(added) == 4, 10)
        feeding.join(0.3)
        assert len(added) == 4
        go.set()
        feeding.join(10)
    assert len(night.ended) == 6


def test_an_interruption_ends_the_stream() -> None:
    """What runs comes to its end, what waits is dropped, and nothing more can be added."""
    cancel, began = threading.Event(), threading.Event()

    def does(_: str) -> None:
        began.set()
        cancel.wait(10)

    fake = Fake(does=does)
    runner = LateRunner(fake.open)
    with streaming(cancel) as night:
        for name in ("a", "b", "c"):
            night.stream.add(Assignment(step=step(name, ALL), runner=runner))
        assert began.wait(10)
        cancel.set()
        with pytest.raises(CancelledError):
            night.stream.add(Assignment(step=step("d"), runner=runner))
    assert len(night.ended) == 1
    assert eventually(lambda: not fake.is_open, 10)


def test_our_own_mistakes_are_handed_over() -> None:
    """A mistake costs the assignment that it happened in; a door that stays shut is trouble."""

    def crash(_: str) -> None:
        raise ZeroDivisionError

    @contextmanager
    def shut() -> Iterator[Runner]:
        raise InfrastructureError("no room for a gateway", hint="")
        yield

    with streaming() as night:
        night.stream.add(Assignment(step=step("a"), runner=LateRunner(Fake(does=crash).open)))
        night.stream.add(Assignment(step=step("b"), runner=LateRunner(shut)))
        night.stream.add(Assignment(step=step("c"), runner=LateRunner(Fake().open)))
    came = {_name(ended.assignment): ended for ended in night.ended}
    assert isinstance(came["a"].error, ZeroDivisionError)
    assert came["b"].ran is not None
    assert came["b"].ran.trouble == "no room for a gateway"
    assert came["c"].ran is not None
    assert came["c"].ran.measurement == FINE


def test_trouble_of_many_at_once_holds_nothing_up() -> None:
    """More are in trouble than can be seen to at a time; all of them are tried again."""
    tries: list[str] = []

    @dataclass(kw_only=True)
    class Troubled(Fake):
        def prepare(self, step: Step, again: Again | None = None) -> "_FakeReady":
            tries.append(step.codes[0])
            if tries.count(step.codes[0]) < 3:
                return cast("_FakeReady", Ran(step=step, trouble="the engine is gone"))
            return super().prepare(step, again)

    runner = LateRunner(Troubled().open)
    with streaming() as night:
        for number in range(12):
            night.stream.add(Assignment(step=step(f"s{number}"), runner=runner))
    assert len(night.ended) == 12
    assert all(ended.ran is not None and not ended.ran.trouble for ended in night.ended)


class _HoldingGpu(_FakeReady):
    """A container that has the host's one GPU from its beginning to its end."""

    def __init__(self, fake: Fake, step: Step, gpu: threading.Lock) -> None:
        assert gpu.acquire(timeout=10), "two that wait for each other"
        super().__init__(fake, step)
        self._gpu = gpu

    def __exit__(self, *_: object) -> None:
        self._gpu.release()


def test_who_waits_for_a_gpu_never_holds_one() -> None:
    """Containers stand ahead of their turn, and none of those keeps the GPU from who is to run before it."""
    gpu = threading.Lock()

    class WithGpu(Fake):
        def prepare(self, step: Step, again: Again | None = None) -> _FakeReady:
            ready = super().prepare(step, again)
            return _HoldingGpu(self, step, gpu) if step.hardware.gpus else ready

    device = HostGpu(name="Tesla T4", memory_bytes=16 * GB)
    host = replace(HOST, cpus=8, memory_bytes=64 * GB, gpu_devices=(device,))
    on_gpu = replace(HALF, gpus=1, gpu_memory_bytes=16 * GB)
    plans = [(on_gpu, False), (on_gpu, True), (HALF, False), (HALF, True), (on_gpu, False)] * 4
    with streaming(host=host) as night:
        runner = LateRunner(WithGpu().open)
        for turn, (profile, timed) in enumerate(plans):
            planned = replace(step(str(turn)), hardware=profile, timed=timed)
            night.stream.add(Assignment(step=planned, runner=runner))
    assert [each.error for each in night.ended] == [None] * len(plans)

"""Which steps run more than once, and what is kept of each time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from snippet_sandbox.job import Again, Ending, Measurement, PartError, PartMeasurement, Repeat
from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu
from verify_snippets.attempts import REPEATS
from verify_snippets.card import Card, Source
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.run import Runner
from verify_snippets.schedule import Scheduler

HOST = Host(cpus=4, memory_bytes=32 * GB)
FITS, TIMED = "Inference fits in 1 GB of RAM.", "Inference takes 2 s on cpu-basic."
OUT_OF_MEMORY = Measurement(ending=Ending.MEMORY_LIMIT)
THROUGH = Measurement(ending=Ending.EXITED, exit_code=0, parts=(PartMeasurement(name="L5", completed=True),))
WARM = replace(THROUGH, repeats=(Repeat(seconds=2.0),))


def nothing(_: object) -> None:
    """What nobody waits for."""


@dataclass(kw_only=True)
class Scripted:
    """A runner whose attempts end as they are told to.

    Attributes:
        endings: what comes of each attempt, in order; a text is our own trouble.
        asked: each attempt's memory in bytes, and what it was to run again.
        meanwhile: done during every attempt.
    """

    endings: list[Measurement | str]
    asked: list[tuple[int, Again | None]] = field(default_factory=list)
    meanwhile: Callable[[int], None] = nothing
    cancel: threading.Event = field(default_factory=threading.Event)

    def is_quickly_ready(self, step: Step) -> bool:
        return True

    def prepare(self, step: Step, again: Again | None = None) -> Ran:
        self.asked.append((step.hardware.memory_bytes, again))
        self.meanwhile(len(self.asked))
        ending = self.endings.pop(0)
        came = {"trouble": ending} if isinstance(ending, str) else {"measurement": ending}
        return Ran(step=step, memory_limit_bytes=step.hardware.memory_bytes, time_limit_s=60.0, **came)


def ran(sentence: str, runner: Scripted, code: str = "print('work')", host: Host = HOST) -> list[Ran]:
    """What came of a card's one snippet."""
    text = f"# Usage\n\n{sentence}\n\n```python\n{code}\n```\n"
    card = Card(text=text, sha256="0" * 64, source=Source.FILE, location="README.md")
    steps = make_plan(card, host).steps
    scheduler = Scheduler(runner=cast("Runner", runner), host=host, announce=nothing, pauses_s=())
    return list(scheduler.run_all(steps))


def test_what_outgrows_the_cards_words_is_given_its_profiles_memory() -> None:
    """And it is known that it did."""
    runner = Scripted(endings=[OUT_OF_MEMORY, THROUGH])
    (came,) = ran(FITS, runner)
    assert runner.asked == [(GB, None), (PROFILES["cpu-basic"].memory_bytes, None)]
    assert (came.outgrown_bytes, came.memory_limit_bytes) == (GB, PROFILES["cpu-basic"].memory_bytes)
    assert came.came_through
    assert came.step.hardware.memory_bytes == GB  # under which its verdict is kept


GPU_FULL = replace(
    THROUGH,
    exit_code=1,
    parts=(
        PartMeasurement(
            name="L5", error=PartError(type="torch.OutOfMemoryError", message="CUDA out of memory.")
        ),
    ),
)
H100 = HostGpu(name="NVIDIA H100 80GB HBM3", memory_bytes=85 * GB)
ON_GPU = "import torch\nprint(torch.ones(1).to('cuda'))"


@pytest.mark.parametrize("full", [GPU_FULL, Measurement(ending=Ending.GPU_MEMORY_LIMIT)])
def test_what_outgrows_its_gpu_memory_is_given_the_whole_gpu(full: Measurement) -> None:
    """By its own word or by the host's, and at most once; nothing larger, nothing twice."""
    host = replace(HOST, memory_bytes=64 * GB, gpu_devices=(H100,))
    sentence = "Inference fits in 12 GB of VRAM."
    (came,) = ran(sentence, Scripted(endings=[full, THROUGH]), ON_GPU, host)
    assert (came.outgrown_gpu_bytes, came.gpu_limit_bytes, came.outgrown_bytes) == (12 * GB, 85 * GB, None)
    assert came.came_through
    assert came.step.hardware.gpu_memory_bytes == 12 * GB  # under which its verdict is kept
    (never,) = ran(sentence, Scripted(endings=[full, full]), ON_GPU, host)
    assert (never.outgrown_gpu_bytes, never.outgrew_gpu) == (12 * GB, True)
    t4 = replace(H100, memory_bytes=16 * GB)
    (small,) = ran("", Scripted(endings=[full]), ON_GPU, replace(host, gpu_devices=(t4,)))
    assert small.outgrown_gpu_bytes is None
    (of_ram,) = ran(sentence, Scripted(endings=[OUT_OF_MEMORY]), ON_GPU, host)
    assert of_ram.outgrown_gpu_bytes is None


@pytest.mark.parametrize("endings", [[THROUGH], [replace(THROUGH, exit_code=1)]])
def test_nothing_else_runs_twice(endings: list[Measurement | str]) -> None:
    """Neither what stayed below its limit nor what failed for another reason; nor without such words."""
    (came,) = ran(FITS, Scripted(endings=list(endings)))
    assert came.outgrown_bytes is None
    assert len(ran("Nothing is promised.", Scripted(endings=[OUT_OF_MEMORY]))) == 1


def test_our_trouble_takes_nothing_back() -> None:
    """That the limit ended it stays known, even if a second container can't be had."""
    (came,) = ran(FITS, Scripted(endings=[OUT_OF_MEMORY, "the engine is gone"]))
    assert came.measurement == OUT_OF_MEMORY
    (timed,) = ran(TIMED, Scripted(endings=[THROUGH, "the engine is gone"]))
    assert (timed.came_through, timed.repeats) == (True, ())


def test_a_promised_time_is_taken_in_a_container_of_its_own() -> None:
    """The first run stays what it was; a run that failed, or takes most of its time limit, is not timed."""
    runner = Scripted(endings=[THROUGH, WARM])
    (came,) = ran(TIMED, runner)
    assert came.measurement == THROUGH
    assert came.repeats == WARM.repeats
    (_, first), (_, second) = runner.asked
    assert first is None
    assert second is not None
    assert (second.first_line, second.times) == (6, REPEATS)
    for not_timed in (replace(THROUGH, exit_code=1), replace(THROUGH, duration_s=40.0)):
        assert ran(TIMED, Scripted(endings=[not_timed]))[0].repeats == ()


@pytest.mark.parametrize(("sentence", "first"), [(FITS, OUT_OF_MEMORY), (TIMED, THROUGH)])
def test_an_interrupted_further_run_leaves_nothing_half_known(sentence: str, first: Measurement) -> None:
    """What would be kept for days lacks what the card's promise needs."""
    runner = Scripted(endings=[first, WARM])
    runner.meanwhile = lambda attempt: runner.cancel.set() if attempt == 2 else None
    assert ran(sentence, runner) == []

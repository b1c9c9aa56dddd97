"""What follows from moments of GPU memory; and a sampler that reads a driver's recorded moments."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from snippet_sandbox.gpus import Gpu
from snippet_sandbox.gpus.allocation import Grant
from snippet_sandbox.gpus.uses import Use, Uses, UsesError
from snippet_sandbox.job import GpuMemory
from snippet_sandbox.metering import GpuSampler
from snippet_sandbox.metering.gpu_peaks import GpuPeaks

GB = 10**9
OURS, OURS_TOO, ANOTHER, UNKNOWN = 100, 101, 900, 901


def peaks_of(*uses: Use, before: Use) -> GpuPeaks:
    """The peaks of one GPU's moments."""
    peaks = GpuPeaks(before={"g": before})
    for use in uses:
        peaks.take({"g": use}, {OURS, OURS_TOO}.__contains__)
    return peaks


def use(device_gb: float, **processes_gb: float | None) -> Use:
    """A moment: processes by the names above."""
    pids = {"ours": OURS, "ours_too": OURS_TOO, "another": ANOTHER, "unknown": UNKNOWN}
    listed = {pids[name]: None if gb is None else int(gb * GB) for name, gb in processes_gb.items()}
    return Use(device_bytes=int(device_gb * GB), processes=listed)


@pytest.mark.parametrize(
    ("uses", "before", "gigabytes", "by_process"),
    [
        # the highest moment counts, all of the job's processes together, nobody else's
        ([use(1), use(5, ours=4), use(8, ours=4, ours_too=3), use(1)], use(1), 7, True),
        ([use(9, ours=2, another=6), use(10, ours=3, another=6)], use(7, another=6), 3, True),
        # another may take more, or go; what nobody is seen to hold any more is ours
        ([use(12, ours=2, another=9)], use(7, another=6), 2, True),
        ([use(3, ours=2)], use(7, another=6), 2, True),
        ([use(9, ours=2)], use(1), 8, True),
        # the driver doesn't say how much: slices, WSL
        ([use(5, ours=None)], use(1), 4, False),
        # it lists none, as for users without privilege
        ([use(5), use(6)], use(1), 5, False),
        ([Use(device_bytes=4 * GB, listed=False)], use(1), 3, False),
        # on a host that is a container itself, its process ids are nobody's here
        ([use(5, unknown=4), use(6, unknown=5)], use(1), 5, False),
        # who was seen once only is no reason to doubt, nor is a driver's own breathing
        ([use(1.05), use(1, unknown=0.2), use(1)], use(1), 0, True),
        ([use(3, unknown=1), use(7, ours=6)], use(1), 6, True),
    ],
)
def test_peak(uses: list[Use], before: Use, gigabytes: float, by_process: bool) -> None:
    """By process where the driver's list can be trusted, else the device's growth."""
    peaks = peaks_of(*uses, before=before)
    assert (peaks.highest_bytes / GB, peaks.by_process) == (gigabytes, by_process)


def test_gpus_are_added_up_at_one_moment() -> None:
    """The peak of two GPUs is what they had together, not their peaks together."""
    peaks = GpuPeaks()
    for first, second in ((4, 1), (1, 5), (0, 0)):
        peaks.take({"a": use(0, ours=first), "b": use(0, ours=second)}, {OURS}.__contains__)
    assert peaks.highest_bytes == 6 * GB


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        (use(17, ours=16), False),
        (use(17, ours=16.2), False),  # within the grace
        (use(18, ours=16.5), True),
        (use(41, ours=10, another=30), False),  # another's is not held against the job
        (use(40, ours=None), True),
    ],
)
def test_beyond_the_cap(moment: Use, over: bool) -> None:
    """A job is held to its cap by its own use; where only the device is known, by its growth."""
    peaks = GpuPeaks(before={"g": use(1, another=0.5)}, caps={"g": 16 * GB})
    assert peaks.take({"g": moment}, {OURS}.__contains__) is over


@dataclass
class Recorded(Uses):
    """Moments one after another; the last one stays. An error is raised in its place."""

    moments: list[Use | UsesError]
    account: Mapping[int, int] = field(default_factory=dict)
    closed: bool = False
    seen: threading.Event = field(default_factory=threading.Event)

    def read(self, uuid: str) -> Use:
        """See ``Uses``."""
        moment = self.moments.pop(0) if len(self.moments) > 1 else self.moments[0]
        if len(self.moments) == 1:
            self.seen.set()
        if isinstance(moment, UsesError):
            self.seen.set()
            raise moment
        return moment

    def highest_bytes(self, uuid: str, pid: int) -> int | None:
        """See ``Uses``."""
        return self.account.get(pid)

    def close(self) -> None:
        """See ``Uses``."""
        self.closed = True


GPU = Gpu(index=0, uuid="g", name="Tesla T4", memory_bytes=16 * GB, device_node="/dev/nvidia0")
GRANT = Grant(gpus=(GPU,), caps={"g": 8 * GB}, driver="580.95.05", cuda="13.0")
MINE = Use(device_bytes=3_200_000_000, processes={os.getpid(): 3 * GB})


def sampled(uses: Recorded, over_cap: Callable[[], None] = lambda: None) -> GpuMemory:
    """What a sampler makes of all moments; this process is the job's first."""
    with GpuSampler(GRANT, root_pid=os.getpid(), over_cap=over_cap, open_uses=lambda: uses) as sampler:
        assert uses.seen.wait(20)
        time.sleep(0.1)
        return sampler.stop()


def test_a_burst_between_two_readings_is_in_the_drivers_account() -> None:
    """Where the driver keeps account, its high-water mark of a process counts, and the method says so."""
    gpu = sampled(Recorded(moments=[Use(), MINE, Use()], account={os.getpid(): 7 * GB}))
    assert gpu.used_bytes == 7 * GB
    assert gpu.method == "NVML, by process, read every 50 ms, the driver's own account included"
    assert (gpu.models, gpu.driver, gpu.cuda) == (("Tesla T4",), "580.95.05", "13.0")


def test_a_driver_that_fails_on_the_way_fails_no_job() -> None:
    """What was seen until then is told, with what went wrong."""
    uses = Recorded(moments=[Use(), MINE, UsesError("GPU is lost")])
    gpu = sampled(uses)
    assert gpu.used_bytes == 3 * GB
    assert "the driver failed after" in gpu.method
    assert gpu.method.endswith("GPU is lost")
    assert uses.closed


def test_a_driver_that_fails_at_once_tells_nothing() -> None:
    """Nothing seen is not nothing used."""
    gpu = sampled(Recorded(moments=[UsesError("Unknown Error")]))
    assert gpu.used_bytes is None
    assert "Unknown Error" in gpu.method


def test_a_job_is_ended_once_when_it_goes_beyond_its_cap() -> None:
    """The watcher calls once, however long the job stays there."""
    calls: list[str] = []
    much = Use(processes={os.getpid(): 9 * GB})
    sampled(Recorded(moments=[Use(), MINE, much, much, much]), lambda: calls.append("end it"))
    assert calls == ["end it"]


@pytest.fixture
def grandchild() -> Iterator[int]:
    """A process whose parent is a child of ours."""
    code = (
        "import subprocess, sys; print(subprocess.Popen(['sleep', '30']).pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        pid = int(child.stdout.readline())
        yield pid
        os.kill(pid, 9)
        child.terminate()


def test_descendants_are_the_jobs_and_ancestors_are_not(grandchild: int) -> None:
    """Processes count that descend from the container's first one, at any depth; its parent is the host's."""
    processes = {grandchild: 2 * GB, os.getppid(): 5 * GB}
    gpu = sampled(Recorded(moments=[Use(), Use(processes=processes), Use(processes=processes)]))
    assert gpu.used_bytes == 2 * GB

"""Reads the use of a job's GPUs again and again, until the job has ended."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from snippet_sandbox.gpus.allocation import Grant
from snippet_sandbox.gpus.uses import NvmlUses, Use, Uses, UsesError
from snippet_sandbox.job import GpuMemory
from snippet_sandbox.metering.gpu_peaks import MB, GpuPeaks

INTERVAL_S = 0.05
SHARE_OF_A_CORE = 0.25  # that reading may take: a driver that is slow to answer is asked less often
LAST_ANSWER_S = 2.0  # for a driver that hangs, as it does when a GPU has fallen off the bus
PROC = Path("/proc")
DEEPEST = 1000  # of a tree of processes; more is a tree that changed while it was climbed


class GpuSampler:
    """Keeps the peaks of a job's GPU memory until it is stopped. A context manager.

    A driver that fails, at once or on the way, fails nobody's job: ``method`` says so.

    Args:
        grant: the job's GPUs.
        root_pid: on the host, of the process that all of the job's descend from.
        over_cap: called once when the job uses more of a GPU than it may.
        open_uses: how the driver is reached.
    """

    def __init__(
        self,
        grant: Grant,
        *,
        root_pid: int,
        over_cap: Callable[[], None],
        open_uses: Callable[[], Uses] = NvmlUses,
    ) -> None:
        self.grant = grant
        self._root_pid = root_pid
        self._over_cap = over_cap
        self._open_uses = open_uses
        self._uses: Uses | None = None
        self._peaks = GpuPeaks()
        self._trouble = ""
        self._accounted_bytes = 0
        self._began = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="gpu-sampler", daemon=True)
        self.over = False

    @property
    def before(self) -> Mapping[str, int]:
        """By UUID, bytes in use of each GPU before the job; without those whose driver doesn't say."""
        before = {uuid: use.device_bytes for uuid, use in self._peaks.before.items()}
        return {uuid: used_bytes for uuid, used_bytes in before.items() if used_bytes is not None}

    def __enter__(self) -> "GpuSampler":
        try:
            self._uses = self._open_uses()
            self._peaks = self._peaks_from(self._read(self._uses))
        except UsesError as error:
            self._fail(error)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> GpuMemory:
        """Take a last reading, stop, and return the peaks."""
        self._stopped.set()
        self._thread.join(LAST_ANSWER_S)
        if self._thread.is_alive():
            self._trouble = self._trouble or "the driver no longer answers"
        return GpuMemory(
            used_bytes=self._used_bytes(),
            method=self._method(),
            models=tuple(gpu.name for gpu in self.grant.gpus),
            driver=self.grant.driver,
            cuda=self.grant.cuda,
        )

    def _sample(self) -> None:
        """In a thread of its own, which alone speaks with the driver from here on, and lets go of it."""
        if self._uses is None:
            return
        with contextlib.closing(self._uses):
            try:
                cost_s = 0.0
                while not self._stopped.wait(max(INTERVAL_S, cost_s / SHARE_OF_A_CORE)):
                    began = time.monotonic()
                    self._take(self._uses)
                    cost_s = time.monotonic() - began
                self._take(self._uses)
                self._accounted_bytes = self._accounted(self._uses)
            except UsesError as error:
                self._fail(error)

    def _peaks_from(self, now: Mapping[str, Use]) -> GpuPeaks:
        """What is counted from here on."""
        before = {uuid: replace(use, processes=self._others(use)) for uuid, use in now.items()}
        return GpuPeaks(before=before, caps=self.grant.caps)

    def _others(self, use: Use) -> dict[int, int | None]:
        return {pid: used for pid, used in use.processes.items() if not self._belongs(pid)}

    def _read(self, uses: Uses) -> dict[str, Use]:
        return {gpu.uuid: uses.read(gpu.uuid) for gpu in self.grant.gpus}

    def _take(self, uses: Uses) -> None:
        if self._peaks.take(self._read(uses), self._belongs) and not self.over:
            self.over = True
            self._over_cap()

    def _accounted(self, uses: Uses) -> int:
        """The most that one process had of a job's only GPU, perhaps between two readings; 0 if unknown.

        Two processes, or one on two GPUs, may have had theirs at different times.
        """
        if len(self.grant.gpus) > 1:
            return 0
        pids = [(uuid, pid) for uuid, own in self._peaks.own_pids.items() for pid in own]
        return max((uses.highest_bytes(uuid, pid) or 0 for uuid, pid in pids), default=0)

    def _belongs(self, pid: int) -> bool:
        """Whether a process descends from the job's first; False if it can't be seen, or is gone.

        What a process leaves behind becomes a child of that first one, which is process 1 of its namespace.
        """
        for _ in range(DEEPEST):
            if pid == self._root_pid or pid <= 1:
                break
            pid = _parent(pid)
        return pid == self._root_pid

    def _fail(self, error: UsesError) -> None:
        self._trouble = f"the driver failed after {time.monotonic() - self._began:.1f} s: {error}"

    def _used_bytes(self) -> int | None:
        """None where nothing could be read at all."""
        if self._uses is None or (self._trouble and not self._peaks.highest_bytes):
            return None
        return max(self._peaks.highest_bytes, self._accounted_bytes)

    def _method(self) -> str:
        peaks = self._peaks
        if peaks.by_process:
            how = "by process"
        else:
            before_bytes = sum(self.before.values())
            how = f"the whole device less the {before_bytes / MB:.0f} MB that were in use before"
        kept = ", the driver's own account included" if self._accounted_bytes else ""
        words = f"NVML, {how}, read every {INTERVAL_S * 1000:.0f} ms{kept}"
        return f"{words}; {self._trouble}" if self._trouble else words


def _parent(pid: int) -> int:
    """0 if it is gone. Source: proc(5), ``/proc/pid/stat``; the name in brackets may hold brackets, too."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])

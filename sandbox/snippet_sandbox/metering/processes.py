"""Memory of a process and its descendants, where no cgroup can be had.

The sum of what each has resident is quick to read, and is the truth for processes that share nothing. Those
that forked share pages. How much is slow to read (the kernel walks every page), so it is read only where the
quick sum, which is never too low, is above the highest seen so far.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from snippet_sandbox.metering.borrowed import have_one_memory
from snippet_sandbox.metering.readings import (
    ProcessReading,
    Reading,
    parse_process_status,
    parse_shared_away,
)
from snippet_sandbox.metering.shared import SharedMemory

PROC = Path("/proc")
STEADY_TRIES = 3
LOOKING_SHARE = 0.05  # of the time, while no process begins or ends: a process that is looked at is slowed
OWN_PROCESSES = 3  # bwrap, the agent and the one process of a job that starts no others

Processes = dict[int, ProcessReading]


class ProcessTreeMeter:
    """Adds up a process and its descendants.

    The kernel keeps a high-water mark for each process, so a burst between two readings is seen here as well.

    Args:
        pid: of the tree's root.
        proc: where processes are seen.
        places: folders inside whose content only memory holds.
        limit_bytes: what the job may have; 0 where somebody else sees to that.
    """

    method = "process tree"

    def __init__(
        self, pid: int, proc: Path = PROC, *, places: Sequence[PurePosixPath] = (), limit_bytes: int = 0
    ) -> None:
        self._pid = pid
        self._proc = proc
        self._limit_bytes = limit_bytes
        self._shared = SharedMemory(proc, places)
        self._before: Processes = {}
        self._highest_bytes = 0
        self._shared_away: dict[int, int] = {}
        self._next_look = 0.0

    def read(self) -> Reading | None:
        """See ``Meter``."""
        now = self._read_processes()
        if not now:
            return None
        unseen = max(_unseen(self._before.get(pid), process) for pid, process in now.items())
        self._before = now
        anonymous = sum(process.anonymous_bytes for process in now.values())
        if anonymous + unseen > self._highest_bytes and len(now) > OWN_PROCESSES:
            anonymous = self._counted_once(now)
        self._highest_bytes = max(self._highest_bytes, anonymous + unseen)
        return Reading(
            anonymous_bytes=anonymous + unseen,
            file_bytes=sum(process.file_bytes for process in now.values()),
            kept_bytes=self._kept(now, anonymous + unseen),
        )

    def lower_mark(self) -> bool:
        """See ``Meter``."""
        return False

    def oom_kills(self) -> int | None:
        """See ``Meter``."""
        return None

    def close(self) -> None:
        """See ``Meter``."""
        self._shared.close()

    def _kept(self, processes: Processes, anonymous_bytes: int) -> int:
        return self._shared.read(processes, self._limit_bytes - anonymous_bytes) if self._limit_bytes else 0

    def _read_processes(self) -> Processes:
        parents = process_tree(self._pid, self._proc)
        texts = ((pid, self._text(pid, "status")) for pid in parents)
        read = {pid: parse_process_status(text) for pid, text in texts if text}
        return dict(self._own_memories(read, parents))

    def _own_memories(
        self, read: Processes, parents: Mapping[int, int]
    ) -> Iterator[tuple[int, ProcessReading]]:
        """Leave out children that have their parent's memory: it waits for them, and so reads the same."""
        for pid, process in read.items():
            if process != read.get(parents[pid]):
                yield pid, process
            elif not have_one_memory(pid, parents[pid]):  # any more, or ever
                yield pid, parse_process_status(self._text(pid, "status"))

    def _counted_once(self, processes: Processes) -> int:
        """What they hold together, each shared page counted once.

        What a process takes anew is shared with none, so what it shares is looked at again only when another
        begins or ends, and now and then: a shared page that is written to becomes its own.
        """
        if processes.keys() != self._shared_away.keys() or time.monotonic() >= self._next_look:
            began = time.monotonic()
            processes = self._look(processes)
            self._next_look = time.monotonic() + (time.monotonic() - began) / LOOKING_SHARE
        return sum(
            max(0, process.anonymous_bytes - self._shared_away.get(pid, 0))
            for pid, process in processes.items()
        )

    def _look(self, processes: Processes) -> Processes:
        """See what each shares while none begins or ends, which changes the others' shares.

        Returns:
            The processes as they are now.
        """
        for _ in range(STEADY_TRIES):
            self._shared_away = {pid: parse_shared_away(self._text(pid, "smaps_rollup")) for pid in processes}
            now = self._read_processes()
            if now.keys() == processes.keys():
                return now
            processes = now
        return {pid: process for pid, process in processes.items() if pid in self._shared_away}

    def _text(self, pid: int, name: str) -> str:
        return _text(self._proc / str(pid) / name)


def process_tree(pid: int, proc: Path = PROC) -> dict[int, int]:
    """A process and all its living descendants, parents first: each with its parent, the first with 0."""
    found, todo = {}, [(pid, 0)]
    while todo:
        process, parent = todo.pop()
        found[process] = parent
        for thread in _threads(proc / str(process) / "task"):
            todo += [(int(child), process) for child in _text(thread / "children").split()]
    return found


def _unseen(before: ProcessReading | None, after: ProcessReading) -> int:
    """How far above this reading a process' anonymous memory must have been since the one before."""
    if before is not None and after.high_water_bytes <= before.high_water_bytes:
        return 0
    files = max(after.file_bytes, before.file_bytes if before else 0)
    return max(0, after.high_water_bytes - files - after.anonymous_bytes)


def _threads(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in os.listdir(folder)]  # noqa: PTH208 - read hundreds of times a second
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""

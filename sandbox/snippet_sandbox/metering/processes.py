"""Memory of a process and its descendants, where no cgroup can be had.

The sum of what each has resident is quick to read, and is the truth for processes that share nothing. Those
that forked share pages. How much is slow to read (the kernel walks every page), so it is read only where the
quick sum, which is never too low, is above the highest seen so far.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from snippet_sandbox.metering.readings import (
    ProcessReading,
    Reading,
    parse_process_shares,
    parse_process_status,
)

PROC = Path("/proc")
OWN_PROCESSES = 3  # bwrap, the agent and the one process of a job that starts no others


class ProcessTreeMeter:
    """Adds up a process and its descendants.

    The kernel keeps a high-water mark for each process, so a burst between two readings is seen here as well.
    """

    method = "process tree"

    def __init__(self, pid: int, proc: Path = PROC) -> None:
        self._pid = pid
        self._proc = proc
        self._before: dict[int, ProcessReading] = {}
        self._highest_bytes = 0

    def read(self) -> Reading | None:
        """See ``Meter``."""
        now = self._read_processes()
        if not now:
            return None
        unseen = max(_unseen(self._before.get(pid), process) for pid, process in now.items())
        self._before = now
        reading = _sum(_alone(process) for process in now.values())
        if reading.anonymous_bytes + unseen > self._highest_bytes and len(now) > OWN_PROCESSES:
            reading = _sum(self._share(pid, process) for pid, process in now.items())
        reading = replace(reading, anonymous_bytes=reading.anonymous_bytes + unseen)
        self._highest_bytes = max(self._highest_bytes, reading.anonymous_bytes)
        return reading

    def lower_mark(self) -> bool:
        """See ``Meter``."""
        return False

    def oom_kills(self) -> int | None:
        """See ``Meter``."""
        return None

    def close(self) -> None:
        """See ``Meter``; nothing is held open."""

    def _read_processes(self) -> dict[int, ProcessReading]:
        texts = (
            (pid, _text(self._proc / str(pid) / "status")) for pid in process_tree(self._pid, self._proc)
        )
        return {pid: parse_process_status(text) for pid, text in texts if text}

    def _share(self, pid: int, process: ProcessReading) -> Reading:
        """By what it shares with how many; in full where the kernel doesn't let us see that."""
        text = _text(self._proc / str(pid) / "smaps_rollup")
        return parse_process_shares(text) if text else _alone(process)


def process_tree(pid: int, proc: Path = PROC) -> list[int]:
    """A process and all its living descendants."""
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        found.append(parent)
        for thread in _threads(proc / str(parent) / "task"):
            todo += [int(child) for child in _text(thread / "children").split()]
    return found


def _unseen(before: ProcessReading | None, after: ProcessReading) -> int:
    """How far above both readings a process' anonymous memory must have been in between."""
    if before is not None and after.high_water_bytes <= before.high_water_bytes:
        return 0
    files = max(after.file_bytes, before.file_bytes if before else 0)
    seen = max(after.anonymous_bytes, before.anonymous_bytes if before else 0)
    return max(0, after.high_water_bytes - files - seen)


def _alone(process: ProcessReading) -> Reading:
    return Reading(anonymous_bytes=process.anonymous_bytes, file_bytes=process.file_bytes)


def _sum(readings: Iterable[Reading]) -> Reading:
    listed = list(readings)
    return Reading(
        anonymous_bytes=sum(reading.anonymous_bytes for reading in listed),
        file_bytes=sum(reading.file_bytes for reading in listed),
    )


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

"""Readings of cgroups and processes, and the peaks that follow from them.

The parsers are pure; ``Sampler`` is the one place that reads again and again. Sources: the kernel's
``Documentation/admin-guide/cgroup-v1/memory.rst`` and ``cgroup-v2.rst``, and ``proc(5)``.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from snippet_sandbox.job import Memory

CGROUP_ROOT = Path("/sys/fs/cgroup")
INTERVAL_S = 0.01
OWN_PROCESSES = 3  # bwrap, the agent and the one process of a job that starts no others


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Memory in use at one moment, in bytes."""

    anonymous_bytes: int
    file_bytes: int


class Meter(Protocol):
    """Where a job's memory can be read."""

    @property
    def method(self) -> str:
        """What is read and how often, for the report."""

    def read(self) -> Reading | None:
        """What is in use now; None once there is nothing left to read."""

    def high_water_bytes(self) -> int | None:
        """The kernel's own peak of everything, where it keeps one."""

    def oom_kills(self) -> int | None:
        """How often the kernel killed for want of memory; None where it doesn't say."""


def parse_flat(text: str) -> dict[str, int]:
    """Parse a file of ``name value`` lines."""
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def reading_v1(stat: Mapping[str, int]) -> Reading:
    """``memory.stat`` of cgroup v1: children included; ``cache`` counts tmpfs too."""
    return Reading(anonymous_bytes=stat.get("total_rss", 0), file_bytes=stat.get("total_cache", 0))


def reading_v2(stat: Mapping[str, int]) -> Reading:
    """``memory.stat`` of cgroup v2; ``file`` counts tmpfs too."""
    return Reading(anonymous_bytes=stat.get("anon", 0), file_bytes=stat.get("file", 0))


def parse_process_status(text: str) -> Reading:
    """``/proc/<pid>/status``: resident memory of one process, which counts shared pages in full."""
    return _reading_of_kilobytes(text, anonymous="RssAnon", files=("RssFile", "RssShmem"))


def parse_process_shares(text: str) -> Reading:
    """``/proc/<pid>/smaps_rollup``: a page that n processes share counts 1/n for each."""
    return _reading_of_kilobytes(text, anonymous="Pss_Anon", files=("Pss_File", "Pss_Shmem"))


def _reading_of_kilobytes(text: str, *, anonymous: str, files: tuple[str, ...]) -> Reading:
    lines = (line.partition(":") for line in text.splitlines())
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in lines if name in {anonymous, *files}}
    return Reading(
        anonymous_bytes=kilobytes.get(anonymous, 0) * 1024,
        file_bytes=sum(kilobytes.get(name, 0) for name in files) * 1024,
    )


def parse_cgroup_membership(text: str) -> dict[str, str]:
    """``/proc/<pid>/cgroup``: controller -> path; cgroup v2 is under the empty name."""
    paths: dict[str, str] = {}
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for controller in controllers.split(","):
            paths[controller] = path
    return paths


@dataclass(frozen=True)
class CgroupV1Meter:
    """Reads one folder of the v1 memory controller."""

    folder: Path
    method: str = "cgroup v1, sampled every 10 ms"

    def read(self) -> Reading | None:
        """See ``Meter``."""
        text = _text(self.folder / "memory.stat")
        return reading_v1(parse_flat(text)) if text else None

    def high_water_bytes(self) -> int | None:
        """See ``Meter``."""
        return _number(self.folder / "memory.max_usage_in_bytes")

    def oom_kills(self) -> int | None:
        """See ``Meter``."""
        text = _text(self.folder / "memory.oom_control")
        return parse_flat(text).get("oom_kill") if text else None


@dataclass(frozen=True)
class CgroupV2Meter:
    """Reads one folder of the unified hierarchy."""

    folder: Path
    method: str = "cgroup v2, sampled every 10 ms"

    def read(self) -> Reading | None:
        """See ``Meter``."""
        text = _text(self.folder / "memory.stat")
        return reading_v2(parse_flat(text)) if text else None

    def high_water_bytes(self) -> int | None:
        """See ``Meter``; kernels before 5.19 have no ``memory.peak``."""
        return _number(self.folder / "memory.peak")

    def oom_kills(self) -> int | None:
        """See ``Meter``."""
        text = _text(self.folder / "memory.events")
        return parse_flat(text).get("oom_kill") if text else None


@dataclass(frozen=True)
class ProcessTreeMeter:
    """Adds up a process and its descendants, where no cgroup can be had.

    Resident memory of one process is quick to read. Processes that forked share pages, so with several of
    them each is read by its proportional share, where the kernel lets us.
    """

    pid: int
    method: str = "process tree, sampled every 10 ms"

    def read(self) -> Reading | None:
        """See ``Meter``."""
        pids = process_tree(self.pid)
        readings = [
            reading for pid in pids if (reading := _read_process(pid, alone=len(pids) <= OWN_PROCESSES))
        ]
        if not readings:
            return None
        return Reading(
            anonymous_bytes=sum(reading.anonymous_bytes for reading in readings),
            file_bytes=sum(reading.file_bytes for reading in readings),
        )

    def high_water_bytes(self) -> int | None:
        """See ``Meter``."""
        return None

    def oom_kills(self) -> int | None:
        """See ``Meter``."""
        return None


def _read_process(pid: int, *, alone: bool) -> Reading | None:
    shares = "" if alone else _text(Path(f"/proc/{pid}/smaps_rollup"))
    if shares:
        return parse_process_shares(shares)
    status = _text(Path(f"/proc/{pid}/status"))
    return parse_process_status(status) if status else None


def process_tree(pid: int) -> list[int]:
    """A process and all its living descendants."""
    found, todo = [], [pid]
    while todo:
        parent = todo.pop()
        found.append(parent)
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            todo += [int(child) for child in _text(children).split()]
    return found


def meter_for(pid: int, root: Path = CGROUP_ROOT) -> Meter:
    """The best meter for the container whose process 1 is ``pid`` on the host.

    A cgroup counts only if the container has it to itself: the root cgroup is everybody's.
    """
    paths = parse_cgroup_membership(_text(Path(f"/proc/{pid}/cgroup")))
    v1 = paths.get("memory", "/")
    if v1 != "/" and (folder := root / "memory" / v1.lstrip("/")).is_dir():
        return CgroupV1Meter(folder)
    v2 = paths.get("", "/")
    if v2 != "/" and (folder := root / v2.lstrip("/")).is_dir() and (folder / "memory.stat").exists():
        return CgroupV2Meter(folder)
    return ProcessTreeMeter(pid)


class Sampler:
    """Keeps the peaks of a meter until it is stopped. A context manager.

    Args:
        meter: what to read.
        limit_bytes: call ``over_limit`` once anonymous memory is above this; for engines without a cgroup.
        over_limit: what to do then.
    """

    def __init__(
        self,
        meter: Meter,
        *,
        limit_bytes: int | None = None,
        over_limit: Callable[[], None] | None = None,
    ) -> None:
        self._meter = meter
        self._limit_bytes = limit_bytes
        self._over_limit = over_limit
        self._stopped = threading.Event()
        self._peak = Memory(method=meter.method)
        self._thread = threading.Thread(target=self._sample, name="memory-sampler", daemon=True)
        self.over = False

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> Memory:
        """Take a last reading, stop, and return the peaks."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._thread.join()
            self._take()
            high_water = self._meter.high_water_bytes()
            if high_water:
                self._peak = replace(self._peak, cgroup_bytes=high_water)
        return self._peak

    def _sample(self) -> None:
        while not self._stopped.wait(INTERVAL_S):
            self._take()

    def _take(self) -> None:
        reading = self._meter.read()
        if reading is None:
            return
        self._peak = replace(
            self._peak,
            anonymous_bytes=max(self._peak.anonymous_bytes or 0, reading.anonymous_bytes),
            file_bytes=max(self._peak.file_bytes or 0, reading.file_bytes),
        )
        if self._limit_bytes and reading.anonymous_bytes > self._limit_bytes and not self.over:
            self.over = True
            if self._over_limit:
                self._over_limit()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def _number(path: Path) -> int | None:
    text = _text(path).strip()
    return int(text) if text.isdigit() else None

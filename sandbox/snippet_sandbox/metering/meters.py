"""Where a job's memory can be read: a cgroup of either version, or the tree of its processes."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from snippet_sandbox.metering.processes import ProcessTreeMeter
from snippet_sandbox.metering.readings import Reading, parse_cgroup_membership, parse_flat, parse_number

CGROUP_ROOT = Path("/sys/fs/cgroup")
FILE_BYTES = 1 << 14  # more than any file that is read here


class Meter(Protocol):
    """Where a job's memory can be read. Used by one thread at a time."""

    @property
    def method(self) -> str:
        """What is read, for the report."""

    def read(self) -> Reading | None:
        """What is in use now; None once there is nothing left to read."""

    def lower_mark(self) -> bool:
        """Have the kernel's high-water mark begin again at what is in use; whether it did."""

    def oom_kills(self) -> int | None:
        """How often the kernel killed for want of memory; None where it doesn't say."""

    def close(self) -> None:
        """Let go of what is held open; it is opened again if need be."""


class _KernelFile:
    """A file of the kernel's that is read again and again: opened once, when it is first wanted.

    Open for writing too if that is allowed: the mark of cgroup v2 is lowered for one open file alone.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self._path = path
        self._modes = (os.O_RDWR, os.O_RDONLY) if writable else (os.O_RDONLY,)
        self._descriptor: int | None = None

    def read(self) -> str:
        """What it says now; empty once it is gone, or if it never was."""
        try:
            return os.pread(self._open(), FILE_BYTES, 0).decode(errors="replace")
        except OSError:
            return ""

    def write(self, text: str) -> bool:
        """Whether it could be written."""
        try:
            os.pwrite(self._open(), text.encode(), 0)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """A no-op if it isn't open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            self._descriptor = self._open_somehow()
        return self._descriptor

    def _open_somehow(self) -> int:
        for mode in self._modes[:-1]:
            with contextlib.suppress(OSError):
                return os.open(self._path, mode | os.O_CLOEXEC)
        return os.open(self._path, self._modes[-1] | os.O_CLOEXEC)


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What a version of the memory controller calls its files, and the lines of ``memory.stat``.

    ``kernel`` is a file, or a line where there is no such file.
    """

    version: str
    anonymous: str
    file: str
    total: str
    high_water: str
    events: str
    kernel: str


# with total_ in front the children are included; ``total_cache`` and ``file`` count tmpfs too
V1 = _Names(
    version="cgroup v1",
    anonymous="total_rss",
    file="total_cache",
    total="memory.usage_in_bytes",
    high_water="memory.max_usage_in_bytes",
    events="memory.oom_control",
    kernel="memory.kmem.usage_in_bytes",
)
V2 = _Names(
    version="cgroup v2",
    anonymous="anon",
    file="file",
    total="memory.current",
    high_water="memory.peak",  # since Linux 5.19; lowered by writing since 6.12
    events="memory.events",
    kernel="kernel",  # since Linux 5.18
)


class _CgroupMeter:
    """Reads one folder of the memory controller."""

    def __init__(self, folder: Path, names: _Names) -> None:
        self._names = names
        self._stat = _KernelFile(folder / "memory.stat")
        self._total = _KernelFile(folder / names.total)
        self._high_water = _KernelFile(folder / names.high_water, writable=True)
        self._kernel = _KernelFile(folder / names.kernel)
        self._events = folder / names.events

    @property
    def method(self) -> str:
        """See ``Meter``."""
        return self._names.version

    def read(self) -> Reading | None:
        """See ``Meter``.

        In this order: what grows while we read is then never taken for something that was hidden.
        """
        high_water = parse_number(self._high_water.read())
        total = parse_number(self._total.read())
        kernel = parse_number(self._kernel.read())
        stat = parse_flat(self._stat.read())
        if not stat:
            return None
        return Reading(
            anonymous_bytes=stat.get(self._names.anonymous, 0),
            file_bytes=stat.get(self._names.file, 0),
            total_bytes=total,
            high_water_bytes=high_water,
            kernel_bytes=stat.get(self._names.kernel, kernel),
        )

    def lower_mark(self) -> bool:
        """See ``Meter``."""
        return self._high_water.write("0")

    def oom_kills(self) -> int | None:
        """See ``Meter``."""
        with contextlib.suppress(OSError):
            return parse_flat(self._events.read_text()).get("oom_kill")
        return None

    def close(self) -> None:
        """See ``Meter``."""
        for file in (self._stat, self._total, self._kernel, self._high_water):
            file.close()


class CgroupV1Meter(_CgroupMeter):
    """Reads one folder of the v1 memory controller; its mark can be lowered by who may write there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, V1)


class CgroupV2Meter(_CgroupMeter):
    """Reads one folder of the unified hierarchy."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, V2)


def meter_for(pid: int, root: Path = CGROUP_ROOT) -> Meter:
    """The best meter for the container whose process 1 is ``pid`` on the host.

    A cgroup counts only if the container has it to itself: the root cgroup is everybody's.
    """
    try:
        membership = Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        membership = ""
    paths = parse_cgroup_membership(membership)
    v1 = paths.get("memory", "/")
    if v1 != "/" and (folder := root / "memory" / v1.lstrip("/")).is_dir():
        return CgroupV1Meter(folder)
    v2 = paths.get("", "/")
    if v2 != "/" and (folder := root / v2.lstrip("/")).is_dir() and (folder / "memory.stat").exists():
        return CgroupV2Meter(folder)
    return ProcessTreeMeter(pid)

"""What the host's kernel says of a container's processes while they run. Needs root: they are another user's.

A container is found by a mark in its driver's environment, which only this module's users set; its agent is
the driver's parent, and all that descends from the agent is watched.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

MARK = "ATTACK_MARK"
NAMESPACES = ("user", "pid", "net", "mnt", "ipc", "uts", "cgroup")
PLACES = ("tmp", "dev/shm", "home/snippet")
_FIND_LIMIT_S = 10.0
_PAUSE_S = 0.02
_PROC = Path("/proc")


class UnseenError(Exception):
    """The container's processes can't be seen from here."""


@dataclass(kw_only=True)
class Sighting:
    """One process, and every value that was ever seen of it.

    Attributes:
        began: the kernel's start time, which tells it from a later process of the same number.
        namespaces: such as ``("net", "net:[4026531840]")``.
        roots: device and inode of its root folder.
        uids: real, effective, saved and file-system ids, as the host counts them.
        capabilities: permitted, effective and ambient, as bits.
        tracers: processes that traced it; 0 is nobody.
        objects: what its open files are, such as ``anon_inode:bpf-map``.
        mounts: how many mounts it sees.
        oom_score_adj: how soon the kernel kills it for want of memory.
        core_limits: largest core dump.
        most_files: open at a time.
        most_locked_bytes: memory it held locked.
    """

    began: str
    namespaces: set[tuple[str, str]] = field(default_factory=set)
    roots: set[tuple[int, int]] = field(default_factory=set)
    uids: set[str] = field(default_factory=set)
    capabilities: set[int] = field(default_factory=set)
    tracers: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    mounts: set[int] = field(default_factory=set)
    oom_score_adj: set[int] = field(default_factory=set)
    core_limits: set[str] = field(default_factory=set)
    most_files: int = 0
    most_locked_bytes: int = 0


@dataclass(kw_only=True)
class Container:
    """A container, watched from its start to its end.

    Attributes:
        agent: number of its process 1 on the host.
        processes: everything that was seen of each process, the agent's own apart.
        agent_seen: the agent.
        most_tasks: processes and threads at a time, the agent's included.
        most_inodes: files and folders in its writable places at a time, all places together.
        interfaces: names of its network interfaces.
    """

    agent: int
    agent_seen: Sighting
    processes: dict[int, Sighting] = field(default_factory=dict)
    most_tasks: int = 0
    most_inodes: int = 0
    interfaces: frozenset[str] = frozenset()

    def left(self) -> list[int]:
        """Which of its processes are still there."""
        everyone = {self.agent: self.agent_seen, **self.processes}
        return [pid for pid, seen in everyone.items() if _start_time(pid) == seen.began]


class Watch:
    """Watches one container from its own thread. A context manager.

    Raises:
        UnseenError: there is no container with this mark, or it can't be looked into.
    """

    def __init__(self, mark: str) -> None:
        agent = _find_agent(mark)
        self.container = Container(agent=agent, agent_seen=Sighting(began=_start_time(agent)))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self.container.interfaces = _interfaces(self.container.agent)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self._look()
            self._stop.wait(max(_PAUSE_S, time.monotonic() - began))  # never busy more than half the time

    def _look(self) -> None:
        container = self.container
        tasks = _note(container.agent, container.agent_seen)
        for pid in _descendants(container.agent):
            began = _start_time(pid)
            if began:
                tasks += _note(pid, container.processes.setdefault(pid, Sighting(began=began)))
        container.most_tasks = max(container.most_tasks, tasks)
        container.most_inodes = max(container.most_inodes, _inodes(container.agent))


def _find_agent(mark: str) -> int:
    """The parent of the first process whose environment holds the mark."""
    wanted = f"{MARK}={mark}".encode()
    deadline = time.monotonic() + _FIND_LIMIT_S
    while time.monotonic() < deadline:
        for folder in _PROC.glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    return _parent(int(folder.name))
        time.sleep(0.01)
    raise UnseenError("the container's processes can't be seen from the host")


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _start_time(pid: int) -> str:
    """Clock ticks since boot; empty once the process is gone or only its entry is left."""
    with contextlib.suppress(OSError, IndexError):
        fields = _stat(pid)
        return "" if fields[0] in "ZX" else fields[19]
    return ""


def _stat(pid: int) -> list[str]:
    """Fields of ``/proc/<pid>/stat`` after the name, which may hold anything: see proc(5)."""
    return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()


def _descendants(pid: int) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        children: list[int] = []
        for task in _tasks(current):
            with contextlib.suppress(OSError):
                children += [int(child) for child in (task / "children").read_text().split()]
        yield from children
        waiting += children


def _tasks(pid: int) -> list[Path]:
    with contextlib.suppress(OSError):
        return list((_PROC / str(pid) / "task").iterdir())
    return []


def _note(pid: int, seen: Sighting) -> int:
    """Add what is to be seen of a process now; return its number of threads."""
    folder = _PROC / str(pid)
    threads = 0
    with contextlib.suppress(OSError, ValueError):
        status = _status(folder)
        threads = int(status["Threads"])
        seen.uids.add(status["Uid"])
        seen.capabilities |= {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapAmb")}
        seen.tracers.add(status["TracerPid"])
        locked_bytes = int(status.get("VmLck", "0 kB").split()[0]) * 1024
        seen.most_locked_bytes = max(seen.most_locked_bytes, locked_bytes)
        seen.oom_score_adj.add(int((folder / "oom_score_adj").read_text()))
        seen.namespaces |= {(name, str((folder / "ns" / name).readlink())) for name in NAMESPACES}
        root = (folder / "root").stat()
        seen.roots.add((root.st_dev, root.st_ino))
        seen.core_limits |= _core_limits(folder)
        seen.mounts.add((folder / "mountinfo").read_text().count("\n"))
        _note_files(folder, seen)
    return threads


def _status(folder: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in (folder / "status").read_text(errors="replace").splitlines())
    return {name: value.strip() for name, _, value in lines}


def _core_limits(folder: Path) -> set[str]:
    lines = (folder / "limits").read_text().splitlines()
    return {word for line in lines if line.startswith("Max core file size") for word in line.split()[4:6]}


def _note_files(folder: Path, seen: Sighting) -> None:
    files = list((folder / "fd").iterdir())
    seen.most_files = max(seen.most_files, len(files))
    for file in files[:64]:
        with contextlib.suppress(OSError):
            target = str(file.readlink())
            if target.startswith("anon_inode:"):
                seen.objects.add(target)


def _inodes(agent: int) -> int:
    total = 0
    for place in PLACES:
        with contextlib.suppress(OSError):
            numbers = os.statvfs(_PROC / str(agent) / "root" / place)
            total += numbers.f_files - numbers.f_ffree
    return total


def _interfaces(agent: int) -> frozenset[str]:
    lines = (_PROC / str(agent) / "net" / "dev").read_text().splitlines()[2:]
    return frozenset(line.partition(":")[0].strip() for line in lines)

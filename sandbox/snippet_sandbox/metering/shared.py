"""Memory that is no single process' own, where no cgroup charges it: shared mappings, and files in memory."""

import contextlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from snippet_sandbox.metering.readings import ProcessReading, parse_shared_part

PROC = Path("/proc")
LOOKING_SHARE = 0.25  # of the time: a process whose every page is looked at is slowed
FILE_KEPT_BYTES = 1024  # of each file, however small: the kernel's inode and directory entry, by its slabinfo


class SharedMemory:
    """What the processes of a sandbox keep in memory that is not anonymous.

    Mapped files of the sandbox's own places are counted in the places and in the mappings: the greater of
    the two counts, so that nothing counts twice.

    Args:
        proc: where processes are seen.
        places: the sandbox's writable folders, each a tmpfs of its own.
    """

    def __init__(self, proc: Path = PROC, places: Sequence[PurePosixPath] = ()) -> None:
        self._proc = proc
        self._places = places
        self._opened: list[int] = []
        self._looked_bytes = 0
        self._next_look = 0.0

    def read(self, processes: Mapping[int, ProcessReading], room_bytes: int) -> int:
        """Bytes that are kept now: the truth or, as long as that is within ``room_bytes``, more.

        Args:
            processes: all of the sandbox that live, and what each has resident.
            room_bytes: up to which nobody needs to know exactly.
        """
        if self._places and not self._opened:
            self._opened = self._open(processes)
        return max(sum(map(_place_bytes, self._opened)), self._mapped(processes, room_bytes))

    def close(self) -> None:
        """Let go of the places, which would stay as long as they are held."""
        for descriptor in self._opened:
            os.close(descriptor)
        self._opened = []

    def _mapped(self, processes: Mapping[int, ProcessReading], room_bytes: int) -> int:
        """Shared mappings; each page counts once where that matters, and that is slow to find out."""
        quick = sum(process.shared_bytes for process in processes.values())
        if quick <= room_bytes:
            return quick
        if time.monotonic() >= self._next_look:
            began = time.monotonic()
            self._looked_bytes = sum(map(self._part, processes))
            self._next_look = time.monotonic() + (time.monotonic() - began) / LOOKING_SHARE
        return self._looked_bytes

    def _part(self, pid: int) -> int:
        with contextlib.suppress(OSError):
            return parse_shared_part((self._proc / str(pid) / "smaps_rollup").read_text(errors="replace"))
        return 0

    def _open(self, processes: Mapping[int, ProcessReading]) -> list[int]:
        """The places, by way of a process whose root is not ours."""
        own_root = Path("/").stat()
        for pid in processes:
            with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
                root = self._proc / str(pid) / "root"
                if os.path.samestat(root.stat(), own_root):
                    continue
                opened = []
                for place in self._places:
                    opened.append(os.open(root / place.relative_to("/"), os.O_PATH | os.O_DIRECTORY))
                    stack.callback(os.close, opened[-1])
                stack.pop_all()
                return opened
        return []


def _place_bytes(descriptor: int) -> int:
    """What a tmpfs holds: pages of files, and the files themselves, which take memory when they are empty."""
    found = os.fstatvfs(descriptor)
    pages = (found.f_blocks - found.f_bfree) * found.f_frsize
    return pages + (found.f_files - found.f_ffree) * FILE_KEPT_BYTES

"""Shared memory is counted once, however many processes hold it."""

import mmap
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pytest

from snippet_sandbox.metering.processes import ProcessTreeMeter
from snippet_sandbox.metering.readings import ProcessReading, parse_process_status, parse_shared_part
from snippet_sandbox.metering.shared import SharedMemory

pytestmark = pytest.mark.alone

MB = 10**6
SIZE = 40 * MB


@contextmanager
def children(count: int) -> Iterator[dict[int, ProcessReading]]:
    """Processes that have all of one shared mapping resident, and what each reads as."""
    with mmap.mmap(-1, SIZE) as shared:
        started = [_child(shared) for _ in range(count)]
        try:
            yield {pid: parse_process_status(Path(f"/proc/{pid}/status").read_text()) for pid in started}
        finally:
            for pid in started:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _child(shared: mmap.mmap) -> int:
    """Fork a process that touches every page, and wait until it has."""
    done, said = os.pipe()
    pid = os.fork()
    if not pid:
        for page in range(0, SIZE, mmap.PAGESIZE):
            shared[page] = 1
        os.write(said, b"x")
        while True:
            signal.pause()
    os.close(said)
    assert os.read(done, 1) == b"x"
    os.close(done)
    return pid


def test_each_page_counts_once() -> None:
    """Four processes that share 40 MB hold 40 MB together, where that is near the limit."""
    with children(4) as processes:
        assert all(process.shared_bytes >= SIZE for process in processes.values())
        kept = SharedMemory().read(processes, room_bytes=SIZE)
        assert abs(kept - SIZE) <= 2 * MB


def test_nobody_looks_while_there_is_room() -> None:
    """Far from the limit what is quick to read is enough; it is never too low."""
    with children(2) as processes:
        assert SharedMemory(Path("/nowhere")).read(processes, room_bytes=1000 * MB) >= 2 * SIZE


def test_only_a_limit_needs_it() -> None:
    """A meter that guards no limit doesn't count shared memory apart."""
    with children(1) as processes:
        (pid,) = processes
        unlimited, limited = ProcessTreeMeter(pid), ProcessTreeMeter(pid, limit_bytes=1000 * MB)
        seen = [reading.kept_bytes for meter in (unlimited, limited) if (reading := meter.read())]
        assert seen == [0, processes[pid].shared_bytes]


def test_our_own_folders_are_no_sandbox_of_ours() -> None:
    """A process with our own root has no places of its own: a full disk of ours is nobody's memory."""
    with children(1) as processes:
        memory = SharedMemory(places=[PurePosixPath("/tmp")])  # noqa: S108 - never written to
        assert memory.read(processes, room_bytes=1000 * MB) == sum(p.shared_bytes for p in processes.values())
        memory.close()


@pytest.mark.parametrize(("text", "part"), [("Rss: 10 kB\nPss_Shmem:   12 kB\n", 12 * 1024), ("", 0)])
def test_parts(text: str, part: int) -> None:
    """As the kernel writes it, and where it writes nothing."""
    assert parse_shared_part(text) == part

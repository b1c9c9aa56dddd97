"""The parsers, on readings as kernels really gave them."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event

import pytest

from snippet_sandbox.metering import (
    CgroupV1Meter,
    CgroupV2Meter,
    ProcessTreeMeter,
    Reading,
    Sampler,
    meter_for,
    parse_cgroup_membership,
    readings,
)
from snippet_sandbox.metering.processes import process_tree

pytestmark = pytest.mark.alone

# memory.stat of a container that wrote and mapped a 300 MB file (cgroup v1, Linux 6.18)
STAT_V1 = """cache 301989888
rss 2789376
mapped_file 301002752
total_cache 301989888
total_rss 2789376
total_rss_huge 0
total_shmem 301989888
"""
STAT_V2 = """anon 214974464
file 434176
kernel_stack 49152
shmem 4096
pgfault 12345
"""
STATUS = """Name:\tpython
VmHWM:\t  301000 kB
RssAnon:\t    2700 kB
RssFile:\t  294000 kB
RssShmem:\t      12 kB
Threads:\t4
"""
MEMBERSHIP_V1 = """12:pids:/docker/abc
5:cpu,cpuacct:/docker/abc
4:memory:/docker/abc
0::/system.slice/containerd.service
"""


def test_process_status_is_in_kilobytes() -> None:
    """proc(5) gives kB; shared memory counts as file-backed."""
    reading = readings.parse_process_status(STATUS)
    assert reading.anonymous_bytes == 2700 * 1024
    assert reading.file_bytes == 294_012 * 1024
    assert reading.high_water_bytes == 301_000 * 1024


def test_shares_of_forked_processes() -> None:
    """smaps_rollup divides what processes share; two share 3000 kB here."""
    text = "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nPss: 5000 kB\nPss_Anon: 4000 kB\nAnonymous: 5500 kB\n"
    assert readings.parse_shared_away(text) == 1500 * 1024
    assert readings.parse_shared_away("") == 0


def test_forked_processes_count_what_they_share_once() -> None:
    """A parent and three children share 60 MB; by the sum of their resident memory they hold 240 MB."""
    fork = """
import os, sys

shared = bytearray(60_000_000)
if os.fork() and os.fork() and os.fork():
    os.wait(), os.wait(), os.wait()
else:
    print("x", end="", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", fork], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        assert parent.stdout.read(3) == b"xxx"
        reading = ProcessTreeMeter(parent.pid).read()
        parent.communicate(b"")
    assert reading
    assert 60_000_000 < reading.anonymous_bytes < 100_000_000


def test_memory_lent_to_a_child_counts_once(tmp_path: Path) -> None:
    """From vfork to exec a child has its parent's memory; opening a pipe holds it there."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    spawn = f"""
import os

hoard = bytearray(60_000_000)
print(flush=True)
opening = (os.POSIX_SPAWN_OPEN, 3, {str(pipe)!r}, os.O_RDONLY, 0)
os.waitpid(os.posix_spawn("/bin/true", ["true"], {{}}, file_actions=[opening]), 0)
"""
    with subprocess.Popen([sys.executable, "-c", spawn], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        while len(process_tree(parent.pid)) < 2:
            time.sleep(0.001)
        reading = ProcessTreeMeter(parent.pid).read()
        pipe.write_bytes(b"")
    assert parent.returncode == 0
    assert reading
    assert 60_000_000 < reading.anonymous_bytes < 80_000_000


def test_memory_of_ones_own_counts_however_alike(tmp_path: Path) -> None:
    """What reads the same as its parent's is another memory all the same, and no place to hide any."""
    child = os.getppid()  # no child of ours: what both read as, and how they are related, is made up
    for pid, children in ((os.getpid(), f"{child} "), (child, "")):
        folder = tmp_path / str(pid) / "task" / str(pid)
        folder.mkdir(parents=True)
        (folder / "children").write_text(children)
        (folder.parent.parent / "status").write_text(STATUS)
    reading = ProcessTreeMeter(os.getpid(), proc=tmp_path).read()
    assert reading
    assert reading.anonymous_bytes >= 2 * 2700 * 1024


def test_membership_names_every_controller() -> None:
    """Controllers that share a hierarchy share a path."""
    paths = parse_cgroup_membership(MEMBERSHIP_V1)
    assert paths["memory"] == paths["cpuacct"] == "/docker/abc"
    assert paths[""] == "/system.slice/containerd.service"


@pytest.mark.parametrize("text", ["", "garbage", "a b c\n1 2 3", "rss x"])
def test_garbage_is_no_reading(text: str) -> None:
    """A kernel that says something else gives nothing, never an exception."""
    assert not {"rss", "garbage"} & readings.parse_flat(text).keys()
    assert readings.parse_number(text) is None
    assert readings.parse_process_status(text).anonymous_bytes == 0


def test_folders_on_disk_are_read(tmp_path: Path) -> None:
    """Both meters keep files apart from memory, and read what their hierarchy calls them."""
    _write(tmp_path, {"memory.stat": STAT_V2, "memory.current": "216000000\n", "memory.peak": "217000000\n"})
    _write(tmp_path, {"memory.events": "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n"})
    v2 = CgroupV2Meter(tmp_path)
    assert v2.oom_kills() == 1
    assert v2.read() == Reading(
        anonymous_bytes=214_974_464, file_bytes=434_176, total_bytes=216_000_000, high_water_bytes=217_000_000
    )
    _write(tmp_path, {"memory.stat": STAT_V1, "memory.usage_in_bytes": "305000000\n"})
    _write(tmp_path, {"memory.max_usage_in_bytes": "306000000\n"})
    _write(tmp_path, {"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"})
    v1 = CgroupV1Meter(tmp_path)
    assert v1.oom_kills() == 2
    assert v1.read() == Reading(
        anonymous_bytes=2_789_376,
        file_bytes=301_989_888,
        total_bytes=305_000_000,
        high_water_bytes=306_000_000,
    )
    for meter in (v1, v2):
        meter.close()


def test_a_group_that_is_gone_reads_as_nothing(tmp_path: Path) -> None:
    """Cgroups vanish with their last process."""
    gone = CgroupV2Meter(tmp_path / "gone")
    assert gone.read() is None
    assert not gone.lower_mark()
    assert gone.oom_kills() is None
    gone.close()


def test_an_old_kernel_keeps_no_mark(tmp_path: Path) -> None:
    """``memory.peak`` came with Linux 5.19; what is in use is read all the same."""
    _write(tmp_path, {"memory.stat": STAT_V2, "memory.current": "216000000\n"})
    meter = CgroupV2Meter(tmp_path)
    reading = meter.read()
    meter.close()
    assert reading
    assert reading.anonymous_bytes == 214_974_464
    assert reading.high_water_bytes is None


def test_the_root_cgroup_is_nobodys_own(tmp_path: Path) -> None:
    """A process in the root cgroup is metered by its tree: the root's numbers are everybody's."""
    assert isinstance(meter_for(os.getpid(), root=tmp_path), ProcessTreeMeter)


def test_a_process_that_is_gone_reads_as_nothing() -> None:
    """No process has a number above the kernel's greatest."""
    assert meter_for(2**22 + 1).read() is None


def test_a_tree_is_read_as_a_whole() -> None:
    """A child's memory is counted with its parent's."""
    hoard = "hoard = bytearray(50_000_000); print(flush=True); input()"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hoard!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        parent.stdout.readline()
        tree = ProcessTreeMeter(parent.pid).read()
        alone = readings.parse_process_status(Path(f"/proc/{parent.pid}/status").read_text())
        parent.communicate(b"\n")
    assert tree
    assert tree.anonymous_bytes - alone.anonymous_bytes > 50_000_000
    assert alone.anonymous_bytes < 50_000_000


def test_a_process_tells_of_a_burst_that_nobody_read() -> None:
    """The kernel's mark of each process shows what came and went between two readings."""
    burst = "input(); hoard = bytearray(50_000_000); del hoard; print(flush=True); input()"
    command = [sys.executable, "-c", burst]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin
        assert child.stdout
        meter = ProcessTreeMeter(child.pid)
        before = meter.read()
        child.stdin.write(b"\n")
        child.stdin.flush()
        child.stdout.readline()
        after = meter.read()
        later = meter.read()
        child.communicate(b"\n")
    assert before
    assert after
    assert later
    assert 49_000_000 < after.anonymous_bytes - before.anonymous_bytes < 56_000_000
    assert later.anonymous_bytes < before.anonymous_bytes + 10_000_000


class _Scripted:
    """A meter that reads from a list, then its last entry again and again."""

    method = "scripted"

    def __init__(self, readings: list[Reading | None]) -> None:
        self._readings = readings
        self.used_up = Event()
        self.closed = False

    def read(self) -> Reading | None:
        if len(self._readings) > 1:
            return self._readings.pop(0)
        self.used_up.set()
        return self._readings[0]

    def lower_mark(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True

    def oom_kills(self) -> int | None:
        return None


def test_peaks_are_kept_apart() -> None:
    """The highest of each, though they were never reached together; the agent's own share is taken off."""
    resting = Reading(anonymous_bytes=1, file_bytes=1)
    high_file = Reading(anonymous_bytes=2, file_bytes=50)
    high_anonymous = Reading(anonymous_bytes=40, file_bytes=2)
    meter = _Scripted([high_file, high_anonymous, None])
    with Sampler(meter, resting=resting) as sampler:
        assert meter.used_up.wait(5)
        peak = sampler.stop()
    assert (peak.anonymous_bytes, peak.file_bytes, peak.cgroup_bytes) == (39, 49, None)
    assert [held for _, held in peak.timeline] == [1, 39]
    assert meter.closed


def test_a_burst_is_put_where_its_gap_was() -> None:
    """Only the kernel's mark knows of it; the course has it between the two readings."""
    before = Reading(anonymous_bytes=5, file_bytes=0, total_bytes=5, high_water_bytes=5)
    after = Reading(anonymous_bytes=6, file_bytes=0, total_bytes=6, high_water_bytes=80)
    meter = _Scripted([before, after, None])
    with Sampler(meter) as sampler:
        assert meter.used_up.wait(5)
        peak = sampler.stop()
    (first_s, _), (burst_s, _), (after_s, _) = peak.timeline
    assert [held for _, held in peak.timeline] == [5, 80, 6]
    assert peak.anonymous_bytes == 80
    assert first_s < burst_s < after_s


def test_what_was_never_read_is_unknown() -> None:
    """Not zero: a job of unknown memory keeps no promise."""
    with Sampler(_Scripted([None])) as sampler:
        peak = sampler.stop()
    assert peak.anonymous_bytes is None


def test_a_long_gap_is_told() -> None:
    """Where the readings were far apart, who reads the report knows."""

    class Slow(_Scripted):
        def read(self) -> Reading | None:
            time.sleep(0.1)
            return super().read()

    with Sampler(Slow([Reading(anonymous_bytes=1, file_bytes=1)])) as sampler:
        peak = sampler.stop()
    assert "once not for 1" in peak.method


def test_going_over_is_told_once() -> None:
    """Where no kernel limit holds, the watcher acts, once."""
    calls: list[int] = []
    meter = _Scripted([Reading(anonymous_bytes=101, file_bytes=0)])
    with Sampler(meter, limit_bytes=100, over_limit=lambda: calls.append(1)) as sampler:
        assert meter.used_up.wait(5)
        sampler.stop()
        assert sampler.over
    assert calls == [1]


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)

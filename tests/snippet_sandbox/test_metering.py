"""The parsers, on readings as kernels really gave them."""

import os
from pathlib import Path
from threading import Event

import pytest

from snippet_sandbox import metering
from snippet_sandbox.metering import Reading

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


def test_v1_keeps_anonymous_and_file_apart() -> None:
    """A mapped file is no memory that the user must have."""
    reading = metering.reading_v1(metering.parse_flat(STAT_V1))
    assert reading == Reading(anonymous_bytes=2_789_376, file_bytes=301_989_888)


def test_v2_keeps_anonymous_and_file_apart() -> None:
    """The unified hierarchy has other names for the same two."""
    reading = metering.reading_v2(metering.parse_flat(STAT_V2))
    assert reading == Reading(anonymous_bytes=214_974_464, file_bytes=434_176)


def test_process_status_is_in_kilobytes() -> None:
    """proc(5) gives kB; shared memory counts as file-backed."""
    reading = metering.parse_process_status(STATUS)
    assert reading == Reading(anonymous_bytes=2700 * 1024, file_bytes=294_012 * 1024)


def test_shares_of_forked_processes() -> None:
    """smaps_rollup divides what processes share."""
    text = "55d0-7ffc ---p 00000000 00:00 0 [rollup]\nPss: 5000 kB\nPss_Anon: 4000 kB\nPss_File: 900 kB\n"
    reading = metering.parse_process_shares(text)
    assert reading == Reading(anonymous_bytes=4000 * 1024, file_bytes=900 * 1024)


def test_membership_names_every_controller() -> None:
    """Controllers that share a hierarchy share a path."""
    paths = metering.parse_cgroup_membership(MEMBERSHIP_V1)
    assert paths["memory"] == paths["cpuacct"] == "/docker/abc"
    assert paths[""] == "/system.slice/containerd.service"


@pytest.mark.parametrize("text", ["", "garbage", "a b c\n1 2 3", "rss x"])
def test_garbage_is_no_reading(text: str) -> None:
    """A kernel that says something else gives zeros, never an exception."""
    assert metering.reading_v1(metering.parse_flat(text)) == Reading(anonymous_bytes=0, file_bytes=0)


def test_folders_on_disk_are_read(tmp_path: Path) -> None:
    """Both meters read the files that their hierarchy has."""
    (tmp_path / "memory.stat").write_text(STAT_V2)
    (tmp_path / "memory.peak").write_text("216000000\n")
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\n")
    v2 = metering.CgroupV2Meter(tmp_path)
    assert (v2.high_water_bytes(), v2.oom_kills()) == (216_000_000, 1)
    (tmp_path / "memory.stat").write_text(STAT_V1)
    (tmp_path / "memory.max_usage_in_bytes").write_text("305000000\n")
    (tmp_path / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    v1 = metering.CgroupV1Meter(tmp_path)
    assert (v1.high_water_bytes(), v1.oom_kills()) == (305_000_000, 2)


def test_a_group_that_is_gone_reads_as_nothing(tmp_path: Path) -> None:
    """Cgroups vanish with their last process."""
    gone = metering.CgroupV2Meter(tmp_path / "gone")
    assert gone.read() is None
    assert gone.high_water_bytes() is None
    assert gone.oom_kills() is None


def test_the_root_cgroup_is_nobodys_own(tmp_path: Path) -> None:
    """A process in the root cgroup is metered by its tree: the root's numbers are everybody's."""
    meter = metering.meter_for(os.getpid(), root=tmp_path)
    assert isinstance(meter, metering.ProcessTreeMeter)


def test_own_tree_is_read() -> None:
    """The tests have anonymous memory."""
    reading = metering.ProcessTreeMeter(os.getpid()).read()
    assert reading
    assert reading.anonymous_bytes > 1_000_000


class _Scripted:
    """A meter that reads from a list, then its last entry again and again."""

    method = "scripted"

    def __init__(self, readings: list[Reading | None]) -> None:
        self._readings = readings
        self.used_up = Event()

    def read(self) -> Reading | None:
        if len(self._readings) > 1:
            return self._readings.pop(0)
        self.used_up.set()
        return self._readings[0]

    def high_water_bytes(self) -> int | None:
        return 70

    def oom_kills(self) -> int | None:
        return None


def test_peaks_are_kept_apart() -> None:
    """The highest of each, though they were never reached together."""
    high_file = Reading(anonymous_bytes=1, file_bytes=50)
    high_anonymous = Reading(anonymous_bytes=40, file_bytes=2)
    meter = _Scripted([high_file, high_anonymous, None])
    with metering.Sampler(meter) as sampler:
        assert meter.used_up.wait(5)
        peak = sampler.stop()
    assert (peak.anonymous_bytes, peak.file_bytes, peak.cgroup_bytes) == (40, 50, 70)


def test_going_over_is_told_once() -> None:
    """Where no kernel limit holds, the watcher acts, once."""
    calls: list[int] = []
    meter = _Scripted([Reading(anonymous_bytes=101, file_bytes=0)])
    with metering.Sampler(meter, limit_bytes=100, over_limit=lambda: calls.append(1)) as sampler:
        assert meter.used_up.wait(5)
        sampler.stop()
        assert sampler.over
    assert calls == [1]

"""A cgroup of one's own for engines that no daemon makes one for. Linux only; needs a writable hierarchy.

Source of the file names: the kernel's ``cgroup-v1/*.rst`` and ``cgroup-v2.rst``.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from snippet_sandbox.metering import (
    CGROUP_ROOT,
    CgroupV1Meter,
    CgroupV2Meter,
    Meter,
    parse_cgroup_membership,
)
from snippet_sandbox.owner import is_abandoned
from snippet_sandbox.profile import Profile

PREFIX = "verify-snippets."
CPU_PERIOD_US = 100_000
REMOVAL_S = 2.0


class Cgroup(Protocol):
    """The folders of one cgroup."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """One for each hierarchy."""

    def meter(self) -> Meter:
        """Where its memory can be read."""


@dataclass(frozen=True)
class CgroupV1:
    """A group in each of the v1 controllers that hold limits."""

    folders: tuple[Path, ...]

    def meter(self) -> Meter:
        """See ``Cgroup``."""
        return CgroupV1Meter(self.folders[0])


@dataclass(frozen=True)
class CgroupV2:
    """A group of the unified hierarchy."""

    folders: tuple[Path, ...]

    def meter(self) -> Meter:
        """See ``Cgroup``."""
        return CgroupV2Meter(self.folders[0])


def create(name: str, profile: Profile, root: Path = CGROUP_ROOT) -> Cgroup | None:
    """Make a cgroup with a profile's limits; None where this process can't make one that holds them."""
    return _create_v1(name, profile, root) or _create_v2(name, profile, root)


def _create_v1(name: str, profile: Profile, root: Path) -> CgroupV1 | None:
    own = parse_cgroup_membership(Path("/proc/self/cgroup").read_text())
    limits: dict[str, dict[str, int]] = {
        "memory": {"memory.limit_in_bytes": profile.memory_bytes, "memory.swappiness": 0},
        "pids": {"pids.max": profile.pids},
        "cpu": {"cpu.cfs_period_us": CPU_PERIOD_US, "cpu.cfs_quota_us": profile.cpus * CPU_PERIOD_US},
    }
    if not all(controller in own for controller in limits):
        return None
    folders = tuple(root / c / own[c].lstrip("/") / f"{PREFIX}{name}" for c in limits)
    try:
        for folder, values in zip(folders, limits.values(), strict=True):
            folder.mkdir()
            _write(folder, values)
    except OSError:
        _remove_folders(folders)
        return None
    with contextlib.suppress(OSError):  # absent where the kernel doesn't account for swap
        _write(folders[0], {"memory.memsw.limit_in_bytes": profile.memory_bytes})
    return CgroupV1(folders)


def _create_v2(name: str, profile: Profile, root: Path) -> CgroupV2 | None:
    folder = root / f"{PREFIX}{name}"
    if not (root / "cgroup.controllers").exists():
        return None
    try:
        with contextlib.suppress(OSError):  # on already; or not to be had, which the limits below show
            (root / "cgroup.subtree_control").write_text("+memory +pids +cpu")
        folder.mkdir()
        quota = f"{profile.cpus * CPU_PERIOD_US} {CPU_PERIOD_US}"
        _write(folder, {"memory.max": profile.memory_bytes, "pids.max": profile.pids, "cpu.max": quota})
    except OSError:
        _remove_folders((folder,))
        return None
    with contextlib.suppress(OSError):  # absent where the kernel has no swap
        _write(folder, {"memory.swap.max": 0})
    return CgroupV2((folder,))


@contextlib.contextmanager
def held(name: str, profile: Profile) -> Iterator[Cgroup | None]:
    """A cgroup for the length of a ``with``; whatever still runs in it at the end is killed."""
    group = create(name, profile)
    try:
        yield group
    finally:
        if group:
            remove(group.folders)


def remove(folders: tuple[Path, ...]) -> None:
    """Kill what runs in these cgroups and remove them."""
    give_up = time.monotonic() + REMOVAL_S
    while any(folder.exists() for folder in folders) and time.monotonic() < give_up:
        for folder in folders:
            _kill_members(folder)
        _remove_folders(folders)
        time.sleep(0.005)


def sweep(root: Path = CGROUP_ROOT) -> int:
    """Remove the cgroups of processes that are gone; return how many."""
    own = parse_cgroup_membership(Path("/proc/self/cgroup").read_text())
    parents = {
        root,
        *(root / controller / path.lstrip("/") for controller, path in own.items() if controller),
    }
    abandoned = [
        folder
        for parent in parents
        for folder in parent.glob(f"{PREFIX}*")
        if is_abandoned(folder.name.removeprefix(PREFIX).rpartition(".")[0])
    ]
    remove(tuple(abandoned))
    return len(abandoned)


def _write(folder: Path, values: Mapping[str, int | str]) -> None:
    for name, value in values.items():
        (folder / name).write_text(str(value))


def _kill_members(folder: Path) -> None:
    try:
        members = (folder / "cgroup.procs").read_text().split()
    except OSError:
        return
    for pid in members:
        with contextlib.suppress(OSError):
            os.kill(int(pid), signal.SIGKILL)


def _remove_folders(folders: tuple[Path, ...]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()

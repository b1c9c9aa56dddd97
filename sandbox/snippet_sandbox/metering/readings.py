"""One moment's memory, and what the kernel's files say of it. Pure."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

# each CPU may hold 64 pages that are charged and not used yet: MEMCG_CHARGE_BATCH in <linux/memcontrol.h>
CHARGED_AHEAD_BYTES = 64 * os.sysconf("SC_PAGE_SIZE") * (os.cpu_count() or 1)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Memory in use at one moment, in bytes.

    Attributes:
        anonymous_bytes: memory that no file backs.
        file_bytes: page cache, mapped files and tmpfs.
        total_bytes: all that is charged, the kernel's own included; None where there is no such count.
        high_water_bytes: the highest that ``total_bytes`` has been since this mark was last lowered; None
            where the kernel keeps none.
        kernel_bytes: the kernel's own on behalf of the job; None where it doesn't say.
        kept_bytes: beside the anonymous, what only memory holds: shared mappings and tmpfs. Of use where no
            cgroup limits it; 0 elsewhere.
    """

    anonymous_bytes: int
    file_bytes: int
    total_bytes: int | None = None
    high_water_bytes: int | None = None
    kernel_bytes: int | None = None
    kept_bytes: int = 0

    @property
    def other_bytes(self) -> int | None:
        """What is charged and not anonymous: files, the kernel's own, and what it charged in advance.

        In the middle of a large ``munmap`` much is anonymous no longer and still charged: it is not counted.
        """
        if self.total_bytes is None:
            return None
        rest = max(0, self.total_bytes - self.anonymous_bytes)
        if self.kernel_bytes is None:
            return rest
        return min(rest, self.file_bytes + self.kernel_bytes + CHARGED_AHEAD_BYTES)


NOTHING = Reading(anonymous_bytes=0, file_bytes=0)


@dataclass(frozen=True, kw_only=True)
class ProcessReading:
    """Resident memory of one process, in bytes; what it shares with others counts in full.

    Attributes:
        anonymous_bytes: memory that no file backs.
        file_bytes: mapped files and shared memory.
        shared_bytes: the shared memory among them.
        high_water_bytes: the highest that the two together have been.
    """

    anonymous_bytes: int
    file_bytes: int
    high_water_bytes: int
    shared_bytes: int = 0


def parse_flat(text: str) -> dict[str, int]:
    """Parse a file of ``name value`` lines."""
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def parse_number(text: str) -> int | None:
    """Parse a file that holds one number; None for anything else."""
    text = text.strip()
    return int(text) if text.isdigit() else None


def parse_process_status(text: str) -> ProcessReading:
    """``/proc/<pid>/status``; a kernel thread or a zombie, which has no memory, reads as zeros."""
    found = _kilobytes(text)
    return ProcessReading(
        anonymous_bytes=found.get("RssAnon", 0),
        file_bytes=found.get("RssFile", 0) + found.get("RssShmem", 0),
        high_water_bytes=found.get("VmHWM", 0),
        shared_bytes=found.get("RssShmem", 0),
    )


def parse_shared_away(text: str) -> int:
    """``/proc/<pid>/smaps_rollup``: how many bytes of a process' anonymous memory others answer for.

    Of a page that n processes share, each answers for 1/n. 0 where the kernel doesn't let us see.
    """
    found = _kilobytes(text)
    return max(0, found.get("Anonymous", 0) - found.get("Pss_Anon", 0))


def parse_shared_part(text: str) -> int:
    """``/proc/<pid>/smaps_rollup``: a process' part of the shared memory that it maps, in bytes.

    0 where the kernel doesn't let us see.
    """
    return _kilobytes(text).get("Pss_Shmem", 0)


def _kilobytes(text: str) -> Mapping[str, int]:
    """The lines ``name: value kB``, in bytes."""
    found = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[1] == "kB" and words[0].isdigit():
            found[name] = int(words[0]) * 1024
    return found


def parse_cgroup_membership(text: str) -> dict[str, str]:
    """``/proc/<pid>/cgroup``: controller -> path; cgroup v2 is under the empty name."""
    paths: dict[str, str] = {}
    for line in text.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for controller in controllers.split(","):
            paths[controller] = path
    return paths

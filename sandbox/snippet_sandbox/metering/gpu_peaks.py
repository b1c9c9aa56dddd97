"""What a job had of its GPUs at the most, from moments with gaps between them. Pure.

The driver counts by process where it can: then a job's use is that of its processes, contexts and libraries
included; and what the device has lost beside that, if nobody is seen to hold it: memory can outlive who took
it. Where it can't (slices without privilege, WSL, a host that is a container itself and sees no process ids
but its own) what is left is the whole device, less what was in use before the job.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from snippet_sandbox.gpus.uses import Use

MB = 10**6
# A driver keeps some memory for what processes do, and tells it of none: so much of it is nobody's.
UNNOTICED_BYTES = 64 * MB  # where no process is listed
UNEXPLAINED_BYTES = 512 * MB  # where some are
# On a card of the profile's own size, a library that asks for more than there is gets a chance to let go of
# what it holds in reserve; beyond a cap nobody asks. By so much it may be exceeded before a job is ended.
GRACE = 0.02


@dataclass(kw_only=True)
class GpuPeaks:
    """The highest so far.

    Attributes:
        before: by UUID, each GPU before the job; of its processes, those that are not the job's.
        caps: by UUID, what the job may use, for the GPUs where that is less than there is.
        own_bytes: of the job on all GPUs at one moment, counted by process.
        device_bytes: likewise of the devices, less what was in use before.
        own_pids: by UUID, the job's processes that were seen there.
    """

    before: Mapping[str, Use] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    own_bytes: int = 0
    device_bytes: int = 0
    own_pids: dict[str, set[int]] = field(default_factory=dict)
    _doubted: bool = False
    _strangers: dict[str, set[int]] = field(default_factory=dict)

    @property
    def by_process(self) -> bool:
        """Whether the driver's count by process is the truth about this job."""
        return bool(self.own_pids) or not self._doubted

    @property
    def highest_bytes(self) -> int:
        """The job's peak, by the better of the two counts."""
        return self.own_bytes if self.by_process else self.device_bytes

    def take(self, moment: Mapping[str, Use], belongs: Callable[[int], bool]) -> bool:
        """Take in a moment of every GPU.

        Args:
            moment: by UUID.
            belongs: whether a process is the job's.

        Returns:
            Whether the job uses more of a GPU than it may.
        """
        own = {uuid: self._own_of(uuid, use, belongs) for uuid, use in moment.items()}
        grown = {uuid: self._grown(uuid, use) for uuid, use in moment.items()}
        self.own_bytes = max(self.own_bytes, sum(own.values()))
        self.device_bytes = max(self.device_bytes, sum(grown.values()))
        used = own if self.by_process else grown
        return any(used[uuid] > cap * (1 + GRACE) for uuid, cap in self.caps.items() if uuid in used)

    def _own_of(self, uuid: str, use: Use, belongs: Callable[[int], bool]) -> int:
        """What processes of the job have of a GPU, and what nobody has; also, whether that can be trusted."""
        there_before = self._at_first(uuid).processes
        new = {pid: used for pid, used in use.processes.items() if pid not in there_before}
        own = {pid: used for pid, used in new.items() if belongs(pid)}
        known = {pid: used for pid, used in own.items() if used is not None}
        if known:
            self.own_pids.setdefault(uuid, set()).update(known)
        strangers = new.keys() - own.keys()
        unlisted = not use.processes and self._grown(uuid, use) > UNNOTICED_BYTES
        # whoever comes once only may just have gone, or be on his way in
        lasting = strangers & self._strangers.get(uuid, set())
        if not use.listed or unlisted or len(known) < len(own) or lasting:
            self._doubted = True
        self._strangers[uuid] = set(strangers)
        return sum(known.values()) + (self._nobodys(uuid, use) if self.own_pids else 0)

    def _nobodys(self, uuid: str, use: Use) -> int:
        """What a device has lost since the beginning beside what its processes took, if that is much."""
        there_before = self._at_first(uuid).processes
        taken = sum((used or 0) - (there_before.get(pid) or 0) for pid, used in use.processes.items())
        lost = self._grown(uuid, use) - taken
        return lost if lost > UNEXPLAINED_BYTES else 0

    def _grown(self, uuid: str, use: Use) -> int:
        return max(0, (use.device_bytes or 0) - (self._at_first(uuid).device_bytes or 0))

    def _at_first(self, uuid: str) -> Use:
        return self.before.get(uuid, Use())

"""Profiles: the hardware a job runs under, named as the Hub names its hardware flavors.

Source of the table: the Hub's hardware flavors as of November 2026 (``HfApi.list_jobs_hardware``).
A new flavor is one more row.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snippet_sandbox.errors import ProfileError

GB = 10**9

# A card is sold by its memory, and drivers tell less or more: a T4 of "16 GB" is one of 15.8 to 16.1 GB, an
# A100 of "80 GB" one of 85.9.
LEAST_OF_NOMINAL = 0.97


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a job may use.

    Attributes:
        name: the Hub's name of the flavor.
        cpus: CPU cores.
        memory_bytes: RAM; swap is included and adds nothing.
        gpus: number of GPUs.
        gpu_memory_bytes: memory of all GPUs together.
        gpu_model: which GPU it is, such as ``A10G``; empty where that is not known. Any GPU that is large
            enough serves; only what is said of its speed asks for this one.
        pids: processes and threads at a time.
        disk_bytes: what may be written to each writable place (home, ``/tmp``).
    """

    name: str
    cpus: int
    memory_bytes: int
    gpus: int = 0
    gpu_memory_bytes: int = 0
    gpu_model: str = ""
    pids: int = 512
    disk_bytes: int = 4 * GB


@dataclass(frozen=True, kw_only=True)
class HostGpu:
    """One GPU of this machine, or one slice of a GPU that is split.

    Attributes:
        name: as its driver calls it, such as ``NVIDIA H100 80GB HBM3``.
        memory_bytes: its own memory; 0 where it shares the machine's.
        compute_capability: major and minor; ``(0, 0)`` where the driver doesn't say.
    """

    name: str
    memory_bytes: int
    compute_capability: tuple[int, int] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Host:
    """What this machine has.

    Attributes:
        cpus: CPU cores that this process may use.
        memory_bytes: RAM.
        cpu_model: as the machine calls its processor; empty where it doesn't say.
        gpu_devices: its GPUs that can be used, in the driver's order.
        gpu_trouble: why others can't be, in words; empty if nothing is wrong.
    """

    cpus: int
    memory_bytes: int
    cpu_model: str = ""
    gpu_devices: tuple[HostGpu, ...] = ()
    gpu_trouble: str = ""

    @property
    def gpus(self) -> int:
        """Number of GPUs."""
        return len(self.gpu_devices)

    @property
    def gpu_models(self) -> tuple[str, ...]:
        """The name of each GPU."""
        return tuple(device.name for device in self.gpu_devices)


def _flavor(
    name: str, cpus: int, memory_gb: int, gpus: int = 0, gpu_memory_gb: int = 0, gpu_model: str = ""
) -> Profile:
    return Profile(
        name=name,
        cpus=cpus,
        memory_bytes=memory_gb * GB,
        gpus=gpus,
        gpu_memory_bytes=gpu_memory_gb * GB,
        gpu_model=gpu_model,
    )


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        _flavor("cpu-basic", 2, 16),
        _flavor("cpu-upgrade", 8, 32),
        _flavor("cpu-xl", 16, 124),
        _flavor("cpu-performance", 32, 256),
        _flavor("t4-small", 4, 15, 1, 16, "T4"),
        _flavor("t4-medium", 8, 30, 1, 16, "T4"),
        _flavor("l4x1", 8, 30, 1, 24, "L4"),
        _flavor("l4x4", 48, 186, 4, 96, "L4"),
        _flavor("l40sx1", 8, 62, 1, 48, "L40S"),
        _flavor("l40sx4", 48, 382, 4, 192, "L40S"),
        _flavor("l40sx8", 192, 1534, 8, 384, "L40S"),
        _flavor("a10g-small", 4, 15, 1, 24, "A10G"),
        _flavor("a10g-large", 12, 46, 1, 24, "A10G"),
        _flavor("a10g-largex2", 24, 92, 2, 48, "A10G"),
        _flavor("a10g-largex4", 48, 184, 4, 96, "A10G"),
        _flavor("a100-large", 12, 142, 1, 80, "A100"),
        _flavor("a100x4", 48, 568, 4, 320, "A100"),
        _flavor("a100x8", 96, 1136, 8, 640, "A100"),
        _flavor("h200", 23, 256, 1, 141, "H200"),
        _flavor("rtx-pro-6000", 23, 256, 1, 96, "RTX PRO 6000"),
    )
}

DEFAULT_PROFILE = "cpu-basic"


def share_bytes(profile: Profile) -> int:
    """What each of a profile's GPUs has; 0 for a profile without one."""
    return profile.gpu_memory_bytes // profile.gpus if profile.gpus else 0


def suitable_devices(profile: Profile, host: Host) -> tuple[HostGpu, ...]:
    """The GPUs that are large enough for one of a profile's, the smallest first."""
    least = share_bytes(profile) * LEAST_OF_NOMINAL
    large = [device for device in host.gpu_devices if device.memory_bytes >= least]
    return tuple(sorted(large, key=lambda device: device.memory_bytes))


def devices_for(profile: Profile, host: Host) -> tuple[HostGpu, ...]:
    """The GPUs that serve a profile on an idle host: the smallest that are large enough, or too few."""
    return suitable_devices(profile, host)[: profile.gpus]


def shortfall(profile: Profile, host: Host) -> str | None:
    """Why ``host`` can't give ``profile``, in a few words, or None if it can."""
    if len(devices_for(profile, host)) < profile.gpus:
        return _gpu_shortfall(profile, host)
    if profile.cpus > host.cpus:
        return f"{profile.name} has {profile.cpus} CPU cores and this host has {host.cpus}"
    if profile.memory_bytes > host.memory_bytes:
        return (
            f"{profile.name} has {profile.memory_bytes / GB:.0f} GB of RAM "
            f"and this host has {host.memory_bytes / GB:.1f} GB"
        )
    return None


def _gpu_shortfall(profile: Profile, host: Host) -> str:
    """Each of a profile's GPUs wants one that is large enough: two small ones don't make a big one."""
    count = "a GPU" if profile.gpus == 1 else f"{profile.gpus} GPUs"
    if not host.gpus:
        trouble = f" that can be used: {host.gpu_trouble}" if host.gpu_trouble else ""
        return f"{profile.name} has {count} and this host has none{trouble}"
    each = f"{share_bytes(profile) / GB:.0f} GB{' each' if profile.gpus > 1 else ''}"
    return f"{profile.name} has {count} with {each} and this host has {devices_text(host.gpu_devices)}"


def devices_text(devices: Sequence[HostGpu]) -> str:
    """GPUs for people: ``2 × Tesla T4 (16.1 GB)``; equal ones are counted."""
    counts = Counter((device.name, f"{device.memory_bytes / GB:.1f} GB") for device in devices)
    return ", ".join(
        f"{count} × {name} ({memory})" if count > 1 else f"{name} ({memory})"
        for (name, memory), count in counts.items()
    )


def find_profile(name: str, host: Host, catalogue: Mapping[str, Profile] = PROFILES) -> Profile:
    """The profile of this name, if ``host`` can give it.

    Raises:
        ProfileError: there is no such profile, or this host can't give it.
    """
    possible = ", ".join(p.name for p in catalogue.values() if shortfall(p, host) is None) or "none"
    profile = catalogue.get(name)
    if profile is None:
        raise ProfileError(
            f"there is no profile named {name!r}",
            hint=f"this host can give: {possible}; all profiles: {', '.join(catalogue)}",
        )
    missing = shortfall(profile, host)
    if missing:
        raise ProfileError(f"this host can't give {name}: {missing}", hint=f"this host can give: {possible}")
    return profile

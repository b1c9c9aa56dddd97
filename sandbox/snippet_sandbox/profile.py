"""Profiles: the hardware a job runs under, named as the Hub names its hardware flavors.

Source of the table: the Hub's hardware flavors as of November 2026 (``HfApi.list_jobs_hardware``).
A new flavor is one more row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from snippet_sandbox.errors import ProfileError

GB = 10**9


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a job may use.

    Attributes:
        name: the Hub's name of the flavor.
        cpus: CPU cores.
        memory_bytes: RAM; swap is included and adds nothing.
        gpus: number of GPUs.
        gpu_memory_bytes: memory of all GPUs together.
        pids: processes and threads at a time.
        disk_bytes: what may be written to each writable place (home, ``/tmp``).
    """

    name: str
    cpus: int
    memory_bytes: int
    gpus: int = 0
    gpu_memory_bytes: int = 0
    pids: int = 512
    disk_bytes: int = 4 * GB


@dataclass(frozen=True, kw_only=True)
class Host:
    """What this machine has.

    Attributes:
        cpus: CPU cores that this process may use.
        memory_bytes: RAM.
        gpus: number of GPUs.
        gpu_memory_bytes: memory of all GPUs together.
        cpu_model: as the machine calls its processor; empty where it doesn't say.
        gpu_models: the name of each GPU.
    """

    cpus: int
    memory_bytes: int
    gpus: int = 0
    gpu_memory_bytes: int = 0
    cpu_model: str = ""
    gpu_models: tuple[str, ...] = ()


def _flavor(name: str, cpus: int, memory_gb: int, gpus: int = 0, gpu_memory_gb: int = 0) -> Profile:
    return Profile(
        name=name,
        cpus=cpus,
        memory_bytes=memory_gb * GB,
        gpus=gpus,
        gpu_memory_bytes=gpu_memory_gb * GB,
    )


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        _flavor("cpu-basic", 2, 16),
        _flavor("cpu-upgrade", 8, 32),
        _flavor("cpu-xl", 16, 124),
        _flavor("cpu-performance", 32, 256),
        _flavor("t4-small", 4, 15, 1, 16),
        _flavor("t4-medium", 8, 30, 1, 16),
        _flavor("l4x1", 8, 30, 1, 24),
        _flavor("l4x4", 48, 186, 4, 96),
        _flavor("l40sx1", 8, 62, 1, 48),
        _flavor("l40sx4", 48, 382, 4, 192),
        _flavor("l40sx8", 192, 1534, 8, 384),
        _flavor("a10g-small", 4, 15, 1, 24),
        _flavor("a10g-large", 12, 46, 1, 24),
        _flavor("a10g-largex2", 24, 92, 2, 48),
        _flavor("a10g-largex4", 48, 184, 4, 96),
        _flavor("a100-large", 12, 142, 1, 80),
        _flavor("a100x4", 48, 568, 4, 320),
        _flavor("a100x8", 96, 1136, 8, 640),
        _flavor("h200", 23, 256, 1, 141),
        _flavor("rtx-pro-6000", 23, 256, 1, 96),
    )
}

DEFAULT_PROFILE = "cpu-basic"


def shortfall(profile: Profile, host: Host) -> str | None:
    """Why ``host`` can't give ``profile``, in a few words, or None if it can."""
    if profile.gpus > host.gpus:
        return f"{profile.name} has {profile.gpus} GPU(s) and this host has {host.gpus}"
    if profile.gpu_memory_bytes > host.gpu_memory_bytes:
        return (
            f"{profile.name} has {profile.gpu_memory_bytes / GB:.0f} GB of GPU memory "
            f"and this host has {host.gpu_memory_bytes / GB:.0f} GB"
        )
    if profile.cpus > host.cpus:
        return f"{profile.name} has {profile.cpus} CPU cores and this host has {host.cpus}"
    if profile.memory_bytes > host.memory_bytes:
        return (
            f"{profile.name} has {profile.memory_bytes / GB:.0f} GB of RAM "
            f"and this host has {host.memory_bytes / GB:.1f} GB"
        )
    return None


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

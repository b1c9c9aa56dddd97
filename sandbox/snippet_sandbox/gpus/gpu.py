"""What is known of a host's GPUs, and which of them serve a profile. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from snippet_sandbox.profile import LEAST_OF_NOMINAL, Profile, share_bytes

MOST_OF_NOMINAL = 1.1  # as drivers tell it: see LEAST_OF_NOMINAL


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """One GPU, or one slice of a GPU that is split (MIG).

    Attributes:
        index: the driver's number of the card, in the order of the PCI bus; slices share their card's.
        uuid: ``GPU-...`` or ``MIG-...``, the same after every reboot.
        name: as the driver calls it, such as ``NVIDIA H100 80GB HBM3``.
        memory_bytes: its own memory, all of it; 0 where it shares the host's (Jetson, GB10).
        compute_capability: major and minor, such as ``(9, 0)``; ``(0, 0)`` where the driver doesn't say.
        device_node: by which programs reach the card.
        mig: whether it is a slice.
        capability_nodes: by which programs reach the slice, beside ``device_node``.
    """

    index: int
    uuid: str
    name: str
    memory_bytes: int
    compute_capability: tuple[int, int] = (0, 0)
    device_node: str
    mig: bool = False
    capability_nodes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GpuHost:
    """A host's GPUs, as far as this process may use them.

    Attributes:
        gpus: in the driver's order.
        driver: its version, such as ``580.95.05``; empty without one.
        cuda: the newest CUDA version that the driver serves, such as ``13.0``.
        trouble: why there are no GPUs, or not all, in words; empty if nothing is wrong.
        hint: what to do about it.
    """

    gpus: tuple[Gpu, ...] = ()
    driver: str = ""
    cuda: str = ""
    trouble: str = ""
    hint: str = ""


def fitting(gpus: Sequence[Gpu], profile: Profile) -> tuple[Gpu, ...]:
    """Those that are large enough for one of a profile's GPUs, the smallest first.

    Of slices one program can use no more than one: they serve no profile with several GPUs.
    """
    least = share_bytes(profile) * LEAST_OF_NOMINAL
    usable = (gpu for gpu in gpus if profile.gpus == 1 or not gpu.mig)
    return tuple(sorted((gpu for gpu in usable if gpu.memory_bytes >= least), key=_size))


def cap_bytes(gpu: Gpu, profile: Profile) -> int | None:
    """To what a job's use of a GPU is held, so that it is no larger than the profile's; None if it isn't."""
    share = share_bytes(profile)
    return share if share and gpu.memory_bytes > share * MOST_OF_NOMINAL else None


def visible(gpus: Sequence[Gpu], setting: str | None) -> tuple[Gpu, ...]:
    """What ``CUDA_VISIBLE_DEVICES`` leaves of the host's GPUs.

    Args:
        gpus: all.
        setting: the variable's value; None if it is not set. Numbers, or beginnings of UUIDs, up to the first
            that names nothing: "CUDA C++ Programming Guide", "CUDA Environment Variables".
    """
    return tuple(gpus) if setting is None else tuple(dict.fromkeys(_named(gpus, setting)))


def _named(gpus: Sequence[Gpu], setting: str) -> Iterator[Gpu]:
    for word in (word.strip() for word in setting.split(",")):
        if word.isdigit():
            found = [gpu for gpu in gpus if gpu.index == int(word)]
        else:
            found = [gpu for gpu in gpus if word and gpu.uuid.startswith(word)]
        if not found:
            return
        yield from found


def _size(gpu: Gpu) -> tuple[int, int]:
    return gpu.memory_bytes, gpu.index

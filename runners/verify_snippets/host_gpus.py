"""The machine's GPUs, as far as our images can run on them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snippet_images.catalogue import IMAGES, resource_text
from snippet_sandbox import gpus
from snippet_sandbox.gpus import GpuHost
from snippet_sandbox.profile import HostGpu

# of a driver that is loaded, by its nodes or, until they are made, by what the kernel says; of Windows' Linux
_DRIVER_SIGNS = tuple(map(Path, ("/dev/nvidiactl", "/proc/driver/nvidia/version", "/dev/dxg")))
IMAGE = "cuda"  # whose torch the others for GPUs share

# The oldest GPUs that libraries for a version of CUDA are built for.
# Source: "CUDA Toolkit Release Notes", "Deprecated Architectures"
_LEAST_CAPABILITY = {12: (5, 0), 13: (7, 5)}


@dataclass(frozen=True, kw_only=True)
class Usable:
    """What of a host's GPUs can be used.

    Attributes:
        devices: those that our images can run on.
        trouble: why others can't be used, or none is seen; empty if nothing is wrong.
        hint: what to do about that.
    """

    devices: tuple[HostGpu, ...] = ()
    trouble: str = ""
    hint: str = ""


def seen() -> GpuHost:
    """What the driver says of this machine's GPUs; without one, nobody is asked."""
    if not any(sign.exists() for sign in _DRIVER_SIGNS):
        return GpuHost()
    return gpus.known()


def usable() -> Usable:
    """What of this machine's GPUs can be used."""
    found = seen()
    return (
        usable_of(found, cuda_of_images()) if found.gpus else Usable(trouble=found.trouble, hint=found.hint)
    )


def usable_of(found: GpuHost, needed: tuple[int, int]) -> Usable:
    """What of a host's GPUs can be used with images for a version of CUDA. Pure.

    A driver serves all that is built for its own major version of CUDA, or for an older one
    ("CUDA Compatibility", "Minor Version Compatibility").
    """
    major, minor = needed
    if _major(found.cuda) < major:
        said = f"its driver {found.driver} serves CUDA {found.cuda}, and images need {major}.{minor}"
        return Usable(trouble=said, hint="update NVIDIA's driver")
    devices = [
        HostGpu(name=gpu.name, memory_bytes=gpu.memory_bytes, compute_capability=gpu.compute_capability)
        for gpu in found.gpus
    ]
    least = _LEAST_CAPABILITY.get(major, (0, 0))
    fit = tuple(device for device in devices if _is_new_enough(device, least))
    troubles = [found.trouble, *_too_old((device for device in devices if device not in fit), least)]
    return Usable(devices=fit, trouble="; ".join(filter(None, troubles)), hint=found.hint)


@cache
def cuda_of_images() -> tuple[int, int]:
    """Major and minor version of the CUDA that our images bring; ``(0, 0)`` where their lock doesn't say."""
    pinned = re.search(r"^cuda-toolkit==(\d+)\.(\d+)", resource_text(IMAGES[IMAGE].lock), flags=re.MULTILINE)
    return (int(pinned[1]), int(pinned[2])) if pinned else (0, 0)


def _is_new_enough(device: HostGpu, least: tuple[int, int]) -> bool:
    return device.compute_capability == (0, 0) or device.compute_capability >= least


def _too_old(devices: Iterator[HostGpu], least: tuple[int, int]) -> Iterator[str]:
    for device in dict.fromkeys(devices):
        has, needs = (".".join(map(str, pair)) for pair in (device.compute_capability, least))
        yield f"{device.name} has compute capability {has}, and images need {needs}"


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdigit() else 0

"""What the driver says of its GPUs, through NVML, its management library.

Source: "NVML API Reference Guide". The library comes with the driver; ``pynvml`` (the distribution
``nvidia-ml-py``) only calls it, and takes long enough to import that it waits until it is wanted.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from snippet_sandbox.gpus.gpu import Gpu, GpuHost, visible

VISIBLE = "CUDA_VISIBLE_DEVICES"
MIG_MINORS = Path("/proc/driver/nvidia-caps/mig-minors")

# by NVML's own names of its errors: what is wrong, what to do
TROUBLES = {
    "NVML_ERROR_LIBRARY_NOT_FOUND": (
        "no NVIDIA driver is installed",
        "install the driver for this host's GPU, if it has one",
    ),
    "NVML_ERROR_DRIVER_NOT_LOADED": (
        "the NVIDIA driver is installed, but not loaded",
        "load it (`sudo modprobe nvidia`), or restart the host",
    ),
    "NVML_ERROR_LIB_RM_VERSION_MISMATCH": (
        "Driver/library version mismatch: the NVIDIA driver was updated while the old one is still loaded",
        "restart the host, or stop what uses its GPUs and load the driver anew",
    ),
    "NVML_ERROR_NO_PERMISSION": (
        "this user may not talk to the NVIDIA driver",
        "ask for read and write access to /dev/nvidiactl and /dev/nvidia*",
    ),
}


def read() -> GpuHost:
    """The host's GPUs that ``CUDA_VISIBLE_DEVICES`` leaves this process.

    Never raises: without a driver, with one that doesn't answer or answers with an error, there are no GPUs,
    and ``trouble`` says why. Takes milliseconds, or seconds where the driver has to wake its GPUs first.
    """
    library = nvml_library()
    try:
        with opened(library):
            found, trouble = _gpus(library)
            return GpuHost(
                gpus=visible(found, os.environ.get(VISIBLE)),
                driver=str(library.nvmlSystemGetDriverVersion()),
                cuda=_cuda(library),
                trouble=trouble,
            )
    except library.NVMLError as error:
        trouble, hint = _explained(library, error)
        return GpuHost(trouble=trouble, hint=hint)


@contextlib.contextmanager
def opened(library: Any) -> Iterator[None]:
    """Talk to the driver for the length of a ``with``, which may be entered many times over."""
    library.nvmlInit()
    try:
        yield
    finally:
        with contextlib.suppress(library.NVMLError):
            library.nvmlShutdown()


def nvml_library() -> ModuleType:
    import pynvml  # type: ignore[import-untyped]

    module: ModuleType = pynvml
    return module


def _explained(library: Any, error: Any) -> tuple[str, str]:
    for name, words in TROUBLES.items():
        if error.value == getattr(library, name):
            return words
    return f"the NVIDIA driver does not answer: {error}", "see what `nvidia-smi` says"


def _cuda(library: Any) -> str:
    number = int(library.nvmlSystemGetCudaDriverVersion_v2())  # 13000 is 13.0, 12040 is 12.4
    return f"{number // 1000}.{number % 1000 // 10}"


def _gpus(library: Any) -> tuple[list[Gpu], str]:
    """All that answer, slices in place of the card that is split; and what is wrong with the others."""
    found, troubles = [], []
    for index in range(library.nvmlDeviceGetCount()):
        try:
            found += _of_card(library, index)
        except library.NVMLError as error:
            troubles.append(f"GPU {index} does not answer: {error}")
    return found, "; ".join(troubles)


def _of_card(library: Any, index: int) -> list[Gpu]:
    card = library.nvmlDeviceGetHandleByIndex(index)
    minor = int(library.nvmlDeviceGetMinorNumber(card))
    facts: dict[str, Any] = {
        "index": index,
        "device_node": f"/dev/nvidia{minor}",
        "compute_capability": _capability(library, card),
    }
    if not _is_split(library, card):
        return [Gpu(**facts, **_identity(library, card))]
    return [
        Gpu(**facts, **_identity(library, slice_), mig=True, capability_nodes=_nodes(library, minor, slice_))
        for slice_ in _slices(library, card)
    ]


def _identity(library: Any, device: Any) -> dict[str, Any]:
    return {
        "uuid": str(library.nvmlDeviceGetUUID(device)),
        "name": str(library.nvmlDeviceGetName(device)),
        "memory_bytes": _memory(library, device),
    }


def _memory(library: Any, device: Any) -> int:
    try:
        return int(library.nvmlDeviceGetMemoryInfo(device).total)
    except library.NVMLError_NotSupported:  # it has none of its own
        return 0


def _capability(library: Any, card: Any) -> tuple[int, int]:
    try:
        major, minor = library.nvmlDeviceGetCudaComputeCapability(card)
    except library.NVMLError:
        return 0, 0
    return int(major), int(minor)


def _is_split(library: Any, card: Any) -> bool:
    try:
        current, _ = library.nvmlDeviceGetMigMode(card)
    except library.NVMLError:  # most cards can't be split, and old drivers don't know of it
        return False
    return bool(current == library.NVML_DEVICE_MIG_ENABLE)


def _slices(library: Any, card: Any) -> Iterator[Any]:
    for number in range(library.nvmlDeviceGetMaxMigDeviceCount(card)):
        with contextlib.suppress(library.NVMLError_NotFound):  # numbers have gaps
            yield library.nvmlDeviceGetMigDeviceHandleByIndex(card, number)


def _nodes(library: Any, minor: int, slice_: Any) -> tuple[str, ...]:
    """Source: "MIG User Guide", "Device Nodes and Capabilities"."""
    instance = library.nvmlDeviceGetGpuInstanceId(slice_)
    compute = library.nvmlDeviceGetComputeInstanceId(slice_)
    try:
        minors = dict(line.split() for line in MIG_MINORS.read_text().splitlines())
    except (OSError, ValueError):
        return ()
    wanted = (f"gpu{minor}/gi{instance}/access", f"gpu{minor}/gi{instance}/ci{compute}/access")
    return tuple(f"/dev/nvidia-caps/nvidia-cap{minors[name]}" for name in wanted if name in minors)

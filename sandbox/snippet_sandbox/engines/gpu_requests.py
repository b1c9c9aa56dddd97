"""How an engine with Docker's API is asked for GPUs.

Two ways lead there. By CDI, a description of each GPU that NVIDIA's toolkit has written: Docker since 25, by
default since 28.2, and Podman since 5.4, which knows no other way. Or by the toolkit's hook, which Docker
calls for requests to the driver ``nvidia``. Either way a container gets the nodes of these GPUs alone, and
the driver's libraries; everything else of its walls stands as it is.

Sources: Docker Engine API, "DeviceRequest" and ``DiscoveredDevices`` of "/info"; NVIDIA Container Toolkit,
"Support for Container Device Interface" and "Specialized Configurations with Docker".
"""

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docker.types import DeviceRequest

from snippet_sandbox.errors import EngineError, EngineUnavailableError
from snippet_sandbox.gpus import Gpu

HOOK = "nvidia-container-runtime-hook"  # Docker calls it without having been told of it
CDI_KIND = "nvidia.com/gpu"
CAPABILITIES = ("compute", "utility")  # libcuda and its helpers, NVML; nothing that draws
ENVIRONMENT = {"NVIDIA_DRIVER_CAPABILITIES": ",".join(CAPABILITIES)}
# what engines say that have nobody to hand out GPUs
REFUSALS = (
    "could not select device driver",
    "unresolvable CDI devices",
    "unknown or invalid runtime name: nvidia",
    "nvidia-container-cli",
    HOOK,
    "CDI device injection failed",
    "setting up CDI devices",
)
HINT = (
    "install NVIDIA's container toolkit (nvidia-container-toolkit), then `sudo nvidia-ctk runtime configure "
    "--runtime=docker` and `sudo systemctl restart docker`, or, for Podman and for CDI, `sudo nvidia-ctk cdi "
    "generate --output=/etc/cdi/nvidia.yaml`; or pass `--engine bubblewrap`, which needs none"
)


def requests(gpus: Sequence[Gpu], details: Mapping[str, Any]) -> list[DeviceRequest]:
    """What asks for these GPUs, by UUID.

    Args:
        gpus: of one container.
        details: what the engine says of itself.
    """
    names = [f"{CDI_KIND}={gpu.uuid}" for gpu in gpus]
    if _is_podman(details) or set(names) <= _discovered(details):
        return [DeviceRequest(driver="cdi", device_ids=names)]
    capabilities = [["gpu", *CAPABILITIES]]
    return [DeviceRequest(driver="nvidia", device_ids=[gpu.uuid for gpu in gpus], capabilities=capabilities)]


def why_not(gpus: Sequence[Gpu], details: Mapping[str, Any]) -> str:
    """Why an engine can't hand out these GPUs, as far as it says so before it is asked; empty if it may."""
    names = {f"{CDI_KIND}={gpu.uuid}" for gpu in gpus}
    if names <= _discovered(details) or "nvidia" in (details.get("Runtimes") or ()):
        return ""
    if _is_podman(details):
        version = str(details.get("ServerVersion", ""))
        return (
            ""
            if _at_least(version, (5, 4))
            else f"Podman {version} hands out no GPUs by its socket; 5.4 does"
        )
    return "" if shutil.which(HOOK) else "NVIDIA's container toolkit is not set up for it"


@contextlib.contextmanager
def refusals_explained(engine: str) -> Iterator[None]:
    """Say of an engine that has nobody to hand out GPUs what is to be done about it."""
    try:
        yield
    except EngineError as error:
        if any(words in error.message for words in REFUSALS):
            raise EngineError(f"{engine} can't hand out GPUs: {error.message}", hint=HINT) from error
        raise


def not_by(runtime: str) -> EngineUnavailableError:
    """A runtime whose containers can't have GPUs."""
    return EngineUnavailableError(
        f"the runtime {runtime!r} has a kernel of its own, and GPUs are not handed through to it",
        hint="leave --runtime out for GPU profiles",
    )


def _discovered(details: Mapping[str, Any]) -> set[str]:
    """The GPUs that the engine has found descriptions of."""
    devices = details.get("DiscoveredDevices") or ()
    return {str(each.get("ID") or each.get("Name")) for each in devices if each.get("Source") == "cdi"}


def _is_podman(details: Mapping[str, Any]) -> bool:
    return bool(details.get("BuildahVersion"))


def _at_least(version: str, wanted: tuple[int, int]) -> bool:
    numbers = [int(word) for word in version.split(".")[:2] if word.isdigit()]
    return tuple(numbers) >= wanted

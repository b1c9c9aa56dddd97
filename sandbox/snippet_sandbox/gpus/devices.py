"""What programs in a sandbox need to reach GPUs: device nodes, the driver's libraries, the kernel's files.

For engines that NVIDIA's container toolkit knows nothing of. A program reaches a GPU by its node alone: one
that is not there can't be used, whatever the driver lists.

Locked memory stays as limited as it is (``agent.LIMITS``): what ``pin_memory`` asks for, the driver pins by
itself. Sources: NVIDIA's ``libnvidia-container``, ``src/nvc_info.c``, for the names of nodes and libraries;
"MIG User Guide", "Device Nodes and Capabilities"; ld.so(8), ldconfig(8).
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snippet_sandbox.errors import EngineError
from snippet_sandbox.gpus.gpu import Gpu

DEV = Path("/dev")
# for all GPUs alike; drivers since 570 open the tools' node, too, before they do anything
CONTROL_NODES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
WINDOWS_NODE = "dxg"
NEEDED_NODES = ("nvidiactl", "nvidia-uvm")
CALL_LIMIT_S = 10.0

# what CUDA programs load of the driver, by the beginnings of their names
LIBRARIES = (
    "libcuda.so",
    "libcudadebugger.so",
    "libnvidia-ml.so",
    "libnvidia-cfg.so",
    "libnvidia-ptxjitcompiler.so",
    "libnvidia-nvvm.so",
    "libnvidia-nvvm70.so",
    "libnvidia-gpucomp.so",
    "libnvidia-opencl.so",
    "libnvidia-pkcs11.so",
    "libnvidia-pkcs11-openssl3.so",
    "libnvidia-sandboxutils.so",
    "libnvidia-tileiras.so",
)
CUDA = "libcuda.so.1"
SEARCHED = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")  # by the loader itself, without anybody's cache


@dataclass(frozen=True, kw_only=True)
class Devices:
    """What a sandbox is given for its GPUs.

    Attributes:
        nodes: device nodes, at the same place inside.
        libraries: the driver's, where a sandbox sees nothing of the host otherwise; at the same place inside.
        environment: variables without which the libraries are not found.
    """

    nodes: tuple[Path, ...]
    libraries: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def devices_for(gpus: Sequence[Gpu], *, dev: Path = DEV, seen: Sequence[Path] = (Path("/usr"),)) -> Devices:
    """Everything for these GPUs.

    Args:
        gpus: of one sandbox.
        dev: where the host has its nodes.
        seen: folders of the host that a sandbox sees anyway.

    Raises:
        EngineError: a node or the driver's CUDA library is missing, or not for this user.
    """
    nodes = tuple(_nodes(gpus, dev))
    folders = library_folders()
    if not folders:
        raise EngineError(
            f"the driver's {CUDA} is not on this host",
            hint="install the driver's libraries for computing (Debian: libcuda1; Ubuntu: libnvidia-compute)",
        )
    unseen = [folder for folder in folders if not any(folder.is_relative_to(each) for each in seen)]
    libraries = tuple(file for folder in unseen for file in driver_libraries(folder))
    named = [folder for folder in folders if str(folder) in _search_path()]
    return Devices(
        nodes=nodes,
        libraries=libraries,
        environment={"LD_LIBRARY_PATH": ":".join(map(str, named))} if named else {},
    )


def library_folders() -> tuple[Path, ...]:
    """Where this host has the driver's CUDA library: as the loader would find it, the first of its places."""
    named = [folder for folder in map(Path, _search_path()) if (folder / CUDA).exists()]
    cached = [Path(path).parent for path in cached_places(CUDA, _cache())]
    plain = [Path(folder) for folder in SEARCHED if Path(folder, CUDA).exists()]
    return tuple([*named, *cached, *plain][:1])


def cached_places(name: str, listing: str) -> list[str]:
    """Where a library lies, by what ``ldconfig -p`` lists, for programs of this machine's own width.

    Its lines: ``libcuda.so.1 (libc6,x86-64) => /usr/lib/libcuda.so.1``; those of 32 bits lack the 64.
    """
    pattern = re.compile(rf"^\s*{re.escape(name)} \(([^)]*)\) => (\S.*)$", re.MULTILINE)
    wide = [(kinds, path) for kinds, path in pattern.findall(listing) if re.search(r"64|AArch", kinds)]
    return [path for _, path in wide]


def driver_libraries(folder: Path) -> list[Path]:
    """Those of the driver's files in a folder that CUDA programs load, links and what they point to."""
    return sorted(file for file in folder.iterdir() if _is_driver_library(file.name))


def _is_driver_library(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in LIBRARIES)


def _nodes(gpus: Sequence[Gpu], dev: Path) -> Iterator[Path]:
    if (dev / WINDOWS_NODE).exists() and not (dev / NEEDED_NODES[0]).exists():
        raise EngineError(
            "GPUs of Windows' Linux have no device nodes that a sandbox could be given one by one",
            hint="pass `--engine docker`, with NVIDIA's container toolkit",
        )
    if any(not (dev / name).exists() for name in NEEDED_NODES):
        _make_nodes()
    for name in CONTROL_NODES:
        if name in NEEDED_NODES or (dev / name).exists():
            yield _usable(dev / name)
    cards = dict.fromkeys(gpu.device_node for gpu in gpus)
    slices = dict.fromkeys(node for gpu in gpus for node in gpu.capability_nodes)
    for node in cards:
        yield _usable(dev / Path(node).relative_to(DEV))
    for node in slices:
        yield _usable(dev / Path(node).relative_to(DEV), os.R_OK)


def _make_nodes() -> None:
    """Nodes are made when CUDA is first used after the host's start; a sandbox can't make any."""
    tool = shutil.which("nvidia-modprobe", path=f"{os.defpath}:/usr/sbin:/sbin")
    if tool:
        _call([tool, "-u", "-c=0"])


def _usable(node: Path, wanted: int = os.R_OK | os.W_OK) -> Path:
    """A node, if a snippet can do with it what it must.

    Raises:
        EngineError: it is missing, or not for everybody.
    """
    if not node.exists():
        raise EngineError(
            f"the driver's device node {node} is missing",
            hint="make it: `sudo nvidia-modprobe -u -c=0`, or run `nvidia-smi` once as root",
        )
    if os.geteuid() != 0 and not os.access(node, wanted):
        raise EngineError(
            f"this user may not use the device node {node}",
            hint="join its group, or have it made for all: the driver's option NVreg_DeviceFileMode=0666",
        )
    if os.geteuid() == 0 and node.stat().st_mode & wanted != wanted:  # the job is somebody else there
        raise EngineError(
            f"the device node {node} is for few users only, and a snippet is none of them",
            hint="have it made for all: the driver's option NVreg_DeviceFileMode=0666",
        )
    return node


def _search_path() -> list[str]:
    return [folder for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder]


def _cache() -> str:
    tool = shutil.which("ldconfig", path=f"{os.defpath}:/usr/sbin:/sbin")
    return _call([tool, "-p"]) if tool else ""


def _call(command: Iterable[str]) -> str:
    try:
        done = subprocess.run(
            list(command), capture_output=True, text=True, errors="replace", timeout=CALL_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout

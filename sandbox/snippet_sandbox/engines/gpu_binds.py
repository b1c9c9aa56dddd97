"""How bubblewrap shows a sandbox its GPUs: bwrap's options for what ``gpus.devices`` has found.

CUDA does not start without /sys, which tells it of the PCI bus and of the machine's memory. What container
engines hide of it is hidden, and what their containers have of their own: network interfaces and cgroups.
"""

from collections.abc import Sequence
from pathlib import Path

from snippet_sandbox.gpus import Gpu
from snippet_sandbox.gpus.devices import DEV, Devices, devices_for

NO_DEVICES = Devices(nodes=())
SEEN = (Path("/usr"), Path("/lib"), Path("/lib64"))
SYS = Path("/sys")
# Docker's masked paths, and what is the network namespace's or the cgroup namespace's own in its containers
HIDDEN_SYS = (
    "firmware",
    "devices/virtual/powercap",
    "class/net",
    "devices/virtual/net",
    "fs",
    "kernel/debug",
)


def devices(gpus: Sequence[Gpu]) -> Devices:
    """What a sandbox is given for these GPUs.

    Raises:
        EngineError: this host lacks something.
    """
    return devices_for(gpus, seen=SEEN)


def mounts(devices: Devices) -> list[tuple[str, str, str]]:
    """Each an option of bwrap's, a source and a target; a node is one only where it is bound as a device."""
    if not devices.nodes:
        return []
    return [
        *(("--dev-bind", str(node), str(node)) for node in devices.nodes),
        *(("--ro-bind", str(file.resolve()), str(file)) for file in devices.libraries),
        ("--ro-bind", str(SYS), str(SYS)),
    ]


def folders(devices: Devices) -> list[str]:
    """Make the folders of nodes in /dev, once that is there: bwrap's own would be closed to snippets."""
    inside = dict.fromkeys(node.parent for node in devices.nodes if DEV in node.parent.parents)
    return [word for folder in inside for word in ("--perms", "0755", "--dir", str(folder))]


def closed_sys(devices: Devices) -> list[str]:
    """Close what of /sys is none of a sandbox's business."""
    if not devices.nodes:
        return []
    hidden = [str(SYS / name) for name in HIDDEN_SYS if (SYS / name).is_dir()]
    return [word for place in hidden for word in ("--tmpfs", place, "--remount-ro", place)]

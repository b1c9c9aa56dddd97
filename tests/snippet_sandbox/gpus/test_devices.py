"""What a sandbox without NVIDIA's toolkit is given: nodes, libraries, and bwrap's options for them."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from snippet_sandbox.engines import gpu_binds
from snippet_sandbox.errors import EngineError
from snippet_sandbox.gpus import Gpu, devices
from snippet_sandbox.gpus.devices import Devices, devices_for

CARD = Gpu(index=3, uuid="GPU-c", name="Tesla T4", memory_bytes=16 * 10**9, device_node="/dev/nvidia3")
SLICE = Gpu(
    index=0,
    uuid="MIG-s",
    name="MIG 1g.10gb",
    memory_bytes=10 * 10**9,
    device_node="/dev/nvidia0",
    mig=True,
    capability_nodes=("/dev/nvidia-caps/nvidia-cap12", "/dev/nvidia-caps/nvidia-cap13"),
)
LDCONFIG = """\
1204 libs found in cache `/etc/ld.so.cache'
\tlibcudart.so.12 (libc6,x86-64) => /usr/local/cuda/lib64/libcudart.so.12
\tlibcuda.so.1 (libc6) => /usr/lib/i386-linux-gnu/libcuda.so.1
\tlibcuda.so.1 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcuda.so.1
\tlibcuda.so (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcuda.so
\tlibcuda.so.1 (libc6,AArch64) => /opt/arm/libcuda.so.1
"""


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host with four cards, one of them split, whose driver lies in a place of its own."""
    dev, driver = tmp_path / "dev", tmp_path / "driver"
    (dev / "nvidia-caps").mkdir(parents=True)
    nodes = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", *(f"nvidia{n}" for n in range(4)))
    for node in (*nodes, "nvidia-caps/nvidia-cap12", "nvidia-caps/nvidia-cap13", "nvidia-caps/nvidia-cap21"):
        (dev / node).touch()
        (dev / node).chmod(0o444 if "caps" in node else 0o666)  # as the driver makes them
    driver.mkdir()
    for name in (
        "libcuda.so.1",
        "libcuda.so.580.95.05",
        "libnvidia-ml.so.1",
        "libnvidia-glcore.so.1",
        "libc.so",
    ):
        (driver / name).touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(driver))
    return tmp_path


def nodes_of(host: Path, gpus: Sequence[Gpu]) -> list[str]:
    """The nodes that GPUs need, by their names in /dev."""
    return [str(node.relative_to(host / "dev")) for node in devices_for(gpus, dev=host / "dev").nodes]


def test_a_sandbox_gets_the_nodes_of_its_own_gpus_alone(host: Path) -> None:
    """Those for all GPUs, those of its cards, and of its slices; no other card's, no other slice's."""
    control = ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools"]
    assert nodes_of(host, [CARD]) == [*control, "nvidia3"]
    slices = ["nvidia-caps/nvidia-cap12", "nvidia-caps/nvidia-cap13"]
    assert nodes_of(host, [SLICE]) == [*control, "nvidia0", *slices]


def test_libraries_that_a_sandbox_does_not_see_anyway(host: Path) -> None:
    """Only the driver's own, and what CUDA programs load of them; found as on the host."""
    found = devices_for([CARD], dev=host / "dev")
    names = [file.name for file in found.libraries]
    assert names == ["libcuda.so.1", "libcuda.so.580.95.05", "libnvidia-ml.so.1"]
    assert dict(found.environment) == {"LD_LIBRARY_PATH": str(host / "driver")}
    assert devices_for([CARD], dev=host / "dev", seen=[host]).libraries == ()


def test_places_in_the_loaders_cache() -> None:
    """Of the loader's cache, this library in this machine's own width."""
    found = devices.cached_places("libcuda.so.1", LDCONFIG)
    assert found == ["/usr/lib/x86_64-linux-gnu/libcuda.so.1", "/opt/arm/libcuda.so.1"]


def test_bwrap_options(host: Path) -> None:
    """A node is bound as a device; /sys is shown without what is the host's own business."""
    found = Devices(nodes=(host / "dev/nvidia3",), libraries=(host / "driver/libcuda.so.1",))
    mounts = gpu_binds.mounts(found)
    node, library = str(host / "dev/nvidia3"), str(host / "driver/libcuda.so.1")
    assert mounts == [
        ("--dev-bind", node, node),
        ("--ro-bind", library, library),
        ("--ro-bind", "/sys", "/sys"),
    ]
    words = gpu_binds.closed_sys(found)
    closed = "/sys/class/net"
    at = words.index(closed)
    assert words[at - 1 : at + 3] == ["--tmpfs", closed, "--remount-ro", closed]
    assert gpu_binds.mounts(gpu_binds.NO_DEVICES) == [] == gpu_binds.closed_sys(gpu_binds.NO_DEVICES)


def test_folders_of_nodes_are_open() -> None:
    """Where bwrap makes a folder by itself, nobody but root may look into it."""
    nodes = (
        Path("/dev/nvidiactl"),
        Path("/dev/nvidia-caps/nvidia-cap12"),
        Path("/dev/nvidia-caps/nvidia-cap13"),
    )
    assert gpu_binds.folders(Devices(nodes=nodes)) == ["--perms", "0755", "--dir", "/dev/nvidia-caps"]


def test_windows_has_no_nodes(host: Path) -> None:
    """There all GPUs are behind one node."""
    (host / "dev" / "nvidiactl").rename(host / "dev" / "dxg")
    with pytest.raises(EngineError, match="Windows"):
        devices_for([CARD], dev=host / "dev")


def test_what_is_missing_is_said_with_what_to_do(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that is not there, one for few, and a driver without its CUDA library."""
    node = host / "dev" / "nvidia3"
    node.chmod(0o660)
    if os.geteuid() == 0:
        with pytest.raises(EngineError, match="for few users only") as refused:
            devices_for([CARD], dev=host / "dev")
        assert "NVreg_DeviceFileMode" in (refused.value.hint or "")
    node.unlink()
    with pytest.raises(EngineError, match="nvidia3 is missing") as refused:
        devices_for([CARD], dev=host / "dev")
    assert "nvidia-modprobe" in (refused.value.hint or "")
    monkeypatch.setenv("LD_LIBRARY_PATH", "")
    monkeypatch.setattr(devices, "SEARCHED", ())
    if devices.library_folders():
        pytest.skip("this host has a driver")
    with pytest.raises(EngineError, match=r"libcuda\.so\.1 is not on this host"):
        devices_for([SLICE], dev=host / "dev")

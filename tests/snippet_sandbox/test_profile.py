"""Profiles and what a host can give."""

import pytest

from snippet_sandbox.errors import ProfileError
from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu, devices_for, find_profile, shortfall

LAPTOP = Host(cpus=4, memory_bytes=17 * GB)


def test_a_profile_that_fits() -> None:
    """The Hub's smallest flavor runs on a laptop."""
    assert find_profile("cpu-basic", LAPTOP).memory_bytes == 16 * GB


@pytest.mark.parametrize(
    ("name", "said"),
    [("t4-small", "has a GPU"), ("cpu-upgrade", "8 CPU cores"), ("gpu-basic", "no profile named")],
)
def test_a_profile_that_does_not(name: str, said: str) -> None:
    """The error says what is missing and what there is instead."""
    with pytest.raises(ProfileError) as caught:
        find_profile(name, LAPTOP)
    assert said in caught.value.message
    assert "cpu-basic" in caught.value.hint
    assert caught.value.exit_code == 2


def test_memory_falls_short() -> None:
    """Enough cores and too little memory."""
    assert "16 GB of RAM" in str(shortfall(PROFILES["cpu-basic"], Host(cpus=4, memory_bytes=8 * GB)))


T4 = HostGpu(name="Tesla T4", memory_bytes=15109 * 2**20, compute_capability=(7, 5))  # with ECC
H100 = HostGpu(name="NVIDIA H100 80GB HBM3", memory_bytes=81559 * 2**20, compute_capability=(9, 0))
LAPTOP_GPU = HostGpu(name="NVIDIA GeForce RTX 4060 Laptop GPU", memory_bytes=8188 * 2**20)
SLICE = HostGpu(name="NVIDIA H100 80GB HBM3 MIG 2g.20gb", memory_bytes=19968 * 2**20)


@pytest.mark.parametrize(
    ("name", "devices", "said"),
    [
        ("t4-small", [T4], ""),  # what a driver calls 16 GB
        ("t4-small", [H100], ""),  # under its cap
        ("t4-small", [SLICE], ""),
        ("t4-small", [LAPTOP_GPU], "16 GB and this host has NVIDIA GeForce RTX 4060 Laptop GPU (8.6 GB)"),
        ("t4-small", [LAPTOP_GPU, LAPTOP_GPU], "2 × NVIDIA GeForce RTX 4060"),  # don't make a big one
        ("l4x1", [T4, T4], "24 GB and this host has 2 × Tesla T4 (15.8 GB)"),
        ("a10g-largex2", [H100, T4], "2 GPUs with 24 GB each"),
        ("a10g-largex2", [H100, H100], ""),
        ("t4-small", [], "has a GPU and this host has none"),
    ],
)  # fmt: skip
def test_each_gpu_counts_by_itself(name: str, devices: list[HostGpu], said: str) -> None:
    """By what it has of its own, not by what all have together."""
    host = Host(cpus=64, memory_bytes=999 * GB, gpu_devices=tuple(devices))
    missing = shortfall(PROFILES[name], host)
    assert (missing is None) if not said else (said in str(missing))


def test_the_smallest_gpu_that_is_large_enough() -> None:
    """So that the large one is left for those who need it."""
    host = Host(cpus=64, memory_bytes=999 * GB, gpu_devices=(H100, T4))
    assert devices_for(PROFILES["t4-small"], host) == (T4,)
    assert devices_for(PROFILES["l4x1"], host) == (H100,)

"""Which GPUs our images can run on, as recorded drivers tell of them."""

from dataclasses import replace

import pytest

from snippet_images.catalogue import IMAGES
from snippet_sandbox.gpus import Gpu, GpuHost
from snippet_sandbox.profile import PROFILES, Host, shortfall
from verify_snippets.host_gpus import cuda_of_images, usable_of

T4 = Gpu(
    index=0,
    uuid="GPU-0",
    name="Tesla T4",
    memory_bytes=15843 * 10**6,
    compute_capability=(7, 5),
    device_node="/dev/nvidia0",
)
P100 = replace(T4, index=1, name="Tesla P100-PCIE-16GB", compute_capability=(6, 0))
DRIVER = GpuHost(gpus=(T4,), driver="580.95.05", cuda="13.0")


@pytest.mark.parametrize(
    ("found", "models", "trouble"),
    [
        (DRIVER, ["Tesla T4"], ""),
        (replace(DRIVER, cuda="13.2"), ["Tesla T4"], ""),
        (
            replace(DRIVER, driver="535.161", cuda="12.2"),
            [],
            "535.161 serves CUDA 12.2, and images need 13.0",
        ),
        (replace(DRIVER, gpus=(T4, P100)), ["Tesla T4"], "P100-PCIE-16GB has compute capability 6.0"),
        (replace(DRIVER, trouble="GPU 1 does not answer"), ["Tesla T4"], "GPU 1 does not answer"),
        (replace(DRIVER, gpus=(replace(T4, compute_capability=(0, 0)),)), ["Tesla T4"], ""),
        (replace(DRIVER, cuda=""), [], "images need 13.0"),
    ],
)
def test_what_images_can_run_on(found: GpuHost, models: list[str], trouble: str) -> None:
    """A driver of the same major version or a newer one; GPUs that are not older than the libraries allow."""
    usable = usable_of(found, (13, 0))
    assert [device.name for device in usable.devices] == models
    assert (trouble in usable.trouble) if trouble else not usable.trouble


def test_a_profile_that_can_t_be_given_says_what_is_wrong_with_the_gpus() -> None:
    """Rather than that there are none."""
    host = Host(cpus=8, memory_bytes=10**11, gpu_trouble="the NVIDIA driver is not loaded")
    said = "t4-small has a GPU and this host has none that can be used: the NVIDIA driver is not loaded"
    assert shortfall(PROFILES["t4-small"], host) == said


def test_the_images_say_which_cuda_they_bring() -> None:
    """All for GPUs the same."""
    assert cuda_of_images() >= (12, 0)
    assert all(spec.upon or spec.name.startswith("cuda") for spec in IMAGES.values() if spec.device == "cuda")

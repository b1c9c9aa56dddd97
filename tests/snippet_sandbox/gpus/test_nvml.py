"""What the driver says, through the real ``pynvml``."""

import ctypes

import pytest

from snippet_sandbox.gpus import GpuHost, nvml
from tests.snippet_sandbox.gpus.conftest import StubDriver

READ = """
import dataclasses, json
from snippet_sandbox import gpus
print(json.dumps(dataclasses.asdict(gpus.read())))
"""
T4S = ["GPU-11111111-aaaa-4bbb-8ccc-000000000001", "GPU-22222222-aaaa-4bbb-8ccc-000000000002"]


def test_what_a_card_is(stub_driver: StubDriver) -> None:
    """Name, memory, node, capability and versions, as the driver tells them."""
    stub_driver.play("h100")
    told = stub_driver.ask(READ)
    assert (told["driver"], told["cuda"], told["trouble"]) == ("580.159.04", "13.0", "")
    assert told["gpus"] == [
        {
            "index": 0,
            "uuid": "GPU-6b1f0f0e-5d2c-4f5d-9c1e-2f6a0d1c7e11",
            "name": "NVIDIA H100 80GB HBM3",
            "memory_bytes": 81559 * 2**20,
            "compute_capability": [9, 0],
            "device_node": "/dev/nvidia0",
            "mig": False,
            "capability_nodes": [],
        }
    ]


def test_slices_stand_for_a_split_card(stub_driver: StubDriver) -> None:
    """A card that is split is no GPU that a job could have; its slices are, by the card's own node."""
    stub_driver.play("mig")
    told = stub_driver.ask(READ)["gpus"]
    assert [(each["uuid"][:6], each["memory_bytes"] // 10**9) for each in told] == [
        ("MIG-0a", 42),
        ("MIG-0b", 10),
    ]
    assert all(each["mig"] and each["device_node"] == "/dev/nvidia0" for each in told)


def test_memory_that_is_the_hosts_is_none_of_its_own(stub_driver: StubDriver) -> None:
    """A GPU that shares the host's memory is listed with none."""
    stub_driver.play("unified")
    assert [(each["name"], each["memory_bytes"]) for each in stub_driver.ask(READ)["gpus"]] == [
        ("NVIDIA GB10", 0)
    ]


@pytest.mark.parametrize(
    ("setting", "seen"),
    [
        ("1", T4S[1:]),
        ("1,0", T4S[::-1]),
        ("GPU-2222", T4S[1:]),
        ("0,0", T4S[:1]),
        ("", []),
        ("-1", []),
        ("0,7,1", T4S[:1]),  # the first that names nothing ends the list
        ("NoDevFiles", []),
    ],
)
def test_the_users_own_choice_counts(stub_driver: StubDriver, setting: str, seen: list[str]) -> None:
    """What ``CUDA_VISIBLE_DEVICES`` hides from this process, no job gets."""
    stub_driver.play("two-t4")
    told = stub_driver.ask(READ, CUDA_VISIBLE_DEVICES=setting)["gpus"]
    assert [each["uuid"] for each in told] == seen


@pytest.mark.parametrize(
    ("code", "words", "advice"),
    [
        (18, "Driver/library version mismatch", "restart the host"),
        (4, "may not talk to the NVIDIA driver", "/dev/nvidiactl"),
        (9, "not loaded", "modprobe"),
        (999, "does not answer: Unknown Error", "nvidia-smi"),
    ],
)
def test_trouble_is_told_in_words(stub_driver: StubDriver, code: int, words: str, advice: str) -> None:
    """A driver that refuses leaves no GPUs, a reason and advice; nothing raises."""
    stub_driver.play("h100")
    stub_driver.tell(f"init {code}")
    told = stub_driver.ask(READ)
    assert told["gpus"] == []
    assert words in told["trouble"], told
    assert advice in told["hint"]


def test_one_lost_card_takes_no_other_along(stub_driver: StubDriver) -> None:
    """What fails for a card is said of it; the host's others serve."""
    stub_driver.play("two-t4")
    stub_driver.tell("fail nvmlDeviceGetMinorNumber 15")
    told = stub_driver.ask(READ)
    assert told["gpus"] == []
    assert "GPU 0 does not answer" in told["trouble"]
    assert told["driver"]


def test_without_a_driver() -> None:
    """On a host without the library there are no GPUs, and that is said."""
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        trouble, hint = nvml.TROUBLES["NVML_ERROR_LIBRARY_NOT_FOUND"]
        assert nvml.read() == GpuHost(trouble=trouble, hint=hint)
    else:
        pytest.skip("this host has a driver")

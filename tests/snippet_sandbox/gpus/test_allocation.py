"""Which GPUs a job gets, and that nobody else has them then."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from snippet_images import paths
from snippet_sandbox.errors import EngineError, EngineTimeoutError, InfrastructureError
from snippet_sandbox.gpus import Gpu, GpuHost, cap_bytes, fitting
from snippet_sandbox.gpus.allocation import Grant, granted
from snippet_sandbox.profile import GB, PROFILES, Profile

A100 = Gpu(index=0, uuid="GPU-a", name="A100 80GB", memory_bytes=85_899_345_920, device_node="/dev/nvidia0")
T4 = Gpu(index=1, uuid="GPU-t", name="Tesla T4", memory_bytes=15_843_721_216, device_node="/dev/nvidia1")
L4 = Gpu(index=2, uuid="GPU-l", name="NVIDIA L4", memory_bytes=24_152_899_584, device_node="/dev/nvidia2")
SLICE = Gpu(
    index=3, uuid="MIG-s", name="MIG 3g.40gb", memory_bytes=40 * GB, device_node="/dev/nvidia3", mig=True
)
HOST = GpuHost(gpus=(A100, T4, L4), driver="580.95.05", cuda="13.0")
NEVER = threading.Event()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks of these tests' own."""
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(tmp_path))


@pytest.mark.parametrize(
    ("profile", "names"),
    [
        ("t4-small", ["Tesla T4", "NVIDIA L4", "MIG 3g.40gb", "A100 80GB"]),  # a T4 of 16 GB tells of 15.8
        ("l4x1", ["NVIDIA L4", "MIG 3g.40gb", "A100 80GB"]),
        ("a100-large", ["A100 80GB"]),
        ("h200", []),
        ("a10g-largex2", ["NVIDIA L4", "A100 80GB"]),  # one program can't use two slices
    ],
)
def test_the_smallest_that_fits_comes_first(profile: str, names: list[str]) -> None:
    """Large cards are kept for those who need them."""
    gpus = (SLICE, A100, T4, L4)
    assert [gpu.name for gpu in fitting(gpus, PROFILES[profile])] == names


@pytest.mark.parametrize(
    ("gpu", "profile", "cap"),
    [
        (T4, "t4-small", None),
        (A100, "t4-small", 16 * GB),
        (L4, "t4-small", 16 * GB),
        (A100, "a100-large", None),  # 85.9 GB, and sold as 80
        (A100, "a10g-largex2", 24 * GB),
    ],
)
def test_only_a_larger_card_is_capped(gpu: Gpu, profile: str, cap: int | None) -> None:
    """A card of the profile's own size is the profile's, whatever its driver says to the byte."""
    assert cap_bytes(gpu, PROFILES[profile]) == cap


def test_a_job_has_its_gpus_alone() -> None:
    """Two jobs of one program get different GPUs; what is freed can be had again."""
    with granted(PROFILES["t4-small"], HOST, NEVER) as first:
        with granted(PROFILES["t4-small"], HOST, NEVER) as second:
            assert (first.gpus, second.gpus) == ((T4,), (L4,))
            assert (dict(first.caps), dict(second.caps)) == ({}, {"GPU-l": 16 * GB})
        with granted(PROFILES["a10g-largex2"], HOST, NEVER) as both:
            assert both.gpus == (L4, A100)
            assert (both.driver, both.cuda) == ("580.95.05", "13.0")


def test_gpus_that_others_have_filled_come_last() -> None:
    """A larger GPU with room is better than one of the right size without; a screen's worth is no matter."""
    for taken, name in ((300_000_000, "Tesla T4"), (9 * GB, "NVIDIA L4")):
        used = {"GPU-t": taken}
        with granted(PROFILES["t4-small"], HOST, NEVER, in_use=lambda _gpus: used) as grant:  # noqa: B023 - at once
            assert [gpu.name for gpu in grant.gpus] == [name]
    with granted(PROFILES["a100-large"], HOST, NEVER, in_use=lambda _gpus: {"GPU-a": 80 * GB}) as grant:
        assert grant.gpus == (A100,)  # there is no other


def test_greedy_libraries_are_told_what_to_take() -> None:
    """Of a larger card, three quarters of the share; of one of the profile's size, what they always take."""
    capped = Grant(gpus=(A100,), caps={"GPU-a": 16 * GB})
    assert capped.environment["XLA_PYTHON_CLIENT_MEM_FRACTION"] == "0.1397"  # 12 of 85.9 GB
    assert Grant(gpus=(T4,)).environment == {}


HOLD = """
import sys, threading
from snippet_sandbox.gpus import Gpu, GpuHost
from snippet_sandbox.gpus.allocation import granted
from snippet_sandbox.profile import PROFILES
gpu = Gpu(index=1, uuid="GPU-t", name="Tesla T4", memory_bytes=16 * 10**9, device_node="/dev/nvidia1")
with granted(PROFILES["t4-small"], GpuHost(gpus=(gpu,)), threading.Event()):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_program_waits_and_gets_what_a_killed_one_held() -> None:
    """A lock is one between programs, and ends with its holder, however that ends."""
    host = GpuHost(gpus=(T4,))
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(EngineTimeoutError), granted(PROFILES["t4-small"], host, NEVER, limit_s=0.2):
            pass
        threading.Timer(0.3, other.kill).start()
        with granted(PROFILES["t4-small"], host, NEVER, limit_s=20.0) as grant:
            assert other.wait() != 0
            assert grant.gpus == (T4,)


def test_waiting_can_be_cancelled() -> None:
    """Who waits for a GPU hears a cancellation at once."""
    cancel = threading.Event()
    host = GpuHost(gpus=(T4,))
    with granted(PROFILES["t4-small"], host, NEVER):
        threading.Timer(0.2, cancel.set).start()
        began = time.monotonic()
        with pytest.raises(EngineError, match="cancelled"), granted(PROFILES["t4-small"], host, cancel):
            pass
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("profile", "host", "words"),
    [
        (PROFILES["h200"], HOST, "needs 1 GPU.s. of 141 GB, and this host has A100 80GB .86 GB., Tesla T4"),
        (PROFILES["l4x4"], HOST, "needs 4 GPU"),
        (
            PROFILES["t4-small"],
            GpuHost(trouble="no NVIDIA driver is installed"),
            "has none; no NVIDIA driver",
        ),
    ],
)
def test_what_a_host_lacks_is_said(profile: Profile, host: GpuHost, words: str) -> None:
    """Nothing is waited for that can't come."""
    with pytest.raises(InfrastructureError, match=words), granted(profile, host, NEVER):
        pass

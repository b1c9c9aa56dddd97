"""Profiles and what a host can give."""

import pytest

from snippet_sandbox.errors import ProfileError
from snippet_sandbox.profile import GB, PROFILES, Host, find_profile, shortfall

LAPTOP = Host(cpus=4, memory_bytes=17 * GB)


def test_a_profile_that_fits() -> None:
    """The Hub's smallest flavor runs on a laptop."""
    assert find_profile("cpu-basic", LAPTOP).memory_bytes == 16 * GB


@pytest.mark.parametrize(
    ("name", "said"),
    [("t4-small", "1 GPU(s)"), ("cpu-upgrade", "8 CPU cores"), ("gpu-basic", "no profile named")],
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


def test_gpu_memory_falls_short() -> None:
    """One GPU is not as good as another."""
    host = Host(cpus=64, memory_bytes=999 * GB, gpus=1, gpu_memory_bytes=16 * GB)
    assert shortfall(PROFILES["t4-small"], host) is None
    assert "GPU memory" in str(shortfall(PROFILES["l4x1"], host))

"""Jobs with GPUs in real containers, on a host whose driver answers from a recording."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from snippet_sandbox import gpus
from snippet_sandbox.engine import HandsOutGpus
from snippet_sandbox.engines.bubblewrap import BubblewrapEngine
from snippet_sandbox.errors import EngineError, EngineUnavailableError
from tests.snippet_sandbox.gpus.conftest import StubDriver

RUN = "from tests.snippet_sandbox.gpus import run_jobs; run_jobs.main()"


@pytest.fixture
def nodes() -> Iterator[Path]:
    """A host's device nodes; not in /tmp, of which a container has its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for node in ("nvidiactl", "nvidia-uvm", "nvidia0", "nvidia1", "nvidia2"):
            (folder / node).touch()
            (folder / node).chmod(0o666)
        yield folder


@pytest.mark.parametrize("rootless", [False, True], ids=["as root", "rootless"])
def test_jobs_with_gpus(stub_driver: StubDriver, nodes: Path, *, rootless: bool) -> None:
    """What a job sees, what is measured of it, how it is ended beyond its cap, and a driver that fails."""
    try:
        BubblewrapEngine(rootless=rootless).close()
    except EngineUnavailableError as error:
        pytest.skip(error.message)
    stub_driver.play("mixed")
    seen = stub_driver.ask(RUN, NODES=str(nodes), ROOTLESS=str(int(rootless)))

    looked = seen["looked"]
    assert looked["exit_code"] == 0, looked["stderr"]
    own, nets, cgroups, variables, buses = json.loads(looked["stdout"])
    assert own == ["nvidia-uvm", "nvidia1", "nvidiactl"]  # the smallest card that is enough: a T4
    assert (nets, cgroups, variables) == ([], [], [])
    assert buses  # /sys is there
    assert (looked["gpu"]["used_bytes"], looked["gpu"]["reserved_bytes"]) == (0, None)

    lied = seen["lied"]["gpu"]
    assert (lied["used_bytes"], lied["reserved_bytes"], lied["allocated_bytes"]) == (0, None, None)

    held = seen["held"]
    assert held["stdout"] == "{0: 0.1875} 0.4970\n", held["stderr"]  # of 80 GB; 12 of the 24
    assert (held["gpu"]["reserved_bytes"], held["gpu"]["allocated_bytes"]) == (3500, 2100)

    used = seen["used"]["gpu"]
    assert (used["used_bytes"], used["models"], used["cuda"]) == (5_000_000_000, ["Tesla T4"], "13.0")
    assert used["method"] == "NVML, by process, read every 50 ms"

    failed = seen["failed"]
    assert (failed["ending"], failed["exit_code"]) == ("exited", 0)
    assert failed["gpu"]["method"].endswith("GPU is lost")

    capped = seen["capped"]
    assert capped["ending"] == "gpu-memory-limit", capped
    assert capped["duration_s"] < 10
    assert capped["gpu"]["models"] == ["NVIDIA A10G"]
    assert capped["gpu"]["used_bytes"] == 18_000_000_000  # by the driver's own account


def test_bubblewrap_says_what_it_lacks_for_gpus() -> None:
    """As ``doctor`` asks it: a host without the driver's nodes has no GPU to hand out."""
    try:
        engine = BubblewrapEngine()
    except EngineUnavailableError as error:
        pytest.skip(error.message)
    assert isinstance(engine, HandsOutGpus)
    if gpus.known().gpus:
        pytest.skip("this host has GPUs")
    with pytest.raises(EngineError, match=r"is missing|is not on this host"):
        engine.check_gpus()
    engine.close()

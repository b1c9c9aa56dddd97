"""Other ways to start a container than the engine's own: gVisor for real, where it is installed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from snippet_images.progress import silent
from snippet_sandbox.engines import open_engine
from snippet_sandbox.engines.docker import DockerEngine
from snippet_sandbox.errors import EngineUnavailableError
from snippet_sandbox.job import Ending
from snippet_sandbox.testing import CHECKS, run
from tests.end_to_end.own_engine import copy_image, started_engine, takes_root_and_dockerd
from verify_snippets import doctor

pytestmark = [pytest.mark.apart, pytest.mark.image, pytest.mark.docker, takes_root_and_dockerd]

RUNSC = shutil.which("runsc") or "runsc"
CONFIGURATION = {
    "runtimes": {
        # ptrace works without hardware virtualization; the gateway's socket is the host's
        "runsc": {"path": RUNSC, "runtimeArgs": ["--platform=ptrace", "--network=none", "--host-uds=all"]},
        "broken": {"path": "/bin/false"},
    }
}
# what holds whoever's kernel runs the job; limits on processes and CPUs, and memory by kind, are runsc's own
PROMISES = (
    "parts_share_one_process", "standing_containers_wait", "no_network", "no_privilege", "read_only_root",
    "private_limited_places", "fresh_every_time", "memory_is_limited", "time_is_limited",
    "nothing_outlives_a_job", "host_is_out_of_sight", "completion_cannot_be_forged",
    "only_the_first_process_counts", "endings_are_told_apart", "output_is_limited", "cancelling_ends_a_job",
    "gateway_is_the_way_out",
)  # fmt: skip


@pytest.fixture
def address(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An engine that knows gVisor and a runtime that starts nothing."""
    shared = DockerEngine()
    image = shared.ensure_image("bare", silent)
    shared.close()
    where = f"unix://{short_folder}/docker.sock"
    with started_engine(short_folder, CONFIGURATION):
        copy_image(image.reference, where)
        monkeypatch.setenv("DOCKER_HOST", where)
        yield where


@pytest.mark.usefixtures("address")
def test_a_runtime_must_be_known_and_work() -> None:
    """Unknown: said before anything runs. Broken: said by doctor, and when it is used."""
    with pytest.raises(EngineUnavailableError, match=r"no runtime named 'kata'.*broken, .*runc, runsc"):
        open_engine("docker", "kata")
    with pytest.raises(EngineUnavailableError, match="bubblewrap has no runtime"):
        open_engine("bubblewrap", "runsc")
    (found,) = [engine for engine in doctor.examine().engines if engine.name == "docker"]
    troubles = {runtime.name: runtime.trouble for runtime in found.runtimes}
    assert "did not start" in troubles["broken"]
    if shutil.which("runsc"):
        assert troubles["runsc"] == ""


@pytest.mark.skipif(not shutil.which("runsc"), reason="gVisor is not installed")
@pytest.mark.usefixtures("address")
def test_gvisor() -> None:
    """The engine's promises hold in it; memory is told as the sum that it is."""
    engine = open_engine("docker", "runsc")
    try:
        assert engine.info().runtime == "runsc"
        seen = run(engine, "print(open('/proc/version').read())")
        assert "gVisor" in seen.stdout or "4.4.0" in seen.stdout, seen
        assert seen.memory.anonymous_bytes is None
        assert (seen.memory.cgroup_bytes or 0) > 10_000_000
        killed = run(engine, "import os\nos.kill(1, 9)\nprint('still here')")
        assert killed.ending in (Ending.VANISHED, Ending.EXITED)
        for name in PROMISES:
            CHECKS[name](engine)
    finally:
        engine.close()

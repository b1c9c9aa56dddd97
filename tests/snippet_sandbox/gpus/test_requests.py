"""How engines with Docker's API are asked for GPUs, and what is said where they have none to give."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from snippet_images.progress import silent
from snippet_sandbox import gpus, testing
from snippet_sandbox.engines import gpu_requests
from snippet_sandbox.engines.docker import DockerEngine
from snippet_sandbox.errors import EngineError, EngineUnavailableError
from snippet_sandbox.gpus import Gpu, GpuHost
from snippet_sandbox.gpus.allocation import Grant
from snippet_sandbox.job import Job, Part
from snippet_sandbox.profile import PROFILES

T4 = Gpu(index=1, uuid="GPU-t", name="Tesla T4", memory_bytes=16 * 10**9, device_node="/dev/nvidia1")
L4 = Gpu(index=2, uuid="GPU-l", name="NVIDIA L4", memory_bytes=24 * 10**9, device_node="/dev/nvidia2")

# of what engines answer to "/info", what is looked at
PLAIN: dict[str, Any] = {"ServerVersion": "20.10.24", "Runtimes": {"runc": {}}}
TOOLKIT: dict[str, Any] = {"ServerVersion": "24.0.7", "Runtimes": {"runc": {}, "nvidia": {}}}
CDI: dict[str, Any] = {
    "ServerVersion": "28.3.0",
    "Runtimes": {"runc": {}},
    "DiscoveredDevices": [
        {"Source": "cdi", "ID": f"nvidia.com/gpu={name}"} for name in ("0", "1", "GPU-t", "GPU-l", "all")
    ],
}
PODMAN: dict[str, Any] = {"ServerVersion": "5.4.1", "BuildahVersion": "1.39.2"}
OLD_PODMAN: dict[str, Any] = {"ServerVersion": "4.9.3", "BuildahVersion": "1.33.7"}
BY_NVIDIA = {
    "Driver": "nvidia",
    "Count": 0,
    "DeviceIDs": ["GPU-t", "GPU-l"],
    "Capabilities": [["gpu", "compute", "utility"]],
    "Options": {},
}
BY_CDI = {
    "Driver": "cdi",
    "Count": 0,
    "DeviceIDs": ["nvidia.com/gpu=GPU-t", "nvidia.com/gpu=GPU-l"],
    "Capabilities": [],
    "Options": {},
}


@pytest.mark.parametrize(
    ("details", "request_"),
    [
        (PLAIN, BY_NVIDIA),
        (TOOLKIT, BY_NVIDIA),
        (CDI, BY_CDI),
        (CDI | {"DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=all"}]}, BY_NVIDIA),
        (PODMAN, BY_CDI),
    ],
)
def test_request(details: dict[str, Any], request_: dict[str, Any]) -> None:
    """By UUID, never by number, and the way that the engine knows."""
    assert gpu_requests.requests([T4, L4], details) == [request_]


@pytest.mark.parametrize(
    ("details", "why"),
    [(PLAIN, "toolkit is not set up"), (TOOLKIT, ""), (CDI, ""), (PODMAN, ""), (OLD_PODMAN, "5.4 does")],
)
def test_why_an_engine_can_not(details: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as an engine says so before it is asked."""
    monkeypatch.setenv("PATH", "")
    said = gpu_requests.why_not([T4], details)
    assert bool(said) == bool(why)
    assert why in said


@pytest.mark.parametrize(
    ("runtime", "own"), [("runc", False), ("nvidia", False), ("runsc", True), ("kata", True)]
)
def test_whose_kernel(runtime: str, *, own: bool) -> None:
    """NVIDIA's runtime is runc's, and hides nothing of a job; GPUs don't reach where another kernel is."""
    engine = object.__new__(DockerEngine)
    engine._runtime = runtime
    engine._details = TOOLKIT
    assert engine._has_own_kernel() is own
    refused = pytest.raises(EngineUnavailableError, match="kernel of its own")
    with refused if own else contextlib.nullcontext():
        engine.check_gpus()


def test_docker_finds_the_toolkits_hook_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it is installed is enough; nobody has to tell the engine."""
    (tmp_path / gpu_requests.HOOK).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_requests.why_not([T4], PLAIN) == ""


def test_other_trouble_keeps_its_own_words() -> None:
    """Only what is about GPUs is explained by them."""
    with pytest.raises(EngineError, match=r"^no space left$"), gpu_requests.refusals_explained("docker"):
        raise EngineError("no space left")


@pytest.mark.docker
def test_walls_stay_as_they_are() -> None:
    """A container with GPUs differs from one without by the request for them, and in nothing else."""
    try:
        engine = DockerEngine()
    except EngineUnavailableError as error:
        pytest.skip(error.message)
    image = engine.ensure_image(testing.IMAGE, silent)
    job = Job(image=testing.IMAGE, profile=PROFILES["t4-small"], parts=(Part(name="p", source="1"),))
    plain = engine._description(job, image, None)
    with_gpus = engine._description(job, image, Grant(gpus=(T4, L4)))
    wanted = gpu_requests.requests([T4, L4], engine._details)
    engine.close()
    assert with_gpus["host_config"].pop("DeviceRequests") == wanted
    assert with_gpus.pop("environment") == {"NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}
    assert with_gpus == {name: value for name, value in plain.items() if name != "environment"}


@pytest.mark.docker
def test_an_engine_without_the_toolkit_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real engine that has nobody to hand out GPUs: its refusal comes with advice."""
    try:
        engine = DockerEngine()
    except EngineUnavailableError as error:
        pytest.skip(error.message)
    monkeypatch.setattr(gpus, "known", lambda: GpuHost(gpus=(T4,)))
    engine.ensure_image(testing.IMAGE, silent)
    parts = (Part(name="p", source="print('never')"),)
    job = Job(image=testing.IMAGE, profile=PROFILES["t4-small"], parts=parts, run_id="gpu-refusal")
    try:
        if not gpu_requests.why_not([T4], engine._details):
            pytest.skip("this engine has NVIDIA's toolkit")
        with pytest.raises(EngineError, match=r"docker can't hand out GPUs: .*device driver") as refused:
            engine.run(job)
        assert "nvidia-container-toolkit" in (refused.value.hint or "")
        label = {"label": "verify-snippets.run=gpu-refusal"}
        assert engine._client.api.containers(all=True, filters=label) == []
    finally:
        engine.close()

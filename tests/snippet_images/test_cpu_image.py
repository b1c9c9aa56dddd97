"""The image that the snippets of model cards run in, from the user's own cache: built if it isn't there."""

import json
import subprocess
from pathlib import Path

import docker
import pytest

from snippet_images import bwrap, catalogue, docker_image, root
from snippet_images.built import BuiltImage
from snippet_images.catalogue import IMAGES
from snippet_images.lockfile import linux_environment, pins_for
from snippet_images.progress import silent
from snippet_images.wheels import host_target

pytestmark = [pytest.mark.alone, pytest.mark.image, pytest.mark.timeout(2400)]

CPU = IMAGES["cpu"]
USE = """
import json, os, diffusers, sentence_transformers, torch, transformers
model = torch.nn.Linear(3, 2)
shape = list(model(torch.zeros(4, 3)).shape)
tasks = transformers.pipelines.PIPELINE_REGISTRY.get_supported_tasks()
print(json.dumps([shape, torch.cuda.is_available(), os.path.exists(torch.__cached__), tasks]))
"""


def _check_output(output: str) -> None:
    shape, has_cuda, is_compiled, tasks = json.loads(output.splitlines()[-1])
    assert shape == [4, 2]
    assert not has_cuda
    assert is_compiled
    assert "text-generation" in tasks
    assert "summarization" not in tasks  # which the image of before has: tests/end_to_end/test_generations.py


def _check_versions(built: BuiltImage) -> None:
    """Everything that is locked is there, and torch as the catalogue has it."""
    python = ".".join(built.python_version.split(".")[:2])
    pins = pins_for(catalogue.resource_text(CPU.lock), linux_environment(python, host_target().machine))
    missing = {pin.name: pin.version for pin in pins if built.versions.get(pin.name) != pin.version}
    assert not missing
    assert CPU.torch == f"torch=={built.versions['torch']}"
    locked = {pin.name for pin in pins} | {"torch"} | {name.partition("==")[0] for name in CPU.companions}
    assert set(built.versions) <= locked


def test_the_libraries_of_model_cards_work_under_bubblewrap(sandbox: Path) -> None:
    """They import, and torch computes on the CPU."""
    built = root.ensure(CPU, silent)
    _check_versions(built)
    prefix = str(built.python_prefix)
    command = [
        *(str(sandbox), "--unshare-all", "--clearenv", *bwrap.system_binds(), "--ro-bind", prefix, prefix),
        *("--ro-bind", f"{built.reference}/venv", catalogue.VENV, "--dev", "/dev", "--proc", "/proc"),
        *("--tmpfs", "/tmp", "--setenv", "HOME", "/tmp", "--uid", "1000", "--unshare-user"),  # noqa: S108
        *(f"{catalogue.VENV}/bin/python", "-c", USE),
    ]
    _check_output(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.docker
def test_the_libraries_of_model_cards_work_under_docker(client: docker.DockerClient) -> None:
    """The same, from the same lock."""
    built = docker_image.ensure(client, CPU, silent)
    _check_versions(built)
    output = client.containers.run(
        built.reference,
        ["python", "-c", USE],
        remove=True,
        network_mode="none",
        user="1000:1000",
        read_only=True,
        tmpfs={"/tmp": "size=100m"},  # noqa: S108 - the container's own
        environment={"HOME": "/tmp"},  # noqa: S108 - the container's own
    )
    _check_output(output.decode())

"""What dead runs left in Docker is swept, also by several programs at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from snippet_images.progress import silent
from snippet_sandbox.engines.docker import OWNER_LABEL, DockerEngine
from tests.end_to_end.conftest import open_or_skip

pytestmark = [pytest.mark.docker, pytest.mark.image]

SWEEPERS = 8
CONTAINERS = 6
_OWN_MARK = "from snippet_sandbox.owner import own_mark; print(own_mark())"


def dead_mark() -> str:
    """The mark of a process that has ended."""
    return subprocess.run(
        [sys.executable, "-c", _OWN_MARK], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_several_sweep_at_once() -> None:
    """Whoever comes second to a container finds it gone or going, and that is no trouble."""
    engine = open_or_skip("docker")
    reference = engine.ensure_image("bare", silent).reference
    engine.close()
    run = ["docker", "run", "--detach", "--label", f"{OWNER_LABEL}={dead_mark()}", reference, "sleep", "600"]
    left = [
        subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(CONTAINERS)
    ]
    sweepers = [DockerEngine() for _ in range(SWEEPERS)]
    try:
        with ThreadPoolExecutor(SWEEPERS) as threads:
            swept = list(threads.map(lambda sweeper: sweeper.sweep(), sweepers))
    finally:
        for sweeper in sweepers:
            sweeper.close()
    assert sum(swept) >= CONTAINERS
    listed = subprocess.run(
        ["docker", "ps", "--all", "--quiet", "--no-trunc"], capture_output=True, text=True, check=True
    )
    assert not set(left) & set(listed.stdout.split())

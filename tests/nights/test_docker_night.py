"""A small night in Docker's containers, which its engine counts."""

import json
import subprocess
import time

import pytest

from snippet_images.progress import silent
from tests.end_to_end.conftest import open_or_skip
from tests.end_to_end.test_interrupts import containers
from tests.nights.conftest import MakeWorld
from tests.nights.world import Told, World
from tests.tools import make_thousand

pytestmark = [pytest.mark.image, pytest.mark.docker]


def created(night: Told, since_s: float) -> int:
    """How many containers the engine made for a night, as its events tell."""
    listed = subprocess.run(
        [
            *("docker", "events", "--since", f"{since_s:.3f}", "--until", f"{time.time():.3f}"),
            *(
                "--filter",
                "type=container",
                "--filter",
                "event=create",
                "--format",
                "{{json .Actor.Attributes}}",
            ),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    labels = [json.loads(line) for line in listed.stdout.splitlines()]
    return sum(f"_{night.pid}_" in label.get("verify-snippets.owner", "") for label in labels)


def spend(world: World) -> tuple[Told, int]:
    """A night, and how many containers it took."""
    began = time.time()
    night = world.night("acme")
    return night, created(night, began)


def test_a_night_in_docker(make_world: MakeWorld) -> None:
    """As many containers as there is to run, none in the second night, and none is left."""
    engine = open_or_skip("docker")
    engine.ensure_image("cpu", silent)
    engine.close()
    world = make_world(engine="docker", images={})
    models = make_thousand.fill(
        world.hub,
        "acme",
        plain=4,
        in_two_parts=1,
        installing=0,
        summarizing=0,
        failing=1,
        flaky=1,
        gated=1,
        without_card=1,
    )
    first, started = spend(world)
    assert first.exit_code == 1, first.stderr
    assert started == len(world.runs()) == len(models.snippets) + len([*models.failing, *models.flaky])
    second, started = spend(world)
    assert (second.exit_code, started) == (1, 0), second.stderr
    assert [left for night in (first, second) for left in containers(night.pid)] == []

"""Small nights in Docker's containers, which its engine counts."""

import json
import subprocess
import time

import pytest

from snippet_images.progress import silent
from tests.end_to_end.conftest import open_or_skip
from tests.end_to_end.test_interrupts import containers, eventually
from tests.nights import told
from tests.nights.conftest import MakeWorld
from tests.nights.world import Spent, World
from tests.tools import make_thousand

pytestmark = [pytest.mark.image, pytest.mark.docker]


def created(night: Spent, since_s: float) -> int:
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


def spend(world: World) -> tuple[Spent, int]:
    """A night, and how many containers it took."""
    began = time.time()
    night = world.night("acme")
    return night, created(night, began)


def test_nights_in_docker(make_world: MakeWorld) -> None:
    """One is killed, one goes on with it, and one has nothing to do: what is stored never runs again."""
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
        failing=2,
        flaky=0,  # the night that is killed may have seen one fail and not lived to store it
        gated=1,
        without_card=1,
    )
    log = world.folder / "log"
    with world.begun("acme", "--log-format", "json", log=log) as killed:
        assert eventually(lambda: bool(told.verdicts(log)), 120), log.read_text()
        killed.kill()
    stored = len(world.runs())
    resumed, started = spend(world)
    assert resumed.exit_code == 1, resumed.stderr
    assert started == len(world.runs()) - stored
    assert len(world.runs()) == len(models.snippets) + len(models.failing)
    again, started = spend(world)
    assert (again.exit_code, started) == (1, 0), again.stderr
    assert [left for pid in (killed.pid, resumed.pid, again.pid) for left in containers(pid)] == []

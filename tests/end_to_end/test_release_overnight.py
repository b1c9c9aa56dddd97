"""A release breaks a card that nobody touched: the next night runs that card, and no other."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from snippet_images.progress import silent
from tests.end_to_end.conftest import command, open_or_skip
from tests.hub_server import HubServer

INSTALLS = (
    "```\npip install greet-world\n```\n\n```python\nfrom greet_world import hello\nprint(hello())\n```\n"
)
PLAIN = "```python\nprint('nothing to install')\n```\n"


def release(folder: Path, version: str, code: str) -> None:
    """Put a wheel where pip finds it."""
    info = f"greet_world-{version}.dist-info"
    files = {
        "greet_world.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: greet-world\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"greet_world-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


@pytest.mark.image
def test_a_release_is_found_by_the_next_night(
    hub: HubServer, environment: dict[str, str], tmp_path: Path
) -> None:
    """On the very same day, although the packages of the first night are still there."""
    engine = open_or_skip("bubblewrap")
    engine.ensure_image("cpu", silent)
    engine.close()
    index = tmp_path / "index"
    index.mkdir()
    hub.add("acme/greets", {"README.md": INSTALLS})
    hub.add("acme/plain", {"README.md": PLAIN})
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index), "HF_ENDPOINT": hub.endpoint}

    def start(verb: str, *more: str) -> subprocess.CompletedProcess[str]:
        store = f"sqlite:///{tmp_path}/night.db"
        asked = command(verb, "acme", "--engine", "bubblewrap", "--store", store, *more)
        return subprocess.run(
            asked, env=environment | pip, capture_output=True, text=True, timeout=300, check=False
        )

    release(index, "1.0", "def hello():\n    return 'hello'\n")
    first = start("org")
    assert first.returncode == 0, first.stdout + first.stderr

    release(index, "2.0", "def greet():\n    return 'hello'\n")
    planned = start("plan", "--json")
    assert planned.returncode == 0, planned.stderr
    (due,) = json.loads(planned.stdout)["due"]
    assert (due["repo_id"], due["why"], due["detail"]) == (
        "acme/greets",
        "libraries",
        "greet-world: 1.0 → 2.0",
    )
    second = start("org", "--log-format", "json")
    assert second.returncode == 1, second.stdout + second.stderr
    assert "acme/greets" in second.stdout
    told = [json.loads(line) for line in second.stderr.splitlines()]
    ran = {event["repo_id"] for event in told if event["event"] == "verdict"}
    assert ran == {"acme/greets"}

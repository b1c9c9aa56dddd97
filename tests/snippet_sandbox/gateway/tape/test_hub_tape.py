"""What the Hub answers: recorded, and given again without the Hub and without the user's cache."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import WEIGHTS, Reply, ask, run_inside

OpenDoor = Callable[..., Any]

PATHS = (
    "/acme/tiny/resolve/main/README.md",
    "/acme/tiny/resolve/v1.0/config.json",
    "/acme/tiny/resolve/main/sub%20folder/%C3%A4.txt",
    "/acme/tiny/resolve/main/none",
    "/acme/tiny/resolve/v9/README.md",
    "/acme/none/resolve/main/README.md",
    "/acme/gated/resolve/main/README.md",
    "/api/models/acme/tiny",
    "/api/models/acme/tiny/tree/main?recursive=true",
    "/api/models/acme/tiny/refs",
    "/api/models?author=acme",
)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tmp_path / "recording"


@pytest.fixture
def open_door(make_gateway: Callable[..., Gateway], recording: Path, tmp_path: Path) -> OpenDoor:
    """A door that records; once there is a recording, one that replays it with an empty cache and no Hub."""

    @contextmanager
    def open_one(**options: Any) -> Iterator[Door]:
        if recording.exists():
            options |= {"tape": Replay(recording), "hub_cache": tmp_path / "empty-cache"}
        else:
            options["tape"] = Recorder(recording)
        with make_gateway(**options).open_door("L1") as door:
            yield door

    return open_one


def told(reply: Reply) -> tuple[int, bytes, dict[str, str]]:
    """What matters of an answer."""
    return reply.status, reply.body, {k: v for k, v in reply.headers.items() if k not in ("Date", "Server")}


def test_every_answer_is_the_same_again(hub: HubServer, open_door: OpenDoor) -> None:
    hub.add("acme/gated", {"README.md": "x"}, gated=True)
    with open_door() as door:
        first = [told(ask(door, "GET", path)) for path in PATHS]
        repos = door.contacts().repos
    assert sorted({status for status, *_ in first}) == [200, 403, 404]
    hub.seen.clear()
    with open_door() as door:
        second = [told(ask(door, "GET", path)) for path in PATHS]
        assert door.contacts().repos == repos
        assert door.contacts().not_recorded == ()
    assert second == first
    assert hub.seen == []


def test_the_real_client_loads_weights_again(hub: HubServer, open_door: OpenDoor, tmp_path: Path) -> None:
    code = """
from huggingface_hub import snapshot_download
import hashlib, pathlib
folder = pathlib.Path(snapshot_download("acme/tiny"))
print(hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest())
"""
    with open_door() as door:
        first = run_inside(door, code, tmp_path / "home")
    hub.fail("", 500)
    seen = len(hub.seen)
    with open_door() as door:
        assert run_inside(door, code, tmp_path / "home") == first
        assert door.trouble() is None
    assert len(hub.seen) == seen


def test_what_the_cache_had_already_is_recorded_too(
    hub: HubServer, make_gateway: Callable[..., Gateway], open_door: OpenDoor
) -> None:
    path = "/acme/tiny/resolve/main/model.safetensors"
    with make_gateway().open_door("x") as door:
        ask(door, "HEAD", path)
    for _ in range(2):
        with open_door() as door:
            assert ask(door, "GET", path).body == WEIGHTS


def test_weights_take_no_second_place_on_the_disk(open_door: OpenDoor, recording: Path, cache: Path) -> None:
    with open_door() as door:
        ask(door, "HEAD", "/acme/tiny/resolve/main/model.safetensors")
    kept = {path.stat().st_ino for path in (recording / "bodies").iterdir()}
    assert kept & {path.stat().st_ino for path in cache.rglob("blobs/*")}


def test_what_was_not_asked_is_named(hub: HubServer, open_door: OpenDoor) -> None:
    with open_door() as door:
        ask(door, "HEAD", "/acme/tiny/resolve/main/README.md")
    seen = len(hub.seen)
    with open_door() as door:
        reply = ask(door, "GET", "/acme/tiny/resolve/main/config.json")
        assert reply.status == 504
        assert reply.text.startswith(f"not recorded: GET {hub.endpoint}/acme/tiny/resolve/")
        (asked,) = door.contacts().not_recorded
        assert asked.endswith("/config.json")
        assert door.trouble() == f"not recorded: {asked}"
    assert len(hub.seen) == seen


def test_trouble_is_not_recorded(hub: HubServer, open_door: OpenDoor, recording: Path) -> None:
    hub.fail("/acme/tiny", 503)
    with open_door() as door:
        assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 502
    assert (recording / "index.jsonl").read_text() == ""


def test_the_token_is_not_recorded(hub: HubServer, open_door: OpenDoor, recording: Path) -> None:
    hub.add("acme/gated", {"README.md": "x"}, gated=True, readers=frozenset({"hf_reader"}))
    with open_door(token="hf_reader", allowed=["acme/gated"]) as door:
        for path in PATHS:
            ask(door, "GET", path)
    kept = [path.read_bytes() for path in recording.rglob("*") if path.is_file()]
    assert b"x" in kept
    assert not any(b"hf_reader" in data for data in kept)


def test_a_recording_that_lost_a_body_is_no_fault_of_the_cards(open_door: OpenDoor, recording: Path) -> None:
    path = "/acme/tiny/resolve/main/README.md"
    with open_door() as door:
        ask(door, "HEAD", path)
    for line in (recording / "index.jsonl").read_text().splitlines():
        body = json.loads(line)["body"]
        (recording / "bodies" / body).unlink(missing_ok=True)
    with open_door() as door:
        assert ask(door, "GET", path).status == 502
        assert "lost" in str(door.trouble())

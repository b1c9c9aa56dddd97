"""A Hub, a gateway, and what stands for a container: the real client behind a relay of the test's own."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from snippet_images.bwrap import find_bwrap
from snippet_images.errors import InfrastructureError
from snippet_sandbox.environment import proxy_variables
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from tests.hub_server import HubServer

WEIGHTS = os.urandom(300_000)
CONFIG = json.dumps({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]})
CARD = "---\nlicense: mit\ntags: [tiny]\n---\n# Tiny\n"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        files: dict[str, str | bytes] = {"README.md": CARD, "config.json": CONFIG}
        repo = server.add("acme/tiny", {**files, "model.safetensors": WEIGHTS, "sub folder/ä.txt": "text"})
        repo.tag("v1.0")
        repo.commit({"README.md": "new"}, branch="refs/pr/1")
        yield server


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "hub-cache"


@pytest.fixture
def make_gateway(hub: HubServer, cache: Path) -> Iterator[Callable[..., Gateway]]:
    """Gateways to the test Hub; options as for ``Gateway``."""
    opened: list[Gateway] = []

    def make(**options: Any) -> Gateway:
        settings: dict[str, Any] = {"endpoint": hub.endpoint, "token": None, "hub_cache": cache, **options}
        gateway = Gateway(**settings).__enter__()
        opened.append(gateway)
        return gateway

    yield make
    for gateway in opened:
        gateway.__exit__(None, None, None)


@pytest.fixture
def door(make_gateway: Callable[..., Gateway]) -> Iterator[Door]:
    with make_gateway().open_door("test") as opened:
        yield opened


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the gateway answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def talk(door: Door, *sent: bytes, half_close: bool = False) -> bytes:
    """Send bytes to the door's socket and hear everything until it closes."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(door.socket_dir / "gateway.sock"))
        for part in sent:
            client.sendall(part)
        if half_close:
            client.shutdown(socket.SHUT_WR)
        heard = b""
        while part := client.recv(65_536):
            heard += part
        return heard


def ask(door: Door, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
    """One request, exactly as written: no client in between tidies the path."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1:8000", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    heard = talk(door, "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)
    head, _, rest = heard.partition(b"\r\n\r\n")
    first, *others = head.decode().split("\r\n")
    named = (line.partition(": ")[::2] for line in others)
    if b"chunked" in head.lower():
        rest = _dechunked(rest)
    return Reply(status=int(first.split(" ")[1]), headers=dict(named), body=rest)


def _dechunked(data: bytes) -> bytes:
    whole = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        whole, data = whole + data[: int(size, 16)], data[int(size, 16) + 2 :]
    return whole


@contextmanager
def relay(door: Door) -> Iterator[int]:
    """A loopback port that leads to the door's socket, as the agent in a container makes it."""
    server = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                inside, _ = server.accept()
                outside = socket.socket(socket.AF_UNIX)
                outside.connect(str(door.socket_dir / "gateway.sock"))
                for source, sink in ((inside, outside), (outside, inside)):
                    threading.Thread(target=pump, args=(source, sink), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        server.close()


def run_inside(door: Door, code: str, home: Path, **environment: str) -> str:
    """Run Python with the door as its only Hub and its view mounted read-only; return its stdout."""
    try:
        bwrap = find_bwrap()
    except InfrastructureError as error:
        pytest.skip(f"needs bubblewrap for a read-only mount: {error.message}")
    home.mkdir(exist_ok=True)
    view = PurePosixPath(door.hub_view)
    with relay(door) as port:
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            **proxy_variables(port),
            **door.environment(port=port, hub_cache=view),
            **environment,
        }
        for mount in door.extra_mounts:  # nothing is mounted here: programs are led to the files themselves
            variables = {k: v.replace(str(mount.target), str(mount.source)) for k, v in variables.items()}
        done = subprocess.run(
            [
                bwrap,
                "--dev-bind",
                "/",
                "/",
                "--ro-bind",
                str(view),
                str(view),
                "--",
                sys.executable,
                "-c",
                code,
            ],
            env=variables,
            capture_output=True,
            text=True,
            timeout=240,  # importing takes long on a busy machine
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout

"""What one door lets through, and what is said of the rest."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from snippet_sandbox.gateway import doorman
from snippet_sandbox.gateway.door import Door, Limits
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.pipe import Streams
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import WEIGHTS, ask, talk

CONNECT = b"CONNECT example.org:443 HTTP/1.1\r\n\r\n"
WEIGHTS_PATH = "/acme/tiny/resolve/main/model.safetensors"
MakeGateway = Callable[..., Gateway]


class OnePortDialer:
    """Takes every name to one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def connect(self, host: str, port: int) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self._port)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        yield server


def dialer_to(server: socket.socket) -> OnePortDialer:
    return OnePortDialer(server.getsockname()[1])


def heard_until_the_end(door: Door, *sent: bytes) -> bytes:
    """What a job hears that doesn't hang up; nothing where the connection is torn."""
    with suppress(ConnectionError):
        return talk(door, *sent)
    return b""


class TestBytes:
    def test_a_file_is_cut_in_the_middle_and_can_not_be_taken_for_whole(
        self, make_gateway: MakeGateway
    ) -> None:
        whole = len(WEIGHTS)
        with make_gateway(limits=Limits(bytes=whole // 2)).open_door("x") as door:
            heard = heard_until_the_end(
                door, f"GET {WEIGHTS_PATH} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode()
            )
            body = heard.partition(b"\r\n\r\n")[2]
            assert len(body) < whole
            assert b"HTTP/1.1" not in body
            assert door.contacts().cut == (f"the bytes above {whole // 2:,}",)
            assert door.trouble() is None
            assert ask(door, "GET", "/acme/tiny/resolve/main/README.md").status == 403

    def test_a_file_that_shrinks_while_it_is_sent_breaks_the_connection(
        self, make_gateway: MakeGateway, tmp_path: Path
    ) -> None:
        folder = tmp_path / "repo"
        folder.mkdir()
        weights = folder / "model.safetensors"
        weights.write_bytes(bytes(1000))
        with make_gateway(folders={"acme/mine": folder}).open_door("x") as door:
            weights.write_bytes(bytes(10))
            path = "/acme/mine/resolve/main/model.safetensors"
            heard = heard_until_the_end(door, f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            assert heard.count(b"HTTP/1.1 ") <= 1
            assert "became shorter" in str(door.trouble())

    def test_a_tunnel_ends_when_they_are_used_up(
        self, make_gateway: MakeGateway, listening: socket.socket
    ) -> None:
        def flood() -> None:
            served, _ = listening.accept()
            with served, suppress(OSError):
                while True:
                    served.sendall(bytes(10_000))

        threading.Thread(target=flood, daemon=True).start()
        gateway = make_gateway(dialer=dialer_to(listening), limits=Limits(bytes=1_000_000))
        with gateway.open_door("x") as door:
            assert len(heard_until_the_end(door, CONNECT)) < 1_100_000
            assert door.contacts().cut == ("the bytes above 1,000,000",)


class TestConnections:
    def test_all_together(self, make_gateway: MakeGateway) -> None:
        with make_gateway(limits=Limits(all_connections=3)).open_door("x") as door:
            for _ in range(3):
                assert ask(door, "GET", "/acme/tiny/resolve/main/README.md").status == 200
            for _ in range(2):
                assert b" 503 " in talk(door, half_close=True)
            assert door.contacts().cut == ("connections above 3 in all",)

    def test_at_a_time(self, make_gateway: MakeGateway) -> None:
        with make_gateway(limits=Limits(connections=1)).open_door("x") as door:
            with socket.socket(socket.AF_UNIX) as held:
                held.connect(str(door.socket_dir / "gateway.sock"))
                assert b" 503 " in talk(door, half_close=True)
            assert door.contacts().cut == ("connections above 1 at a time",)

    @pytest.mark.parametrize(
        "said", [b"", b"G", b"GET / HTTP/1.1\r\nHost: h\r\n", b"CONNECT a:443 HTTP/1.1\r\nHost"]
    )
    def test_a_head_that_never_ends(
        self, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch, said: bytes
    ) -> None:
        monkeypatch.setattr(doorman, "FIRST_HEAD_TIMEOUT_S", 0.3)
        with make_gateway().open_door("x") as door:
            began = time.monotonic()
            assert heard_until_the_end(door, said) == b""
            assert 0.25 < time.monotonic() - began < 10

    def test_the_next_head_has_to_end_too(
        self, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(doorman, "NEXT_HEAD_TIMEOUT_S", 0.3)
        whole = b"GET /acme/tiny/resolve/main/README.md HTTP/1.1\r\nHost: h\r\n\r\n"
        with make_gateway().open_door("x") as door:
            began = time.monotonic()
            assert heard_until_the_end(door, whole + whole[:-2]).count(b"HTTP/1.1 200") == 1
            assert 0.25 < time.monotonic() - began < 10

    def test_a_slow_answer_is_no_idle_connection(
        self, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch, hub: HubServer
    ) -> None:
        monkeypatch.setattr(doorman, "FIRST_HEAD_TIMEOUT_S", 0.3)
        hub.delay_s = 0.5
        with make_gateway().open_door("x") as door:
            assert ask(door, "GET", "/acme/tiny/resolve/main/README.md").status == 200


class TestSilence:
    def test_a_tunnel_in_which_nobody_speaks_is_closed(
        self, make_gateway: MakeGateway, listening: socket.socket
    ) -> None:
        gateway = make_gateway(dialer=dialer_to(listening), limits=Limits(idle_s=0.3))
        with gateway.open_door("x") as door:
            heard_until_the_end(door, CONNECT)
            assert door.contacts().cut == ("a connection that was silent for 0.3 s",)

    def test_a_job_may_be_silent_while_it_is_spoken_to(
        self, make_gateway: MakeGateway, listening: socket.socket
    ) -> None:
        def speak() -> None:
            served, _ = listening.accept()
            with served:
                for _ in range(10):
                    served.sendall(b".")
                    time.sleep(0.2)

        threading.Thread(target=speak, daemon=True).start()
        gateway = make_gateway(dialer=dialer_to(listening), limits=Limits(idle_s=1.0))
        with gateway.open_door("x") as door:
            assert talk(door, CONNECT).endswith(b"." * 10)
            assert door.contacts().cut == ()

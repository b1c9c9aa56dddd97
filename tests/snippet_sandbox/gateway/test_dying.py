"""A gateway whose thread dies in the middle of a run."""

import socket
import time
from collections.abc import Callable

import pytest

from snippet_sandbox.errors import GatewayError
from snippet_sandbox.gateway.gateway import Gateway
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import CARD, ask

README = "/acme/tiny/resolve/main/README.md"


def kill(gateway: Gateway) -> None:
    """End the gateway's event loop, as an error in it would."""
    assert gateway._opened is not None
    loop = gateway._opened.loop
    loop._loop.call_soon_threadsafe(loop._loop.stop)
    loop._thread.join(10)


def test_is_told_by_its_doors_and_opens_no_more(make_gateway: Callable[..., Gateway]) -> None:
    gateway = make_gateway()
    with gateway.open_door("one") as door:
        assert ask(door, "GET", README).text == CARD
        assert door.trouble() is None
        kill(gateway)
        assert door.trouble() == "the gateway died while the job ran"
        view = door.hub_view
    assert not view.exists()
    with pytest.raises(GatewayError, match="the gateway died"), gateway.open_door("two"):
        pass
    gateway.__exit__(None, None, None)
    assert not view.parent.exists()


def test_lets_no_job_wait_for_answers_that_never_come(
    hub: HubServer, make_gateway: Callable[..., Gateway]
) -> None:
    hub.delay_s = 60
    gateway = make_gateway()
    with gateway.open_door("one") as door, socket.socket(socket.AF_UNIX) as job:
        job.settimeout(10)
        job.connect(str(door.socket_dir / "gateway.sock"))
        job.sendall(f"HEAD {README} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.5)
        kill(gateway)
        assert job.recv(1000) == b""
        assert door.contacts().hosts == ("127.0.0.1",)
        assert door.ledger.first_trouble() == "the gateway died while the job ran"
        hub.delay_s = 0

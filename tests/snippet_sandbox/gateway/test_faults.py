"""A Hub that fails: asked again where that may help, then told as trouble; never half a file."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from huggingface_hub import constants

from snippet_sandbox.gateway import trickle
from snippet_sandbox.gateway.gateway import Gateway
from tests.hub_server import HubServer, Spoil
from tests.snippet_sandbox.gateway.conftest import CARD, WEIGHTS, ask

MakeGateway = Callable[..., Gateway]
README = "/acme/tiny/resolve/main/README.md"
WEIGHTS_PATH = "/acme/tiny/resolve/main/model.safetensors"
LFS = "GET /[0-9a-f]{64}"
GET_README = "GET /acme/tiny/resolve/.*README"


def left_in(cache: Path) -> list[str]:
    """Every file of a repo that the cache holds, and every begun one."""
    return [path.name for path in cache.glob("models--*/**/*") if path.is_file() and "refs" not in path.parts]


@pytest.fixture(autouse=True)
def _short_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trickle, "WINDOW_S", 0.5)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
@pytest.mark.parametrize("pattern", ["/api/models/acme/tiny", "HEAD /acme/tiny/resolve", LFS])
def test_a_status_that_passes_goes_unnoticed(
    hub: HubServer, make_gateway: MakeGateway, status: int, pattern: str
) -> None:
    hub.fail(pattern, status, times=1)
    with make_gateway().open_door("x") as door:
        assert ask(door, "GET", WEIGHTS_PATH).body == WEIGHTS
        assert door.trouble() is None


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize(("pattern", "path"), [(LFS, WEIGHTS_PATH), (GET_README, README)])
def test_a_status_that_stays_is_trouble_and_leaves_nothing(
    hub: HubServer, make_gateway: MakeGateway, cache: Path, status: int, pattern: str, path: str
) -> None:
    hub.fail(pattern, status)
    with make_gateway().open_door("x") as door:
        assert ask(door, "GET", path).status == 502
        assert door.trouble() == f"the Hub at {hub.endpoint} answered {status}"
    assert left_in(cache) == []
    assert hub.count(pattern) == 3


class TestRetryAfter:
    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_is_waited_for(self, hub: HubServer, make_gateway: MakeGateway, form: str) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
        hub.fail("/api/models/acme/tiny", 429, times=1, Retry_After="2" if form == "seconds" else date)
        with make_gateway().open_door("x") as door:
            began = datetime.now(UTC)
            assert ask(door, "GET", README).text == CARD
            assert (datetime.now(UTC) - began).total_seconds() > 1
            assert door.trouble() is None

    def test_of_more_than_a_snippet_can_wait_is_told_at_once(
        self, hub: HubServer, make_gateway: MakeGateway
    ) -> None:
        hub.fail("/api/models/acme/tiny", 429, Retry_After="3600")
        with make_gateway().open_door("x") as door:
            assert ask(door, "GET", README).status == 502
            assert str(door.trouble()).endswith("answered 429 and asks to be left alone for 3600 s")
        assert hub.count("/api/models/acme/tiny") == 1

    def test_that_is_nonsense_is_no_reason_not_to_ask_again(
        self, hub: HubServer, make_gateway: MakeGateway
    ) -> None:
        hub.fail("/api/models/acme/tiny", 503, times=1, Retry_After="soon")
        with make_gateway().open_door("x") as door:
            assert ask(door, "GET", README).text == CARD


@pytest.mark.parametrize("how", list(Spoil))
@pytest.mark.parametrize(("pattern", "path"), [(LFS, WEIGHTS_PATH), (GET_README, README)])
class TestSpoiledBodies:
    def test_that_pass_go_unnoticed(
        self,
        hub: HubServer,
        make_gateway: MakeGateway,
        cache: Path,
        how: Spoil,
        pattern: str,
        path: str,
    ) -> None:
        hub.spoil(pattern, how, times=1)
        with make_gateway().open_door("x") as door:
            assert ask(door, "GET", path).body == (WEIGHTS if path == WEIGHTS_PATH else CARD.encode())
            assert door.trouble() is None
        assert len(left_in(cache)) == 2  # the blob and what points to it

    def test_that_stay_are_trouble_and_leave_nothing(
        self,
        hub: HubServer,
        make_gateway: MakeGateway,
        cache: Path,
        how: Spoil,
        pattern: str,
        path: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
        hub.spoil(pattern, how)
        with make_gateway().open_door("x") as door:
            assert ask(door, "GET", path).status in (502, 504)
            assert str(door.trouble()).startswith(f"the Hub at {hub.endpoint} ")
        assert left_in(cache) == []


def test_the_rest_is_asked_for_where_a_part_came(
    hub: HubServer, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)
    hub.spoil(LFS, Spoil.TRICKLE, times=1)
    with make_gateway().open_door("x") as door:
        assert ask(door, "GET", WEIGHTS_PATH).body == WEIGHTS
    assert [seen.ranged for seen in hub.seen if seen.lfs] == [False, True]


def test_only_the_time_that_is_waited_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def body(pause_s: float) -> Iterator[bytes]:
        for _ in range(8):
            time.sleep(pause_s)
            yield b"x"

    monkeypatch.setattr(trickle, "WINDOW_S", 0.2)
    with pytest.raises(TimeoutError, match="bytes came in"):
        list(trickle.above_floor(body(0.1), TimeoutError))
    for _ in trickle.above_floor(body(0.0), TimeoutError):
        time.sleep(0.1)  # whoever reads is slow, not the Hub


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1:{port}", "http://127.0.0.1:9", "http://hub.invalid"])
def test_tls_ports_and_names_that_fail(hub: HubServer, make_gateway: MakeGateway, endpoint: str) -> None:
    address = endpoint.format(port=hub.endpoint.rpartition(":")[2])
    with make_gateway(endpoint=address).open_door("x") as door:
        assert ask(door, "GET", README).status in (502, 504)
        assert str(door.trouble()).startswith(f"the Hub at {address} can't be reached")

"""What a hostile job tries at its door."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from snippet_sandbox.gateway.dialer import PublicDialer
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.web_policy import WebPolicy
from snippet_sandbox.gateway.web_request import parse_proxy_request
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import CARD, ask, talk
from tests.snippet_sandbox.gateway.test_web import LocalDialer, dialer  # noqa: F401 - a fixture

MakeGateway = Callable[..., Gateway]
README = "/acme/tiny/resolve/main/README.md"


@contextmanager
def names_lead_to(monkeypatch: pytest.MonkeyPatch, *answers: Sequence[str]) -> Iterator[list[str]]:
    """A resolver that gives one answer after the other and its last one for ever; yields what was asked."""
    real, asked = socket.getaddrinfo, []

    def resolve(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if not str(host).endswith("rebinding.example"):
            return real(host, port, *rest, **options)
        asked.append(str(host))
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [entry for address in addresses for entry in real(address, port, *rest, **options)]

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", resolve)
        yield asked


class TestInnerAddresses:
    @pytest.mark.parametrize(
        "host",
        [
            "169.254.169.254",
            "169.254.169.254.",
            "2852039166",
            "0xA9FEA9FE",
            "0xa9.0xfe.0xa9.0xfe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "169.16689662",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[2001:4860::5efe:a9fe:a9fe]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "192.0.0.192",
            "100.100.100.200",
            "168.63.129.16",
            "localhost",
            "LOCALHOST.",
            "0",
            "127.1",
            "[::]",
            "[::1]",
        ],
    )
    @pytest.mark.parametrize("form", ["CONNECT {}:443 HTTP/1.1\r\n\r\n", "GET http://{}/ HTTP/1.1\r\n\r\n"])
    def test_are_refused_in_every_notation(self, make_gateway: MakeGateway, host: str, form: str) -> None:
        with make_gateway(dialer=PublicDialer()).open_door("x") as door:
            assert b" 403 " in talk(door, form.format(host).encode())
            assert door.contacts().hosts == ()
            assert len(door.contacts().refused_hosts) == 1

    @pytest.mark.parametrize(
        "host",
        [
            "１６９.２５４.１６９.２５４",
            "①⑥⑨.254.169.254",
            "¹27.0.0.1",
            "ⓛocalhost",
            "169。254。169。254",
            "a%2eb",
            "[::1%25lo]",
        ],
    )
    def test_are_refused_in_letters_that_look_like_them(self, make_gateway: MakeGateway, host: str) -> None:
        with make_gateway(dialer=PublicDialer()).open_door("x") as door:
            assert b" 403 " in talk(door, f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
            assert door.contacts().hosts == ()

    @pytest.mark.parametrize(
        "host", ["a..b", "x" * 64 + ".example", "xn--a.invalid", "metadata.google.internal"]
    )
    def test_a_name_that_leads_nowhere_is_said_so(self, make_gateway: MakeGateway, host: str) -> None:
        with make_gateway(dialer=PublicDialer()).open_door("x") as door:
            reply = talk(door, f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
            assert b" 502 " in reply or b" 403 " in reply  # some networks give such names an inner address
            assert door.contacts().hosts == ()

    def test_a_name_that_leads_there_is_refused(
        self, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with (
            names_lead_to(monkeypatch, ["127.0.0.1"]),
            make_gateway(dialer=PublicDialer()).open_door("x") as door,
        ):
            assert b"which is not public" in talk(door, b"GET http://a.rebinding.example/ HTTP/1.1\r\n\r\n")

    def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
        self, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connected: list[str] = []

        async def connect(host: str, port: int) -> Any:
            connected.append(host)
            raise ConnectionRefusedError

        monkeypatch.setattr(asyncio, "open_connection", connect)
        with (
            names_lead_to(monkeypatch, ["93.184.215.14"], ["127.0.0.1"]) as asked,
            make_gateway(dialer=PublicDialer()).open_door("x") as door,
        ):
            assert b" 502 " in talk(door, b"GET http://b.rebinding.example/ HTTP/1.1\r\n\r\n")
            assert (asked, connected) == (["b.rebinding.example"], ["93.184.215.14"])
            assert b" 403 " in talk(door, b"GET http://b.rebinding.example/ HTTP/1.1\r\n\r\n")
            assert connected == ["93.184.215.14"]

    def test_the_second_of_several_addresses_is_checked_too(
        self, make_gateway: MakeGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def connect(host: str, port: int) -> Any:
            assert host == "93.184.215.14"
            raise ConnectionRefusedError

        monkeypatch.setattr(asyncio, "open_connection", connect)
        with (
            names_lead_to(monkeypatch, ["93.184.215.14", "127.0.0.1"]),
            make_gateway(dialer=PublicDialer()).open_door("x") as door,
        ):
            assert b" 403 " in talk(door, b"GET http://c.rebinding.example/ HTTP/1.1\r\n\r\n")


class TestOddRequests:
    @pytest.mark.parametrize(
        "sent",
        [
            b"GET http://example.org/ HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"GET http://example.org/ HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            b"GET http://example.org/ HTTP/1.1\r\nX: a\r\n folded: b\r\n\r\n",
            b"GET http://example.org/ HTTP/1.1\r\nX: a\nHost: evil\r\n\r\n",
            b"GET http://example.org/ HTTP/1.1\r\nX: a\rHost: evil\r\n\r\n",
            b"GET http://example.org/ HTTP/1.1\r\nX: a\0b\r\n\r\n",
            b"GET http://example.org/ HTTP/1.1\r\nHost : evil\r\n\r\n",
            b"GET http://example.org/ HTTP/1.1\r\nno field\r\n\r\n",
            b"GET http://example.org/ HTTP/9.9\r\n\r\n",
            b"GET  http://example.org/ HTTP/1.1\r\n\r\n",
            b"GET\t/ http://example.org/ HTTP/1.1\r\n\r\n",
            b"G\0T http://example.org/ HTTP/1.1\r\n\r\n",
            b"GET http://example.org/\0 HTTP/1.1\r\n\r\n",
            b"GET http://exam\0ple.org/ HTTP/1.1\r\n\r\n",
            b"GET http://example.org:99999/ HTTP/1.1\r\n\r\n",
            b"CONNECT example.org:443:443 HTTP/1.1\r\n\r\n",
            b"CONNECT [::1 HTTP/1.1\r\n\r\n",
        ],
    )
    def test_are_refused(
        self,
        make_gateway: MakeGateway,
        dialer: LocalDialer,  # noqa: F811 - the fixture
        sent: bytes,
    ) -> None:
        with make_gateway(dialer=dialer).open_door("x") as door:
            reply = b""
            with suppress(ConnectionError):
                reply = talk(door, sent, half_close=True)
            assert b" 200 " not in reply
            assert dialer.asked == []
            assert ask(door, "GET", README).status == 200

    def test_the_host_that_was_checked_is_the_one_that_is_named(self) -> None:
        head = b"GET http://user@Good.example:80/a HTTP/1.1\r\nHost: evil\r\nhost: worse\r\nX: y\r\n\r\n"
        request = parse_proxy_request(head)
        assert request.host == "good.example"
        assert request.onward.lower().count(b"host:") == 1
        assert b"Host: good.example\r\n" in request.onward

    def test_a_host_of_the_list_is_no_way_to_another(
        self,
        make_gateway: MakeGateway,
        dialer: LocalDialer,  # noqa: F811 - the fixture
    ) -> None:
        with make_gateway(dialer=dialer, web=WebPolicy.only("good.example")).open_door("x") as door:
            for target in (
                "good.example@evil.example",
                "evil.example#good.example",
                "good.example.evil.example",
            ):
                assert b" 403 " in talk(door, f"GET http://{target}/ HTTP/1.1\r\n\r\n".encode())
            assert dialer.asked == []

    @pytest.mark.parametrize(
        "target", ["http://127.0.0.1:8000", "https://127.0.0.1:8000", "http://gateway", "*"]
    )
    def test_the_gateway_is_no_proxy_to_itself(self, make_gateway: MakeGateway, target: str) -> None:
        with make_gateway(dialer=PublicDialer()).open_door("x") as door:
            heard = b""
            with suppress(ConnectionError):
                heard = talk(
                    door, f"GET {target}{README} HTTP/1.1\r\nHost: h\r\n\r\n".encode(), half_close=True
                )
            assert CARD.encode() not in heard
            assert door.trouble() is None

    @pytest.mark.parametrize(
        "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "connect", "MKCOL"]
    )
    def test_the_hub_is_only_read(self, hub: HubServer, door: Door, method: str) -> None:
        path = "/api/models/acme/tiny"
        heard = b""
        with suppress(ConnectionError):
            heard = talk(door, f"{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        assert b" 200 " not in heard
        assert hub.seen == []


class TestOddNames:
    @pytest.mark.parametrize(
        "path",
        [
            "/acme/tiny/resolve/main/" + "x" * 256,
            "/acme/tiny/resolve/main/" + "%C3%A4" * 128,
            "/acme/tiny/resolve/main/a/" + "x" * 256 + "/b",
            "/acme/tiny/resolve/" + "x" * 256 + "/README.md",
            "/acme/tiny/resolve/main/%2e%2e/%2e%2e/README.md",
            "/acme/tiny/resolve/main/..%5c..%5cREADME.md",
            "/%2e%2e/tiny/resolve/main/README.md",
            "/acme/%2e%2e%2ftiny/resolve/main/README.md",
        ],
    )
    def test_are_refused_and_no_trouble_of_ours(self, hub: HubServer, door: Door, path: str) -> None:
        assert ask(door, "GET", path).status == 403
        assert door.trouble() is None
        assert hub.seen == []

    @pytest.mark.parametrize(
        "name", ["%252e%252e", "%E2%80%A4%E2%80%A4", "%EF%BC%8E%EF%BC%8E", "...", "a" * 255]
    )
    @pytest.mark.parametrize(
        "form", ["/acme/tiny/resolve/main/{}/README.md", "/acme/tiny/resolve/{}/README.md"]
    )
    def test_that_only_look_dangerous_are_names_like_others(self, door: Door, form: str, name: str) -> None:
        before = set(door.hub_view.parent.iterdir())
        assert ask(door, "GET", form.format(name)).status in (403, 404)
        assert door.trouble() is None
        assert set(door.hub_view.parent.iterdir()) == before

    @pytest.mark.parametrize("paths", [("none", "none/deeper"), ("none/deeper", "none")])
    def test_of_missing_files_below_missing_files(self, door: Door, paths: tuple[str, str]) -> None:
        for path in paths:
            assert ask(door, "HEAD", f"/acme/tiny/resolve/main/{path}").status == 404
        assert door.trouble() is None


class TestTheToken:
    @pytest.mark.parametrize(
        "pattern",
        ["/api/models/acme/tiny", "/acme/tiny/resolve", "/api/models$", "/api/models/acme/tiny/refs"],
    )
    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_goes_nowhere_else_by_a_redirect(
        self, hub: HubServer, make_gateway: MakeGateway, pattern: str, status: int
    ) -> None:
        hub.fail(pattern, status, Location=f"{hub.lfs_endpoint}/elsewhere")
        with make_gateway(token="hf_reader").open_door("x") as door:
            replies = [
                ask(door, "GET", path)
                for path in (README, "/api/models", "/api/models/acme/tiny", "/api/models/acme/tiny/refs")
            ]
        assert [seen.token for seen in hub.seen if seen.lfs and seen.token] == []
        assert any(seen.token == "hf_reader" for seen in hub.seen)
        assert "hf_reader" not in str(replies)

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
    def test_is_in_no_answer_and_no_word_of_trouble(
        self, hub: HubServer, make_gateway: MakeGateway, status: int
    ) -> None:
        said = "no access for Bearer hf_reader"
        hub.fail(
            "acme/tiny", status, X_Error_Message=said, WWW_Authenticate=said, Set_Cookie="token=hf_reader"
        )
        gateway = make_gateway(token="hf_reader")
        with gateway.open_door("x") as door:
            replies = [ask(door, "GET", path) for path in (README, "/api/models/acme/tiny")]
            told = (str(replies), str(door.trouble()), repr(door), repr(gateway), repr(vars(door)))
            assert not any("hf_reader" in text for text in told)

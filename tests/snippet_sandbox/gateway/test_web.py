"""The way to web hosts."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_images.errors import UsageError
from snippet_sandbox.gateway.dialer import HostUnreachableError, PublicDialer
from snippet_sandbox.gateway.door import Door, Limits
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Streams
from snippet_sandbox.gateway.web_policy import WebMode, WebPolicy, is_public
from snippet_sandbox.gateway.web_request import parse_proxy_request
from tests.snippet_sandbox.gateway.conftest import ask, run_inside, talk


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"{self.path} {self.headers['Host']} {self.headers.get('Connection')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        pass


class LocalDialer:
    """Takes every public name to one local server, and counts."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[tuple[str, int]] = []

    async def connect(self, host: str, port: int) -> Streams:
        self.asked.append((host, port))
        if host == "down.example.org":
            raise HostUnreachableError("down.example.org does not answer")
        return await asyncio.open_connection("127.0.0.1", self._port)


@pytest.fixture
def dialer() -> Iterator[LocalDialer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield LocalDialer(server.server_address[1])
        server.shutdown()


@pytest.fixture
def door(make_gateway: Callable[..., Gateway], dialer: LocalDialer) -> Iterator[Door]:
    with make_gateway(dialer=dialer).open_door("x") as opened:
        yield opened


@contextmanager
def door_with(make_gateway: Callable[..., Gateway], dialer: LocalDialer, **options: object) -> Iterator[Door]:
    with make_gateway(dialer=dialer, **options).open_door("x") as opened:
        yield opened


class TestProxying:
    def test_a_program_reaches_a_page_through_the_proxy_of_its_environment(
        self, door: Door, tmp_path: Path
    ) -> None:
        code = "import urllib.request as u; print(u.urlopen('http://example.org/a?b=c').read().decode())"
        assert run_inside(door, code, tmp_path / "home") == "/a?b=c example.org close\n"
        contacts = door.contacts()
        assert contacts.hosts == ("example.org",)
        assert contacts.bytes_sent > 0
        assert contacts.bytes_received > 0

    def test_a_tunnel_carries_bytes_both_ways(self, door: Door, dialer: LocalDialer) -> None:
        inner = b"GET /in HTTP/1.0\r\nHost: inner\r\n\r\n"
        heard = talk(door, b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n" + inner)
        assert heard.startswith(b"HTTP/1.1 200 ")
        assert heard.endswith(b"/in inner None")
        assert dialer.asked == [("example.org", 443)]

    def test_a_head_in_pieces_and_a_body(self, door: Door) -> None:
        heard = talk(
            door,
            b"POST http://exa",
            b"mple.org/p HTTP/1.1\r\nHost: example.org\r\n",
            b"Content-Length: 2\r\n\r\n",
            b"hi",
        )
        assert heard.endswith(b"/p example.org close")

    def test_a_host_that_is_down_is_no_fault_of_ours(self, door: Door) -> None:
        heard = talk(door, b"CONNECT down.example.org:443 HTTP/1.1\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 502 ")
        assert door.trouble() is None

    @pytest.mark.parametrize(
        "sent",
        [
            b"CONNECT  HTTP/1.1\r\n\r\n",
            b"CONNECT :443 HTTP/1.1\r\n\r\n",
            b"CONNECT a:b HTTP/1.1\r\n\r\n",
            b"GET http:// HTTP/1.1\r\n\r\n",
        ],
    )
    def test_nonsense_is_refused(self, door: Door, sent: bytes) -> None:
        assert talk(door, sent).startswith(b"HTTP/1.1 403 ")

    def test_a_head_without_end_is_cut_off(self, door: Door) -> None:
        with suppress(ConnectionError):
            assert talk(door, b"CONNECT example.org:443 HTTP/1.1\r\n" + b"x" * 100_000) == b""

    def test_one_who_says_nothing_does_not_disturb(self, door: Door) -> None:
        assert talk(door, half_close=True) == b""


class TestPolicies:
    def test_names_of_a_list(self, make_gateway: Callable[..., Gateway], dialer: LocalDialer) -> None:
        with door_with(make_gateway, dialer, web=WebPolicy.only("example.org", ".hf.co")) as door:
            for host, status in (("example.org", 200), ("EXAMPLE.ORG", 200), ("cdn.hf.co", 200)):
                assert f" {status} ".encode() in talk(door, f"GET http://{host}/ HTTP/1.1\r\n\r\n".encode())
            for host in ("example.com", "hf.co", "notexample.org", "example.org.evil.net"):
                assert b" 403 " in talk(door, f"GET http://{host}/ HTTP/1.1\r\n\r\n".encode())
            assert door.contacts().hosts == ("cdn.hf.co", "example.org")
            assert door.contacts().refused_hosts == (
                "example.com",
                "example.org.evil.net",
                "hf.co",
                "notexample.org",
            )

    def test_only_the_hub(self, make_gateway: Callable[..., Gateway], dialer: LocalDialer) -> None:
        with door_with(make_gateway, dialer, web=WebPolicy(mode=WebMode.HUB)) as door:
            assert b" 403 " in talk(door, b"CONNECT example.org:443 HTTP/1.1\r\n\r\n")
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 200
        assert dialer.asked == []

    def test_nothing_at_all(self, make_gateway: Callable[..., Gateway], dialer: LocalDialer) -> None:
        with door_with(
            make_gateway, dialer, web=WebPolicy(mode=WebMode.NONE), endpoint="https://hub.example.org"
        ) as door:
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 403
            assert door.contacts().refused_hosts == ("hub.example.org",)

    @pytest.mark.parametrize(
        ("text", "policy"),
        [
            ("public", WebPolicy()),
            (" HUB ", WebPolicy(mode=WebMode.HUB)),
            ("none", WebPolicy(mode=WebMode.NONE)),
            ("example.org.", WebPolicy.only("example.org")),
            ("b.org, A.org,.c.org", WebPolicy.only("a.org", "b.org", ".c.org")),
            ("bücher.example", WebPolicy.only("xn--bcher-kva.example")),
        ],
    )
    def test_are_read_from_text_and_written_as_they_are_read(self, text: str, policy: WebPolicy) -> None:
        assert WebPolicy.parse(text) == policy
        assert WebPolicy.parse(str(policy)) == policy

    @pytest.mark.parametrize(
        "text",
        ["", "a.org,,b.org", "https://a.org", "a.org/x", "a.org:443", "a..org", "*", "a b", "a" * 300, "..a"],
    )
    def test_that_can_not_be_read(self, text: str) -> None:
        with pytest.raises(UsageError, match="no name of a host"):
            WebPolicy.parse(text)

    @pytest.mark.parametrize("port", [22, 25, 8080, 0])
    def test_other_ports_are_closed(self, door: Door, dialer: LocalDialer, port: int) -> None:
        assert b" 403 " in talk(door, f"CONNECT example.org:{port} HTTP/1.1\r\n\r\n".encode())
        assert dialer.asked == []


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.0.0.1",
            "172.17.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "0.0.0.0",  # noqa: S104 - asked about, not bound
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
        ],
    )
    def test_what_is_not_public(self, address: str) -> None:
        assert not is_public(ipaddress.ip_address(address))

    @pytest.mark.parametrize("address", ["1.1.1.1", "140.82.112.3", "2606:4700::1111", "::ffff:1.1.1.1"])
    def test_what_is_public(self, address: str) -> None:
        assert is_public(ipaddress.ip_address(address))

    @pytest.mark.parametrize(
        "host",
        ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
    )
    def test_this_machine_is_refused_however_it_is_written(
        self, make_gateway: Callable[..., Gateway], host: str
    ) -> None:
        with make_gateway(dialer=PublicDialer()).open_door("x") as door:
            assert b" 403 " in talk(door, f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
            assert door.contacts().hosts == ()
            assert len(door.contacts().refused_hosts) == 1

    def test_a_name_without_address(self, make_gateway: Callable[..., Gateway]) -> None:
        with make_gateway(dialer=PublicDialer()).open_door("x") as door:
            assert b" 502 " in talk(door, b"CONNECT none.invalid:443 HTTP/1.1\r\n\r\n")


class TestLimits:
    def test_bytes(self, make_gateway: Callable[..., Gateway], dialer: LocalDialer) -> None:
        with door_with(make_gateway, dialer, limits=Limits(bytes=1000)) as door:
            ask(door, "GET", "/acme/tiny/resolve/main/model.safetensors", Range="bytes=0-1999")
            reply = ask(door, "GET", "/acme/tiny/resolve/main/README.md")
            assert (reply.status, "1,000 bytes" in reply.text) == (403, True)
            assert b"/in" not in talk(
                door, b"CONNECT example.org:443 HTTP/1.1\r\n\r\nGET /in HTTP/1.0\r\n\r\n"
            )

    def test_connections(self, make_gateway: Callable[..., Gateway], dialer: LocalDialer) -> None:
        with door_with(make_gateway, dialer, limits=Limits(connections=2)) as door:
            held = [socket.socket(socket.AF_UNIX) for _ in range(2)]
            for one in held:
                one.connect(str(door.socket_dir / "gateway.sock"))
            heard = b""
            for _ in range(50):  # the server accepts them in its own time
                heard = talk(door, half_close=True)
                if heard:
                    break
            assert b" 503 " in heard
            for one in held:
                one.close()
            for _ in range(50):
                if ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 200:
                    break
            assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 200


def test_what_goes_on_to_the_host() -> None:
    head = (
        b"GET http://Example.org:80/a?b HTTP/1.1\r\nHost: example.org\r\nProxy-Authorization: Basic x\r\n"
        b"Proxy-Connection: keep-alive\r\nX: y\r\n\r\n"
    )
    request = parse_proxy_request(head)
    assert (request.host, request.port) == ("example.org", 80)
    assert request.onward == b"GET /a?b HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\nX: y\r\n\r\n"


@given(st.binary(max_size=60))
def test_no_head_is_too_odd(data: bytes) -> None:
    for method in (b"CONNECT ", b"GET http://"):
        try:
            request = parse_proxy_request(method + data + b"\r\n\r\n")
        except RefusedError:
            continue
        assert request.host

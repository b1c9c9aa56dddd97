"""What web hosts answer: recorded through the door, and given again without them."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.gateway.door import Door, Limits
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from snippet_sandbox.gateway.web_policy import WebPolicy
from tests.snippet_sandbox.gateway.conftest import run_inside, talk
from tests.snippet_sandbox.gateway.tape.conftest import LARGE, World

FETCH = """
import urllib.request as u
for url in {urls!r}:
    try:
        with u.urlopen(url) as answer:
            print(answer.status, answer.read().decode())
    except u.HTTPError as error:
        print(error.code, error.read().decode().strip())
    except u.URLError as error:
        print(error.reason)
"""

OpenDoor = Callable[..., Any]


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return tmp_path / "recording"


@pytest.fixture
def open_door(make_gateway: Callable[..., Gateway], world: World, recording: Path) -> OpenDoor:
    """A door that records, and once there is a recording one that replays it."""

    @contextmanager
    def open_one(name: str = "L1", *, cache: Path | None = None, **options: Any) -> Iterator[Door]:
        tape = Replay(recording) if recording.exists() else Recorder(recording)
        gateway = make_gateway(dialer=world, tls=world.tls, tape=tape, **options)
        with gateway.open_door(name) as door:
            yield door

    return open_one


def twice(open_door: OpenDoor, world: World, code: str, home: Path) -> tuple[str, str, Contacts]:
    """What a program says when it is recorded, what when it is replayed with nothing left of the world."""
    with open_door() as door:
        first = run_inside(door, code, home)
    world.end()
    asked = len(world.asked)
    with open_door() as door:
        second = run_inside(door, code, home)
        contacts: Contacts = door.contacts()
    assert len(world.asked) == asked
    return first, second, contacts


def raw(door: Door, request: bytes) -> bytes:
    """An answer, its head included."""
    return talk(door, request.replace(b"\n", b"\r\n"))


def through_tls(door: Door, host: str, *sent: bytes) -> bytes:
    """Bytes said inside a tunnel, and all that is heard there."""
    mount = next(mount for mount in door.extra_mounts if mount.target.name == "authorities.pem")
    context = ssl.create_default_context(cafile=str(mount.source))
    with socket.socket(socket.AF_UNIX) as plain:
        plain.settimeout(20)
        plain.connect(str(door.socket_dir / "gateway.sock"))
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        assert plain.recv(1000).startswith(b"HTTP/1.1 200 ")
        with context.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=True) as safe:
            for part in sent:
                safe.sendall(part)
            heard = b""
            while part := safe.recv(65_536):
                heard += part
            return heard


class TestTheSameAgain:
    def test_https_and_http(self, open_door: OpenDoor, world: World, tmp_path: Path) -> None:
        urls = ["https://example.org/a?b=c", "http://example.org/a", "https://example.org/none"]
        code = FETCH.format(urls=[*urls, "https://example.org/chunked"])
        first, second, contacts = twice(open_door, world, code, tmp_path / "home")
        assert first.splitlines() == [
            "200 example.org/a?b=c None",
            "200 example.org/a None",
            "404 example.org/none None",
            "200 one two",
        ]
        assert second == first
        assert contacts.hosts == ("example.org",)
        assert contacts.not_recorded == ()

    def test_what_changes_with_each_request(self, open_door: OpenDoor, world: World, tmp_path: Path) -> None:
        code = FETCH.format(urls=["https://example.org/counter"] * 3)
        first, second, _ = twice(open_door, world, code, tmp_path / "home")
        assert first == "200 1\n200 2\n200 3\n"
        assert second == first

    def test_bodies_of_requests(self, open_door: OpenDoor, world: World, tmp_path: Path) -> None:
        code = """
import urllib.request as u
for sent in (b"a" * 300_000, b"b"):
    print(u.urlopen(u.Request("https://example.org/post", data=sent)).read().decode())
"""
        first, second, _ = twice(open_door, world, code, tmp_path / "home")
        assert len(set(first.splitlines())) == 2
        assert second == first

    def test_large_answers(self, open_door: OpenDoor, world: World, tmp_path: Path, recording: Path) -> None:
        code = """
import hashlib, urllib.request as u
print(hashlib.sha256(u.urlopen("https://example.org/large").read()).hexdigest())
"""
        first, second, contacts = twice(open_door, world, code, tmp_path / "home")
        assert second == first
        assert contacts.bytes_received == len(LARGE)
        assert (recording / "bodies" / first.strip()).read_bytes() == LARGE

    def test_hosts_that_are_refused_or_down(self, open_door: OpenDoor, world: World, tmp_path: Path) -> None:
        urls = ["https://private.example.org/", "https://down.example.org/", "http://down.example.org/"]
        first, second, contacts = twice(open_door, world, FETCH.format(urls=urls), tmp_path / "home")
        assert [line[:30] for line in first.splitlines()[:2]] == [
            "Tunnel connection failed: 403 ",
            "Tunnel connection failed: 502 ",
        ]
        assert second == first
        assert contacts.refused_hosts == ("private.example.org",)

    def test_a_host_that_can_not_prove_who_it_is(
        self, make_gateway: Callable[..., Gateway], world: World, recording: Path, tmp_path: Path
    ) -> None:
        gateway = make_gateway(
            dialer=world, tape=Recorder(recording)
        )  # knows nothing of the world's authority
        with gateway.open_door("L1") as door:
            said = run_inside(door, FETCH.format(urls=["https://example.org/"]), tmp_path / "home")
        assert "502" in said

    def test_head_and_upload_that_waits(self, open_door: OpenDoor, world: World) -> None:
        asked = b"HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n"
        waits = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        heard = []
        for _ in range(2):
            with open_door() as door:
                heard.append(through_tls(door, "example.org", asked))
                heard.append(through_tls(door, "example.org", waits, b"hi"))
            world.end()
        assert b"content-length: %d" % len(LARGE) in heard[0].lower()
        assert heard[0].endswith(b"\r\n\r\n")
        assert heard[1].startswith(b"HTTP/1.1 100 ")
        assert [one.rpartition(b"\r\n\r\n")[2] for one in heard[2:]] == [
            one.rpartition(b"\r\n\r\n")[2] for one in heard[:2]
        ]


class TestWhatIsNotRecorded:
    def test_is_refused_and_named(self, open_door: OpenDoor, world: World, tmp_path: Path) -> None:
        with open_door():
            pass
        urls = ["https://example.org/b", "http://example.org/c"]
        with open_door() as door:
            said = run_inside(door, FETCH.format(urls=urls), tmp_path / "home")
            assert said.splitlines() == [f"504 not recorded: GET {url}" for url in urls]
            assert door.contacts().not_recorded == ("GET http://example.org/c", "GET https://example.org/b")
            assert door.trouble() == "not recorded: GET https://example.org/b"
        assert world.asked == []

    def test_what_broke_off_counts_as_not_recorded(
        self, open_door: OpenDoor, world: World, recording: Path
    ) -> None:
        with open_door() as door:
            heard = through_tls(door, "example.org", b"GET /truncated HTTP/1.1\r\n\r\n")
            assert b"content-length" in heard.lower()
        assert (recording / "index.jsonl").read_text() == ""
        assert list((recording / "bodies").iterdir()) == []

    def test_the_hosts_that_the_policy_closes_stay_closed(self, open_door: OpenDoor) -> None:
        with open_door():
            pass
        with open_door(web=WebPolicy.only("example.com")) as door:
            heard = talk(door, b"CONNECT example.org:443 HTTP/1.1\r\n\r\n")
            assert heard.startswith(b"HTTP/1.1 403 ")
            assert door.contacts().not_recorded == ()


class TestSecrets:
    def test_never_reach_the_disk(
        self, open_door: OpenDoor, world: World, recording: Path, tmp_path: Path
    ) -> None:
        code = """
import urllib.request as u
headers = {"Authorization": "Bearer of-the-job", "Cookie": "c=of-the-job"}
answer = u.urlopen(u.Request("https://example.org/counter", headers=headers))
print(answer.headers["Set-Cookie"])
"""
        with open_door() as door:
            assert run_inside(door, code, tmp_path / "home") == "session=s3cret\n"
        kept = b"".join(path.read_bytes() for path in recording.rglob("*") if path.is_file())
        assert b"s3cret" not in kept
        assert b"of-the-job" not in kept

    def test_the_key_of_the_run_is_nowhere_to_be_seen(self, open_door: OpenDoor) -> None:
        with open_door() as door:
            mount = next(mount for mount in door.extra_mounts if mount.target.name == "authorities.pem")
            assert b"PRIVATE" not in mount.source.read_bytes()
            assert mount.source.read_bytes().count(b"BEGIN CERTIFICATE") > 1  # the public roots, too
            assert not mount.writable


class TestWhatIsSaidInside:
    @pytest.mark.parametrize(
        "sent",
        [
            b"GET http://other.example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost : example.org\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"CONNECT other.example.org:443 HTTP/1.1\r\n\r\n",
            b"no http at all\r\n\r\n",
        ],
    )
    def test_is_read_strictly(self, open_door: OpenDoor, sent: bytes) -> None:
        with open_door() as door:
            try:
                heard = through_tls(door, "example.org", sent)
            except ConnectionError:
                heard = b""
            assert heard == b""
            assert door.trouble() is None

    def test_names_no_other_host(self, open_door: OpenDoor) -> None:
        with open_door() as door:
            heard = through_tls(door, "example.org", b"GET /a HTTP/1.1\r\nHost: other.example.org\r\n\r\n")
        assert heard.endswith(b"example.org/a None")
        assert b"other" not in heard

    def test_ends_with_its_bytes(self, open_door: OpenDoor) -> None:
        with open_door(limits=Limits(bytes=100_000)) as door:
            try:
                heard = through_tls(door, "example.org", b"GET /large HTTP/1.1\r\n\r\n")
            except (ConnectionError, ssl.SSLError):
                heard = b""
            assert len(heard) < len(LARGE)
            assert door.contacts().cut == ("the bytes above 100,000",)

    def test_ends_when_it_is_silent(self, open_door: OpenDoor) -> None:
        with open_door(limits=Limits(idle_s=0.3)) as door:
            head = b"POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n"
            with suppress(ConnectionError):
                assert through_tls(door, "example.org", head) == b""
            assert door.contacts().cut == ("a connection that was silent for 0.3 s",)

    def test_a_connection_counts_until_it_ends(self, open_door: OpenDoor) -> None:
        with open_door(limits=Limits(connections=1)) as door:
            for _ in range(3):
                assert b" 200 " in through_tls(door, "example.org", b"GET /a HTTP/1.1\r\n\r\n")[:20]
                while b" 503 " in raw(door, b"GET http://example.org/ HTTP/1.1\n\n")[:20]:
                    pass

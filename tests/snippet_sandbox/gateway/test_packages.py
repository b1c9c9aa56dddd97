"""The user's package index, through a door."""

import base64
import hashlib
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.package_pages import Link, links_of_page, project_of, render_page
from snippet_sandbox.gateway.pip_settings import (
    DEFAULT_INDEX,
    PipSettings,
    parse_config_list,
    read_pip_settings,
    settings_from,
)
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from tests.snippet_sandbox.gateway.conftest import ask, relay


def wheel(folder: Path, name: str, version: str, *requires: str) -> Path:
    """A wheel with nothing in it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    base = f"{name}-{version}.dist-info"
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {r}" for r in requires),
    ]
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", f"version = {version!r}\n")
        archive.writestr(f"{base}/METADATA", "\n".join([*lines, "", ""]))
        archive.writestr(
            f"{base}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{base}/RECORD", f"{name}.py,,\n{base}/METADATA,,\n{base}/WHEEL,,\n{base}/RECORD,,\n"
        )
    return file


@dataclass(kw_only=True)
class Index:
    """A package index on the web; with a password if one is set."""

    root: Path
    password: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        sent = handler.headers.get("Authorization", "")
        self.asked.append((handler.path, sent))
        expected = "Basic " + base64.b64encode(f"user:{self.password}".encode()).decode()
        file = self.root / handler.path.strip("/")
        if self.broken:
            status, body = 503, b""
        elif self.password and sent != expected:
            status, body = 401, b""
        elif file.is_dir():
            links = "".join(
                f'<a href="../../files/{f.name}#sha256={digest(f)}">{f.name}</a>' for f in self.files(file)
            )
            status, body = 200, f"<html><body>{links}</body></html>".encode()
        elif file.is_file():
            status, body = 200, file.read_bytes()
        else:
            status, body = 404, b""
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Content-Type", "text/html" if file.is_dir() else "application/octet-stream")
        handler.end_headers()
        handler.wfile.write(body)

    def files(self, page: Path) -> list[Path]:
        return [file for file in (self.root / "files").glob("*.whl") if project_of(file.name) == page.name]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(root=tmp_path / "index")
    wheel(index.root / "files", "alpha", "1.0", "beta")
    for name in ("alpha", "delta-x"):
        (index.root / "simple" / name).mkdir(parents=True)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        index.address = f"http://127.0.0.1:{server.server_address[1]}/simple"
        yield index
        server.shutdown()


@pytest.fixture
def open_door(make_gateway: Callable[..., Gateway]) -> Iterator[Callable[[PipSettings], Door]]:
    """Doors whose index is what these settings say."""
    with ExitStack() as stack:
        yield lambda settings: stack.enter_context(
            make_gateway(pip=settings).open_door("layer", packages=True)
        )


def pip_download(door: Door, target: Path, *requirements: str) -> "subprocess.CompletedProcess[str]":
    """What pip in a container does: it knows nothing but the gateway."""
    with relay(door) as port:
        command = [sys.executable, "-m", "pip", "--isolated", "--no-cache-dir", "--retries", "0", "download"]
        address = f"http://127.0.0.1:{port}/pypi/simple/"
        return subprocess.run(
            [*command, "--index-url", address, "-d", str(target), *requirements],
            env={"PATH": "/usr/bin:/bin", "PIP_CONFIG_FILE": "/dev/null"},
            capture_output=True,
            text=True,
            timeout=240,  # importing takes long on a busy machine
            check=False,
        )


class TestPip:
    def test_finds_what_all_places_hold(
        self, index: Index, open_door: Callable[[PipSettings], Door], tmp_path: Path
    ) -> None:
        wheel(tmp_path / "wheels", "beta", "2.0", "gamma>=3")
        wheel(tmp_path / "wheels", "unasked", "1.0")
        wheel(tmp_path / "local" / "files", "gamma", "3.1")
        page = tmp_path / "local" / "simple" / "gamma" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text('<a href="../../files/gamma-3.1-py3-none-any.whl">gamma</a>')
        door = open_door(
            PipSettings(
                indexes=(index.address, (tmp_path / "local" / "simple").as_uri()),
                find_links=(str(tmp_path / "wheels"), "/none/at/all"),
            )
        )
        done = pip_download(door, tmp_path / "out", "alpha")
        assert done.returncode == 0, done.stderr + done.stdout
        assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
            "alpha-1.0-py3-none-any.whl",
            "beta-2.0-py3-none-any.whl",
            "gamma-3.1-py3-none-any.whl",
        ]
        assert door.trouble() is None
        assert door.contacts().hosts == ("127.0.0.1",)

    def test_takes_the_newest_version_of_several_indexes(
        self, index: Index, open_door: Callable[[PipSettings], Door], tmp_path: Path
    ) -> None:
        wheel(tmp_path / "wheels", "alpha", "9.0")
        door = open_door(PipSettings(indexes=(index.address,), find_links=(str(tmp_path / "wheels"),)))
        assert pip_download(door, tmp_path / "out", "alpha").returncode == 0
        assert [file.name for file in (tmp_path / "out").iterdir()] == ["alpha-9.0-py3-none-any.whl"]

    def test_is_told_what_no_index_holds(
        self, index: Index, open_door: Callable[[PipSettings], Door], tmp_path: Path
    ) -> None:
        door = open_door(PipSettings(indexes=(index.address,)))
        assert (
            "No matching distribution found for none" in pip_download(door, tmp_path / "out", "none").stderr
        )
        assert door.trouble() is None

    def test_checks_hashes(
        self, index: Index, open_door: Callable[[PipSettings], Door], tmp_path: Path
    ) -> None:
        door = open_door(PipSettings(indexes=(index.address,)))
        page = ask(door, "GET", "/pypi/simple/alpha/").text
        assert f"#sha256={digest(index.root / 'files/alpha-1.0-py3-none-any.whl')}" in page


class TestCredentials:
    def test_stay_on_the_host_and_serve_the_files_too(
        self, index: Index, open_door: Callable[[PipSettings], Door], tmp_path: Path
    ) -> None:
        index.password = "s3cret"
        address = index.address.replace("http://", "http://user:s3cret@")
        wheel(tmp_path / "wheels", "beta", "1.0")
        door = open_door(PipSettings(indexes=(address,), find_links=(str(tmp_path / "wheels"),)))
        assert "s3cret" not in str(ask(door, "GET", "/pypi/simple/alpha/"))
        done = pip_download(door, tmp_path / "out", "alpha")
        assert done.returncode == 0, done.stderr
        assert "s3cret" not in done.stdout + done.stderr
        assert all(sent for _, sent in index.asked)

    def test_do_not_show_in_what_went_wrong(
        self, index: Index, open_door: Callable[[PipSettings], Door]
    ) -> None:
        index.broken = True
        door = open_door(PipSettings(indexes=(index.address.replace("http://", "http://user:s3cret@"),)))
        reply = ask(door, "GET", "/pypi/simple/alpha/")
        assert reply.status == 502
        assert "503" in str(door.trouble())
        assert "s3cret" not in reply.text + str(door.trouble())


class TestTheDoor:
    def test_serves_packages_only_where_it_is_asked_to(self, make_gateway: Callable[..., Gateway]) -> None:
        with make_gateway().open_door("snippet") as door:
            assert ask(door, "GET", "/pypi/simple/alpha/").status == 403

    @pytest.mark.parametrize(
        "path",
        [
            "/pypi/",
            "/pypi/simple/",
            "/pypi/file/x",
            "/pypi/simple/a/b/c",
            "/pypi/../etc/passwd",
            "/pypi/file/../../etc",
        ],
    )
    def test_serves_nothing_else(self, open_door: Callable[[PipSettings], Door], path: str) -> None:
        assert ask(open_door(PipSettings(indexes=())), "GET", path).status in (403, 404)

    def test_gives_only_files_that_a_list_named(
        self, index: Index, open_door: Callable[[PipSettings], Door]
    ) -> None:
        door = open_door(PipSettings(indexes=(index.address,)))
        key = hashlib.sha256(b"file:///etc/passwd").hexdigest()[:32]
        assert ask(door, "GET", f"/pypi/file/{key}/passwd").status == 404
        (href,) = [
            link.url for link in links_of_page(ask(door, "GET", "/pypi/simple/alpha/").body, "text/html", "")
        ]
        assert ask(door, "GET", href).status == 200
        assert ask(door, "GET", href.replace("alpha-1.0", "beta-1.0")).status == 404
        assert ask(door, "POST", href).status == 403


class TestPages:
    def test_html_with_all_that_pip_reads(self) -> None:
        page = b"""<base href="https://x.org/files/">
        <a href="a-1.tar.gz#sha256=0" data-requires-python="&gt;=3.8"
        data-yanked="bad &amp; old"
        data-core-metadata="sha256=1" rel="x">a</a><a name="top">no</a>"""
        (link,) = links_of_page(page, "text/html", "https://y.org/simple/a/")
        assert link == Link(
            url="https://x.org/files/a-1.tar.gz",
            fragment="sha256=0",
            attributes={
                "data-requires-python": ">=3.8",
                "data-yanked": "bad & old",
                "data-core-metadata": "sha256=1",
            },
        )
        shown = render_page("a", [("/pypi/file/k/a-1.tar.gz", link)]).encode()
        assert links_of_page(shown, "text/html", "") == [
            Link(url="/pypi/file/k/a-1.tar.gz", fragment="sha256=0", attributes=link.attributes)
        ]

    def test_json_says_the_same(self) -> None:
        page = b"""{"files": [{"filename": "a-1-py3-none-any.whl", "url": "../a-1-py3-none-any.whl",
        "hashes": {"md5": "9", "sha256": "0"}, "requires-python": ">=3.8", "yanked": true,
        "core-metadata": {"sha256": "1"}}, {"url": "b-1.zip", "yanked": false, "hashes": {}}]}"""
        first, second = links_of_page(page, "application/vnd.pypi.simple.v1+json", "https://x.org/s/a/")
        assert (first.url, first.fragment) == ("https://x.org/s/a-1-py3-none-any.whl", "sha256=0")
        assert first.attributes["data-requires-python"] == ">=3.8"
        assert first.attributes["data-yanked"] == ""
        assert first.attributes["data-core-metadata"] == "sha256=1"
        assert second == Link(url="https://x.org/s/a/b-1.zip")

    @pytest.mark.parametrize("page", [b"[]", b"{}", b'{"files": 3}', b"x"])
    def test_what_is_no_page(self, page: bytes) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - json's own errors are among them
            links_of_page(page, "application/json", "")

    @pytest.mark.parametrize(
        ("name", "project"),
        [
            ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "torch"),
            ("Foo_Bar-1.0.tar.gz", "foo-bar"),
            ("foo.bar-1.0.zip", "foo-bar"),
            ("README.txt", None),
            ("no-wheel.whl", None),
        ],
    )
    def test_whose_file_it_is(self, name: str, project: str | None) -> None:
        assert project_of(name) == project


class TestSettings:
    @pytest.fixture(autouse=True)
    def plain_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)

    def test_the_environments_certificates_are_pips(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/corporate.pem")
        assert settings_from({}).certificates == "/corporate.pem"
        assert settings_from({"cert": "/own.pem"}).certificates == "/own.pem"

    def test_the_most_specific_place_wins(self) -> None:
        text = """:env:.find-links='/e'
download.index-url='https://d'
freeze.index-url='https://no'
global.cert='/ca.pem'
global.extra-index-url='https://x https://y\\nhttps://z'
global.find-links='/g'
global.index-url='https://g'
garbage
"""
        settings = settings_from(parse_config_list(text))
        assert settings == PipSettings(
            indexes=("https://d", "https://x", "https://y", "https://z"),
            find_links=("/e",),
            certificates="/ca.pem",
        )

    def test_no_index_leaves_find_links(self) -> None:
        assert settings_from({"no-index": "true", "find-links": "/w"}) == PipSettings(
            indexes=(), find_links=("/w",)
        )

    def test_nothing_said_is_pypi(self) -> None:
        assert settings_from({}).indexes == (DEFAULT_INDEX,)

    def test_the_users_own_pip_is_asked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "pip.conf").write_text(
            "[global]\nindex-url = https://user:pass@example.org/simple\n"
            "extra-index-url =\n  https://a.org\n  https://b.org\n"
        )
        for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
        monkeypatch.setenv("PIP_FIND_LINKS", "/from/environment")
        settings = read_pip_settings()
        assert settings.indexes == ("https://user:pass@example.org/simple", "https://a.org", "https://b.org")
        assert settings.find_links == ("/from/environment",)


class TestTape:
    def test_packages_are_found_again_without_their_index(
        self, index: Index, make_gateway: Callable[..., Gateway], tmp_path: Path
    ) -> None:
        wheel(index.root / "files", "beta", "2.0")
        (index.root / "simple" / "beta").mkdir()
        index.password = "pa55word"
        address = index.address.replace("http://", f"http://user:{index.password}@")
        settings = PipSettings(indexes=(address,))
        recording = tmp_path / "recording"
        found = []
        for tape in (Recorder, Replay):
            with make_gateway(pip=settings, tape=tape(recording)).open_door("layer", packages=True) as door:
                done = pip_download(door, tmp_path / tape.__name__, "alpha")
                assert done.returncode == 0, done.stderr
                missing = pip_download(door, tmp_path / "none", "gamma").stderr
                assert "No matching distribution" in missing
                assert door.trouble() is None
            found.append(sorted(file.name for file in (tmp_path / tape.__name__).iterdir()))
            index.broken = True
        assert found == [["alpha-1.0-py3-none-any.whl", "beta-2.0-py3-none-any.whl"]] * 2
        assert b"pa55word" not in (recording / "index.jsonl").read_bytes()

    def test_packages_that_were_not_asked_for_are_named(
        self, index: Index, make_gateway: Callable[..., Gateway], tmp_path: Path
    ) -> None:
        Recorder(tmp_path / "recording")
        gateway = make_gateway(pip=PipSettings(indexes=(index.address,)), tape=Replay(tmp_path / "recording"))
        with gateway.open_door("layer", packages=True) as door:
            assert ask(door, "GET", "/pypi/simple/alpha/").status == 504
            assert door.contacts().not_recorded == (f"GET {index.address}/alpha/",)
        assert index.asked == []

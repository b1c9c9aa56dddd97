"""What this machine can do, told in time and without telling secrets."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from huggingface_hub import constants
from rich.console import Console

from snippet_sandbox import engines
from snippet_sandbox.engine import Engine, EngineInfo
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import EngineUnavailableError
from verify_snippets import doctor, stored
from verify_snippets.cli import diagnosing, main

TOKEN = "hf_secret_of_somebody"
SILENT_ADDRESS = "http://192.0.2.1:9"  # TEST-NET-1 (RFC 5737): nobody answers there


class _Hub(BaseHTTPRequestHandler):
    """A Hub that knows one user."""

    status: ClassVar[int] = 200

    def do_GET(self) -> None:
        known = self.headers.get("Authorization") in (None, f"Bearer {TOKEN}")
        self.send_response(self.status if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"name": "somebody"}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(_Hub, "status", 200)
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _without_images_and_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stored, "list_all", tuple)
    monkeypatch.setenv("VERIFY_SNIPPETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)


class WorkingEngine:
    """Answers, and does nothing else."""

    def info(self) -> EngineInfo:
        return EngineInfo(name="working", version="1.2.3", unenforced=("memory is only watched",))

    def close(self) -> None:
        """Nothing is open."""


def dead_engine() -> Engine:
    raise EngineUnavailableError("dead does not answer", hint="wake it up")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def replace(**wanted: Callable[[], object]) -> None:
        monkeypatch.setattr(engines, "ENGINES", wanted)
        monkeypatch.setattr(doctor, "ENGINES", wanted)

    return replace


def drawn() -> str:
    console = Console(file=io.StringIO(), width=200, markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        diagnosing.draw(doctor.examine(), console)
    return captured.get()


def test_an_engine_that_works_is_enough(
    hub: str, only: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    only(dead=dead_engine, working=WorkingEngine)
    assert main(["doctor"]) == 0
    assert "snippets can be run here" in capsys.readouterr().out


def test_without_an_engine_the_exit_code_says_so(
    hub: str, only: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    only(dead=dead_engine)
    assert main(["doctor"]) == 3
    assert "no engine works" in capsys.readouterr().out


def test_each_engine_says_what_it_is_or_what_to_do(hub: str, only: Callable[..., None]) -> None:
    only(dead=dead_engine, working=WorkingEngine)
    text = drawn()
    assert "yes  working 1.2.3" in text
    assert "can't enforce: memory is only watched" in text
    assert "no   dead: dead does not answer" in text
    assert "wake it up" in text


def test_an_engine_that_hangs_delays_nothing(
    hub: str, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(doctor, "DEADLINE_S", 1.0)
    only(hanging=lambda: release.wait(30), working=WorkingEngine)
    began = time.monotonic()
    text = drawn()
    release.set()
    assert time.monotonic() - began < 5
    assert "hanging: no answer within 1 s" in text
    assert "yes  working" in text


def test_without_a_token_the_hub_answers_all_the_same(hub: str, only: Callable[..., None]) -> None:
    only(working=WorkingEngine)
    assert f"yes  {hub} answers; token: no" in drawn()


def test_a_token_is_named_by_its_user_and_never_shown(
    hub: str, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(working=WorkingEngine)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    text = drawn()
    assert "token: yes, of somebody" in text
    assert TOKEN not in text


def test_a_refused_token_is_said(
    hub: str, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(working=WorkingEngine)
    monkeypatch.setenv("HF_TOKEN", "hf_outdated")
    text = drawn()
    assert "refuses your token" in text
    assert "hf_outdated" not in text


def test_a_hub_in_trouble_is_said(
    hub: str, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(working=WorkingEngine)
    monkeypatch.setattr(_Hub, "status", 503)
    assert "answers with status 503" in drawn()


def test_a_dead_hub_is_known_within_ten_seconds(
    only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(working=WorkingEngine)
    monkeypatch.setattr(constants, "ENDPOINT", SILENT_ADDRESS)
    began = time.monotonic()
    text = drawn()
    assert time.monotonic() - began < 10
    assert f"no   {SILENT_ADDRESS}" in text


def test_a_password_in_the_endpoint_is_not_shown(
    only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(working=WorkingEngine)
    monkeypatch.setattr(constants, "ENDPOINT", "http://me:hunter2@127.0.0.1:9")
    assert "hunter2" not in drawn()


def test_the_real_engines_are_asked(hub: str, engine: Engine) -> None:
    """What doctor calls working is what a run would use."""
    name = engine.info().name
    found = {finding.name: finding for finding in doctor.examine().engines}
    assert found[name].info is not None
    open_engine(name).close()

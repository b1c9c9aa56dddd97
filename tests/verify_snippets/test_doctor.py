"""What this machine can do, told in time and without telling secrets."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from snippet_sandbox.gpus import Gpu, GpuHost
from verify_snippets import doctor, host_gpus, prepare, stored
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


class EngineWithGpus(WorkingEngine):
    """Can have GPUs, or says why it can't."""

    trouble = ""

    def check_gpus(self) -> None:
        if self.trouble:
            raise EngineUnavailableError(self.trouble, hint="set it up")


class EngineWithoutGpus(EngineWithGpus):
    """Has nobody to hand them out."""

    trouble = "the toolkit is missing"


T4 = Gpu(
    index=0,
    uuid="GPU-0",
    name="Tesla T4",
    memory_bytes=15843 * 10**6,
    compute_capability=(7, 5),
    device_node="/dev/nvidia0",
)
LAPTOP = replace(T4, index=1, name="NVIDIA GeForce RTX 4060 Laptop GPU", memory_bytes=8585 * 10**6)
SLICE = replace(T4, name="NVIDIA H100 80GB HBM3 MIG 1g.10gb", memory_bytes=10 * 10**9, mig=True)
DRIVER = GpuHost(driver="580.95.05", cuda="13.0")


def with_gpus(found: GpuHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the driver of this machine is to say."""
    monkeypatch.setattr(host_gpus, "_DRIVER_SIGNS", (Path("/dev/null"),))
    monkeypatch.setattr("snippet_sandbox.gpus.known", lambda: found)


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


def test_gpus_are_told_with_what_they_serve(
    only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, memory and number; which engine can hand them out, and what to do about the others."""
    with_gpus(replace(DRIVER, gpus=(T4, replace(T4, uuid="GPU-1"), LAPTOP, SLICE)), monkeypatch)
    only(good=EngineWithGpus, bad=EngineWithoutGpus, old=WorkingEngine)
    text = drawn()
    for said in (
        "2 × Tesla T4 (15.8 GB), compute capability 7.5: large enough for t4-small, t4-medium\n",
        "Laptop GPU (8.6 GB), compute capability 7.5: large enough for snippets that are known to need",
        "MIG 1g.10gb (10.0 GB)",
        "driver 580.95.05, CUDA up to 13.0",
        "its containers can have GPUs\n",
        "its containers can't have GPUs: the toolkit is missing\n       set it up",
        "its containers can't have GPUs: it hands out no GPUs",
    ):
        assert said in text, text


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (GpuHost(), "none that could be used"),
        (
            GpuHost(trouble="the driver is not loaded", hint="load it"),
            "no   the driver is not loaded\n       load it",
        ),
    ],
)
def test_without_gpus_one_line_says_so(
    found: GpuHost, said: str, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no engine is asked about them."""
    with_gpus(found, monkeypatch)
    only(good=EngineWithoutGpus)
    text = drawn()
    assert said in text
    assert "its containers" not in text


def test_a_host_without_a_driver_never_asks_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What speaks to the driver takes long to load."""
    with_gpus(replace(DRIVER, gpus=(T4,)), monkeypatch)
    assert prepare.this_host().gpu_models == ("Tesla T4",)
    monkeypatch.setattr(host_gpus, "_DRIVER_SIGNS", (tmp_path / "nvidiactl",))
    assert prepare.this_host().gpu_models == ()

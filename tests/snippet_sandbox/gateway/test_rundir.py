"""Nothing stays behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from snippet_sandbox.errors import GatewayError
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.rundir import sweep
from tests.hub_server import HubServer
from tests.snippet_sandbox.gateway.conftest import ask

LIVES = """
import sys, time
from pathlib import Path
from snippet_sandbox.gateway.gateway import Gateway
with Gateway(endpoint="http://127.0.0.1:9", token=None, hub_cache=Path(sys.argv[1])) as gateway:
    with gateway.open_door("x") as door:
        print(door.socket_dir, flush=True)
        time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One of the test's own, with a short name: what other runs leave, or are about to, is not counted."""
    with tempfile.TemporaryDirectory(prefix="vs") as name:
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@contextmanager
def living_run(cache: Path) -> "Iterator[tuple[subprocess.Popen[str], Path]]":
    """A process with a gateway, and the folder of its sockets."""
    with subprocess.Popen(
        [sys.executable, "-c", LIVES, str(cache)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        socket_dir = Path(process.stdout.readline().strip())
        assert (socket_dir / "gateway.sock").is_socket()
        yield process, socket_dir.parent
        process.kill()


def sockets() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("verify-snippets-*"))


def test_a_door_and_a_gateway_leave_nothing(hub: HubServer, cache: Path) -> None:
    before = sockets()
    with Gateway(endpoint=hub.endpoint, token=None, hub_cache=cache) as gateway:
        with gateway.open_door("x") as door:
            ask(door, "HEAD", "/acme/tiny/resolve/main/README.md")
            assert (door.hub_view / "models--acme--tiny").is_dir()
        assert not door.hub_view.exists()
        assert not door.socket_dir.exists()
    assert not (cache / ".verify-snippets").exists()
    assert sockets() == before
    assert list(cache.glob("models--acme--tiny/snapshots/*/README.md"))  # the user's own cache stays


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_what_a_killed_run_left_is_swept_and_what_lives_is_not(cache: Path, ending: signal.Signals) -> None:
    with living_run(cache) as (process, folder):
        assert sweep(cache) == 0
        assert folder.is_dir()
        process.send_signal(ending)
        process.wait(10)
    assert sweep(cache) == (1 if ending is signal.SIGKILL else 0)
    assert not folder.exists()
    assert not (cache / ".verify-snippets").exists()
    assert sweep(cache) == 0


def test_a_killed_run_whose_hub_cache_is_gone_leaves_no_sockets(cache: Path, tmp_path: Path) -> None:
    with living_run(cache) as (process, folder):
        shutil.rmtree(cache)
        assert sweep(tmp_path / "another") == 0, "it lives, though its cache is gone"
        assert folder.is_dir()
        process.kill()
        process.wait(10)
    assert sweep(tmp_path / "another") == 1
    assert not sockets()


def test_only_folders_that_are_surely_of_dead_runs_are_swept(temporary_folder: Path, tmp_path: Path) -> None:
    new, old = (temporary_folder / f"verify-snippets-{digit * 32}" for digit in "01")
    others = temporary_folder / "verify-snippets-notes"  # not a name that a run gives
    precious = tmp_path / "precious"
    for folder in (new, old, others, precious):
        folder.mkdir()
    an_hour_ago = time.time() - 3_601
    for folder in (old, others):
        os.utime(folder, (an_hour_ago, an_hour_ago))
    (precious / "file").touch()
    (temporary_folder / f"verify-snippets-{'2' * 32}").symlink_to(precious)
    (temporary_folder / f"verify-snippets-{'3' * 32}").touch()
    assert sweep(tmp_path / "cache") == 1
    assert not old.exists(), "it was never locked, and will not be"
    assert new.exists(), "it may be about to be locked"
    assert others.exists()
    assert (precious / "file").exists()


def test_a_download_does_not_hold_up_the_end(hub: HubServer, cache: Path) -> None:
    hub.delay_s = 8
    begun = time.monotonic()
    with (
        Gateway(endpoint=hub.endpoint, token=None, hub_cache=cache) as gateway,
        gateway.open_door("x") as door,
        ThreadPoolExecutor() as pool,
    ):
        asked = pool.submit(ask, door, "HEAD", "/acme/tiny/resolve/main/README.md")
        time.sleep(0.3)
        gateway.__exit__(None, None, None)
        with pytest.raises((IndexError, ValueError, OSError)):  # cut off: no reply, or a broken one
            asked.result(5)
    assert time.monotonic() - begun < 5


def test_runs_do_not_disturb_each_other(make_gateway: Callable[..., Gateway], cache: Path) -> None:
    with make_gateway().open_door("same") as one, make_gateway().open_door("same") as two:
        assert one.hub_view != two.hub_view
        assert sweep(cache) == 0
        assert ask(two, "HEAD", "/acme/tiny/resolve/main/README.md").status == 200


def test_names_of_doors_are_only_names(make_gateway: Callable[..., Gateway], cache: Path) -> None:
    with make_gateway().open_door("../../../L42 /é\0") as door:
        assert door.hub_view.is_relative_to(cache / ".verify-snippets")
        assert ask(door, "HEAD", "/acme/tiny/resolve/main/README.md").status == 200


def test_a_cache_that_can_not_be_made(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(GatewayError, match="can't be made") as caught,
        Gateway(endpoint=hub.endpoint, token=None, hub_cache=tmp_path / "file" / "cache"),
    ):
        pass
    assert "HF_HUB_CACHE" in caught.value.hint


def test_a_long_temporary_folder_is_no_obstacle(
    make_gateway: Callable[..., Gateway], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with make_gateway().open_door("x") as door:
        assert (door.socket_dir / "gateway.sock").is_socket()

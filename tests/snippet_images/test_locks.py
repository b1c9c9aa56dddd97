"""Locks between processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from snippet_images import locks, paths
from snippet_images.errors import ImageBuildError, InfrastructureError
from snippet_images.locks import Lock
from tests.snippet_images.conftest import Hearing


def test_many_share_and_one_excludes(cache: Path) -> None:
    """As readers and a writer do."""
    first, second, third = Lock("a"), Lock("a"), Lock("a")
    assert first.try_shared()
    assert second.try_shared()
    assert not third.try_exclusive()
    first.release()
    second.release()
    assert third.try_exclusive()
    assert not Lock("a").try_shared()
    assert Lock("b").try_exclusive()
    third.release()


def test_a_lock_dies_with_its_process(cache: Path) -> None:
    """However it dies."""
    code = (
        "import os, sys; from snippet_images.locks import Lock; lock = Lock('a');"
        "print(lock.try_exclusive(), flush=True); sys.stdin.read(); os.kill(os.getpid(), 9)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "True"
    lock = Lock("a")
    assert not lock.try_shared()
    holder.communicate("")
    assert lock.try_exclusive()
    lock.release()


def test_kept_until_let_go(cache: Path) -> None:
    """What is kept is not free, and twice is as good as once."""
    for _ in range(2):
        lock = Lock("a")
        assert lock.try_shared()
        locks.keep(lock)
    assert locks.is_kept("a")
    with locks.exclusive_if_free("a") as free:
        assert not free
    locks.let_go("a")
    with locks.exclusive_if_free("a") as free:
        assert free


def test_a_cache_that_cannot_be_used_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else is tried."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(InfrastructureError, match="cache folder") as caught:
        Lock("a")
    assert paths.CACHE_VARIABLE in caught.value.hint


def test_waiting_is_said_and_ends(cache: Path, hearing: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits forever, or without saying so."""
    monkeypatch.setattr(locks, "_WAIT_LIMIT_S", 0.3)
    holder = Lock("a")
    holder.try_exclusive()
    with pytest.raises(ImageBuildError, match="busy with image x"):
        locks.wait_shared(Lock("a"), "image x", hearing)
    assert "waiting for another process that is busy with image x" in hearing.whats()
    holder.release()

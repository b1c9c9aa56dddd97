"""Bad input: one line that says what happened, one that says what to do, and the right exit code."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Outcome, Verify
from tests.hub_server import HubServer

CARD = "```python\nprint('hello')\n```\n"
NOWHERE = "http://127.0.0.1:9"


def complaint(done: Outcome) -> str:
    """The error, which is one line with a hint below it, and no traceback."""
    lines = done.stderr.strip().splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    hints = [line for line in lines if line.startswith("hint: ")]
    assert len(errors) == 1, done.stderr
    assert len(hints) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    return errors[0]


def test_repo_that_does_not_exist(hub: HubServer, verify: Verify) -> None:
    """A typo in the repo id."""
    done = verify("acme/no-such-model", hub=hub)
    assert done.exit_code == 2
    assert "acme/no-such-model" in complaint(done)


def test_gated_repo_without_access(hub: HubServer, verify: Verify) -> None:
    """A card that only some may read files beside."""
    hub.add("acme/gated", {"README.md": CARD}, gated=True, readers=frozenset({"hf_reader"}))
    done = verify("acme/gated", hub=hub)
    assert done.exit_code == 2
    assert "gated" in complaint(done)
    assert "acme/gated" in done.stderr.split("hint: ")[1]


def test_hub_unreachable(verify: Verify) -> None:
    """Known within ten seconds, and no card is blamed."""
    began = time.monotonic()
    done = verify("acme/tiny")
    assert time.monotonic() - began < 10
    assert done.exit_code == 3
    assert NOWHERE in complaint(done)


def test_repo_without_a_card(hub: HubServer, verify: Verify) -> None:
    """Weights alone."""
    hub.add("acme/bare", {"config.json": "{}"})
    done = verify("acme/bare", hub=hub)
    assert done.exit_code == 2
    assert "README.md" in complaint(done)


def test_revision_that_does_not_exist(hub: HubServer, verify: Verify) -> None:
    """A tag that nobody made."""
    hub.add("acme/tiny", {"README.md": CARD})
    done = verify("acme/tiny", "--revision", "v9", hub=hub)
    assert done.exit_code == 2
    assert "v9" in complaint(done)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (bytes(range(256)) * 20, "binary"), (b"word " * 4_000_000, "MB")],
    ids=["empty", "binary", "20 MB"],
)
def test_unreadable_card(content: bytes, said: str, tmp_path: Path, verify: Verify) -> None:
    """A card that is none."""
    card = tmp_path / "README.md"
    card.write_bytes(content)
    done = verify(card)
    assert done.exit_code == 2
    assert said in complaint(done)


def test_nothing_runnable_is_fine(tmp_path: Path, verify: Verify) -> None:
    """A card without code is no error, and needs no engine."""
    card = tmp_path / "README.md"
    card.write_text("# A model\n\nNo code here.\n")
    done = verify(card, DOCKER_HOST="unix:///nowhere.sock")
    assert done.exit_code == 0, done.stderr
    assert "nothing" in (done.stdout + done.stderr).lower()
    assert done.report["snippets"] == []


@pytest.mark.parametrize(("profile", "said"), [("gpu-enormous", "no profile named"), ("a100x8", "8 GPUs")])
def test_profile(profile: str, said: str, tmp_path: Path, verify: Verify) -> None:
    """A profile that doesn't exist, and one that this host can't give."""
    card = tmp_path / "README.md"
    card.write_text(CARD)
    done = verify(card, "--profile", profile)
    assert done.exit_code == 2
    assert said in complaint(done)


def test_engine_that_does_not_answer(tmp_path: Path, verify: Verify) -> None:
    """The hint names an engine that needs no daemon."""
    card = tmp_path / "README.md"
    card.write_text(CARD)
    done = verify(card, "--engine", "docker", DOCKER_HOST="unix:///nowhere/docker.sock")
    assert done.exit_code == 3
    assert "does not answer" in complaint(done)
    assert "bubblewrap" in done.stderr.split("hint: ")[1]


def test_report_that_cannot_be_written(tmp_path: Path, verify: Verify) -> None:
    """Known before anything runs."""
    card = tmp_path / "README.md"
    card.write_text(CARD)
    done = verify(card, "--report", f"json:{tmp_path / 'no' / 'such' / 'folder.json'}")
    assert done.exit_code == 2
    assert str(tmp_path / "no" / "such") in complaint(done)


def test_disk_full_during_an_image_build(tmp_path: Path, verify: Verify) -> None:
    """The build stops, names the disk, and leaves nothing on it."""
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root only")
    card, disk = tmp_path / "README.md", tmp_path / "disk"
    card.write_text(CARD)
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)], check=True)
    try:
        done = verify(card, "--engine", "bubblewrap", VERIFY_SNIPPETS_CACHE=str(disk))
        left = [path for path in disk.rglob("*") if path.is_file() and path.stat().st_size]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert done.exit_code == 3
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    assert str(disk) in errors[0]
    assert left == []

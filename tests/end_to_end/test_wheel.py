"""The built wheel, installed in a new virtual environment outside the repo, does the same as the checkout."""

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.workflows import run_step

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it would be published."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(pip, check=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


def test_everything_is_in_it(wheel: Path) -> None:
    """Every file of the three packages that git tracks, and no other."""
    tracked = subprocess.run(
        ["git", "ls-files", "images", "sandbox", "runners"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = {name.partition("/")[2] for name in tracked.stdout.splitlines()}
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert expected <= packed
    assert any(name.endswith("cpu/Dockerfile") for name in packed)


@pytest.mark.image
def test_it_verifies_the_demo(wheel: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    """Images that the checkout has built serve it, too: they are cached by content."""
    venv.create(tmp_path / "venv", with_pip=True)
    program = tmp_path / "venv" / "bin" / "verify-snippets"
    pip = [str(tmp_path / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=300, cwd=tmp_path)
    report = tmp_path / "report.json"
    done = subprocess.run(
        [str(program), "demo", "--engine", "bubblewrap", "--report", f"json:{report}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(report.read_text())["summary"]
    assert summary["passed"] >= 2
    assert summary["failed"] == summary["blocked"] == summary["skipped"] == 1


def test_the_github_action_installs_it(wheel: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    """As the action's own code, which pip takes as a folder or a wheel, and as a release."""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "python").symlink_to(sys.executable)
    environment["PATH"] = f"{tmp_path / 'programs'}:{environment['PATH']}"
    environment |= {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_COMPILE": "1"}
    own = run_step("install", tmp_path, environment | {"GITHUB_ACTION_PATH": str(wheel)})
    assert own.exit_code == 0, own.log
    home = tmp_path / "temp" / "verify-snippets"
    assert (home / "bin" / "verify-snippets").exists()
    assert len(own.outputs["key"]) == 16
    release = run_step("install", tmp_path, environment, version="99.0")
    assert release.exit_code != 0
    assert "No matching distribution found for verify-snippets==99.0" in release.log

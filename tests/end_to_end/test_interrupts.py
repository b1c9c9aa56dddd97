"""Ctrl-C and kill -9 in the middle of a run: nothing is lost that was known, nothing is left behind."""

import fnmatch
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.conftest import command, open_or_skip

pytestmark = [pytest.mark.alone, pytest.mark.image]

MARK = "interrupted-snippet-mark"
CARD = f"""
```python
print("done at once")
```

```python
import subprocess, sys
sleep = [sys.executable, "-c", "import time; time.sleep(600)", "{MARK}"]
children = [subprocess.Popen(sleep) for _ in range(2)]
print("begun", len(children), flush=True)
children[0].wait()
```

```python
print("never reached")
```
"""


def start(folder: Path, environment: dict[str, str], engine: str) -> subprocess.Popen[str]:
    """Start the program on a card that never ends, and wait until its endless snippet runs."""
    (folder / "README.md").write_text(CARD)
    process = subprocess.Popen(
        command(folder / "README.md", "--engine", engine, "--report", f"json:{folder / 'report.json'}"),
        env=environment | {"HF_ENDPOINT": "http://127.0.0.1:9"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert eventually(lambda: len(marked()) == 2, limit_s=300), process.communicate(timeout=5)
    return process


def marked() -> list[int]:
    """Processes on this host that the snippet started."""
    found = psutil.process_iter(["cmdline"])
    return [p.pid for p in found if (p.info["cmdline"] or [""])[-1] == MARK]


def eventually(holds: Callable[[], bool], limit_s: float) -> bool:
    """Whether something comes to hold in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


def left_behind(environment: dict[str, str], pid: int) -> list[str]:
    """Cgroups, sockets and views that the process with this id made."""
    sockets = Path(environment["TMPDIR"]).iterdir()
    groups = [  # os.walk, for others' cgroups come and go meanwhile, and a glob falls over those
        Path(folder, name)
        for folder, names, _ in os.walk("/sys/fs/cgroup")
        for name in fnmatch.filter(names, f"verify-snippets.*_{pid}_*")
    ]
    views = Path(environment["HF_HOME"]).glob("hub/.verify-snippets/*/*")
    return [str(path) for path in (*sockets, *groups, *views)]


def containers(pid: int) -> list[str]:
    """Containers that the process with this id made, in any state."""
    if not Path("/var/run/docker.sock").exists():
        return []
    listed = subprocess.run(
        ["docker", "ps", "-a", "--format", '{{.ID}} {{.Label "verify-snippets.owner"}}'],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return [line for line in listed.stdout.splitlines() if f"_{pid}_" in line]


@pytest.fixture(autouse=True)
def own_temporary_folder(environment: dict[str, str]) -> Iterator[None]:
    """What is left behind is told apart from what others make at the same time; short, for sockets' names."""
    with tempfile.TemporaryDirectory(prefix="vs") as folder:
        environment["TMPDIR"] = folder
        yield


@pytest.mark.usefixtures("cpu_image")
def test_ctrl_c(tmp_path: Path, environment: dict[str, str], engine_name: str) -> None:
    """The report holds what was known, and containers are gone."""
    process = start(tmp_path, environment, engine_name)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert time.monotonic() - began < 15
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["complete"] is False
    assert [s["runs"][0]["verdict"] for s in told["snippets"] if s["runs"]] == ["passed"]
    assert eventually(lambda: not marked(), 5)
    assert containers(process.pid) == []
    assert left_behind(environment, process.pid) == []


@pytest.mark.usefixtures("cpu_image")
def test_kill_9(tmp_path: Path, environment: dict[str, str], engine_name: str) -> None:
    """Snippets die with their runner; the next run sweeps the rest."""
    process = start(tmp_path, environment, engine_name)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert eventually(lambda: not marked(), 15), "snippets outlived their runner"
    (tmp_path / "README.md").write_text("```python\nprint('next')\n```\n")
    following = command(tmp_path / "README.md", "--engine", engine_name)
    subprocess.run(following, env=environment, check=True, capture_output=True, timeout=120)
    assert containers(process.pid) == []
    assert left_behind(environment, process.pid) == []
    open_or_skip(engine_name).close()


def test_ctrl_c_during_an_image_build(tmp_path: Path, environment: dict[str, str]) -> None:
    """As at a terminal, where the programs that the build starts get the signal, too."""
    cache = tmp_path / "cache"
    (tmp_path / "README.md").write_text(CARD)
    report = tmp_path / "report.json"
    process = subprocess.Popen(
        command(tmp_path / "README.md", "--engine", "bubblewrap", "--report", f"json:{report}"),
        env=environment | {"VERIFY_SNIPPETS_CACHE": str(cache)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert eventually(lambda: any(cache.glob("staging/*")) or any(cache.glob("wheels/*")), 60)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert json.loads(report.read_text())["complete"] is False
    assert "Traceback" not in said
    assert not any(cache.glob("staging/*")), "an unfinished build was left behind"
    assert not any(cache.glob("images/*"))

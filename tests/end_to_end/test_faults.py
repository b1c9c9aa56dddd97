"""What goes wrong around a run: no finished verdict is lost, nothing is left behind, no card is blamed."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from snippet_images.progress import silent
from snippet_sandbox.engines.docker import DockerEngine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.profile import PROFILES, Host
from tests.end_to_end.conftest import Verify, command
from tests.end_to_end.own_engine import copy_image, started_engine, takes_root_and_dockerd
from tests.end_to_end.test_interrupts import containers, eventually, left_behind
from tests.runners import runner_in
from verify_snippets.card import Card, Source
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.schedule import Scheduler
from verify_snippets.verdict import Verdict, judge

pytestmark = [pytest.mark.image, pytest.mark.docker]

KILLS = {"bubblewrap": 60, "docker": 40}
CARD = "\n".join(f"```python\nprint({n})\n```\n" for n in range(3))
HOST = Host(cpus=2, memory_bytes=PROFILES["cpu-basic"].memory_bytes)


@pytest.mark.usefixtures("cpu_image")
def test_kill_9_at_random_moments(
    tmp_path: Path, environment: dict[str, str], verify: Verify, engine_name: str, short_folder: Path
) -> None:
    """Whatever moment it hits, the next run sweeps up and every verdict that was told is kept."""
    card = tmp_path / "README.md"
    environment["TMPDIR"] = str(short_folder)
    card.write_text(CARD)
    began = time.monotonic()
    assert verify(card, "--engine", engine_name).exit_code == 0
    whole_s = time.monotonic() - began
    lot = random.Random(0)  # noqa: S311 - no secret
    pids, told_of = [], 0
    for n in range(KILLS[engine_name]):
        card.write_text(CARD.replace("print(", f"print({n}, "))
        log = (tmp_path / "log").open("w+")
        process = subprocess.Popen(
            command(card, "--engine", engine_name),
            env=environment | {"HF_ENDPOINT": "http://127.0.0.1:9"},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        time.sleep(lot.uniform(0, whole_s))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        pids.append(process.pid)
        log.seek(0)
        told_of += log.read().count("passed line")
        log.close()
    kept = list((tmp_path / "data" / "verify-snippets" / "verdicts").glob("*.json"))
    assert all(json.loads(file.read_text())["run"]["verdict"] == "passed" for file in kept)
    assert told_of, "every kill came too early to show anything"
    assert len(kept) >= told_of + 3
    assert verify(card, "--engine", engine_name, "--fresh").verdicts() == ["passed"] * 3
    assert eventually(lambda: not [c for pid in pids for c in containers(pid)], 10)
    assert [left for pid in pids for left in left_behind(environment, pid)] == []


@takes_root_and_dockerd
def test_an_engine_that_restarts(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The snippet that ran in it is run again, and the card is not blamed."""
    shared = DockerEngine()
    image = shared.ensure_image("bare", silent)
    shared.close()
    address = f"unix://{short_folder}/docker.sock"
    with started_engine(short_folder) as first:
        copy_image(image.reference, address)
        monkeypatch.setenv("DOCKER_HOST", address)
        engine = DockerEngine()
        text = "```python\nprint('quick')\n```\n\n```python\nimport time\ntime.sleep(3)\n```\n"
        card = Card(text=text, sha256="", source=Source.FILE, location="README.md")
        plan = make_plan(card, HOST)
        with Gateway() as gateway:
            runner = runner_in(engine, gateway, engine.ensure_image("bare", silent), time_limit_s=60)
            began: list[str] = []
            scheduler = Scheduler(
                runner=runner,
                host=HOST,
                announce=lambda step: began.append(step.snippet.id),
                pauses_s=(2.0, 5.0, 10.0),
            )
            found: list[Ran] = []
            thread = threading.Thread(target=lambda: found.extend(scheduler.run_all(plan.steps)))
            thread.start()
            assert eventually(lambda: len(began) == 2, 30)
            first.terminate()
            first.wait(60)
            with started_engine(short_folder):
                thread.join(60)
                engine.close()
                listed = ["docker", "-H", address, "ps", "--all", "--quiet"]
                left = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    assert [judge(ran).verdict for ran in found] == [Verdict.PASSED, Verdict.PASSED]
    assert not left


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, of ``size``."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root")
@pytest.mark.usefixtures("cpu_image")
def test_a_full_disk(tmp_path: Path, verify: Verify) -> None:
    """Verdicts that can't be kept are told all the same; a report that can't be written is said so."""
    card = tmp_path / "README.md"
    card.write_text(CARD)
    with small_disk(tmp_path / "full", "64k") as full:
        (full / "filler").write_bytes(b"\0" * 60_000)
        told = verify(card, "--engine", "bubblewrap", XDG_DATA_HOME=str(full))
        assert (told.exit_code, told.verdicts()) == (0, ["passed"] * 3)
        unwritten = verify(card, "--engine", "bubblewrap", "--report", f"json:{full / 'report.json'}")
        assert unwritten.exit_code == 3, unwritten.stderr
        assert "report.json" in unwritten.stderr
        assert not list(full.glob("*report*"))

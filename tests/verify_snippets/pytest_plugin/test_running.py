"""Snippets run as pytest's items, in real containers."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest

from snippet_images.progress import silent
from tests.end_to_end.conftest import open_or_skip
from tests.hub_server import HubServer, Repo
from tests.verify_snippets.pytest_plugin.conftest import (
    ALL,
    ASKS,
    BLOCKED,
    BUBBLEWRAP,
    CARD,
    DIFFERS,
    FAILS,
    NO_PYTHON,
    PASSES,
    SHELL,
    Session,
    start,
)

_RESULTS = {"failure", "error", "skipped"}


def message(session: Session, name: str) -> str:
    """The reason of a failure, in short."""
    return failure(session, name).attrib["message"]


def failure(session: Session, name: str) -> ElementTree.Element:
    """What a report says of a failure."""
    found = session.cases[name].find("failure")
    assert found is not None
    return found


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    """Built here, so that no test's own time has to bear it."""
    engine = open_or_skip("bubblewrap")
    engine.ensure_image("cpu", silent)
    engine.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project")
    (made / "README.md").write_text(CARD)
    (made / "test_own.py").write_text("def test_own():\n    pass\n")
    return made


@pytest.fixture(scope="module")
def session(folder: Path) -> Session:
    """The whole card, once."""
    return start(folder, "--card", "README.md", BUBBLEWRAP, "--card-strict-output", "-v")


def test_each_snippet_has_its_outcome(session: Session) -> None:
    assert list(session.cases) == ALL
    results = {
        name: [child.tag for child in case if child.tag in _RESULTS] for name, case in session.cases.items()
    }
    assert results == {
        PASSES: [],
        FAILS: ["failure"],
        BLOCKED: ["failure"],
        ASKS: ["skipped"],
        SHELL: ["skipped"],
        NO_PYTHON: ["failure"],
        DIFFERS: ["failure"],
    }
    assert session.exit_code == pytest.ExitCode.TESTS_FAILED
    assert "4 failed, 1 passed, 2 skipped" in session.output


def test_a_failure_shows_the_cards_own_lines_and_nothing_of_ours(session: Session) -> None:
    told = "".join(failure(session, FAILS).itertext())
    assert '    print("to stderr", file=sys.stderr)\n>   number = json.loads("{")\nE   json.' in told
    assert 'File "README.md", line 13, in <module>' in told
    assert "README.md:13: card-bug" in told
    assert "verify_snippets" not in told
    assert "pytest_plugin" not in session.output


def test_what_a_snippet_prints_is_in_the_sections_of_its_report(session: Session) -> None:
    passed, failed = session.cases[PASSES], session.cases[FAILS]
    assert "hello" in passed.findtext("system-out", "")
    assert "to stderr" in failed.findtext("system-err", "")
    assert "Traceback" not in failed.findtext("system-err", "")  # the failure has it already
    assert "Captured stderr call" in session.output


def test_a_failure_says_its_reason_in_short(session: Session) -> None:
    assert message(session, BLOCKED).startswith(f"blocked: {FAILS}, which it needs")
    assert "SyntaxError" in message(session, NO_PYTHON)
    assert message(session, DIFFERS).startswith("contradicted: printed something else")
    assert "E   -3" in "".join(failure(session, DIFFERS).itertext())


def test_skips_say_why_and_where(session: Session) -> None:
    assert (
        f"README.md:{ASKS[1:]}: needs input: the reader must replace '/path/to/your/file.csv'"
        in session.output
    )
    assert f"README.md:{SHELL[1:]}: " in session.output


def test_the_times_are_the_snippets_own(session: Session) -> None:
    facts = session.properties(PASSES)
    assert facts["verdict"] == "passed"
    assert facts["profile"] == "cpu-basic"
    assert facts["line"] == PASSES[1:]
    assert int(facts["peak_memory_bytes"]) > 0
    assert (
        0 < float(facts["duration_s"]) < float(session.cases[PASSES].attrib["time"])
    )  # starting it comes on top
    assert session.properties(FAILS)["cause"] == "card-bug"


def test_verdicts_are_known_the_next_time_and_last_failures_run_alone(session: Session, folder: Path) -> None:
    again = start(folder, "--card", "README.md", BUBBLEWRAP, "--card-strict-output", "--lf")
    assert list(again.cases) == [FAILS, BLOCKED, NO_PYTHON, DIFFERS]
    assert again.properties(FAILS)["reused_from"]


def test_workers_of_xdist_share_the_snippets_of_one_commit(
    session: Session, folder: Path, tmp_path: Path
) -> None:
    with HubServer() as hub:
        commit = hub.store.add(Repo(id="acme/tiny")).commit({"README.md": CARD})
        where = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path)}
        told = start(folder, "--card", "acme/tiny", BUBBLEWRAP, "-n", "2", ".", **where)
    assert sorted(told.cases) == sorted([*ALL, "test_own"])
    assert "3 failed, 3 passed, 2 skipped" in told.output  # without --card-strict-output
    assert message(told, BLOCKED).startswith(f"blocked: {FAILS}")
    assert {told.properties(name)["revision"] for name in ALL} == {commit}


def test_the_cells_of_a_notebook_run_once(tmp_path: Path) -> None:
    cells = ["runs = [1]", "runs.append(2)\nprint(len(runs))", "raise ValueError(len(runs))"]
    notebook = {
        "cells": [
            {"cell_type": "code", "source": code, "metadata": {}, "outputs": [], "execution_count": None}
            for code in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    (tmp_path / "README.md").write_text("# Tiny\n")
    (tmp_path / "demo.ipynb").write_text(json.dumps(notebook))
    told = start(tmp_path, "--card", ".", "--card-repo-id", "acme/tiny", BUBBLEWRAP)
    assert list(told.cases) == [f"demo.ipynb:{number}" for number in (1, 2, 3)]
    assert "2" in told.cases["demo.ipynb:2"].findtext("system-out", "")
    assert message(told, "demo.ipynb:3") == "ValueError: 2"
    assert ">   raise ValueError(len(runs))" in told.output
    assert "demo.ipynb:1: card-bug" in told.output


def test_our_own_trouble_is_an_error_and_no_failure(folder: Path) -> None:
    card = ["--card", "README.md", "--card-engine=docker", f"README.md::{PASSES}"]
    told = start(folder, *card, DOCKER_HOST="unix:///nowhere.sock")
    assert [child.tag for child in told.cases[PASSES] if child.tag in _RESULTS] == ["error"]
    assert "hint: " in told.output
    assert "1 error in" in told.output


def test_ctrl_c_leaves_no_container_behind(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("```python\nimport time\ntime.sleep(300)\n```\n")
    command = [sys.executable, "-m", "pytest", "--card", "README.md", BUBBLEWRAP]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as started:
        pytest_ = psutil.Process(started.pid)
        try:
            containers = _wait_for(lambda: pytest_.children(recursive=True))
            time.sleep(1)  # the snippet sleeps by then
            started.send_signal(signal.SIGINT)
            output, _ = started.communicate(timeout=30)
        finally:
            started.kill()
    assert started.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in output
    _, alive = psutil.wait_procs(containers, timeout=10)
    assert alive == []


def _wait_for(found: Callable[[], list[psutil.Process]], within_s: float = 30) -> list[psutil.Process]:
    """What there is once there is anything."""
    end = time.monotonic() + within_s
    while not (there := found()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return there

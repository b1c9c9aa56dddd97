"""``verify-snippets org``: what is refused before a night begins, and a night that is interrupted."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from tests.verify_snippets.store.full_disk import BIG, full_disk
from verify_snippets.cli import main, night
from verify_snippets.store import Store


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--budget", "soon"], "budget"),
        (["--cache-limit", "much"], "size"),
        (["--max-age", "0"], "--max-age"),
        (["--notify", "nowhere://"], "nowhere://"),
        (["--report", "sarif:news.sarif"], "sarif"),
        (["--report", "json:/no/such/folder/news.json"], "/no/such/folder"),
        (["--store", "mysql://host/night"], "mysql"),
        (["--log-format", "xml"], "xml"),
        (["--engine", "teleport"], "teleport"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["org", "acme", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert said in told.err


def test_who_asked_for_json_is_told_so_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["org", "acme", "--store", "mysql://host/night", "--log-format", "json"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["exit_code"]) == ("night_failed", "error", 2)
    assert "mysql" in told["reason"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_is_enough_while_a_full_disk_is_waited_for(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stores(_options: object, store: Store, *_: object, **__: object) -> None:
        with full_disk(store):
            threading.Timer(0.5, os.kill, (os.getpid(), number)).start()
            store.put_standings(BIG)

    monkeypatch.setattr(night, "run_night", stores)
    assert main(["org", "acme"]) == 130
    assert "no space left" in capsys.readouterr().err

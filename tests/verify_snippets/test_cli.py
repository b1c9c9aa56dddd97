"""The command line: what it takes, what it says where, and what it exits with."""

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError
from snippet_sandbox.engines import ENGINES
from snippet_sandbox.gateway.web_policy import WebPolicy
from snippet_sandbox.job import DEFAULT_TIME_LIMIT_S
from tests.verify_snippets.report import samples
from verify_snippets import verify as stage
from verify_snippets.cli import main, planning
from verify_snippets.cli.shared_options import DEFAULT_TIMEOUT_S
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan
from verify_snippets.report.model import Report

Verify = Callable[..., Report]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VERIFY_SNIPPETS_DEBUG", raising=False)


class FakeVerify:
    """Stands where ``verify`` stands, remembers what it was asked and answers with a report or an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Report | Exception = samples.report()
        self.calls: list[tuple[str, Options]] = []
        monkeypatch.setattr(stage, "verify", self)

    def __call__(self, target: str, options: Options, screen: Screen, *, cancel: threading.Event) -> Report:
        self.calls.append((target, options))
        screen.say("engine: fake")
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch) -> FakeVerify:
    return FakeVerify(monkeypatch)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(target: str, options: Options, screen: Screen) -> Plan:
        return samples.plan()

    monkeypatch.setattr(planning, "prepare", prepare)


def test_a_target_alone_is_verified_with_defaults(verify: FakeVerify) -> None:
    assert main(["acme/tiny"]) == 0
    assert verify.calls == [("acme/tiny", Options())]


def test_every_option_reaches_its_place(verify: FakeVerify) -> None:
    options = ["--repo-id", "acme/x", "--revision", "v1.0", "--profile", "cpu-basic"]
    options += ["--engine", "bubblewrap", "--timeout", "90", "--web", "example.org, .HF.co"]
    assert main([*options, "./folder"]) == 0
    assert main(["./folder", *options]) == 0
    wanted = Options(
        repo_id="acme/x",
        revision="v1.0",
        profile="cpu-basic",
        engine="bubblewrap",
        time_limit_s=90,
        web=WebPolicy.only("example.org", ".hf.co"),
    )
    assert verify.calls == [("./folder", wanted)] * 2


def test_a_day_counts_to_its_end_and_asks_for_a_bisection(verify: FakeVerify) -> None:
    """What came out on that day counts as there."""
    assert main(["--bisect", "acme/tiny"]) == 0
    assert main(["--as-of", "2025-11-20", "acme/tiny"]) == 0
    end = datetime(2025, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    wanted = [Options(bisect=True), Options(bisect=True, as_of=end)]
    assert verify.calls == [("acme/tiny", options) for options in wanted]
    assert main(["--as-of", "yesterday", "acme/tiny"]) == 2


def test_the_default_timeout_is_the_sandboxes() -> None:
    assert DEFAULT_TIMEOUT_S == DEFAULT_TIME_LIMIT_S


def test_the_exit_code_is_the_reports(verify: FakeVerify) -> None:
    verify.answer = samples.every_verdict()
    assert main(["acme/tiny"]) == 1


def test_the_table_goes_to_stdout_and_talk_to_stderr(
    verify: FakeVerify, capsys: pytest.CaptureFixture[str]
) -> None:
    verify.answer = samples.every_verdict()
    main(["acme/tiny"])
    out, err = capsys.readouterr()
    assert "1 passed, 1 failed" in out
    assert "engine: fake" in err
    assert "engine: fake" not in out


def test_a_report_on_stdout_is_alone_there(verify: FakeVerify, capsys: pytest.CaptureFixture[str]) -> None:
    verify.answer = samples.every_verdict()
    assert main(["acme/tiny", "--report", "json:-"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["summary"]["failed"] == 1
    assert "1 passed, 1 failed" in err


def test_a_terminal_report_on_stdout_is_not_shown_twice(
    verify: FakeVerify, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["acme/tiny", "--report", "terminal:-"])
    out, err = capsys.readouterr()
    assert "exit code 0" in out
    assert "exit code 0" not in err


def test_several_reports_are_written(verify: FakeVerify, tmp_path: Path) -> None:
    assert main(["acme/tiny", "--report", "json:a.json", "--report", "terminal:b.txt"]) == 0
    assert json.loads((tmp_path / "a.json").read_text())["exit_code"] == 0
    assert "exit code 0" in (tmp_path / "b.txt").read_text()


@pytest.mark.parametrize(
    "report", ["json:missing/report.json", "xml:report.xml", "json:", "json:/proc/report.json"]
)
def test_a_report_that_cannot_be_written_is_known_before_anything_runs(
    verify: FakeVerify, capsys: pytest.CaptureFixture[str], report: str
) -> None:
    assert main(["acme/tiny", "--report", report]) == 2
    assert verify.calls == []
    assert_one_error(capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--unknown", "acme/tiny"],
        ["--web", "https://example.org/", "acme/tiny"],
        ["acme/tiny", "too-much"],
        ["acme/tiny", "--timeout", "0"],
        ["acme/tiny", "--timeout", "soon"],
        ["acme/tiny", "--engine", "kubernetes"],
        ["plan"],
        ["images", "burn"],
        ["--repo-id", "acme/x"],
    ],
)
def test_wrong_usage(verify: FakeVerify, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    assert verify.calls == []
    assert_one_error(capsys)


def test_an_unknown_engine_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    main(["acme/tiny", "--engine", "kubernetes"])
    assert ", ".join(ENGINES) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("there is no repo acme/none", hint="check the spelling"), 2),
        (InfrastructureError("the Hub can't be reached", hint="check the network"), 3),
    ],
)
def test_an_error_for_the_user_is_one_line_with_a_hint(
    verify: FakeVerify, capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    verify.answer = error
    assert main(["acme/none"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(r"^error: (there is no repo|the Hub can't)", err, re.MULTILINE)
    assert re.search(r"^hint: check the", err, re.MULTILINE)


def test_an_error_cannot_steer_the_terminal(verify: FakeVerify, capsys: pytest.CaptureFixture[str]) -> None:
    verify.answer = UsageError(samples.EVIL + "\nsecond line")
    main(["acme/none"])
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "second line" in err.splitlines()[-1]


def test_what_should_not_happen_is_ours_and_has_a_traceback_only_when_asked(
    verify: FakeVerify, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verify.answer = ZeroDivisionError("oops")
    assert main(["acme/tiny"]) == 3
    err = capsys.readouterr().err
    assert "ZeroDivisionError: oops" in err
    assert "Traceback" not in err
    monkeypatch.setenv("VERIFY_SNIPPETS_DEBUG", "1")
    assert main(["acme/tiny"]) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--debug", "acme/tiny"], ["acme/tiny", "--debug"]])
def test_debug_may_stand_anywhere(
    verify: FakeVerify,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    monkeypatch.setenv("VERIFY_SNIPPETS_DEBUG", "0")
    verify.answer = ZeroDivisionError("oops")
    main(arguments)
    assert "Traceback" in capsys.readouterr().err


def test_plan_for_machines(planned: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "acme/tiny", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["blocks"]) == 4


def test_plan_for_people(planned: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "acme/tiny"]) == 0
    assert "2 of 4 code blocks would run" in capsys.readouterr().out


def test_help_names_every_option_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    options = ["--repo-id", "--revision", "--profile", "--engine", "--timeout", "--report", "--version"]
    commands = ["demo", "doctor", "images", "plan"]
    codes = ["0 ", "1 ", "2 ", "3 ", "130 "]
    assert not [word for word in [*options, *commands] if word not in out]
    assert not [code for code in codes if f"\n    {code}" not in out]
    assert "--debug" not in out


def test_no_arguments_are_wrong_usage_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Usage:" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"verify-snippets \d+\.\d+\.\d+\n", capsys.readouterr().out)


def assert_one_error(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(":")[0] for line in err.splitlines()] == ["error", "hint"]


# From here on in a process of its own: signals, pipes, and what is imported.

_PROGRAM = """
import sys, threading, time
from tests.verify_snippets.report import samples
from verify_snippets import verify as stage
from verify_snippets.cli import main, planning

def verify(target, options, screen, *, cancel):
    screen.say("ready")
    {body}

stage.verify = verify
sys.exit(main(sys.argv[1:]))
"""
_WAIT = "cancel.wait(30); time.sleep({after}); return samples.report(complete=False, exit_code=130)"


def start(body: str, *arguments: str) -> subprocess.Popen[str]:
    program = _PROGRAM.format(body=textwrap.dedent(body))
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    assert "ready" in process.stderr.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_ends_in_order_with_a_partial_report(number: signal.Signals, tmp_path: Path) -> None:
    with start(_WAIT.format(after=0), "acme/tiny", "--report", "json:report.json") as process:
        wait_until_ready(process)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads((tmp_path / "report.json").read_text())["complete"] is False
    assert "interrupted" in out
    assert number.name in err


def test_a_hangup_that_is_ignored_stays_ignored_and_an_interrupt_does_not() -> None:
    with ignoring(signal.SIGHUP), ignoring(signal.SIGINT):
        process = start(_WAIT.format(after=0), "acme/tiny")
    with process:
        wait_until_ready(process)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130


@contextmanager
def ignoring(number: signal.Signals) -> Iterator[None]:
    """Children started meanwhile ignore the signal, as with ``nohup`` or ``&``."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


def test_the_second_signal_ends_at_once() -> None:
    with start(_WAIT.format(after=25), "acme/tiny") as process:
        wait_until_ready(process)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert "SIGINT" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - began < 10


def test_an_error_because_of_the_signal_is_an_interruption() -> None:
    body = "from snippet_images.errors import ImageBuildError; cancel.wait(30); raise ImageBuildError('pip')"
    with start(body, "acme/tiny") as process:
        wait_until_ready(process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "error:" not in err


def test_a_reader_that_goes_away_changes_nothing(tmp_path: Path) -> None:
    body = "return samples.every_verdict()"
    with start(body, "acme/tiny", "--report", "json:-") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_help_imports_nothing_slow() -> None:
    program = (
        "import sys; from verify_snippets.cli import main; main(['--help']); "
        "slow = {'docker', 'aiohttp', 'huggingface_hub', 'pydantic', 'rich'} & set(sys.modules); "
        "sys.exit(str(slow) if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

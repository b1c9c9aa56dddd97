"""The demo's repo is what it should be, and the demo judges its own verdicts."""

from collections.abc import Sequence

import pytest

from snippet_sandbox.profile import GB, Host
from tests.verify_snippets.report import samples
from verify_snippets import demo
from verify_snippets import verify as stage
from verify_snippets.cli import main
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan
from verify_snippets.report.model import Report
from verify_snippets.target import load_card
from verify_snippets.verdict import Verdict

LIMIT_BYTES = 300_000


def report(verdicts: Sequence[Verdict], *, complete: bool = True) -> Report:
    runs = [
        samples.snippet_report(10 * n, samples.simple_run(verdict)) for n, verdict in enumerate(verdicts, 1)
    ]
    return samples.report(*runs, exit_code=1, complete=complete)


@pytest.fixture
def plan() -> Plan:
    card = load_card(str(demo.FOLDER), repo_id=demo.REPO_ID)
    return make_plan(card, Host(cpus=8, memory_bytes=34 * GB))


def test_the_repo_is_complete_and_small() -> None:
    files = {path.name: path.stat().st_size for path in demo.FOLDER.iterdir()}
    assert {"README.md", "config.json", "model.safetensors", "tokenizer.json"} <= files.keys()
    assert files["model.safetensors"] < LIMIT_BYTES


def test_the_card_has_a_step_for_every_verdict_that_is_expected(plan: Plan) -> None:
    assert len(plan.steps) == len(demo.EXPECTED)
    skipped = [n for n, step in enumerate(plan.steps) if not step.runs]
    assert skipped == [n for n, verdict in enumerate(demo.EXPECTED) if verdict is Verdict.SKIPPED]


def test_the_blocked_step_needs_the_failing_one(plan: Plan) -> None:
    failing = plan.steps[demo.EXPECTED.index(Verdict.FAILED)]
    blocked = plan.steps[demo.EXPECTED.index(Verdict.BLOCKED)]
    assert blocked.first == (failing.snippet,)


@pytest.mark.parametrize(
    ("verdicts", "complete", "code"),
    [
        (demo.EXPECTED, True, 0),
        ((Verdict.FAILED, *demo.EXPECTED[1:]), True, 1),
        (demo.EXPECTED[1:], True, 1),
        ((Verdict.BROKEN, *demo.EXPECTED[1:]), True, 3),
        (demo.EXPECTED, False, 130),
    ],
)
def test_the_exit_code_tells_whether_the_demo_showed_what_it_should(
    monkeypatch: pytest.MonkeyPatch, verdicts: Sequence[Verdict], complete: bool, code: int
) -> None:
    monkeypatch.setattr(stage, "verify", lambda *_, **__: report(verdicts, complete=complete))
    assert main(["demo"]) == code


def test_a_surprise_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(stage, "verify", lambda *_, **__: report((Verdict.FAILED, *demo.EXPECTED[1:])))
    main(["demo"])
    assert "line 10 should be passed and is failed" in capsys.readouterr().err

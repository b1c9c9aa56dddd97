"""Columns one after the other: what one of them can do to the others."""

import threading
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError
from snippet_images.progress import Progress
from verify_snippets.matrix import verifying
from verify_snippets.matrix.columns import Column
from verify_snippets.matrix.verifying import verify_columns
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import Report, RunReport
from verify_snippets.verify import verify_plan

# What is read and not run has its verdict without a container.
SHELL = "```bash\npython serve.py --port 8000\n```\n"
CARD = f"{SHELL}\n```python\nprint(1)\n```\n"
COLUMNS = [Column(libraries=("transformers<5",)), Column(libraries=("transformers>=5",))]


class Told:
    """A screen that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def show(self, progress: Progress) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)

    def planned(self, plan: Plan) -> None: ...

    def started(self, step: Step) -> None: ...

    def finished(self, step: Step, run: RunReport) -> None: ...


@pytest.fixture
def card(tmp_path: Path) -> str:
    file = tmp_path / "README.md"
    file.write_text(SHELL)
    return str(file)


def test_a_column_that_our_own_trouble_keeps_from_running_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cells are broken, and the hint is said."""
    file = tmp_path / "README.md"
    file.write_text(CARD)

    def fails(*_: object, **__: object) -> Report:
        raise InfrastructureError("the image could not be built", hint="make room")

    monkeypatch.setattr(verifying, "verify_plan", fails)
    screen = Told()
    report = verify_columns(str(file), COLUMNS, Options(), screen, cancel=threading.Event())
    assert [[str(run.verdict) for run in snippet.runs] for snippet in report.snippets] == [
        ["skipped", "skipped"],
        ["broken", "broken"],
    ]
    assert (report.exit_code, report.complete) == (3, True)
    assert "hint: make room" in screen.said


@pytest.mark.parametrize("fails", [False, True])
def test_an_interruption_keeps_the_columns_before(
    card: str, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it ends the second column's work or fails it."""
    cancel = threading.Event()
    done: list[str] = []

    def interrupted(plan: Plan, options: Options, *rest: Told, **more: object) -> Report:
        if done:
            cancel.set()
            if fails:
                raise InfrastructureError("a program was ended by a signal")
        done.append(options.libraries[0])
        report = verify_plan(plan, options, *rest, **more)  # type: ignore[arg-type]
        return report.model_copy(update={"complete": not cancel.is_set()})

    monkeypatch.setattr(verifying, "verify_plan", interrupted)
    report = verify_columns(card, [*COLUMNS, Column()], Options(), Told(), cancel=cancel)
    assert [column.libraries for column in report.columns] == [
        column.libraries[0] for column in COLUMNS[: 1 if fails else 2]
    ]
    assert (report.complete, report.exit_code) == (False, 130)

"""One run of a notebook, and a verdict for each cell."""

from dataclasses import replace

from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from tests.verify_snippets.notebook_samples import notebook, plan
from verify_snippets.notebook_runs import split, together
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.verdict import Judgement, Verdict, judge

CELLS = ("x = 1", "y = 1 / 0", "print(y)", "print(x)")
BUG = PartError(type="ZeroDivisionError", message="division by zero", line=1)


def cell(number: int, *, ends: bool = True, error: PartError | None = None) -> PartMeasurement:
    """A cell that began."""
    return PartMeasurement(
        name=f"demo.ipynb:{number}",
        started=True,
        completed=ends and error is None,
        duration_s=0.5,
        error=error,
        peak_anonymous_bytes=number * 10**6,
        stdout=f"of {number}",
    )


def judged(*parts: PartMeasurement, **ending: object) -> list[Judgement]:
    """What is said of each cell of a notebook that came to this."""
    steps = plan(notebook(*CELLS)).steps
    unbegun = [PartMeasurement(name=step.snippet.id) for step in steps[len(parts) :]]
    whole = Measurement(ending=Ending.EXITED, exit_code=1, parts=(*parts, *unbegun))
    ran = Ran(step=steps[-1], measurement=replace(whole, **ending))  # type: ignore[arg-type]  # by name
    return [judge(each) for each in split(ran, steps)]


def test_the_last_cell_stands_for_all() -> None:
    """Those of one notebook run as one; the card's blocks by themselves."""
    card = "```python\na = 1\n```\n\n```python\nprint(a)\n```\n"
    steps = plan(notebook(*CELLS), notebook("1", path="b.ipynb"), text=card).steps
    assert [[step.snippet.id for step in group] for group in together(steps)] == [
        ["L1"],
        ["L5"],
        [f"demo.ipynb:{number}" for number in (1, 2, 3, 4)],
        ["b.ipynb:1"],
    ]


def test_each_cell_has_its_own_verdict() -> None:
    """One that needs a failed one is blocked by it, where it fails; one that doesn't, passes."""
    lost = PartError(type="NameError", message="name 'y' is not defined", line=1)
    said = judged(cell(1), cell(2, error=BUG), cell(3, error=lost), cell(4))
    assert [each.verdict for each in said] == [
        Verdict.PASSED,
        Verdict.FAILED,
        Verdict.BLOCKED,
        Verdict.PASSED,
    ]
    assert said[2].reason.startswith("demo.ipynb:2, which it needs: ")


def test_a_cell_that_fails_by_itself_is_not_blocked() -> None:
    """Though one before it failed, which it does not need."""
    said = judged(cell(1), cell(2, error=BUG), cell(3), cell(4, error=BUG))
    assert [each.verdict for each in said][2:] == [Verdict.PASSED, Verdict.FAILED]


def test_a_dead_kernel_fails_the_cell_that_ran_and_blocks_the_others() -> None:
    """Those before it keep their verdicts."""
    said = judged(cell(1), cell(2, ends=False), ending=Ending.MEMORY_LIMIT, exit_code=None)
    assert [each.verdict for each in said] == [
        Verdict.PASSED,
        Verdict.FAILED,
        Verdict.BLOCKED,
        Verdict.BLOCKED,
    ]
    assert "more memory" in said[1].reason
    assert "demo.ipynb:2" in said[3].reason


def test_what_was_seen_of_a_cell_is_its_own() -> None:
    """Its time, its output, its memory; what is not known of it alone is left out."""
    steps: tuple[Step, ...] = plan(notebook("1", "2")).steps
    whole = Measurement(ending=Ending.EXITED, exit_code=0, parts=(cell(1), cell(2)), stdout="of 1of 2")
    first, _ = split(Ran(step=steps[-1], measurement=whole), steps)
    assert first.step is steps[0]
    measured = first.measurement
    assert measured is not None
    assert (measured.stdout, measured.duration_s, measured.exit_code) == ("of 1", 0.5, 0)
    assert (measured.memory.anonymous_bytes, measured.memory.cgroup_bytes) == (10**6, None)


def test_what_kept_the_notebook_from_running_is_said_of_each_cell() -> None:
    """Nothing was measured."""
    steps = plan(notebook("1", "2")).steps
    came = list(split(Ran(step=steps[-1], trouble="no engine"), steps))
    assert [judge(each).verdict for each in came] == [Verdict.BROKEN] * 2
    assert [each.step for each in came] == list(steps)


def test_an_interrupted_notebook_tells_of_the_cells_that_were_done() -> None:
    """The one that ran is not known, nor those after it."""
    steps = plan(notebook(*CELLS)).steps
    parts = (cell(1), cell(2, ends=False), *(PartMeasurement(name=f"demo.ipynb:{n}") for n in (3, 4)))
    whole = Measurement(ending=Ending.CANCELLED, parts=parts)
    came = split(Ran(step=steps[-1], measurement=whole), steps)
    assert [each.came_to_its_end for each in came] == [True, False, False, False]

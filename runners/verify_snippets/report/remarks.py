"""What a pass is worth: the output held against the card's, and passes that show little. Pure.

It is found out whenever a verdict is told, and not kept with it: the card's output, and how strictly it is
taken, may change while all that the run depends on stays the same.
"""

from collections.abc import Sequence

from verify_snippets import shown, vacuous
from verify_snippets.plan import Step
from verify_snippets.report.model import OutputReport, RunReport
from verify_snippets.shown import Held
from verify_snippets.snippets import Origin, Snippet
from verify_snippets.verdict import Verdict

_RAN = (Verdict.PASSED, Verdict.CONTRADICTED)


def remark(run: RunReport, step: Step, snippets: Sequence[Snippet], *, strict_output: bool) -> RunReport:
    """A run with what its output shows, where it came to its last line.

    Args:
        run: what is known.
        step: what ran.
        snippets: all of the card's, by their block's index.
        strict_output: whether another output than the card shows makes it contradicted.
    """
    expected = (run.reason,) if run.expected_failure else ()
    run = run.model_copy(update={"remarks": (*run.remarks, *expected, *step.snippet.marks.unclear)})
    if run.verdict not in _RAN or run.expected_failure:
        return run
    held = shown.hold(step, snippets, run.stdout, run.stderr)
    is_fault = strict_output and held is not None and held.verdict == "differs"
    told: dict[str, object] = {"remarks": (*run.remarks, *_remarks(run, step, snippets, held))}
    if held is not None:
        told["output"] = OutputReport(
            verdict=held.verdict, reason=held.reason, line=held.line, diff=held.diff
        )
        if is_fault and run.verdict is Verdict.PASSED:
            reason = f"printed something else than the card shows at line {held.line}"
            told |= {"verdict": Verdict.CONTRADICTED, "reason": reason}
    return run.model_copy(update=told)


def _remarks(run: RunReport, step: Step, snippets: Sequence[Snippet], held: Held | None) -> tuple[str, ...]:
    if held is None and step.snippet.origin is Origin.NOTEBOOK:
        return ()  # most cells do little by themselves
    if held is None:
        return tuple(filter(None, [vacuous.remark(step.snippet, snippets)]))
    is_left_out = held.verdict == "not comparable"
    if held.verdict != "as documented" and not run.stdout.strip():
        why = f": {held.reason}" if is_left_out else ""
        return (f"it printed nothing, where the card shows an output at line {held.line}{why}",)
    if is_left_out:
        return (f"its output is not compared with what the card shows at line {held.line}: {held.reason}",)
    return ()

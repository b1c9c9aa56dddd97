"""A snippet's failure as pytest shows one: the card's own lines, what Python said, the reason. Pure."""

from collections.abc import Iterator

from _pytest._code.code import (  # as pytest's own plugins do: there is no public way to a short summary
    ReprEntry,
    ReprEntryNative,
    ReprExceptionInfo,
    ReprFileLocation,
    ReprTraceback,
)

from verify_snippets.card import CARD_NAME
from verify_snippets.clean import clean, one_line
from verify_snippets.plan import Plan, Step
from verify_snippets.report import build, telling
from verify_snippets.report.model import ErrorReport, RunReport
from verify_snippets.snippets import Snippet
from verify_snippets.verdict import Verdict

_LINES_BEFORE = 12  # of the card's, above the one that failed


class SnippetFailedError(Exception):
    """A snippet's verdict speaks against its card.

    Args:
        run: what is known of it.
    """

    def __init__(self, run: RunReport) -> None:
        super().__init__(run.reason)
        self.run = run


def representation(run: RunReport, plan: Plan, step: Step, path: str) -> ReprExceptionInfo:
    """What pytest shows of a failure, and writes into every report of its own.

    Args:
        run: what is known of it.
        plan: of its card.
        step: what was run.
        path: how its card is called.
    """
    own = run.error if run.verdict is not Verdict.BLOCKED else None  # what blocks it tells its own
    line = own.card_line if own is not None and own.card_line else step.snippet.block.start_line
    place = ReprFileLocation(path, line, summary(run))
    told = ReprEntry(
        [*_code(plan, step, line), *(f"E   {text}" for text in _explanation(run, own))],
        None,
        None,
        ReprFileLocation(path, line, str(run.cause.kind if run.cause else run.verdict)),
        "long",
    )
    entries: list[ReprEntry | ReprEntryNative] = [told]
    if own is not None and own.traceback.count('\n  File "') > 1:  # it came from deeper than the card
        entries.insert(0, ReprEntryNative([f"{text}\n" for text in clean(own.traceback).splitlines()]))
    return ReprExceptionInfo(reprtraceback=ReprTraceback(entries, None, "long"), reprcrash=place)


def summary(run: RunReport) -> str:
    """The verdict in one line."""
    reason = one_line(run.reason)
    return reason if run.verdict is Verdict.FAILED else f"{run.verdict}: {reason}"


def _code(plan: Plan, step: Step, failing: int) -> Iterator[str]:
    """The card's lines, or the cell's, down to the one that failed; else down to the block's first."""
    block = step.snippet.block
    lines = _lines(plan, step.snippet)
    last = min(max(failing, block.text_line), max(lines, default=0))
    first = block.text_line if last <= block.end_line else last
    for number in range(max(first, last - _LINES_BEFORE), last + 1):
        yield f"{'>' if number == last else ' '}   {clean(lines.get(number, ''))}"


def _lines(plan: Plan, snippet: Snippet) -> dict[int, str]:
    """The lines of what a snippet stands in, by their numbers."""
    if snippet.document == CARD_NAME:
        return dict(enumerate(telling.card_lines(build.card_report(plan.card)), 1))
    return dict(enumerate(snippet.block.text.split("\n"), snippet.block.text_line))


def _explanation(run: RunReport, error: ErrorReport | None) -> Iterator[str]:
    if error is not None:
        yield from telling.error_lines(error)
    yield from telling.reason_lines(run)
    if run.output is not None and run.verdict is Verdict.CONTRADICTED:
        yield from clean(run.output.diff).splitlines()

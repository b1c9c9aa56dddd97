"""What a pull request says: what failed, with which versions, and that its cure was run."""

from collections.abc import Mapping

from verify_snippets.clean import one_line, shorten
from verify_snippets.fixed import Fixed
from verify_snippets.report.model import RepairReport, Report, RunReport
from verify_snippets.report.quantities import seconds_text
from verify_snippets.verdict import Verdict

MARKER = "<!-- verify-snippets fix -->"
"""By this, an open request is found again."""
_MAX_LENGTH = 300


def title(fixed: Fixed) -> str:
    """One line: how many snippets run again."""
    count = len({snippet for repair in fixed.report.repairs for snippet in repair.snippets})
    return f"Mend {count} code snippet{'' if count == 1 else 's'} of the card"


def body(fixed: Fixed) -> str:
    """The whole text, in Markdown; nothing that a snippet printed is markup in it."""
    tool = f"verify-snippets {fixed.report.tool_version}"
    commit = (fixed.card.revision or "")[:12]
    introduction = (
        f"Every code snippet of this card was run in a fresh container by {tool}, at commit {commit}. Those "
        "below do not run as they are written. With the change of this pull request each was run again, and "
        "passed."
    )
    parts = [MARKER, introduction, *(_repair(repair, fixed.report) for repair in fixed.report.repairs)]
    if fixed.unmended:
        lines = ", ".join(str(each.line) for each in fixed.unmended)
        parts.append(f"Not mended, and still failing: the snippets at line {lines} of the card.")
    return "\n\n".join(parts) + "\n"


def _repair(repair: RepairReport, report: Report) -> str:
    first, *others = repair.snippets
    before = _run(report, first)
    told = [f"**Line {first.removeprefix('L')}**: {_plain(repair.sentence)}", ""]
    if before is not None:
        told.append(f"- before: {_before(before)}{_with(before.versions)}")
    took = "" if repair.duration_s is None else f" in {seconds_text(repair.duration_s)}"
    told.append(f"- after: passed{took}{_with(repair.versions)}")
    if others:
        lines = ", ".join(other.removeprefix("L") for other in others)
        told.append(f"- by it, what needs it passes, too: line {lines}")
    return "\n".join(told)


def _before(run: RunReport) -> str:
    if run.verdict is Verdict.PASSED:
        return "it runs only once the reader has replaced a placeholder"
    return f"{run.verdict}: {_code(run.reason)}"


def _run(report: Report, snippet_id: str) -> RunReport | None:
    return next((run for each in report.snippets if each.id == snippet_id for run in each.runs), None)


def _with(versions: Mapping[str, str]) -> str:
    return f" (with {', '.join(f'{name} {number}' for name, number in versions.items())})" if versions else ""


def _code(text: str) -> str:
    """Text that is no markup: between more backquotes than it has."""
    plain = shorten(one_line(text), _MAX_LENGTH).replace("`", "'")
    return f"`{plain}`" if plain else "no reason given"


def _plain(sentence: str) -> str:
    """Our own sentence, whose code is between backquotes; the rest has nothing that Markdown would take."""
    return one_line(sentence).replace("<", "&lt;").replace("@", "&#64;")

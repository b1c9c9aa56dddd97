"""The report for people: a table, what is wrong with each snippet that did not pass, and a summary."""

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from verify_snippets.clean import clean, last_lines, one_line, shorten
from verify_snippets.exit_codes import MEANINGS
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.layout import put
from verify_snippets.report.ledger_text import claim_lines
from verify_snippets.report.marks import MARKS, marked
from verify_snippets.report.model import (
    ClaimReport,
    ErrorReport,
    Report,
    RunReport,
    SnippetReport,
    Summary,
)
from verify_snippets.report.quantities import bytes_text, seconds_text
from verify_snippets.verdict import Verdict

FILE_WIDTH = 100
_NARROW = 80  # below this the table leaves out the profile where all runs have the same one
_STDERR_LINES = 6
_REASON_LENGTH = 160  # of a block that did not run; what it waited for is told in full elsewhere
_GAP = 2  # columns of space between those of the table
_NUMBERS = ("line", "time", "peak", "peak memory")
_AT_FAULT = (Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BROKEN)


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One snippet under one profile."""

    snippet: SnippetReport
    run: RunReport

    @property
    def name(self) -> str:
        return f"line {self.snippet.start_line}"

    @property
    def title(self) -> str:
        return one_line(self.snippet.title) or f"({self.snippet.kind} block)"


def render(report: Report) -> str:
    """The report as plain text, without colours, for a file."""
    console = Console(
        file=io.StringIO(), width=FILE_WIDTH, color_system=None, force_terminal=False, legacy_windows=False
    )
    with console.capture() as captured:
        draw(report, console)
    return captured.get()


def draw(report: Report, console: Console) -> None:
    """Draw the report onto ``console``, as wide as that is."""
    put(_whole(report, console), console)


def summary_line(summary: Summary) -> str:
    """The verdicts that occurred, counted, such as ``3 passed, 1 failed``."""
    counts = summary.model_dump()
    return ", ".join(f"{counts[v]} {v}" for v in Verdict if counts[v]) or "nothing to run"


def _whole(report: Report, console: Console) -> Group:
    rows = [_Row(snippet=snippet, run=run) for snippet in report.snippets for run in snippet.runs]
    parts: list[RenderableType] = [_heading(report)]
    if rows:
        parts.append(_table(rows, console))
    parts.extend(_details(row, console) for row in rows if row.run.verdict in _AT_FAULT)
    parts.extend(_consequences(rows, console))
    parts.extend(_claims(report.claims))
    parts.append(_summary(report, rows))
    return Group(*parts)


def _claims(claims: tuple[ClaimReport, ...]) -> Iterator[RenderableType]:
    """What was found of the claims; those that nothing was found of are counted."""
    judged = [claim for claim in claims if claim.verdict is not ClaimVerdict.UNTESTED]
    for claim in judged:
        yield from claim_lines(
            line=claim.line,
            what=f"{claim.kind} {claim.comparator} {claim.value} {claim.unit}",
            verdict=claim.verdict,
            quote=claim.quote,
            reason=claim.reason,
            found=claim.found,
        )
    untested = len(claims) - len(judged)
    if untested:
        yield Text(f"{untested} claim{'' if untested == 1 else 's'} untested", "dim")


def _heading(report: Report) -> Text:
    card = report.card
    name = card.repo_id or card.location
    revision = f" at {card.revision[:12]}" if card.revision else ""
    text = Text(one_line(f"{name}{revision}"), style="bold")
    engine = report.engine
    named = f"{engine.name} {engine.version}".rstrip()
    walls = [word for word in (named, engine.runtime, *engine.walls) if word]
    text.append(f"\n{one_line(', '.join(walls))}", "not bold")
    if report.engine.unenforced:
        text.append(
            " " + one_line(f"(can't enforce: {', '.join(report.engine.unenforced)})"), "not bold yellow"
        )
    if report.web != "public":
        text.append(f"\nweb: {shorten(report.web, 160)}", "not bold")
    if report.traffic != "live":
        text.append(f"\nanswers of web hosts and the Hub: {report.traffic}", "not bold")
    return text


def _table(rows: list[_Row], console: Console) -> RenderableType:
    wide = console.width >= _NARROW
    headers = ["line", "snippet", "profile", "verdict", "time", "peak memory" if wide else "peak"]
    lines = [_cells(row, console) for row in rows]
    if not wide and len({row.run.profile for row in rows}) == 1:
        headers = [header for header in headers if header != "profile"]
        lines = [[*cells[:2], *cells[3:]] for cells in lines]
    widths = [max(len(header), *(cells[n].cell_len for cells in lines)) for n, header in enumerate(headers)]
    left_for_code = console.width - sum(widths) + widths[1] - _GAP * len(headers)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for header, width in zip(headers, widths, strict=True):
        table.add_column(
            header,
            justify="right" if header in _NUMBERS else "left",
            no_wrap=True,
            overflow="ellipsis",
            width=min(width, max(8, left_for_code)) if header == "snippet" else width,
        )
    for cells in lines:
        table.add_row(*cells)
    return Padding(table, (1, 0, 1, 0), expand=False)


def _cells(row: _Row, console: Console) -> list[Text]:
    run = row.run
    peak = run.memory.anonymous_bytes
    return [
        Text(str(row.snippet.start_line)),
        Text(shorten(row.title, 160)),
        Text(one_line(run.profile)),
        Text(marked(run.verdict, encoding=console.encoding), style=MARKS[run.verdict].style),
        Text("" if run.duration_s is None else seconds_text(run.duration_s)),
        Text("" if peak is None else bytes_text(peak)),
    ]


def _details(row: _Row, console: Console) -> RenderableType:
    """Everything that helps to mend one snippet."""
    run = row.run
    head = Text(f"{marked(run.verdict, encoding=console.encoding)} {row.name}", MARKS[run.verdict].style)
    head.append(f"  {shorten(row.title, 160)}", "not bold default")
    lines = [Text(line) for line in _explanation(run)]
    lines += [Text(f"  | {line}", "dim") for line in _tail_of_stderr(run)]
    return Group(head, Padding(Group(*lines), (0, 0, 1, 2), expand=False))


def _explanation(run: RunReport) -> Iterator[str]:
    error = run.error
    if error is not None:
        yield from _error(error)
    if run.reason and not _repeats(error, run.reason):
        yield one_line(run.reason)
    ending = _ending(run)
    if ending and error is None:
        yield ending
    if run.contacts.refused_hosts:
        yield one_line(f"refused hosts: {', '.join(run.contacts.refused_hosts)}")
    if run.contacts.cut:
        yield one_line(f"cut by the gateway's limits: {'; '.join(run.contacts.cut)}")
    if len(run.contacts.not_recorded) > 1:  # the first one is the reason of the verdict
        yield one_line(f"not recorded: {'; '.join(run.contacts.not_recorded)}")
    if _tail_of_stderr(run):
        yield "the last of its stderr:"


def _error(error: ErrorReport) -> Iterator[str]:
    if error.card_line is not None:
        code = clean(error.card_text).strip()
        yield f"card line {error.card_line}: {code}" if code else f"card line {error.card_line}"
    message = last_lines(error.message, 4) or [""]
    yield f"{one_line(error.type)}: {message[0]}".rstrip(": ")
    yield from (f"  {line}" for line in message[1:])


def _repeats(error: ErrorReport | None, reason: str) -> bool:
    """Whether the reason says only what the error said already."""
    return error is not None and one_line(reason) == one_line(f"{error.type}: {error.message}")


def _ending(run: RunReport) -> str:
    if run.signal:
        return f"ended by {one_line(run.signal)}"
    return f"exit code {run.exit_code}" if run.exit_code else ""


def _tail_of_stderr(run: RunReport) -> list[str]:
    """The last lines of stderr that the error doesn't say already."""
    known = {line.strip() for line in clean(run.error.traceback).split("\n")} if run.error else set()
    lines = last_lines(run.stderr, _STDERR_LINES + len(known))
    return [line for line in lines if line.strip() not in known][-_STDERR_LINES:]


def _consequences(rows: list[_Row], console: Console) -> Iterator[RenderableType]:
    """What was blocked and skipped, and why; those with one reason share a line."""
    groups: defaultdict[tuple[Verdict, str], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.run.verdict in (Verdict.BLOCKED, Verdict.SKIPPED):
            groups[row.run.verdict, shorten(one_line(row.run.reason), _REASON_LENGTH)].append(row)
    lines = []
    for (verdict, reason), members in groups.items():
        where = ", ".join(dict.fromkeys(str(row.snippet.start_line) for row in members))
        line = Text(marked(verdict, encoding=console.encoding), MARKS[verdict].style)
        line.append(f" {'line' if len(members) == 1 else 'lines'} {where}: {reason}", "not dim default")
        lines.append(line)
    if lines:
        yield Group(*lines, Text())


def _summary(report: Report, rows: list[_Row]) -> Text:
    text = Text()
    if not report.complete:
        text.append("interrupted: what had not run by then is missing\n", "bold yellow")
    elif all(row.run.verdict is Verdict.SKIPPED for row in rows):
        text.append("nothing in this card can be run\n", "bold")
    reused = [row.run.reused_from for row in rows if row.run.reused_from]
    if reused:
        count = f"{len(reused)} verdict{'' if len(reused) == 1 else 's'}"
        text.append(f"{count} from an earlier run, {min(reused)}; --fresh runs everything again\n", "dim")
    text.append(summary_line(report.summary), "bold")
    text.append(f" in {seconds_text(report.duration_s)}; ")
    meaning = MEANINGS.get(report.exit_code, "")
    text.append(f"exit code {report.exit_code}: {meaning}".rstrip(": "))
    return text

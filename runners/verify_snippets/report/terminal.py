"""The report for people: a table, what is wrong with each snippet that did not pass, and a summary."""

import io
from collections import defaultdict
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from verify_snippets.clean import clean, last_lines, one_line, shorten
from verify_snippets.exit_codes import MEANINGS
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report import column_table, gpus, telling
from verify_snippets.report.columns import table
from verify_snippets.report.layout import put
from verify_snippets.report.ledger_text import claim_lines
from verify_snippets.report.marks import MARKS, marked
from verify_snippets.report.model import ClaimReport, Report, RunReport, Summary
from verify_snippets.report.quantities import bytes_text, seconds_text
from verify_snippets.report.telling import Row, in_column
from verify_snippets.verdict import Verdict

FILE_WIDTH = 100
_NARROW = 80  # below this the table leaves out the profile where all runs have the same one
_STDERR_LINES = 6
_REASON_LENGTH = 160  # of a block that did not run; what it waited for is told in full elsewhere
_GAP = 2  # columns of space between those of the table
_NUMBERS = ("line", "time", "peak", "peak memory", "GPU", "peak GPU memory")
_MOST_TOLD = 200  # snippets in full: nobody reads more on a screen, and the other reports have all of them
_DIFF_LINES = 8  # of an output that is not the documented one; other reports have all of them


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
    rows = telling.rows(report)
    parts: list[RenderableType] = [_heading(report)]
    by_columns = table(report)
    if by_columns is not None:
        parts.append(column_table.draw(by_columns, console))
    elif rows:
        parts.append(_table(rows, console))
    at_fault = [row for row in rows if row.run.verdict in telling.AT_FAULT]
    parts.extend(_details(row, report, console) for row in at_fault[:_MOST_TOLD])
    parts.extend(_left_out(len(at_fault), "snippets that did not pass"))
    parts.extend(_consequences(rows, console))
    parts.extend(_differences(rows))
    parts.extend(_remarks(rows))
    parts.extend(_claims(report.claims))
    parts.append(_summary(report, rows))
    return Group(*parts)


def _claims(claims: tuple[ClaimReport, ...]) -> Iterator[RenderableType]:
    """What was found of the claims, judged or not; those that nothing was found of are counted."""
    told = [claim for claim in claims if claim.found or claim.verdict is not ClaimVerdict.UNTESTED]
    for claim in told:
        yield from claim_lines(
            line=claim.line,
            what=telling.claim_text(claim),
            verdict=claim.verdict,
            quote=claim.quote,
            reason=claim.reason,
            found=claim.found,
            how=claim.how,
        )
    others = len(claims) - len(told)
    if others:
        yield Text(f"{others} {'more ' if told else ''}claim{'' if others == 1 else 's'} untested", "dim")


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
    if used := gpus.used_text(report):
        text.append(f"\n{one_line(used)}", "not bold")
    if report.web != "public":
        text.append(f"\nweb: {shorten(report.web, 160)}", "not bold")
    if report.traffic != "live":
        text.append(f"\nanswers of web hosts and the Hub: {report.traffic}", "not bold")
    return text


def _table(rows: list[Row], console: Console) -> RenderableType:
    wide = console.width >= _NARROW
    headers = ["line", "snippet", "profile", "verdict", "time", "peak memory" if wide else "peak"]
    lines = [_cells(row, console) for row in rows]
    if gpus.any_peak(row.run for row in rows):
        headers.append("peak GPU memory" if wide else "GPU")
        for cells, row in zip(lines, rows, strict=True):
            cells.append(_bytes(gpus.peak_bytes(row.run)))
    if not wide and len({row.run.profile for row in rows}) == 1:
        headers = [header for header in headers if header != "profile"]
        lines = [[*cells[:2], *cells[3:]] for cells in lines]
    widths = [max(len(header), *(cells[n].cell_len for cells in lines)) for n, header in enumerate(headers)]
    left_for_code = console.width - sum(widths) + widths[1] - _GAP * len(headers)
    widths = [
        min(w, max(8, left_for_code)) if h == "snippet" else w for h, w in zip(headers, widths, strict=True)
    ]
    head = [Text(header, "bold") for header in headers]
    table = Text("\n").join(_aligned(cells, headers, widths) for cells in (head, *lines))
    table.no_wrap, table.overflow = True, "ellipsis"
    return Padding(table, (1, 0, 1, 0), expand=False)


def _aligned(cells: list[Text], headers: list[str], widths: list[int]) -> Text:
    """A line of the table; rich's own tables take a second for a thousand lines."""
    for cell, header, width in zip(cells, headers, widths, strict=True):
        cell.truncate(width, overflow="ellipsis")
        cell.align("right" if header in _NUMBERS else "left", width)
    return Text(" " * _GAP).join(cells)


def _cells(row: Row, console: Console) -> list[Text]:
    run = row.run
    return [
        Text(one_line(row.snippet.number)),
        Text(row.title),
        Text(one_line(run.profile)),
        Text(marked(run.verdict, encoding=console.encoding), style=MARKS[run.verdict].style),
        Text("" if run.duration_s is None else seconds_text(run.duration_s)),
        _bytes(run.memory.anonymous_bytes),
    ]


def _bytes(count: int | None) -> Text:
    return Text("" if count is None else bytes_text(count))


def _details(row: Row, report: Report, console: Console) -> RenderableType:
    """Everything that helps to mend one snippet."""
    run = row.run
    cause = f": {run.cause.kind}" if run.cause else ""
    head = Text(
        f"{marked(run.verdict, encoding=console.encoding)} {row.name}{cause}", MARKS[run.verdict].style
    )
    head.append(f"  {row.title}", "not bold default")
    text = Text("\n".join(_explanation(row, report)))
    text.append("".join(f"\n  | {line}" for line in _tail_of_stderr(run)), "dim")
    return Group(head, Padding(text, (0, 0, 1, 2), expand=False))


def _explanation(row: Row, report: Report) -> Iterator[str]:
    error = row.run.error
    if error is not None:
        place = telling.error_place(error)
        if place:
            yield place
        first, *more = telling.error_lines(error)
        yield first
        yield from (f"  {line}" for line in more)
    yield from telling.reason_lines(row.run)
    yield from telling.repair_lines(row.snippet.id, report)
    if _tail_of_stderr(row.run):
        yield "the last of its stderr:"


def _tail_of_stderr(run: RunReport) -> list[str]:
    """The last lines of stderr that the error doesn't say already."""
    known = {line.strip() for line in clean(run.error.traceback).split("\n")} if run.error else set()
    lines = last_lines(run.stderr, _STDERR_LINES + len(known))
    return [line for line in lines if line.strip() not in known][-_STDERR_LINES:]


def _consequences(rows: list[Row], console: Console) -> Iterator[RenderableType]:
    """What was blocked and skipped, and why; those with one reason share a line."""
    groups: defaultdict[tuple[Verdict, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.run.verdict in (Verdict.BLOCKED, Verdict.SKIPPED):
            groups[row.run.verdict, shorten(one_line(row.run.reason), _REASON_LENGTH)].append(row)
    lines = []
    for (verdict, reason), members in groups.items():
        line = Text(marked(verdict, encoding=console.encoding), MARKS[verdict].style)
        line.append(f" {_where(members)}: {reason}", "not dim default")
        lines.append(line)
    if lines:
        yield Group(*lines, Text())


def _differences(rows: list[Row]) -> Iterator[RenderableType]:
    """Outputs that are not the documented ones."""
    outputs = [
        (row, row.run.output) for row in rows if row.run.output and row.run.output.verdict == "differs"
    ]
    for row, output in outputs[:_MOST_TOLD]:
        text = Text(f"{row.name} prints something else than line {output.line} shows: ", "yellow")
        text.append(one_line(output.reason), "not yellow default")
        lines = clean(output.diff).rstrip("\n").split("\n")
        shown = [f"\n  | {shorten(line, _REASON_LENGTH)}" for line in lines[:_DIFF_LINES]]
        if len(lines) > _DIFF_LINES:
            shown.append(f"\n  ... {len(lines) - _DIFF_LINES} more lines")
        text.append(f"{''.join(shown)}\n", "not yellow dim")
        yield text
    yield from _left_out(len(outputs), "outputs")


def _left_out(count: int, what: str) -> Iterator[RenderableType]:
    if count > _MOST_TOLD:
        yield Text(f"and {count - _MOST_TOLD} more {what}; the other reports have all of them\n", "bold")


def _remarks(rows: list[Row]) -> Iterator[RenderableType]:
    """What is worth knowing; snippets with one remark share a line."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for remark in row.run.remarks:
            groups[one_line(remark)].append(row)
    lines = [Text(f"remark: {_where(members)}: {remark}", "dim") for remark, members in groups.items()]
    if lines:
        yield Group(*lines, Text())


def _where(rows: list[Row]) -> str:
    places = list(dict.fromkeys(one_line(row.snippet.place) for row in rows))
    columns = in_column(*(row.column for row in rows))
    if len(places) > 1 and all(row.snippet.in_card for row in rows):
        places[0] = places[0].replace("line ", "lines ", 1)
        places[1:] = [place.removeprefix("line ") for place in places[1:]]
    return f"{', '.join(places)}{columns}"


def _summary(report: Report, rows: list[Row]) -> Text:
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

"""GitHub's Markdown, for the summary of a CI job: a table, the claims, the repairs, and details to unfold.

Shortened to what GitHub takes for a step (1 MiB); what matters most comes first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from verify_snippets.clean import clean, last_lines, one_line, shorten
from verify_snippets.exit_codes import MEANINGS
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report import gpus
from verify_snippets.report.columns import Table, table
from verify_snippets.report.gfm import code, fenced, prose, table_row, text
from verify_snippets.report.marks import MARKS
from verify_snippets.report.model import (
    ClaimReport,
    OutputReport,
    RepairReport,
    Report,
    RunReport,
    SnippetReport,
)
from verify_snippets.report.places import line_address
from verify_snippets.report.quantities import bytes_text, seconds_text
from verify_snippets.report.telling import (
    AT_FAULT,
    Row,
    card_name,
    claim_text,
    error_place,
    explanation,
    fix_command,
    headline,
    rows,
    title_of,
    tried,
)
from verify_snippets.verdict import Verdict

LIMIT_BYTES: Final = 1024 * 1024
_RESERVE_BYTES = 4 * 1024  # for the sections' heads, and sentences that say what was left out
_STDERR_LINES = 20
_DIFF_LINES = 200
_CELL_LENGTH = 160
_CLAIM_MARKS = {
    ClaimVerdict.CONFIRMED: "✓",
    ClaimVerdict.CONTRADICTED: "✗",
    ClaimVerdict.UNTESTED: "?",
}


@dataclass(frozen=True, kw_only=True)
class _Section:
    """A part of the report that can be shortened.

    Attributes:
        head: what stands before its items; without any, it is left out, too.
        items: each whole in itself; made only as far as there is room.
        count: how many they are.
        noun: what they are, for saying how many were left out.
    """

    head: str
    items: Iterator[str]
    count: int
    noun: str


def render(report: Report) -> str:
    """The report as GitHub's Markdown, at most ``LIMIT_BYTES`` long."""
    told = rows(report)
    detailed = sorted((row for row in told if _has_details(row)), key=_is_minor)
    sections = [
        _table_section(told, report),
        _Section(
            head=_CLAIMS_HEAD,
            items=(_claim_row(claim, report) for claim in report.claims),
            count=len(report.claims),
            noun="claims",
        ),
        _Section(
            head=f"\n### Repairs\n\nTo see and apply them: {code(fix_command(report.card))}\n",
            items=(_repair(repair) for repair in report.repairs),
            count=len(report.repairs),
            noun="repairs",
        ),
        _Section(
            head="\n### Details\n\n",
            items=(_details(row, report) for row in detailed),
            count=len(detailed),
            noun="snippets' details",
        ),
    ]
    heading = _heading(report)
    return heading + "".join(_fitted(sections, LIMIT_BYTES - _RESERVE_BYTES - len(heading.encode())))


def _table_section(told: Sequence[Row], report: Report) -> _Section:
    """A line for each run; or, of a report with several columns, one for each snippet."""
    found = table(report)
    if found is None:
        with_gpu = gpus.any_peak(row.run for row in told)
        items: Iterator[str] = (_table_row(row, report, with_gpu=with_gpu) for row in told)
        return _Section(head=_table_head(with_gpu=with_gpu), items=items, count=len(told), noun="snippets")
    return _Section(
        head=_columns_head(found),
        items=(_columns_row(snippet, runs, report) for snippet, runs in found.lines),
        count=len(found.lines),
        noun="snippets",
    )


def _columns_head(found: Table) -> str:
    places = "".join(
        f"\n- {code(name)}: {text(place)}"
        for name, place in zip(found.columns, found.places, strict=True)
        if place
    )
    head = table_row("line", "snippet", *(code(name) for name in found.columns))
    rule = table_row("---:", "---", *("---" for _ in found.columns))
    return f"{places}\n\n{head}{rule}" if places else f"\n{head}{rule}"


def _columns_row(snippet: SnippetReport, runs: Sequence[RunReport | None], report: Report) -> str:
    return table_row(_place(snippet, report), code(title_of(snippet)), *map(_cell, runs))


def _cell(run: RunReport | None) -> str:
    """A verdict, with its time and memory where there are any."""
    if run is None:
        return ""
    cause = f": {run.cause.kind}" if run.cause and run.verdict is Verdict.FAILED else ""
    seen = [] if run.duration_s is None else [seconds_text(run.duration_s)]
    if run.memory.anonymous_bytes is not None:
        seen.append(bytes_text(run.memory.anonymous_bytes))
    seen.extend(filter(None, [gpus.peak_text(run)]))
    return f"{MARKS[run.verdict].symbol} {text(', '.join([f'{run.verdict}{cause}', *seen]))}"


def _fitted(sections: Sequence[_Section], room: int) -> Iterator[str]:
    """As many items of each section in turn as there is room for, in bytes."""
    for section in sections:
        if section.count:
            yield section.head
        left = section.count
        for item in section.items:
            room -= len(item.encode())
            if room < 0:  # from now on: nothing that matters less is told in its stead
                break
            yield item
            left -= 1
        if left:
            yield f"\n_{left} more {section.noun} are left out: GitHub takes 1 MiB_\n"


def _heading(report: Report) -> str:
    card, engine = report.card, report.engine
    revision = f" at {code(card.revision[:12])}" if card.revision else ""
    walls = [
        word for word in (f"{engine.name} {engine.version}".strip(), engine.runtime, *engine.walls) if word
    ]
    unenforced = f" (can't enforce: {', '.join(engine.unenforced)})" if engine.unenforced else ""
    facts = [
        text(f"{', '.join(walls)}{unenforced}"),
        text(seconds_text(report.duration_s)),
        text(f"exit code {report.exit_code}: {MEANINGS.get(report.exit_code, '')}".rstrip(": ")),
    ]
    if used := gpus.used_text(report):
        facts.insert(1, text(used))
    if report.web != "public":
        facts.append(f"web: {text(shorten(report.web, _CELL_LENGTH))}")
    if report.traffic != "live":
        facts.append(f"answers of web hosts and the Hub: {report.traffic}")
    return f"## {code(card_name(card))}{revision}: {text(headline(report))}\n\n{' · '.join(facts)}\n"


_TABLE_HEAD = """
|  | line | snippet | profile | verdict | time | peak memory |
|---|---:|---|---|---|---:|---:|
"""
_GPU_HEAD = ("", " peak GPU memory |", "---:|", "")


def _table_head(*, with_gpu: bool) -> str:
    if not with_gpu:
        return _TABLE_HEAD
    return "\n".join(f"{line}{more}" for line, more in zip(_TABLE_HEAD.split("\n"), _GPU_HEAD, strict=True))


def _table_row(row: Row, report: Report, *, with_gpu: bool) -> str:
    run = row.run
    peaks = [run.memory.anonymous_bytes, *([gpus.peak_bytes(run)] if with_gpu else [])]
    cause = f": {run.cause.kind}" if run.cause and run.verdict is Verdict.FAILED else ""
    return table_row(
        MARKS[run.verdict].symbol,
        _place(row.snippet, report),
        code(row.title),
        code(run.profile),
        text(f"{run.verdict}{cause}"),
        "" if run.duration_s is None else text(seconds_text(run.duration_s)),
        *("" if peak is None else text(bytes_text(peak)) for peak in peaks),
    )


_CLAIMS_HEAD = """
### What the card claims

|  | line | claim | claimed | found | why |
|---|---:|---|---|---|---|
"""


def _claim_row(claim: ClaimReport, report: Report) -> str:
    reason = f"{claim.reason}; {claim.how}" if claim.how else claim.reason
    return table_row(
        f"{_CLAIM_MARKS[claim.verdict]} {claim.verdict}",
        _line(claim.line, report),
        code(shorten(one_line(claim.quote), _CELL_LENGTH)),
        text(claim_text(claim)),
        prose(shorten(one_line(claim.found), _CELL_LENGTH)),
        prose(shorten(one_line(reason), 2 * _CELL_LENGTH)),
    )


def _place(snippet: SnippetReport, report: Report) -> str:
    return _line(snippet.start_line, report) if snippet.in_card else code(one_line(snippet.id))


def _line(line: int, report: Report) -> str:
    address = line_address(report.card, line)
    return f"[{line}](<{address}>)" if address and _is_plain(address) else str(line)


def _is_plain(address: str) -> bool:
    return address.isprintable() and not set(address) & set("<>|\\ `")


def _repair(repair: RepairReport) -> str:
    lines = ", ".join(snippet.removeprefix("L") for snippet in repair.snippets)
    diff = fenced(_first_lines(repair.diff, _DIFF_LINES), "diff")
    return f"\n{prose(f'Line {lines}: {tried(repair)}: {repair.sentence}')}\n\n{diff}"


def _is_minor(row: Row) -> bool:
    return row.run.verdict not in AT_FAULT


def _has_details(row: Row) -> bool:
    return bool(not _is_minor(row) or row.run.remarks or _differs(row))


def _differs(row: Row) -> OutputReport | None:
    output = row.run.output
    return output if output is not None and output.verdict == "differs" else None


def _details(row: Row, report: Report) -> str:
    run = row.run
    summary = f"{MARKS[run.verdict].symbol} {row.name} {run.verdict}"
    parts = [f"<details><summary>{text(summary)}: <code>{text(row.title)}</code></summary>"]
    place = error_place(run.error) if run.error is not None else ""
    if place:
        parts.append(code(place))
    told = [] if _is_minor(row) else explanation(row, report)
    parts += [prose(line) for line in told]
    parts += [f"Remark: {prose(remark)}" for remark in run.remarks]
    output = _differs(row)
    if output:
        parts.append(prose(f"Its output differs from the one at line {output.line}: {output.reason}"))
        parts.append(fenced(_first_lines(output.diff, _DIFF_LINES), "diff"))
    stderr = [] if _is_minor(row) else last_lines(run.stderr, _STDERR_LINES)
    if stderr:
        parts.append("The last of its stderr:")
        parts.append(fenced("\n".join(stderr), "text"))
    return "\n\n".join([part.rstrip("\n") for part in parts] + ["</details>\n\n"])


def _first_lines(long: str, count: int) -> str:
    """The first lines of a text, cleaned; it says how many were left out."""
    lines = clean(long).rstrip("\n").split("\n")
    more = [f"... {len(lines) - count} more lines"] if len(lines) > count else []
    return "\n".join([*lines[:count], *more])

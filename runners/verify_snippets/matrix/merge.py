"""Reports -> one report for each card revision, its snippets by columns. Pure.

The same cell from several reports, as a run that was repeated writes it, is taken from the newest. What comes
of it does not depend on the order of the reports.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from snippet_sandbox.profile import PROFILES
from verify_snippets import exit_codes
from verify_snippets.matrix.merged_claims import merged_claims
from verify_snippets.report import build
from verify_snippets.report.columns import column_key, column_of, columns_of
from verify_snippets.report.model import (
    CardReport,
    ColumnReport,
    EngineReport,
    HostReport,
    RepairReport,
    Report,
    RunReport,
    SnippetReport,
)

_SEVERAL = ", "
_Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What became of reports.

    Attributes:
        reports: one for each revision of each card.
        remarks: what is worth knowing of how they go together, for people.
    """

    reports: tuple[Report, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Cell:
    """One run, with where and when it was."""

    snippet: SnippetReport
    run: RunReport
    column: ColumnReport


def merge(reports: Sequence[Report]) -> Merged:
    """All reports on one revision of a card made into one, revision by revision."""
    by_card: defaultdict[tuple[str, ...], list[Report]] = defaultdict(list)
    for report in reports:
        by_card[_identity(report.card)].append(report)
    merged = sorted(map(_merged, by_card.values()), key=lambda report: _name(report.card))
    return Merged(reports=tuple(merged), remarks=tuple(_remarks(merged, reports)))


def _identity(card: CardReport) -> tuple[str, ...]:
    """What tells one revision of a card from others: a card that no repo stands behind has only a path."""
    return (card.repo_id or card.location, card.revision or "", card.sha256)


def _name(card: CardReport) -> str:
    return card.repo_id or card.location


def _remarks(merged: Sequence[Report], reports: Sequence[Report]) -> Iterable[str]:
    names = [_name(report.card) for report in merged]
    for name in sorted({name for name in names if names.count(name) > 1}):
        states = [report.card for report in merged if _name(report.card) == name]
        told = ", ".join((card.revision or card.sha256)[:12] for card in states)
        yield f"{name} comes in {len(states)} revisions ({told}); each has a report of its own"
    versions = sorted({report.tool_version for report in reports}, key=_natural)
    if len(versions) > 1:
        yield f"the reports were written by several versions of verify-snippets: {_SEVERAL.join(versions)}"


def _merged(reports: Sequence[Report]) -> Report:
    """The reports on one revision of one card as one."""
    by_age = sorted(reports, key=lambda report: (_latest(report), report.model_dump_json()))
    newest = by_age[-1]
    cells = _newest_of_each(by_age)
    columns = _columns(cells, by_age)
    snippets = _snippets(by_age, cells, columns)
    claims = merged_claims(by_age)
    complete = all(report.complete for report in by_age) or _made_up_for(by_age, cells)
    verdicts = [run.verdict for snippet in snippets for run in snippet.runs]
    return newest.model_copy(
        update={
            "tool_version": max((report.tool_version for report in by_age), key=_natural),
            "started_at": min(report.started_at for report in by_age),
            "duration_s": round(sum(report.duration_s for report in by_age), 3),
            "complete": complete,
            "engine": _engine([column.engine for column in columns]),
            "host": _host([column.host for column in columns]),
            "web": _said([report.web for report in by_age]),
            "columns": columns,
            "snippets": snippets,
            "claims": claims,
            "repairs": _repairs(by_age),
            "summary": build.summary(verdicts),
            "exit_code": exit_codes.of(
                verdicts, claims=[claim.verdict for claim in claims], complete=complete
            ),
        }
    )


def _newest_of_each(by_age: Iterable[Report]) -> dict[tuple[str, _Key], _Cell]:
    """The cells, the newest of each; by snippet and column."""
    cells = [
        _Cell(snippet=snippet, run=run, column=column_of(run, report))
        for report in by_age
        for snippet in report.snippets
        for run in snippet.runs
    ]
    in_order = sorted(cells, key=lambda cell: cell.column.started_at)
    return {(cell.snippet.id, column_key(cell.column)): cell for cell in in_order}


def _latest(report: Report) -> str:
    """When the last of a report's columns began: one that was merged may hold older ones beside it."""
    return max(column.started_at for column in columns_of(report))


def _columns(cells: dict[tuple[str, _Key], _Cell], by_age: Sequence[Report]) -> tuple[ColumnReport, ...]:
    """Those that a cell is in, or, where there is no cell, that were asked for; in a reader's order."""
    asked = [column for report in by_age for column in report.columns]
    found = [cell.column for cell in cells.values()] or asked
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(column: ColumnReport) -> tuple[object, ...]:
    """Profiles as the table has them, libraries and Pythons by their versions, then by age."""
    names = list(PROFILES)
    known = names.index(column.profile) if column.profile in names else len(names)
    words = (column.profile, column.libraries, column.python)
    return (known, *map(_natural, words), column.started_at, column.model_dump_json())


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Numbers within a text in the order of numbers."""
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part
    ]


def _snippets(
    by_age: Sequence[Report],
    cells: dict[tuple[str, _Key], _Cell],
    columns: Sequence[ColumnReport],
) -> tuple[SnippetReport, ...]:
    """Every snippet that any report has, as the newest tells it."""
    found = {snippet.id: snippet for report in by_age for snippet in report.snippets}
    runs: defaultdict[str, list[RunReport]] = defaultdict(list)
    for cell in cells.values():
        number = columns.index(cell.column)
        runs[cell.snippet.id].append(cell.run.model_copy(update={"column": number}))
    order = [snippet.id for snippet in by_age[-1].snippets]
    rest = sorted(found.keys() - set(order), key=lambda name: (found[name].start_line, name))
    return tuple(
        found[name].model_copy(update={"runs": tuple(sorted(runs[name], key=attrgetter("column")))})
        for name in (*order, *rest)
    )


def _made_up_for(by_age: Sequence[Report], cells: dict[tuple[str, _Key], _Cell]) -> bool:
    """Whether a run that was interrupted was repeated: every column has a verdict on every snippet."""
    keys = {column_key(column) for report in by_age for column in report.columns}
    names = {snippet.id for report in by_age for snippet in report.snippets}
    return bool(keys) and all((name, key) in cells for name in names for key in keys)


def _repairs(by_age: Iterable[Report]) -> tuple[RepairReport, ...]:
    """Each once: what mends a snippet in two columns is one change of the card."""
    return tuple({repair.diff: repair for report in by_age for repair in report.repairs}.values())


def _engine(engines: Sequence[EngineReport]) -> EngineReport:
    """The engine, or what can be said of several: all that any can't enforce, and the walls that all have."""
    real = [engine for engine in engines if engine.name != build.NO_ENGINE.name] or engines
    found = list(dict.fromkeys(real))
    if len(found) == 1:
        return found[0]
    walls = found[0].walls if found else ()
    lacks = dict.fromkeys(limit for engine in found for limit in engine.unenforced)
    return EngineReport(
        name=_said([engine.name for engine in found]) or build.NO_ENGINE.name,
        version=_said([engine.version for engine in found]),
        runtime=_said([engine.runtime for engine in found]),
        walls=tuple(wall for wall in walls if all(wall in engine.walls for engine in found)),
        unenforced=tuple(lacks),
    )


def _host(hosts: Sequence[HostReport]) -> HostReport:
    """The host; nothing of several: each column says its own."""
    found = list(dict.fromkeys(hosts))
    return found[0] if len(found) == 1 else HostReport()


def _said(words: Iterable[str]) -> str:
    return _SEVERAL.join(sorted({word for word in words if word}, key=_natural))

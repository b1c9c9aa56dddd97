"""The columns of a report, and its snippets by columns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from verify_snippets.clean import one_line
from verify_snippets.report.model import ColumnReport, Report, RunReport, SnippetReport

AS_THE_CARD_ASKS = "as the card asks"

ColumnKey = tuple[str, str, str]
"""What a column asks for: profile, libraries, Python."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Snippets by columns.

    Attributes:
        columns: the name of each.
        places: where and with what the runs of each column were; empty where that is the same for all.
        lines: a snippet, and its run in each column; None where it has none.
    """

    columns: tuple[str, ...]
    places: tuple[str, ...]
    lines: tuple[tuple[SnippetReport, tuple[RunReport | None, ...]], ...]


def column_name(profile: str, libraries: str, python: str) -> str:
    """A column for people, such as ``cpu-basic, transformers<5, Python 3.12``."""
    parts = (profile, libraries, f"Python {python}" if python else "")
    return one_line(", ".join(part for part in parts if part)) or AS_THE_CARD_ASKS


def column_key(column: ColumnReport) -> ColumnKey:
    """What a column asks for, wherever and whenever it ran."""
    return column.profile, column.libraries, column.python


def columns_of(report: Report) -> tuple[ColumnReport, ...]:
    """A report's columns; one where it was written before there were any."""
    if report.columns:
        return report.columns
    runs = [run for snippet in report.snippets for run in snippet.runs]
    profiles, libraries = {run.profile for run in runs}, {run.libraries for run in runs}
    return (
        ColumnReport(
            profile=profiles.pop() if len(profiles) == 1 else "",
            libraries=libraries.pop() if len(libraries) == 1 else "",
            engine=report.engine,
            host=report.host,
            tool_version=report.tool_version,
            started_at=report.started_at,
        ),
    )


def column_of(run: RunReport, report: Report) -> ColumnReport:
    """The column that a run is in."""
    return columns_of(report)[run.column]


def names_of(report: Report) -> tuple[str, ...]:
    """For each of a report's columns its name; all empty where they ask for the same: nobody asks which."""
    columns = columns_of(report)
    if len({column_key(column) for column in columns}) < 2:
        return ("",) * len(columns)
    return tuple(column_name(*column_key(column)) for column in columns)


def table(report: Report) -> Table | None:
    """A report's snippets by columns; None where there is one column."""
    columns = columns_of(report)
    keys = list(dict.fromkeys(map(column_key, columns)))
    if len(keys) < 2:
        return None
    return Table(
        columns=tuple(column_name(*key) for key in keys),
        places=_places(columns, keys),
        lines=tuple(
            (snippet, _cells(snippet, [column_key(column) for column in columns], keys))
            for snippet in report.snippets
        ),
    )


def _cells(
    snippet: SnippetReport, keys_of_runs: Sequence[ColumnKey], keys: Sequence[ColumnKey]
) -> tuple[RunReport | None, ...]:
    runs = {keys_of_runs[run.column]: run for run in snippet.runs}
    return tuple(runs.get(key) for key in keys)


def _places(columns: Sequence[ColumnReport], keys: Sequence[ColumnKey]) -> tuple[str, ...]:
    if len({_place(column) for column in columns}) == 1:
        return ("",) * len(keys)
    by_key = {key: dict.fromkeys(_place(c) for c in columns if column_key(c) == key) for key in keys}
    return tuple("; ".join(by_key[key]) for key in keys)


def _place(column: ColumnReport) -> str:
    """The engine and the machine, and the version of this program."""
    engine, host = column.engine, column.host
    parts = (
        f"{engine.name} {engine.version}".strip() + (f" ({engine.runtime})" if engine.runtime else ""),
        f"{host.cpus} CPU cores" if host.cpus else "",
        host.cpu_model,
        *host.gpus,
        f"verify-snippets {column.tool_version}",
    )
    return one_line(", ".join(part for part in parts if part))

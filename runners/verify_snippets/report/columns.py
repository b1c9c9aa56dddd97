"""The columns of a report, and its snippets by columns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from snippet_sandbox.profile import GB
from verify_snippets.clean import one_line
from verify_snippets.report.model import ColumnReport, Report, RunReport, SnippetReport

AS_THE_CARD_ASKS = "as the card asks"
_NOWHERE = "none"  # the engine of a column of which nothing could be run

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
    """What differs of where the columns' runs were."""
    told = {column: _place(column) for column in columns}
    ran = [told[column] for column in columns if column.engine.name != _NOWHERE] or [*told.values()]
    differs = [len(set(part)) > 1 for part in zip(*ran, strict=True)]
    by_key: dict[ColumnKey, list[str]] = {key: [] for key in keys}
    for column in columns:
        parts = [part for part, matters in zip(told[column], differs, strict=True) if part and matters]
        if parts and column.engine.name != _NOWHERE:
            by_key[column_key(column)].append(one_line(", ".join(parts)))
    return tuple("; ".join(dict.fromkeys(by_key[key])) for key in keys)


def _place(column: ColumnReport) -> tuple[str, ...]:
    """The engine, the machine and the version of this program."""
    engine, host = column.engine, column.host
    return (
        f"{engine.name} {engine.version}".strip() + (f" ({engine.runtime})" if engine.runtime else ""),
        f"{host.cpus} CPU cores" if host.cpus else "",
        f"{host.memory_bytes / GB:.0f} GB of RAM" if host.memory_bytes else "",
        host.cpu_model,
        ", ".join(host.gpus),
        f"verify-snippets {column.tool_version}",
    )

"""Every run as a row of a flat table, for spreadsheets (CSV) and data frames (Parquet)."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.clean import without_escapes
from verify_snippets.store.records import StoredRun

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]  # has none

Value = str | int | float | None

_BATCH = 1000  # rows that Parquet gets at a time
# A spreadsheet runs a cell that begins so as a formula, and the text of these is strangers'
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

COLUMNS: dict[str, type[str] | type[int] | type[float]] = {
    "repo_id": str,
    "snippet": str,  # its lineage
    "profile": str,
    "line": str,
    "revision": str,
    "night": int,
    "attempt": int,
    "ran_at": str,
    "verdict": str,
    "reason": str,
    "cause": str,
    "cause_subjects": str,
    "duration_s": float,
    "memory_anonymous_bytes": int,
    "memory_file_bytes": int,
    "memory_cgroup_bytes": int,
    "exit_code": int,
    "error": str,
    "image": str,
    "versions": str,
    "key": str,
}
"""What is exported, and of which type; in Parquet ``ran_at`` is a time."""


def write(runs: Iterable[StoredRun], file: Path) -> int:
    """Write runs into a new file, whole or not at all, and return how many.

    Args:
        runs: are read one by one.
        file: its ending says of which kind.

    Raises:
        UsageError: an ending that is not known, or what Parquet needs is not installed.
        InfrastructureError: it can't be written.
    """
    writer = _WRITERS.get(file.suffix.lower())
    if writer is None:
        raise UsageError(
            f"{file} is neither a CSV nor a Parquet file by its name", hint=f"such as {file.stem}.csv"
        )
    try:
        with _whole(file) as beside:
            return writer(map(_row, runs), beside)
    except OSError as error:
        raise InfrastructureError(
            f"{file} can't be written: {error.strerror or error}",
            hint="is the disk full? Is its folder there?",
        ) from error


def _row(stored: StoredRun) -> dict[str, Value]:
    run = stored.run
    return {
        "repo_id": stored.snippet.repo_id,
        "snippet": stored.snippet.lineage,
        "profile": stored.snippet.profile,
        "line": stored.snippet_id,
        "revision": stored.revision,
        "night": stored.night,
        "attempt": stored.attempt,
        "ran_at": f"{stored.ran_at:%Y-%m-%dT%H:%M:%SZ}",
        "verdict": run.verdict.value,
        "reason": run.reason,
        "cause": run.cause.kind.value if run.cause else None,
        "cause_subjects": json.dumps(run.cause.subjects, ensure_ascii=False) if run.cause else None,
        "duration_s": run.duration_s,
        "memory_anonymous_bytes": run.memory.anonymous_bytes,
        "memory_file_bytes": run.memory.file_bytes,
        "memory_cgroup_bytes": run.memory.cgroup_bytes,
        "exit_code": run.exit_code,
        "error": f"{run.error.type}: {run.error.message}" if run.error else None,
        "image": run.image,
        "versions": json.dumps(run.versions, ensure_ascii=False),
        "key": stored.key,
    }


def _write_csv(rows: Iterable[dict[str, Value]], file: Path) -> int:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        count = 0
        for row in rows:
            writer.writerow({name: _cell(value) for name, value in row.items()})
            count += 1
    return count


def _cell(value: Value) -> Value:
    """A value that a spreadsheet shows and does not run: text like a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    plain = without_escapes(value)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def _write_parquet(rows: Iterable[dict[str, Value]], file: Path) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise UsageError(
            "Parquet needs a library that is not installed", hint="pip install 'verify-snippets[parquet]'"
        ) from error
    schema, count = _schema(), 0
    with parquet.ParquetWriter(file, schema) as writer:
        for batch in _batches(rows):
            table = pyarrow.Table.from_pylist(batch)
            table = table.set_column(
                table.schema.get_field_index("ran_at"),
                "ran_at",
                table["ran_at"].cast(pyarrow.timestamp("s", tz="UTC")),
            )
            writer.write_table(table.cast(schema))
            count += len(batch)
    return count


def _schema() -> "pyarrow.Schema":
    import pyarrow

    kinds = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    fields = {name: kinds[kind] for name, kind in COLUMNS.items()}
    return pyarrow.schema({**fields, "ran_at": pyarrow.timestamp("s", tz="UTC")})


def _batches(rows: Iterable[dict[str, Value]]) -> Iterator[list[dict[str, Value]]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A file beside ``file``, which takes its place if nothing goes wrong."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        yield beside
        beside.replace(file)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


_WRITERS: dict[str, Callable[[Iterable[dict[str, Value]], Path], int]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}

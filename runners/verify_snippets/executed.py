"""Notebooks as they were executed: with what each cell gave, saved beside a report."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from snippet_images.errors import UsageError
from verify_snippets.notebooks import NotebookFile, cell_id, parse
from verify_snippets.options import Options
from verify_snippets.report.model import RunReport


def folder_for(options: Options) -> Path | None:
    """The folder for executed notebooks, which is made; one for each column. None if nobody asked for it.

    Raises:
        UsageError: there can't be one.
    """
    if options.notebooks_dir is None:
        return None
    asked = (options.profile, *options.libraries, options.python)
    words = "-".join(word for word in asked if word) if options.one_of_several else ""
    folder = options.notebooks_dir / re.sub(r"[^\w.=<>~-]+", "-", words)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"notebooks can't be saved in {folder}: {error.strerror}", hint="name another folder"
        ) from error
    return folder


def save(files: Iterable[NotebookFile], runs: Mapping[str, RunReport], folder: Path) -> tuple[Path, ...]:
    """Save the notebooks of which anything was run.

    Args:
        files: the repo's.
        runs: what came of each cell, by its id.
        folder: where they are saved, by their paths in the repo.

    Returns:
        The files that were written.

    Raises:
        UsageError: one can't be written.
    """
    written = []
    for file in files:
        document = executed(file, runs)
        if document is None or ".." in PurePosixPath(file.path).parts:
            continue
        path = folder / file.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document, encoding="utf-8", errors="replace")
        except OSError as error:
            raise UsageError(
                f"{path} can't be written: {error.strerror}", hint="make room, or name another folder"
            ) from error
        written.append(path)
    return tuple(written)


def executed(file: NotebookFile, runs: Mapping[str, RunReport]) -> str | None:
    """A notebook with what its cells gave, as JSON of nbformat 4; None if none of them was run. Pure."""
    notebook = parse(file)
    count, ran = 0, 0
    cells: list[Mapping[str, Any]] = []
    for cell in notebook.cells:
        count += cell["cell_type"] == "code"
        run = runs.get(cell_id(file.path, count)) if cell["cell_type"] == "code" else None
        if run is None or run.duration_s is None:
            cells.append(cell)
            continue
        ran += 1
        cells.append({**cell, "execution_count": ran, "outputs": _numbered(run.outputs, ran)})
    if not ran:
        return None
    document = {"nbformat": 4, "nbformat_minor": 4, "metadata": notebook.metadata, "cells": cells}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _numbered(outputs: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    """Outputs whose values have the number of their cell."""
    return [
        {**output, "execution_count": count} if output.get("output_type") == "execute_result" else output
        for output in outputs
    ]

"""A report read back from the JSON that it was written as, so that any other format can be made from it."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from snippet_images.errors import UsageError
from verify_snippets.report.model import SCHEMA, SEVERAL_SCHEMA, Report

_HINT = "write one with --report json:PATH"


def read(path: Path) -> tuple[Report, ...]:
    """The reports in a JSON file, or in stdin for ``-``: one, or those that ``merge`` wrote together.

    Fields that this version has no name for are left alone: a later version may have added them.

    Raises:
        UsageError: it can't be read, or holds no report of a version that can be read here.
    """
    name = _name(path)
    document = _document(path, name)
    if isinstance(document, dict) and document.get("schema") == SEVERAL_SCHEMA:
        held = document.get("reports")
        if not isinstance(held, list) or not held:
            raise UsageError(f"{name} holds no reports", hint=_HINT)
        return tuple(_report(each, f"report {number} in {name}") for number, each in enumerate(held, 1))
    return (_report(document, name),)


def _name(path: Path) -> str:
    return "stdin" if str(path) == "-" else str(path)


def _report(document: Any, name: str) -> Report:
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema is None:
        raise UsageError(f"{name} is no report of verify-snippets", hint=_HINT)
    if schema != SCHEMA:
        raise UsageError(
            f"{name} is a report by the schema {schema!r}, and this version reads {SCHEMA!r}",
            hint="read it with the version that wrote it, whose number is its tool_version",
        )
    try:
        return Report.model_validate(document, extra="ignore")
    except ValidationError as error:
        raise UsageError(f"{name} is no valid report: {_first_of(error)}", hint=_HINT) from error


def _document(path: Path, name: str) -> Any:
    try:
        text = sys.stdin.read() if name == "stdin" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"{name} can't be read: {told or error}", hint=_HINT) from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no JSON: {error}", hint=_HINT) from error


def _first_of(error: ValidationError) -> str:
    """Where the first thing that is wrong stands, and what it is."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"

"""The JSON Schema of the report, generated from ``model.py`` into ``report.schema.json``.

``python -m verify_snippets.report.schema`` writes it anew; a test keeps it current.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from verify_snippets.report import model
from verify_snippets.report.model import Report

PATH = Path(__file__).with_name("report.schema.json")


def schema() -> dict[str, Any]:
    """The schema of what ``json_report`` writes (JSON Schema 2020-12).

    Objects are open: a later version may add fields to v1, and readers must leave those alone.
    """
    generated = Report.model_json_schema(by_alias=True, mode="serialization")
    _describe(generated)
    _open(generated)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:verify-snippets:report:v1",
        **generated,
    }


def _describe(generated: dict[str, Any]) -> None:
    """Add what ``model.py`` writes under each field, in place.

    Pydantic would read it, too (``use_attribute_docstrings``): each time that the module is imported.
    """
    for name, words in _field_docstrings().items():
        fields = (generated if name == Report.__name__ else generated["$defs"][name])["properties"]
        for field, text in words.items():
            fields[field] = dict(sorted({**fields[field], "description": text}.items()))


def _field_docstrings() -> dict[str, dict[str, str]]:
    """The string under each field of each class of the model."""
    classes = [it for it in ast.parse(inspect.getsource(model)).body if isinstance(it, ast.ClassDef)]
    return {it.name: words for it in classes if (words := dict(_strings_under_fields(it)))}


def _strings_under_fields(of_class: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(of_class.body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)


def _open(node: object) -> None:
    """Drop every ``additionalProperties: false`` in place."""
    if isinstance(node, dict):
        if node.get("additionalProperties") is False:
            del node["additionalProperties"]
        for child in node.values():
            _open(child)
    elif isinstance(node, list):
        for child in node:
            _open(child)


def text() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")

"""The JSON Schema of the report, generated from ``model.py`` into ``report.schema.json``.

``python -m verify_snippets.report.schema`` writes it anew; a test keeps it current.
"""

import json
from pathlib import Path
from typing import Any

from verify_snippets.report.model import Report

PATH = Path(__file__).with_name("report.schema.json")


def schema() -> dict[str, Any]:
    """The schema of what ``json_report`` writes (JSON Schema 2020-12).

    Objects are open: a later version may add fields to v1, and readers must leave those alone.
    """
    generated = Report.model_json_schema(by_alias=True, mode="serialization")
    _open(generated)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:verify-snippets:report:v1",
        **generated,
    }


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

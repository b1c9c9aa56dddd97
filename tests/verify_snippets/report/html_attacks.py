"""A report in which whoever could write a text has written an attack."""

from typing import Any

from tests.verify_snippets.report import html_samples
from verify_snippets.report.model import Report

EVIL = (
    "\"'></pre></style></script><script>alert(1)</script><img src=x onerror=alert(1)>"
    "{{ 7*191 }}{% x %}\u202e\x07"
)
CLOSED_SETS = {
    "schema",
    "verdict",
    "kind",
    "comparator",
    "scope",
    "source",
    "media_type",
    "origin",
    "traffic",
    "base64",
}


def hostile() -> Report:
    """A report in which every text ends in an attack, the card's own included."""
    return Report.model_validate(_with_evil(html_samples.rich().model_dump(mode="json", by_alias=True)))


def _with_evil(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value}{EVIL}"
    if isinstance(value, list):
        return [_with_evil(item) for item in value]
    if isinstance(value, dict):
        return {
            key if key in _FIELDS else f"{key}{EVIL}": item if key in CLOSED_SETS else _with_evil(item)
            for key, item in value.items()
        }
    return value


def _names(schema: dict[str, Any]) -> set[str]:
    models = [schema, *schema["$defs"].values()]
    return {name for model in models for name in model.get("properties", ())}


_FIELDS = _names(Report.model_json_schema(by_alias=True))

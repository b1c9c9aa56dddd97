"""The report as JSON: the form for machines. ``schema.py`` publishes its schema."""

import json
from collections.abc import Sequence

from verify_snippets.report.model import SEVERAL_SCHEMA, Report


def render(report: Report) -> str:
    """The report as JSON with the contract's names, ending in a newline.

    A lone surrogate in a snippet's output, which UTF-8 can't hold, is written as JSON's escape for it.
    """
    return written(report.model_dump(mode="json", by_alias=True))


def render_several(reports: Sequence[Report]) -> str:
    """The reports on several cards as one document, which is read back like that on one."""
    told = [report.model_dump(mode="json", by_alias=True) for report in reports]
    return written({"schema": SEVERAL_SCHEMA, "reports": told})


def written(document: object) -> str:
    """``document`` as JSON that UTF-8 can hold, and that a CI job's log takes for no command."""
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return text.replace("##[", "\\u0023#[").encode("utf-8", errors="backslashreplace").decode("utf-8")

"""The report as JSON: the form for machines. ``schema.py`` publishes its schema."""

import json

from verify_snippets.report.model import Report


def render(report: Report) -> str:
    """The report as JSON with the contract's names, ending in a newline.

    A lone surrogate in a snippet's output, which UTF-8 can't hold, is written as JSON's escape for it.
    """
    return written(report.model_dump(mode="json", by_alias=True))


def written(document: object) -> str:
    """``document`` as JSON that UTF-8 can hold, and that a CI job's log takes for no command."""
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return text.replace("##[", "\\u0023#[").encode("utf-8", errors="backslashreplace").decode("utf-8")

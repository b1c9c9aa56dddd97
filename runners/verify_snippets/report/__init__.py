"""Reports, one module per format. A new format is a module and a row in ``FORMATS``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_snippets.report.model import Report


def _terminal(report: "Report") -> str:
    from verify_snippets.report import terminal

    return terminal.render(report)


def _json(report: "Report") -> str:
    from verify_snippets.report import json_report

    return json_report.render(report)


# each is imported only when it is asked for: a plan, say, needs none
FORMATS: "dict[str, Callable[[Report], str]]" = {"terminal": _terminal, "json": _json}

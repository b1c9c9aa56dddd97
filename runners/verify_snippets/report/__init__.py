"""Reports, one module per format. A new format is a module and a row in ``FORMATS``."""

from collections.abc import Callable

from verify_snippets.report import json_report, terminal
from verify_snippets.report.model import Report

FORMATS: dict[str, Callable[[Report], str]] = {
    "terminal": terminal.render,
    "json": json_report.render,
}

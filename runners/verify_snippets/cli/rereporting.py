"""What ``report`` does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.cli.verifying import write_all
from verify_snippets.report import destination, saved, several
from verify_snippets.report.destination import Destination


def report_again(file: Path, destinations: Sequence[Destination]) -> int:
    """Write what ``file`` holds in other formats, or show it where none is asked for."""
    destination.check(destinations)
    reports = saved.read(file)
    if destinations:
        write_all(reports, destinations)
    else:
        several.draw(reports, screens.console_for(sys.stdout))
    return exit_codes.GOOD

"""What ``merge`` does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.cli.verifying import write_all
from verify_snippets.matrix.merge import merge
from verify_snippets.report import destination, saved, several
from verify_snippets.report.destination import Destination
from verify_snippets.report.model import Report


def merge_reports(files: Sequence[Path], destinations: Sequence[Destination]) -> int:
    """Make one report for each card of those in ``files``, show or write them, and return the exit code.

    All files are read before anything is written; one that can't be read is an error, lest a column be
    missed in silence.
    """
    destination.check(destinations)
    merged = merge([report for file in files for report in saved.read(file)])
    talk = screens.console_for(sys.stderr)
    for remark in merged.remarks:
        talk.print(remark, soft_wrap=True)
    if destinations:
        write_all(merged.reports, destinations)
    if not any(place.path is None for place in destinations):
        several.draw(merged.reports, screens.console_for(sys.stdout))
    return _exit_code(merged.reports)


def _exit_code(reports: Sequence[Report]) -> int:
    return exit_codes.of(
        [run.verdict for report in reports for snippet in report.snippets for run in snippet.runs],
        claims=[claim.verdict for report in reports for claim in report.claims],
        complete=all(report.complete for report in reports),
    )

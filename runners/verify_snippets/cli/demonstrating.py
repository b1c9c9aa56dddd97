"""What ``demo`` does."""

import sys
from collections.abc import Sequence

from verify_snippets import demo, exit_codes
from verify_snippets import screen as screens
from verify_snippets import verify as stage
from verify_snippets.cli.verifying import publish, run
from verify_snippets.options import Options
from verify_snippets.report import destination
from verify_snippets.report.destination import Destination
from verify_snippets.report.model import Report


def demonstrate(options: Options, destinations: Sequence[Destination]) -> int:
    """Verify the bundled repo, show the report, and return whether it says what it should."""
    destination.check(destinations)
    report = run(lambda screen, cancel: stage.verify(str(demo.FOLDER), options, screen, cancel=cancel))
    if report is None:
        return exit_codes.INTERRUPTED
    publish(report, destinations)
    return _judge(report) if report.complete else exit_codes.INTERRUPTED


def _judge(report: Report) -> int:
    """Say whether the demo showed what it is made to show, and return its exit code."""
    surprises = demo.surprises(report)
    console = screens.console_for(sys.stderr)
    if not surprises:
        console.print(
            "demo: these are the verdicts that its card is made to show, so the demo exits with 0; "
            f"a card of yours like this one would exit with {report.exit_code}"
        )
        return exit_codes.GOOD
    for surprise in surprises:
        console.print(f"demo: {surprise}")
    return exit_codes.INFRASTRUCTURE if report.summary.broken else exit_codes.CARD_AT_FAULT

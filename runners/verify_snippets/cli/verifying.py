"""What the default command does: verify, show, write."""

import sys
import threading
from collections.abc import Callable, Sequence

import click

from snippet_images.errors import UserFacingError
from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets import verify as stage
from verify_snippets.cli.interrupts import cancelled_by_signals
from verify_snippets.options import Options, Screen
from verify_snippets.report import destination, terminal
from verify_snippets.report.destination import Destination
from verify_snippets.report.model import Report

Verifier = Callable[[Screen, threading.Event], Report]


def verify_and_report(target: str, options: Options, destinations: Sequence[Destination]) -> int:
    """Verify ``target``, show and write the report, and return the exit code."""
    destination.check(destinations)
    report = run(lambda screen, cancel: stage.verify(target, options, screen, cancel=cancel))
    if report is None:
        return exit_codes.INTERRUPTED
    publish(report, destinations)
    return report.exit_code if report.complete else exit_codes.INTERRUPTED


def run(verifier: Verifier) -> Report | None:
    """Call ``verifier`` under a screen that is open and signals that cancel.

    Returns:
        Its report; None where it was cancelled before there was one.
    """
    with screens.open_screen() as screen, cancelled_by_signals(screen.say) as cancel:
        try:
            return verifier(screen, cancel)
        except UserFacingError as error:
            if not cancel.is_set():
                raise
            screen.say(f"interrupted: {error.message}")
            return None


def publish(report: Report, destinations: Sequence[Destination]) -> None:
    """Write every report that was asked for, then show the table.

    The table goes to stdout, or to stderr where stdout carries a report.
    """
    write_all([report], destinations)
    on_stdout = {place.format for place in destinations if place.path is None}
    if "terminal" not in on_stdout:
        terminal.draw(report, screens.console_for(sys.stderr if on_stdout else sys.stdout))


def write_all(reports: Sequence[Report], destinations: Sequence[Destination]) -> None:
    """Write reports on one or several cards."""
    write_each(destinations, lambda place: destination.write(reports, place, sys.stdout))


def write_each(destinations: Sequence[Destination], write: Callable[[Destination], None]) -> None:
    """Write to each place, and say so; files come first: they are there even if nobody reads on."""
    for place in sorted(destinations, key=lambda d: d.path is None):
        try:
            write(place)
        except BrokenPipeError:
            screens.forget_reader(sys.stdout)
        if place.path is not None:
            click.echo(f"wrote {click.format_filename(place.path)}", err=True)

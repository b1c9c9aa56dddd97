"""What ``fix`` does: mend, show the diff, and write or propose it."""

import os
import stat
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

import click

from snippet_images.errors import UsageError, UserFacingError
from verify_snippets import card_file, exit_codes
from verify_snippets import screen as screens
from verify_snippets.card import Source
from verify_snippets.clean import clean, one_line
from verify_snippets.cli.interrupts import cancelled_by_signals
from verify_snippets.cli.verifying import write_all
from verify_snippets.fixed import Fixed
from verify_snippets.options import Options, Screen
from verify_snippets.report import destination
from verify_snippets.report.destination import Destination
from verify_snippets.report.quantities import seconds_text
from verify_snippets.target import is_local


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to become of the changes.

    Attributes:
        write: write them to the local card.
        create_pr: propose them on the Hub.
        dry_run: only say what would be done.
        static: make those that are certain from reading alone, and run nothing.
    """

    write: bool = False
    create_pr: bool = False
    dry_run: bool = False
    static: bool = False


def fix_and_show(target: str, options: Options, wish: Wish, destinations: Sequence[Destination]) -> int:
    """Mend the card of ``target``, show the changes, do with them what is wished; return the exit code."""
    destination.check(destinations)
    token = _check(target, options, wish)
    fixed = _run(target, options, wish)
    if fixed is None:
        return exit_codes.INTERRUPTED
    _publish(fixed, destinations)
    _say_what_is_left(fixed)
    if not fixed.report.complete:
        return exit_codes.INTERRUPTED
    if fixed.diff:
        _carry_out(fixed, wish, token)
    return fixed.report.exit_code


def _check(target: str, options: Options, wish: Wish) -> str:
    """Refuse what can't be done before anything is run; return the user's token where one is needed.

    Raises:
        UsageError: it can't be done.
    """
    local = is_local(target)
    if wish.write and not local:
        raise UsageError(
            f"{target} is on the Hub: there is no file to write",
            hint="use --create-pr, or name a local folder or card",
        )
    if not wish.create_pr:
        return ""
    if local:
        raise UsageError(
            f"{target} is on this machine: there is nothing to open a pull request on",
            hint="use --write, or name the repo on the Hub",
        )
    if wish.static:
        raise UsageError(
            "--create-pr can't be given together with --static",
            hint="what is proposed to others is run first",
        )
    if options.revision is not None:
        raise UsageError(
            "--create-pr can't be given together with --revision", hint="pull requests are made to main"
        )
    return _token()


def _token() -> str:
    from huggingface_hub import get_token

    token = get_token()
    if not token:
        raise UsageError(
            "--create-pr needs a token of yours, and there is none",
            hint="log in with `hf auth login`, or set HF_TOKEN",
        )
    return token


def _run(target: str, options: Options, wish: Wish) -> Fixed | None:
    """Mend under a screen that is open and signals that cancel; None where nothing was known by then."""
    with screens.open_screen() as screen, cancelled_by_signals(screen.say) as cancel:
        try:
            return _fix(target, options, wish, screen, cancel)
        except UserFacingError as error:
            if not cancel.is_set():
                raise
            screen.say(f"interrupted: {error.message}")
            return None


def _fix(target: str, options: Options, wish: Wish, screen: Screen, cancel: threading.Event) -> Fixed:
    if wish.static:
        from verify_snippets.static_fixing import fix_by_reading

        return fix_by_reading(target, options, screen)
    from verify_snippets.fixing import fix

    return fix(target, options, screen, cancel=cancel)


def _publish(fixed: Fixed, destinations: Sequence[Destination]) -> None:
    """Write the reports; the diff goes to stdout, or to stderr where stdout carries a report."""
    write_all([fixed.report], destinations)
    to_stderr = any(place.path is None for place in destinations)
    stream = sys.stderr if to_stderr else sys.stdout
    if _obeys_what_it_shows(stream):
        click.echo(clean(fixed.diff), nl=False, err=to_stderr)
    else:
        click.echo(fixed.diff.encode(), nl=False, err=to_stderr)  # for `patch`: every byte as it is


def _obeys_what_it_shows(stream: TextIO) -> bool:
    """Whether what a card says could command what shows it: a terminal, or the log of a CI job."""
    is_file = stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    return stream.isatty() or ("GITHUB_ACTIONS" in os.environ and not is_file)


def _say_what_is_left(fixed: Fixed) -> None:
    for repair in fixed.report.repairs:
        lines = ", ".join(snippet.removeprefix("L") for snippet in repair.snippets)
        took = "" if repair.duration_s is None else f" (ran in {seconds_text(repair.duration_s)})"
        done = "mended" if repair.versions else "changed, not run:"
        click.echo(one_line(f"{done} line {lines}: {repair.sentence}{took}"), err=True)
    for left in fixed.unmended:
        click.echo(one_line(f"not mended, line {left.line}: {left.reason}"), err=True)
    if not fixed.report.repairs and not fixed.unmended:
        click.echo("nothing to mend", err=True)


def _carry_out(fixed: Fixed, wish: Wish, token: str) -> None:
    """Write or propose the changes, or say that one would."""
    if wish.write and not wish.dry_run:
        path = card_file.write(fixed.card, fixed.mended)
        click.echo(f"changed {click.format_filename(path)}", err=True)
    elif wish.create_pr and not wish.dry_run:
        from verify_snippets.pull_request import submit

        request = submit(fixed, token=token)
        click.echo(one_line(f"pull request {request.outcome}: {request.url}"), err=True)
    else:
        click.echo(one_line(_would(fixed, wish)), err=True)


def _would(fixed: Fixed, wish: Wish) -> str:
    """What was not done, and how it would be."""
    count = sum(line.startswith("@@") for line in fixed.diff.splitlines())
    places = f"{count} place{'' if count == 1 else 's'} of {fixed.card.location}"
    if wish.dry_run:
        return f"would {'propose to ' if wish.create_pr else ''}change {places}"
    option = "--create-pr" if fixed.card.source is Source.HUB else "--write"
    how = "" if wish.static and fixed.card.source is Source.HUB else f"; {option} does it"
    return f"would change {places}{how}"

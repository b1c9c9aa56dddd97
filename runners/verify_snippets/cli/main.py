"""The way in, and the one place where an exception becomes a message and an exit code."""

import contextlib
import errno
import gc
import sys
import traceback
from collections.abc import Sequence

import click

from snippet_images.errors import UserFacingError
from verify_snippets import exit_codes
from verify_snippets.clean import one_line
from verify_snippets.cli.commands import app
from verify_snippets.cli.debugging import debugging

YOUNG_OBJECTS = 50_000  # before Python looks for garbage among them; 700 by default


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code (see ``snippet_images.errors``)."""
    gc.set_threshold(YOUNG_OBJECTS)  # a tenth of a short run's time was spent on looking, and nothing found
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader went away (``| head``), and had what it wanted
        from verify_snippets.screen import forget_reader

        forget_reader(sys.stdout)
        return exit_codes.GOOD
    return code


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = app.main(arguments, prog_name="verify-snippets", standalone_mode=False)
    except UserFacingError as error:
        _complain(error.message, error.hint)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return exit_codes.USAGE
    except click.ClickException as error:
        _complain(error.format_message(), _usage_hint(error))
        return exit_codes.USAGE
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted", "")
        return exit_codes.INTERRUPTED
    except Exception as error:  # noqa: BLE001  whatever it is, it is ours and not the card's
        return _unexpected(error)
    return result if isinstance(result, int) else exit_codes.GOOD


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        raise BrokenPipeError from error
    if debugging():
        traceback.print_exception(error)
    _complain(
        f"this should not have happened: {type(error).__name__}: {error}",
        "please report it, with what the same command prints when --debug stands before its arguments",
    )
    return exit_codes.INFRASTRUCTURE


def _usage_hint(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "verify-snippets"
    return f"see {path.removesuffix(' verify')} --help"


def _complain(message: str, hint: str) -> None:
    lines = [f"error: {one_line(message)}", *([f"hint: {one_line(hint)}"] if hint else [])]
    with contextlib.suppress(BrokenPipeError):
        click.echo("\n".join(lines), err=True)

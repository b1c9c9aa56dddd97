"""Which columns a command line asks for."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from snippet_images.errors import UsageError
from snippet_sandbox.profile import shortfall
from verify_snippets import exit_codes
from verify_snippets.cli.verifying import publish, run, verify_and_report
from verify_snippets.flavors import catalogue
from verify_snippets.matrix.columns import CLAIMED, Column, Libraries, product
from verify_snippets.options import Options
from verify_snippets.prepare import this_host
from verify_snippets.report import destination
from verify_snippets.report.destination import Destination


def verify_by_columns(
    target: str,
    columns: Sequence[Column],
    options: Options,
    destinations: Sequence[Destination],
    *,
    is_table: bool,
) -> int:
    """Verify ``target`` under each column, show and write the one report, and return the exit code.

    Hardware that this host can't give is an error where it is all that is asked for. In a table, be it of one
    column that others are merged with later, its snippets are skipped and say why.
    """
    if len(columns) == 1 and not is_table and columns[0].libraries != (CLAIMED,):
        (column,) = columns
        own = replace(options, profile=column.profile, libraries=column.libraries, python=column.python)
        return verify_and_report(target, own, destinations)
    from verify_snippets.matrix.verifying import verify_columns  # most runs have one column

    destination.check(destinations)
    report = run(lambda screen, cancel: verify_columns(target, columns, options, screen, cancel=cancel))
    if report is None:
        return exit_codes.INTERRUPTED
    publish(report, destinations)
    return report.exit_code if report.complete else exit_codes.INTERRUPTED


def read_columns(
    profiles: Sequence[str],
    libraries: Sequence[Libraries],
    pythons: Sequence[str],
    *,
    all_profiles: bool,
    say: Callable[[str], None],
) -> tuple[Column, ...]:
    """The columns that options ask for.

    Args:
        profiles: names; none to follow the card.
        libraries: variants; none for the image's own.
        pythons: versions; none for the engine's own.
        all_profiles: whether all profiles are meant that this host can give, where none is named.
        say: told which those are.

    Raises:
        UsageError: there is no such profile.
    """
    known = catalogue(ask=False)
    if all_profiles and not profiles:
        host = this_host()
        profiles = [name for name, profile in known.items() if shortfall(profile, host) is None]
        say(f"this host can give: {', '.join(profiles) or 'no profile whole, so what it has is taken'}")
    unknown = next((name for name in profiles if name not in known), None)
    if unknown is not None:
        raise UsageError(f"there is no profile named {unknown!r}", hint=f"profiles are: {', '.join(known)}")
    return product(profiles, libraries, pythons)

"""Reads and checks the values of options: what click's own types can't."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from snippet_sandbox.gateway.web_policy import WebPolicy
    from verify_snippets.matrix.columns import Libraries
    from verify_snippets.nightly.costs import Budget
    from verify_snippets.report.destination import Destination


def known_engine(_context: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    """Check the name of an engine; engines are imported only where there is one to check."""
    if name is None:
        return None
    from snippet_sandbox.engines import ENGINES

    if name not in ENGINES:
        raise click.BadParameter(f"there is no engine {name!r}; the engines are: {', '.join(ENGINES)}")
    return name


def known_images(_context: click.Context, _param: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Check the names of images."""
    from snippet_images.catalogue import IMAGES, names_text

    unknown = [name for name in names if name not in IMAGES]
    if unknown:
        raise click.BadParameter(f"there is no image {unknown[0]!r}; the images are: {names_text()}")
    return names


def repo_ids(_context: click.Context, _param: click.Parameter, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check that each is a repo's id."""
    for repo_id in ids:
        owner, _, name = repo_id.partition("/")
        if not (owner and name) or "/" in name or not repo_id.isprintable():
            raise click.BadParameter(f"{repo_id!r} is no repo id: write ORG/NAME")
    return ids


def destinations(
    _context: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> "tuple[Destination, ...]":
    """Read every ``FORMAT:PATH``."""
    if not texts:
        return ()
    from verify_snippets.report import destination

    return tuple(destination.parse(text) for text in texts)


def size(_context: click.Context, _param: click.Parameter, text: str | None) -> int | None:
    """Read how many bytes something may take."""
    if text is None:
        return None
    from verify_snippets.nightly.cache_limit import parse_size

    return parse_size(text)


def news_destinations(
    _context: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> "tuple[Destination, ...]":
    """Read every ``FORMAT:PATH`` of a night's summary."""
    if not texts:
        return ()
    from verify_snippets.cli.night_telling import ENDINGS
    from verify_snippets.report import destination

    return tuple(destination.parse(text, ENDINGS) for text in texts)


def checklist_destinations(
    _context: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> "tuple[Destination, ...]":
    """Read every ``FORMAT:PATH`` of a checklist."""
    if not texts:
        return ()
    from verify_snippets.checklist.rendering import FORMATS
    from verify_snippets.report import destination

    return tuple(destination.parse(text, FORMATS) for text in texts)


def profile_names(_context: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Read a list of profiles' names."""
    if not text:  # as a workflow writes what it was not given
        return ()
    from verify_snippets.matrix.columns import read_profiles

    return read_profiles(text)


def library_variants(
    _context: click.Context, _param: click.Parameter, text: str | None
) -> "tuple[Libraries, ...]":
    """Read a list of variants of libraries."""
    if not text:  # as a workflow writes what it was not given
        return ()
    from verify_snippets.matrix.columns import read_libraries

    return read_libraries(text)


def python_versions(_context: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Read a list of Python's versions."""
    if not text:  # as a workflow writes what it was not given
        return ()
    from verify_snippets.matrix.columns import read_pythons

    return read_pythons(text)


def web_policy(_context: click.Context, _param: click.Parameter, text: str) -> "WebPolicy":
    """Read which web hosts snippets may speak to."""
    from snippet_sandbox.gateway.web_policy import WebPolicy

    return WebPolicy.parse(text)


def end_of_day(_context: click.Context, _param: click.Parameter, day: "datetime | None") -> "datetime | None":
    """The last moment of a day (UTC): what came out on it counts."""
    from datetime import UTC, timedelta

    return day and day.replace(tzinfo=UTC) + timedelta(days=1, microseconds=-1)


def days(_context: click.Context, _param: click.Parameter, days: float | None) -> "timedelta | None":
    """How long so many days are."""
    from datetime import timedelta

    return None if days is None else timedelta(days=days)


def budget(_context: click.Context, _param: click.Parameter, text: str | None) -> "Budget | None":
    """Read how much a night may take."""
    if text is None:
        return None
    from verify_snippets.nightly.costs import Budget

    return Budget.parse(text)


def recorded_or_replayed(context: click.Context, param: click.Parameter, folder: Path | None) -> Path | None:
    """Check that a run is either recorded or replayed."""
    other = "replay" if param.name == "record" else "record"
    if folder is not None and context.params.get(other) is not None:
        raise click.BadParameter(f"it can't be given together with --{other}")
    return folder

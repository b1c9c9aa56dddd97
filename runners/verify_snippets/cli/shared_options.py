"""Options that several commands have, each told once."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from verify_snippets.cli import values

DEFAULT_TIMEOUT_S = 600.0  # snippet_sandbox.job.DEFAULT_TIME_LIMIT_S; a test keeps the two equal

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_OF_CARDS: dict[str, _Decorator] = {
    "repo_id": click.option(
        "--repo-id", metavar="ORG/NAME", help="The repo that a local folder or card stands for."
    ),
    "revision": click.option(
        "--revision", metavar="REV", help="Branch, tag or commit on the Hub. Default: main."
    ),
    "profile": click.option(
        "--profile",
        metavar="NAME",
        help="Hardware to run under, named as the Hub names its flavors (cpu-basic, t4-small ...). "
        "Default: the smallest that the card and its files ask for.",
    ),
    "engine": click.option(
        "--engine",
        metavar="NAME",
        callback=values.known_engine,
        help="Where snippets run: docker, bubblewrap ... (`doctor` lists them). Default: the first that "
        "answers.",
    ),
    "runtime": click.option(
        "--runtime",
        metavar="NAME",
        help="What the engine starts containers with, such as runsc (gVisor); `doctor` lists and tries them. "
        "Default: the engine's own.",
    ),
    "time_limit_s": click.option(
        "--timeout",
        "time_limit_s",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        default=DEFAULT_TIMEOUT_S,
        show_default=True,
        help="For one snippet, together with the blocks it needs.",
    ),
    "strict_output": click.option(
        "--strict-output",
        is_flag=True,
        help="Hold another output than the card shows against the card; by default it is only remarked.",
    ),
    "notebooks": click.option(
        "--notebooks/--no-notebooks",
        default=True,
        show_default=True,
        help="Run the notebooks of the repo, too: each in one container, with a verdict for each cell.",
    ),
    "notebooks_dir": click.option(
        "--notebooks-dir",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="Save the notebooks in DIR as they were executed, with all that their cells gave.",
    ),
    "hub_code": click.option(
        "--hub-code/--no-hub-code",
        default=True,
        show_default=True,
        help='Run the code that the Hub itself shows under "Use this model", too: of a model on the Hub, and '
        "of a folder whose repo --repo-id names.",
    ),
    "fresh": click.option(
        "--fresh",
        is_flag=True,
        help="Run everything, also what an earlier run found out and nothing has changed of.",
    ),
    "preload": click.option(
        "--preload/--no-preload",
        default=True,
        show_default=True,
        help="Let waiting containers do a snippet's first imports; the report's times count them all the "
        "same.",
    ),
    "allowed_repos": click.option(
        "--allow-repo",
        "allowed_repos",
        metavar="ORG/NAME",
        multiple=True,
        callback=values.repo_ids,
        help="A private or gated repo of others that snippets may read with your token; the card's own repo "
        "and its owner's others are open. May be given again.",
    ),
    "web": click.option(
        "--web",
        metavar="WHERE",
        default="public",
        show_default=True,
        callback=values.web_policy,
        help="Which web hosts snippets may speak to: public, hub (only the Hub), none, or HOST[,HOST...] "
        "(and the Hub). Private and local addresses are closed in any case.",
    ),
    "record": click.option(
        "--record",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        callback=values.recorded_or_replayed,
        help="Run everything, and keep in DIR (new or empty) what web hosts, the Hub and package indexes "
        "answer.",
    ),
    "replay": click.option(
        "--replay",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        callback=values.recorded_or_replayed,
        help="Run everything with the answers that --record kept in DIR; nothing outside is asked.",
    ),
    "bisect": click.option(
        "--bisect",
        is_flag=True,
        help="Try what fails again with the libraries that were current when the card was last changed, and "
        "find the release since which it fails. Takes an install and a run for each try.",
    ),
    "as_of": click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        callback=values.end_of_day,
        help="--bisect with the libraries of this day instead.",
    ),
}
"""By the field of ``options.Options`` that each one sets."""


def card_options(*fields: str, **fixed: Any) -> _Decorator:
    """Give a command the options for these fields of ``Options``; it takes them as one value, ``options``.

    Args:
        fields: what the user may set.
        fixed: what the command sets itself. All others keep their defaults.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def call(**given: Any) -> Any:
            from verify_snippets.options import Options

            chosen = {field: given.pop(field) for field in fields}
            if chosen.get("as_of"):
                chosen["bisect"] = True
            return command(options=Options(**chosen, **fixed), **given)

        taking: Callable[..., Any] = call
        for field in reversed(fields):
            taking = _OF_CARDS[field](taking)
        return taking

    return decorate


def _formats_help() -> str:
    """Every format of reports, with what it is for."""
    from verify_snippets.report import FORMATS

    formats = "; ".join(f"{name} ({format_.about})" for name, format_ in FORMATS.items())
    return f"Write a report to PATH, or `-` for stdout; may be given again. FORMAT is one of: {formats}."


profiles_option = click.option(
    "--profile",
    "profiles",
    metavar="NAME[,NAME...]",
    callback=values.profile_names,
    help="Hardware to run under, named as the Hub names its flavors (cpu-basic, t4-small ...). Several make "
    "a table: what this host can't give is skipped in it, and said. Default: for each snippet the smallest "
    "that the card and its files ask for.",
)
matrix_option = click.option(
    "--matrix",
    "all_profiles",
    is_flag=True,
    help="Run under every profile that this host can give; or under those of --profile, and skip what this "
    "host can't give even where that is all: a column for `merge`.",
)
libraries_option = click.option(
    "--libraries",
    metavar="LIST",
    callback=values.library_variants,
    help='Run with these libraries beside what the card installs: "transformers<5,transformers>=5" are two '
    "variants, & adds a package to one (transformers<5 & peft<0.15). `claimed` stands for the oldest and the "
    "newest version that the card itself allows.",
)
pythons_option = click.option(
    "--python",
    "pythons",
    metavar="VERSION[,VERSION...]",
    callback=values.python_versions,
    help="Run on these versions of Python: 3.11,3.12. Default: the engine's own.",
)
report_option = click.option(
    "--report",
    "destinations",
    metavar="FORMAT:PATH",
    callback=values.destinations,
    multiple=True,
    help=_formats_help(),
)
store_option = click.option(
    "--store",
    "store_url",
    metavar="URL",
    envvar="VERIFY_SNIPPETS_STORE",
    show_envvar=True,
    help="Where history is kept: sqlite:///night.db, or postgresql://user@host/name (its password may stand "
    "in PGPASSWORD). Default: a file in your data folder.",
)
max_age_option = click.option(
    "--max-age",
    type=click.FloatRange(min=0, min_open=True, max=36_500),
    metavar="DAYS",
    callback=values.days,
    help="Run again what was last run longer ago than this, though nothing changed. Default: no limit, but 7 "
    "days for cards whose snippets spoke to web hosts.",
)
budget_option = click.option(
    "--budget",
    metavar="AMOUNT",
    callback=values.budget,
    help="What the night may take: minutes or hours (90m, 2h), or dollars by the prices of the Hub's "
    "hardware ('$5'). What doesn't fit comes first the next night.",
)

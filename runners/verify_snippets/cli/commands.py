"""The commands. Each only says what it takes; the work is done by modules imported when it is called."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify_snippets.cli.default_group import DEFAULT_COMMAND, DefaultGroup

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from snippet_sandbox.gateway.web_policy import WebPolicy
    from verify_snippets.matrix.columns import Libraries
    from verify_snippets.nightly.costs import Budget
    from verify_snippets.report.destination import Destination

DEFAULT_TIMEOUT_S = 600.0  # snippet_sandbox.job.DEFAULT_TIME_LIMIT_S; a test keeps the two equal
DEFAULT_IMAGE = "cpu"
_DEBUG_VARIABLE = "VERIFY_SNIPPETS_DEBUG"

_EPILOG = """\b
TARGET is one of
  acme/tiny              a repo on the Hub, pinned to its commit
  ./my-model             a local folder, before it is public (with --repo-id)
  path/to/README.md      a card alone

\b
Examples
  verify-snippets sentence-transformers/all-MiniLM-L6-v2
  verify-snippets ./my-model --repo-id acme/my-model --report json:report.json
  verify-snippets acme/tiny --report json:- | jq .summary
  verify-snippets acme/tiny --libraries "transformers<5,transformers>=5" --report html:table.html
  verify-snippets merge cpu-basic.json t4-small.json --report markdown:-
  verify-snippets report report.json --report html:report.html --report junit:report.xml
  verify-snippets fix ./my-model --repo-id acme/my-model --write
  verify-snippets plan path/to/README.md
  verify-snippets org acme --store sqlite:///night.db
  verify-snippets demo

\b
Exit codes
  0    nothing failed and nothing was contradicted
  1    the card is at fault
  2    wrong usage, or input that can't be read
  3    our own infrastructure is at fault
  130  interrupted
"""

_ORG_EPILOG = """\b
Examples
  verify-snippets org acme --store sqlite:///night.db
  verify-snippets org acme --budget 3h --notify slack://... --site /srv/snippets
  verify-snippets org ./models.txt --dry-run

\b
In a crontab
  30 1 * * *  VERIFY_SNIPPETS_NOTIFY=mailtos://... verify-snippets org acme --log-format json 2>>night.log

\b
Only one night goes on in a store at a time: a second one exits with 3 and says who is at it since when.
"""

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def debugging() -> bool:
    """Whether tracebacks are shown (``--debug``, or the variable VERIFY_SNIPPETS_DEBUG)."""
    return os.environ.get(_DEBUG_VARIABLE, "") not in ("", "0")


def _set_debugging(_context: click.Context, _param: click.Parameter, on: bool) -> None:
    if on:
        os.environ[_DEBUG_VARIABLE] = "1"


def _known_engine(_context: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    """Check the name of an engine; engines are imported only where there is one to check."""
    if name is None:
        return None
    from snippet_sandbox.engines import ENGINES

    if name not in ENGINES:
        raise click.BadParameter(f"there is no engine {name!r}; the engines are: {', '.join(ENGINES)}")
    return name


def _known_images(
    _context: click.Context, _param: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Check the names of images."""
    from snippet_images.catalogue import IMAGES, names_text

    unknown = [name for name in names if name not in IMAGES]
    if unknown:
        raise click.BadParameter(f"there is no image {unknown[0]!r}; the images are: {names_text()}")
    return names


def _repo_ids(_context: click.Context, _param: click.Parameter, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check that each is a repo's id."""
    for repo_id in ids:
        owner, _, name = repo_id.partition("/")
        if not (owner and name) or "/" in name or not repo_id.isprintable():
            raise click.BadParameter(f"{repo_id!r} is no repo id: write ORG/NAME")
    return ids


def _destinations(
    _context: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> "tuple[Destination, ...]":
    """Read every ``FORMAT:PATH``."""
    if not texts:
        return ()
    from verify_snippets.report import destination

    return tuple(destination.parse(text) for text in texts)


def _size(_context: click.Context, _param: click.Parameter, text: str | None) -> int | None:
    """Read how many bytes something may take."""
    if text is None:
        return None
    from verify_snippets.nightly.cache_limit import parse_size

    return parse_size(text)


def _news_destinations(
    _context: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> "tuple[Destination, ...]":
    """Read every ``FORMAT:PATH`` of a night's summary."""
    if not texts:
        return ()
    from verify_snippets.cli.night_telling import ENDINGS
    from verify_snippets.report import destination

    return tuple(destination.parse(text, ENDINGS) for text in texts)


def _checklist_destinations(
    _context: click.Context, _param: click.Parameter, texts: tuple[str, ...]
) -> "tuple[Destination, ...]":
    """Read every ``FORMAT:PATH`` of a checklist."""
    if not texts:
        return ()
    from verify_snippets.checklist.rendering import FORMATS
    from verify_snippets.report import destination

    return tuple(destination.parse(text, FORMATS) for text in texts)


def _profile_names(_context: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Read a list of profiles' names."""
    if not text:  # as a workflow writes what it was not given
        return ()
    from verify_snippets.matrix.columns import read_profiles

    return read_profiles(text)


def _library_variants(
    _context: click.Context, _param: click.Parameter, text: str | None
) -> "tuple[Libraries, ...]":
    """Read a list of variants of libraries."""
    if not text:  # as a workflow writes what it was not given
        return ()
    from verify_snippets.matrix.columns import read_libraries

    return read_libraries(text)


def _python_versions(_context: click.Context, _param: click.Parameter, text: str | None) -> tuple[str, ...]:
    """Read a list of Python's versions."""
    if not text:  # as a workflow writes what it was not given
        return ()
    from verify_snippets.matrix.columns import read_pythons

    return read_pythons(text)


def _web_policy(_context: click.Context, _param: click.Parameter, text: str) -> "WebPolicy":
    """Read which web hosts snippets may speak to."""
    from snippet_sandbox.gateway.web_policy import WebPolicy

    return WebPolicy.parse(text)


def _end_of_day(
    _context: click.Context, _param: click.Parameter, day: "datetime | None"
) -> "datetime | None":
    """The last moment of a day (UTC): what came out on it counts."""
    from datetime import UTC, timedelta

    return day and day.replace(tzinfo=UTC) + timedelta(days=1, microseconds=-1)


def _days(_context: click.Context, _param: click.Parameter, days: float | None) -> "timedelta | None":
    """How long so many days are."""
    from datetime import timedelta

    return None if days is None else timedelta(days=days)


def _budget(_context: click.Context, _param: click.Parameter, text: str | None) -> "Budget | None":
    """Read how much a night may take."""
    if text is None:
        return None
    from verify_snippets.nightly.costs import Budget

    return Budget.parse(text)


def _alone(context: click.Context, param: click.Parameter, folder: Path | None) -> Path | None:
    """Check that a run is either recorded or replayed."""
    other = "replay" if param.name == "record" else "record"
    if folder is not None and context.params.get(other) is not None:
        raise click.BadParameter(f"it can't be given together with --{other}")
    return folder


def _formats_help() -> str:
    """Every format of reports, with what it is for."""
    from verify_snippets.report import FORMATS

    formats = "; ".join(f"{name} ({format_.about})" for name, format_ in FORMATS.items())
    return f"Write a report to PATH, or `-` for stdout; may be given again. FORMAT is one of: {formats}."


_debug = click.option(
    "--debug", is_flag=True, hidden=True, expose_value=False, is_eager=True, callback=_set_debugging
)
_engine = click.option(
    "--engine",
    metavar="NAME",
    callback=_known_engine,
    help="Where snippets run: docker, bubblewrap ... (`doctor` lists them). Default: the first that answers.",
)
_runtime = click.option(
    "--runtime",
    metavar="NAME",
    help="What the engine starts containers with, such as runsc (gVisor); `doctor` lists and tries them. "
    "Default: the engine's own.",
)
_repo_id = click.option(
    "--repo-id", metavar="ORG/NAME", help="The repo that a local folder or card stands for."
)
_revision = click.option("--revision", metavar="REV", help="Branch, tag or commit on the Hub. Default: main.")
_profile = click.option(
    "--profile",
    metavar="NAME",
    help="Hardware to run under, named as the Hub names its flavors (cpu-basic, t4-small ...). "
    "Default: the smallest that the card and its files ask for.",
)
_profiles = click.option(
    "--profile",
    "profiles",
    metavar="NAME[,NAME...]",
    callback=_profile_names,
    help="Hardware to run under, named as the Hub names its flavors (cpu-basic, t4-small ...). Several make "
    "a table: what this host can't give is skipped in it, and said. Default: for each snippet the smallest "
    "that the card and its files ask for.",
)
_all_profiles = click.option(
    "--matrix",
    "all_profiles",
    is_flag=True,
    help="Run under every profile that this host can give; or under those of --profile, and skip what this "
    "host can't give even where that is all: a column for `merge`.",
)
_libraries = click.option(
    "--libraries",
    metavar="LIST",
    callback=_library_variants,
    help='Run with these libraries beside what the card installs: "transformers<5,transformers>=5" are two '
    "variants, & adds a package to one (transformers<5 & peft<0.15). `claimed` stands for the oldest and the "
    "newest version that the card itself allows.",
)
_pythons = click.option(
    "--python",
    "pythons",
    metavar="VERSION[,VERSION...]",
    callback=_python_versions,
    help="Run on these versions of Python: 3.11,3.12. Default: the engine's own.",
)
_timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=DEFAULT_TIMEOUT_S,
    show_default=True,
    help="For one snippet, together with the blocks it needs.",
)
_fresh = click.option(
    "--fresh",
    is_flag=True,
    help="Run everything, also what an earlier run found out and nothing has changed of.",
)
_strict_output = click.option(
    "--strict-output",
    is_flag=True,
    help="Hold another output than the card shows against the card; by default it is only remarked.",
)
_notebooks = click.option(
    "--notebooks/--no-notebooks",
    default=True,
    show_default=True,
    help="Run the notebooks of the repo, too: each in one container, with a verdict for each cell.",
)
_notebooks_dir = click.option(
    "--notebooks-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Save the notebooks in DIR as they were executed, with all that their cells gave.",
)
_hub_code = click.option(
    "--hub-code/--no-hub-code",
    default=True,
    show_default=True,
    help='Run the code that the Hub itself shows under "Use this model", too: of a model on the Hub, and '
    "of a folder whose repo --repo-id names.",
)
_preload = click.option(
    "--preload/--no-preload",
    default=True,
    show_default=True,
    help="Let waiting containers do a snippet's first imports; the report's times count them all the same.",
)
_allow_repo = click.option(
    "--allow-repo",
    "allowed_repos",
    metavar="ORG/NAME",
    multiple=True,
    callback=_repo_ids,
    help="A private or gated repo of others that snippets may read with your token; the card's own repo and "
    "its owner's others are open. May be given again.",
)
_web = click.option(
    "--web",
    metavar="WHERE",
    default="public",
    show_default=True,
    callback=_web_policy,
    help="Which web hosts snippets may speak to: public, hub (only the Hub), none, or HOST[,HOST...] "
    "(and the Hub). Private and local addresses are closed in any case.",
)
_record = click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    callback=_alone,
    help="Run everything, and keep in DIR (new or empty) what web hosts, the Hub and package indexes answer.",
)
_replay = click.option(
    "--replay",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    callback=_alone,
    help="Run everything with the answers that --record kept in DIR; nothing outside is asked.",
)
_bisect = click.option(
    "--bisect",
    is_flag=True,
    help="Try what fails again with the libraries that were current when the card was last changed, and find "
    "the release since which it fails. Takes an install and a run for each try.",
)
_as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    callback=_end_of_day,
    help="--bisect with the libraries of this day instead.",
)
_report = click.option(
    "--report",
    "destinations",
    metavar="FORMAT:PATH",
    callback=_destinations,
    multiple=True,
    help=_formats_help(),
)
_store = click.option(
    "--store",
    "store_url",
    metavar="URL",
    envvar="VERIFY_SNIPPETS_STORE",
    show_envvar=True,
    help="Where history is kept: sqlite:///night.db, or postgresql://user@host/name (its password may stand "
    "in PGPASSWORD). Default: a file in your data folder.",
)

_max_age = click.option(
    "--max-age",
    type=click.FloatRange(min=0, min_open=True, max=36_500),
    metavar="DAYS",
    callback=_days,
    help="Run again what was last run longer ago than this, though nothing changed. Default: no limit, but 7 "
    "days for cards whose snippets spoke to web hosts.",
)
_within_budget = click.option(
    "--budget",
    metavar="AMOUNT",
    callback=_budget,
    help="What the night may take: minutes or hours (90m, 2h), or dollars by the prices of the Hub's "
    "hardware ('$5'). What doesn't fit comes first the next night.",
)


@click.group(cls=DefaultGroup, context_settings=_CONTEXT, epilog=_EPILOG, no_args_is_help=True)
@click.version_option(package_name="verify-snippets", message="%(prog)s %(version)s")
@_debug
def app() -> None:
    """Run every code snippet of a model card in a fresh container, and say which ones work."""


@app.command(DEFAULT_COMMAND, hidden=True)
@click.argument("target")
@_repo_id
@_revision
@_profiles
@_all_profiles
@_libraries
@_pythons
@_engine
@_runtime
@_timeout
@_strict_output
@_notebooks
@_notebooks_dir
@_hub_code
@_fresh
@_preload
@_allow_repo
@_web
@_record
@_replay
@_bisect
@_as_of
@_report
@_debug
def verify_command(
    target: str,
    repo_id: str | None,
    revision: str | None,
    profiles: tuple[str, ...],
    all_profiles: bool,
    libraries: "tuple[Libraries, ...]",
    pythons: tuple[str, ...],
    engine: str | None,
    runtime: str | None,
    timeout: float,
    strict_output: bool,
    notebooks: bool,
    notebooks_dir: Path | None,
    hub_code: bool,
    fresh: bool,
    preload: bool,
    allowed_repos: tuple[str, ...],
    web: "WebPolicy",
    record: Path | None,
    replay: Path | None,
    bisect: bool,
    as_of: "datetime | None",
    destinations: "tuple[Destination, ...]",
) -> int:
    """Verify the snippets of TARGET: a repo on the Hub, a local folder, or a card."""
    from verify_snippets.cli.columns import read_columns, verify_by_columns
    from verify_snippets.options import Options

    options = Options(
        repo_id=repo_id,
        revision=revision,
        engine=engine,
        runtime=runtime,
        time_limit_s=timeout,
        strict_output=strict_output,
        notebooks=notebooks,
        notebooks_dir=notebooks_dir,
        hub_code=hub_code,
        fresh=fresh,
        preload=preload,
        allowed_repos=allowed_repos,
        web=web,
        record=record,
        replay=replay,
        bisect=bisect or as_of is not None,
        as_of=as_of,
    )
    columns = read_columns(
        profiles,
        libraries,
        pythons,
        all_profiles=all_profiles,
        say=lambda text: click.echo(text, err=True),
    )
    return verify_by_columns(target, columns, options, destinations, is_table=all_profiles)


@app.command("fix")
@click.argument("target")
@_repo_id
@_revision
@_profile
@_engine
@_runtime
@_timeout
@_fresh
@_preload
@_allow_repo
@_web
@click.option("--write", is_flag=True, help="Write the changes to the card; it must be a local one.")
@click.option(
    "--create-pr",
    is_flag=True,
    help="Open one pull request on the Hub with the changes, or bring your open one up to date.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be written or proposed.")
@click.option(
    "--static",
    is_flag=True,
    help="Run nothing, and make only the changes that reading alone shows to be right, such as the new names "
    "of arguments.",
)
@_report
@_debug
def fix_command(
    target: str,
    repo_id: str | None,
    revision: str | None,
    profile: str | None,
    engine: str | None,
    runtime: str | None,
    timeout: float,
    fresh: bool,
    preload: bool,
    allowed_repos: tuple[str, ...],
    web: "WebPolicy",
    write: bool,
    create_pr: bool,
    dry_run: bool,
    static: bool,
    destinations: "tuple[Destination, ...]",
) -> int:
    """Mend the snippets of TARGET that fail, and show the changes to its card as a diff.

    A change is shown only if the changed snippet was run, and passed. Exits with 0 when every snippet runs
    with the changes, or none failed; with 1 when one still fails.
    """
    from verify_snippets.cli.fixing import Wish, fix_and_show
    from verify_snippets.options import Options

    options = Options(
        repo_id=repo_id,
        revision=revision,
        profile=profile,
        engine=engine,
        runtime=runtime,
        time_limit_s=timeout,
        fresh=fresh,
        preload=preload,
        allowed_repos=allowed_repos,
        web=web,
        notebooks=False,  # a card's repairs mend the card
        hub_code=False,
    )
    wish = Wish(write=write, create_pr=create_pr, dry_run=dry_run, static=static)
    return fix_and_show(target, options, wish, destinations)


@app.command("plan")
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@_repo_id
@_revision
@_profile
@_engine
@_runtime
@_notebooks
@_hub_code
@_fresh
@_store
@_max_age
@_within_budget
@click.option(
    "--check",
    is_flag=True,
    help="Only say what reading shows to be wrong, `path:line: problem — what to do`, and exit with 1 if "
    "anything is. Takes several cards.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@_debug
def plan_command(
    targets: tuple[str, ...],
    repo_id: str | None,
    revision: str | None,
    profile: str | None,
    engine: str | None,
    runtime: str | None,
    notebooks: bool,
    hub_code: bool,
    fresh: bool,
    store_url: str | None,
    max_age: "timedelta | None",
    budget: "Budget | None",
    check: bool,
    as_json: bool,
) -> int:
    """Say what would run, and why the rest would not; run nothing.

    TARGET is a card as for the default command, or what a night goes through (see `org`): then it is said
    which models are due and why, how long they took last time, and what that costs on the Hub's hardware. For
    a night with other options than these: `org --dry-run`.
    """
    from verify_snippets.options import Options

    options = Options(
        repo_id=repo_id,
        revision=revision,
        profile=profile,
        engine=engine,
        runtime=runtime,
        fresh=fresh,
        notebooks=notebooks and not check,  # which points at lines of the card
        hub_code=hub_code and not check,
    )
    if check:
        from verify_snippets.cli.plan_checking import check_cards

        return check_cards(targets, options, as_json=as_json)
    if len(targets) > 1:
        raise click.UsageError(f"without --check one TARGET is planned, and {len(targets)} are named")
    from verify_snippets.cli.planning import NightWish, show_plan

    night = NightWish(store_url=store_url, max_age=max_age, budget=budget)
    return show_plan(targets[0], options, night, as_json=as_json)


@app.command("org", epilog=_ORG_EPILOG)
@click.argument("target")
@_store
@_profile
@_engine
@_runtime
@_timeout
@_strict_output
@_notebooks
@_fresh
@_preload
@_allow_repo
@_web
@_max_age
@_within_budget
@click.option(
    "--cache-limit",
    "cache_limit_bytes",
    metavar="SIZE",
    callback=_size,
    help="Keep the Hub cache under this (200GB): weights that nights fetched and no coming run needs are "
    "dropped; what was there before never is.",
)
@click.option(
    "--notify",
    metavar="URL",
    multiple=True,
    help="Send the news where something changed: an address as apprise writes them (mailtos://, slack://, "
    "jsons:// for a webhook ...), or @FILE with one a line. May be given again; so may the variable "
    "VERIFY_SNIPPETS_NOTIFY, which keeps secrets out of the process list.",
)
@click.option(
    "--open-discussions",
    is_flag=True,
    help="Tell the community tab of each failing model that TARGET's owner has: one discussion, kept up to "
    "date, and closed with thanks when nothing fails any more.",
)
@click.option(
    "--discuss-anywhere", is_flag=True, help="With --open-discussions: also on models of other owners."
)
@click.option(
    "--report",
    "destinations",
    metavar="FORMAT:PATH",
    callback=_news_destinations,
    multiple=True,
    help="Write the night's summary to PATH, or `-` for stdout; may be given again. FORMAT is markdown (for "
    "$GITHUB_STEP_SUMMARY and the like), json or text.",
)
@click.option(
    "--site",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Bring the dashboard in DIR up to date, as `verify-snippets site DIR` does.",
)
@click.option(
    "--site-public-only", is_flag=True, help="With --site: leave out private models, as for a public host."
)
@click.option("--dry-run", is_flag=True, help="Only say what would run, as `plan` does.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json: one object a line on stderr, and nothing else there.",
)
@_debug
def org_command(
    target: str,
    store_url: str | None,
    profile: str | None,
    engine: str | None,
    runtime: str | None,
    timeout: float,
    strict_output: bool,
    notebooks: bool,
    fresh: bool,
    preload: bool,
    allowed_repos: tuple[str, ...],
    web: "WebPolicy",
    max_age: "timedelta | None",
    budget: "Budget | None",
    cache_limit_bytes: int | None,
    notify: tuple[str, ...],
    open_discussions: bool,
    discuss_anywhere: bool,
    destinations: "tuple[Destination, ...]",
    site: Path | None,
    site_public_only: bool,
    dry_run: bool,
    log_format: str,
) -> int:
    """Verify all models of TARGET, as far as anything changed since the last time.

    TARGET is an organization or a user on the Hub (acme), a collection (its address), or a file with a repo
    id a line. What is found is kept in a store; the next night runs only what is new, has changed, or depends
    on libraries or repos that moved. A night that was killed is gone on with where it stopped.

    Exits as for one card: with 1 when any card is at fault, with 3 when none is and our own infrastructure
    failed.
    """
    from verify_snippets.nightly.agenda import Wishes
    from verify_snippets.nightly.night_options import NightOptions
    from verify_snippets.options import Options

    card = Options(
        profile=profile,
        engine=engine,
        runtime=runtime,
        time_limit_s=timeout,
        strict_output=strict_output,
        notebooks=notebooks,
        fresh=fresh,
        preload=preload,
        allowed_repos=allowed_repos,
        web=web,
    )
    wishes = Wishes(fresh=fresh, max_age=max_age, budget=budget)
    options = NightOptions(target=target, card=card, wishes=wishes, cache_limit_bytes=cache_limit_bytes)
    if dry_run:
        from verify_snippets.cli.org_planning import show_org_plan

        exit_code = show_org_plan(options, store_url, as_json=False)
        if open_discussions:
            from verify_snippets.cli.night_discussions import show_discussions

            show_discussions(target, store_url, others=discuss_anywhere, say=click.echo)
        return exit_code
    from verify_snippets.cli.night import Wish, run_and_tell

    wish = Wish(
        store_url=store_url,
        notify=notify,
        open_discussions=open_discussions,
        discuss_anywhere=discuss_anywhere,
        destinations=destinations,
        site=site,
        site_public_only=site_public_only,
        json_log=log_format == "json",
    )
    return run_and_tell(options, wish)


@app.command("checklist")
@click.argument("target")
@_repo_id
@_revision
@_profile
@_engine
@_runtime
@_timeout
@_fresh
@_allow_repo
@_web
@click.option(
    "--run/--no-run", default=True, show_default=True, help="Run the snippets, as the default command does."
)
@click.option(
    "--links/--no-links",
    "ask_links",
    default=True,
    show_default=True,
    help="Ask whether the card's links answer; hosts that are not on the public web are never asked.",
)
@click.option(
    "--report",
    "destinations",
    metavar="FORMAT:PATH",
    callback=_checklist_destinations,
    multiple=True,
    help="Write the checklist to PATH, or `-` for stdout; may be given again. FORMAT is text, markdown (a "
    "task list, for an issue) or json.",
)
@_debug
def checklist_command(
    target: str,
    repo_id: str | None,
    revision: str | None,
    profile: str | None,
    engine: str | None,
    runtime: str | None,
    timeout: float,
    fresh: bool,
    allowed_repos: tuple[str, ...],
    web: "WebPolicy",
    run: bool,
    ask_links: bool,
    destinations: "tuple[Destination, ...]",
) -> int:
    """Go through what a good release of TARGET needs, and say what is done and what is missing.

    Metadata (valid, and in agreement with the files and the snippets), files, code that works, what the text
    must say, links. What is missing comes with the lines to add; what no machine can see is named. Exits with
    1 when anything is missing.
    """
    from verify_snippets.checklist.gathering import Wish
    from verify_snippets.cli.checking import check
    from verify_snippets.options import Options

    options = Options(
        repo_id=repo_id,
        revision=revision,
        profile=profile,
        engine=engine,
        runtime=runtime,
        time_limit_s=timeout,
        fresh=fresh,
        allowed_repos=allowed_repos,
        web=web,
    )
    return check(target, options, Wish(run=run, ask_links=ask_links), destinations)


@app.command("demo")
@_engine
@_timeout
@_report
@_debug
def demo_command(engine: str | None, timeout: float, destinations: "tuple[Destination, ...]") -> int:
    """Verify a small bundled model, some of whose snippets fail on purpose.

    Exits with 0 when every verdict is the one that its card is made to show.
    """
    from verify_snippets import demo
    from verify_snippets.cli.demonstrating import demonstrate

    return demonstrate(demo.options(engine=engine, time_limit_s=timeout), destinations)


@app.command("doctor")
@_debug
def doctor_command() -> int:
    """Say what this machine can do, and what to do about the rest.

    Exits with 0 when snippets can be run here, with 3 otherwise.
    """
    from verify_snippets.cli.diagnosing import show_diagnosis

    return show_diagnosis()


@app.command("report")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@_report
@_debug
def report_command(file: Path, destinations: "tuple[Destination, ...]") -> int:
    """Make other reports from FILE, a report that was written as JSON (`-` is stdin).

    Without --report it is shown as on the day it was made.
    """
    from verify_snippets.cli.rereporting import report_again

    return report_again(file, destinations)


@app.command("merge")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@_report
@_debug
def merge_command(files: tuple[Path, ...], destinations: "tuple[Destination, ...]") -> int:
    """Make one report of FILEs, reports that were written as JSON: snippets by columns, card by card.

    What is in several files, as of a run that was repeated, is taken from the newest. The exit code is that
    of all verdicts together.
    """
    from verify_snippets.cli.merging import merge_reports

    return merge_reports(files, destinations)


@app.command("matrix")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@_profiles
@click.option(
    "--libraries", metavar="LIST", default="", help="Handed on to each entry, to be run with --libraries."
)
@click.option(
    "--python", metavar="LIST", default="", help="Handed on to each entry, to be run with --python."
)
@click.option(
    "--shards",
    type=click.IntRange(min=1),
    metavar="N",
    help="Into how many groups the cards are parted. Default: so many that none has more than 20 cards.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["github", "json", "text"]),
    default="github",
    show_default=True,
    help="github is one line for $GITHUB_OUTPUT: matrix={...}.",
)
@_debug
def matrix_command(
    targets: tuple[str, ...],
    profiles: tuple[str, ...],
    libraries: str,
    python: str,
    shards: int | None,
    format_: str,
) -> int:
    """Print the job matrix of a GitHub workflow: an entry for each profile and each group of cards.

    TARGET is a card, an organization, a collection, or a file with a repo id a line. Which machines have
    which profile is told by the configuration's table [runners].
    """
    from verify_snippets.cli.configuring import runner_labels
    from verify_snippets.cli.matrices import show_matrix

    return show_matrix(
        targets,
        profiles,
        libraries=libraries,
        python=python,
        shards=shards,
        labels=runner_labels(),
        format_=format_,
    )


@app.command("site")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@_store
@click.option(
    "--public-only", is_flag=True, help="Leave out private models: who sees OUT may read their cards there."
)
@_debug
def site_command(out: Path, store_url: str | None, public_only: bool) -> int:
    """Write the dashboard into the folder OUT: static pages that open from there and from any web host.

    OUT must be new, empty, or written by this command before; pages that did not change are left as they
    are, and those of models that are gone are removed. Prints the path of the first page.
    """
    from verify_snippets.cli.siting import write_site

    return write_site(out, store_url, public_only=public_only)


@app.command("history")
@click.argument("target", required=False)
@_store
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@_debug
def history_command(target: str | None, store_url: str | None, as_json: bool) -> int:
    """Say what was found before: of the model TARGET, or, without it, of the last nights.

    Of a model it tells each snippet's and claim's verdict, since when and since which commit it has it, and
    the last runs.
    """
    from verify_snippets.cli.history import show_history

    return show_history(target, store_url, as_json=as_json)


@app.group("store")
def store_group() -> None:
    """Take history out of the store, and into it."""


@store_group.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_store
@_debug
def store_export(file: Path, store_url: str | None) -> int:
    """Write every run to FILE, a row each: a table in CSV or Parquet, by its ending."""
    from verify_snippets.cli.storing import export_runs

    return export_runs(store_url, file)


@store_group.command("import")
@click.argument("files", nargs=-1, required=True, metavar="REPORT...", type=click.Path(path_type=Path))
@_store
@_debug
def store_import(files: tuple[Path, ...], store_url: str | None) -> int:
    """Take over reports that other machines wrote with `--report json:PATH`.

    The same report again changes nothing.
    """
    from verify_snippets.cli.storing import import_reports

    return import_reports(store_url, files)


@store_group.command("prune")
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=1),
    metavar="DAYS",
    required=True,
    help="How long everything is kept.",
)
@_store
@_debug
def store_prune(days: int, store_url: str | None) -> int:
    """Remove old runs and reports.

    The last ones of each snippet and model stay, and what is known of them, the news and the nights.
    """
    from verify_snippets.cli.storing import prune

    return prune(store_url, days=days)


@app.group("images")
def images_group() -> None:
    """Build, list and remove the images that snippets run in."""


@images_group.command("build")
@click.argument("names", nargs=-1, metavar="[NAME]...", callback=_known_images)
@_engine
@_debug
def images_build(names: tuple[str, ...], engine: str | None) -> int:
    """Build the image NAME (default: cpu), if it does not stand ready.

    It is also built when it is first needed. `verify-snippets images list` says which images there can be.
    """
    from verify_snippets.cli.imaging import build

    return build(names or (DEFAULT_IMAGE,), engine)


@images_group.command("list")
@_debug
def images_list() -> int:
    """List the images that were built, with their sizes."""
    from verify_snippets.cli.imaging import show_list

    return show_list()


@images_group.command("prune")
@click.option("--all", "everything", is_flag=True, help="Remove those that are up to date, too.")
@_debug
def images_prune(everything: bool) -> int:
    """Remove images that are out of date, old dependency layers and downloaded wheels.

    What is in use stays.
    """
    from verify_snippets.cli.imaging import prune

    return prune(everything=everything)

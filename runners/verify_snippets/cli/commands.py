"""The commands. Each only says what it takes; the work is done by modules imported when it is called."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify_snippets.cli import values
from verify_snippets.cli.debugging import debug_option
from verify_snippets.cli.default_group import DEFAULT_COMMAND, DefaultGroup
from verify_snippets.cli.shared_options import (
    budget_option,
    card_options,
    libraries_option,
    matrix_option,
    max_age_option,
    profiles_option,
    pythons_option,
    report_option,
    store_option,
)

if TYPE_CHECKING:
    from datetime import timedelta

    from verify_snippets.matrix.columns import Libraries
    from verify_snippets.nightly.costs import Budget
    from verify_snippets.options import Options
    from verify_snippets.report.destination import Destination

DEFAULT_IMAGE = "cpu"

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


@click.group(cls=DefaultGroup, context_settings=_CONTEXT, epilog=_EPILOG, no_args_is_help=True)
@click.version_option(package_name="verify-snippets", message="%(prog)s %(version)s")
@debug_option
def app() -> None:
    """Run every code snippet of a model card in a fresh container, and say which ones work."""


@app.command(DEFAULT_COMMAND, hidden=True)
@click.argument("target")
@profiles_option
@matrix_option
@libraries_option
@pythons_option
@card_options(
    "repo_id",
    "revision",
    "engine",
    "runtime",
    "time_limit_s",
    "strict_output",
    "notebooks",
    "notebooks_dir",
    "hub_code",
    "fresh",
    "preload",
    "allowed_repos",
    "web",
    "record",
    "replay",
    "bisect",
    "as_of",
)
@report_option
@debug_option
def verify_command(
    target: str,
    profiles: tuple[str, ...],
    all_profiles: bool,
    libraries: "tuple[Libraries, ...]",
    pythons: tuple[str, ...],
    options: "Options",
    destinations: "tuple[Destination, ...]",
) -> int:
    """Verify the snippets of TARGET: a repo on the Hub, a local folder, or a card."""
    from verify_snippets.cli.columns import read_columns, verify_by_columns

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
@card_options(
    "repo_id",
    "revision",
    "profile",
    "engine",
    "runtime",
    "time_limit_s",
    "fresh",
    "preload",
    "allowed_repos",
    "web",
    notebooks=False,  # a card's repairs mend the card
    hub_code=False,
)
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
@report_option
@debug_option
def fix_command(
    target: str,
    options: "Options",
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

    wish = Wish(write=write, create_pr=create_pr, dry_run=dry_run, static=static)
    return fix_and_show(target, options, wish, destinations)


@app.command("plan")
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@card_options("repo_id", "revision", "profile", "engine", "runtime", "notebooks", "hub_code", "fresh")
@store_option
@max_age_option
@budget_option
@click.option(
    "--check",
    is_flag=True,
    help="Only say what reading shows to be wrong, `path:line: problem — what to do`, and exit with 1 if "
    "anything is. Takes several cards.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@debug_option
def plan_command(
    targets: tuple[str, ...],
    options: "Options",
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
    if check:
        from verify_snippets.cli.plan_checking import check_cards

        of_the_card = replace(options, notebooks=False, hub_code=False)  # problems are told by its lines
        return check_cards(targets, of_the_card, as_json=as_json)
    if len(targets) > 1:
        raise click.UsageError(f"without --check one TARGET is planned, and {len(targets)} are named")
    from verify_snippets.cli.planning import NightWish, show_plan

    night = NightWish(store_url=store_url, max_age=max_age, budget=budget)
    return show_plan(targets[0], options, night, as_json=as_json)


@app.command("org", epilog=_ORG_EPILOG)
@click.argument("target")
@store_option
@card_options(
    "profile",
    "engine",
    "runtime",
    "time_limit_s",
    "strict_output",
    "notebooks",
    "fresh",
    "preload",
    "allowed_repos",
    "web",
)
@max_age_option
@budget_option
@click.option(
    "--cache-limit",
    "cache_limit_bytes",
    metavar="SIZE",
    callback=values.size,
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
    callback=values.news_destinations,
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
@debug_option
def org_command(
    target: str,
    store_url: str | None,
    options: "Options",
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

    wishes = Wishes(fresh=options.fresh, max_age=max_age, budget=budget)
    night = NightOptions(target=target, card=options, wishes=wishes, cache_limit_bytes=cache_limit_bytes)
    if dry_run:
        from verify_snippets.cli.org_planning import show_org_plan

        exit_code = show_org_plan(night, store_url, as_json=False)
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
    return run_and_tell(night, wish)


@app.command("checklist")
@click.argument("target")
@card_options(
    "repo_id", "revision", "profile", "engine", "runtime", "time_limit_s", "fresh", "allowed_repos", "web"
)
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
    callback=values.checklist_destinations,
    multiple=True,
    help="Write the checklist to PATH, or `-` for stdout; may be given again. FORMAT is text, markdown (a "
    "task list, for an issue) or json.",
)
@debug_option
def checklist_command(
    target: str,
    options: "Options",
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

    return check(target, options, Wish(run=run, ask_links=ask_links), destinations)


@app.command("demo")
@card_options("engine", "time_limit_s")
@report_option
@debug_option
def demo_command(options: "Options", destinations: "tuple[Destination, ...]") -> int:
    """Verify a small bundled model, some of whose snippets fail on purpose.

    Exits with 0 when every verdict is the one that its card is made to show.
    """
    from verify_snippets import demo
    from verify_snippets.cli.demonstrating import demonstrate

    return demonstrate(demo.options(engine=options.engine, time_limit_s=options.time_limit_s), destinations)


@app.command("doctor")
@debug_option
def doctor_command() -> int:
    """Say what this machine can do, and what to do about the rest.

    Exits with 0 when snippets can be run here, with 3 otherwise.
    """
    from verify_snippets.cli.diagnosing import show_diagnosis

    return show_diagnosis()


@app.command("report")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@report_option
@debug_option
def report_command(file: Path, destinations: "tuple[Destination, ...]") -> int:
    """Make other reports from FILE, a report that was written as JSON (`-` is stdin).

    Without --report it is shown as on the day it was made.
    """
    from verify_snippets.cli.rereporting import report_again

    return report_again(file, destinations)


@app.command("merge")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@report_option
@debug_option
def merge_command(files: tuple[Path, ...], destinations: "tuple[Destination, ...]") -> int:
    """Make one report of FILEs, reports that were written as JSON: snippets by columns, card by card.

    What is in several files, as of a run that was repeated, is taken from the newest. The exit code is that
    of all verdicts together.
    """
    from verify_snippets.cli.merging import merge_reports

    return merge_reports(files, destinations)


@app.command("matrix")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@profiles_option
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
@debug_option
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
@store_option
@click.option(
    "--public-only", is_flag=True, help="Leave out private models: who sees OUT may read their cards there."
)
@debug_option
def site_command(out: Path, store_url: str | None, public_only: bool) -> int:
    """Write the dashboard into the folder OUT: static pages that open from there and from any web host.

    OUT must be new, empty, or written by this command before; pages that did not change are left as they
    are, and those of models that are gone are removed. Prints the path of the first page.
    """
    from verify_snippets.cli.siting import write_site

    return write_site(out, store_url, public_only=public_only)


@app.command("history")
@click.argument("target", required=False)
@store_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@debug_option
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
@store_option
@debug_option
def store_export(file: Path, store_url: str | None) -> int:
    """Write every run to FILE, a row each: a table in CSV or Parquet, by its ending."""
    from verify_snippets.cli.storing import export_runs

    return export_runs(store_url, file)


@store_group.command("import")
@click.argument("files", nargs=-1, required=True, metavar="REPORT...", type=click.Path(path_type=Path))
@store_option
@debug_option
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
@store_option
@debug_option
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
@click.argument("names", nargs=-1, metavar="[NAME]...", callback=values.known_images)
@card_options("engine")
@debug_option
def images_build(names: tuple[str, ...], options: "Options") -> int:
    """Build the image NAME (default: cpu), if it does not stand ready.

    It is also built when it is first needed. `verify-snippets images list` says which images there can be.
    """
    from verify_snippets.cli.imaging import build

    return build(names or (DEFAULT_IMAGE,), options.engine)


@images_group.command("list")
@debug_option
def images_list() -> int:
    """List the images that were built, with their sizes."""
    from verify_snippets.cli.imaging import show_list

    return show_list()


@images_group.command("prune")
@click.option("--all", "everything", is_flag=True, help="Remove those that are up to date, too.")
@debug_option
def images_prune(everything: bool) -> int:
    """Remove images that are out of date, old dependency layers and downloaded wheels.

    What is in use stays.
    """
    from verify_snippets.cli.imaging import prune

    return prune(everything=everything)

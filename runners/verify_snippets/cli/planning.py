"""What ``plan`` does for one card; for many models see ``org_planning``."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snippet_images.errors import UsageError
from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.options import Options
from verify_snippets.prepare import prepare
from verify_snippets.report import plan_report
from verify_snippets.target import is_local

if TYPE_CHECKING:
    from datetime import timedelta

    from verify_snippets.nightly.costs import Budget


@dataclass(frozen=True, kw_only=True)
class NightWish:
    """What bounds a night that is planned; see ``nightly.agenda.Wishes``.

    Attributes:
        store_url: where history is kept; None for a file in the user's data folder.
        max_age: how long a verdict holds at most.
        budget: what the night may take.
    """

    store_url: str | None = None
    max_age: "timedelta | None" = None
    budget: "Budget | None" = None


def show_plan(target: str, options: Options, night: NightWish, *, as_json: bool) -> int:
    """Print the plan for ``target``, a card or many models, and return the exit code."""
    if means_many(target):
        return _show_org_plan(target, options, night, as_json=as_json)
    with screens.open_screen() as screen:
        plan = prepare(target, options, screen)
    if as_json:
        sys.stdout.write(plan_report.render_json(plan))
    else:
        plan_report.draw(plan, screens.console_for(sys.stdout))
    return exit_codes.GOOD


def means_many(target: str) -> bool:
    """Whether a target stands for many models; of a name alone only the Hub knows.

    Raises:
        UserFacingError: the Hub doesn't say.
    """
    if is_local(target):
        return target.lower().endswith(".txt")  # any other file is taken for a card
    from huggingface_hub import constants

    from verify_snippets.nightly.targets import Collection, Models, Owner, read_target

    try:
        meant = read_target(target, constants.ENDPOINT)
    except UsageError:
        return False  # then it is no card either, and that is told better where one is looked for
    match meant:
        case Owner(name=name):
            from verify_snippets.nightly.listing import is_model

            return not is_model(name)  # such as gpt2
        case Collection():
            return True
        case Models():
            return False


def _show_org_plan(target: str, options: Options, night: NightWish, *, as_json: bool) -> int:
    if options.repo_id or options.revision:
        raise UsageError(
            f"{target} stands for many models; --repo-id and --revision are of one", hint="leave them out"
        )
    from verify_snippets.cli.org_planning import show_org_plan
    from verify_snippets.nightly.agenda import Wishes
    from verify_snippets.nightly.night_options import NightOptions

    wishes = Wishes(fresh=options.fresh, max_age=night.max_age, budget=night.budget)
    asked = NightOptions(target=target, card=options, wishes=wishes)
    return show_org_plan(asked, night.store_url, as_json=as_json)

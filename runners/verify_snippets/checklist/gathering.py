"""Gathers what a checklist is made from: the Hub and the links are asked while the snippets run."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from snippet_images.errors import UserFacingError
from verify_snippets.checklist.asking import ask_all
from verify_snippets.checklist.hub_questions import known_repos, read_repo
from verify_snippets.checklist.links import links_of
from verify_snippets.checklist.material import Material
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan
from verify_snippets.prepare import prepare
from verify_snippets.report.model import Report
from verify_snippets.verify import verify_plan


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What of the work is to be done.

    Attributes:
        run: run the snippets.
        ask_links: ask for the card's links.
    """

    run: bool = True
    ask_links: bool = True


def gather(target: str, options: Options, wish: Wish, screen: Screen, *, cancel: threading.Event) -> Material:
    """All that is known of a card's release.

    Where ``cancel`` is set meanwhile, the report is not complete.

    Raises:
        UserFacingError: the card can't be had or read.
    """
    plan = prepare(target, options, screen)
    bare = Material(plan=plan)
    with ThreadPoolExecutor(max_workers=3) as pool:
        repo = pool.submit(read_repo, plan.card)
        known = pool.submit(known_repos, plan.card)
        addresses = [link.address for link in links_of(bare)] if wish.ask_links else []
        links = pool.submit(ask_all, addresses)
        report, not_run = _run(plan, options, wish, screen, cancel)
        return replace(
            bare,
            repo=repo.result(),
            known_repos=known.result(),
            links=links.result() if wish.ask_links else None,
            report=report,
            not_run=not_run,
        )


def _run(
    plan: Plan, options: Options, wish: Wish, screen: Screen, cancel: threading.Event
) -> tuple[Report | None, str]:
    """The report, or why there is none: a checklist is worth having without containers, too."""
    if not wish.run:
        return None, "the snippets were not run (--no-run)"
    screen.planned(plan)
    try:
        return verify_plan(plan, options, screen, cancel=cancel), ""
    except UserFacingError as error:
        screen.say(f"the snippets can't be run: {error.message}")
        return None, f"the snippets can't be run here: {error.message}"

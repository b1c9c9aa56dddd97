"""What ``org`` does: a night over many cards, and its news."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from snippet_images.errors import UserFacingError
from verify_snippets import exit_codes
from verify_snippets.cli.interrupts import cancelled_by_signals
from verify_snippets.cli.night_screen import open_log
from verify_snippets.nightly.logs import Event, EventName, Level
from verify_snippets.nightly.night import NightResult, holder, run_night
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.store import open_store

if TYPE_CHECKING:
    from verify_snippets.nightly.news import News
    from verify_snippets.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to become of what a night finds.

    Attributes:
        store: URL of the store; None for a file in the user's data folder.
        json_log: whether the log is JSON lines.
    """

    store: str | None = None
    json_log: bool = False


def run_and_tell(options: NightOptions, wish: Wish) -> int:
    """Spend a night on ``options.target``, tell its news, and return the exit code."""
    with open_store(wish.store) as store, store.lock(holder()):
        result = _night(options, wish, store)
        if result is None:
            return exit_codes.INTERRUPTED
        if result.complete:
            _tell(result, store)
    return result.exit_code


def _night(options: NightOptions, wish: Wish, store: "Store") -> NightResult | None:
    """Run it under a log that is open and signals that cancel; None where it was cancelled too early."""
    with open_log(sys.stderr, as_json=wish.json_log) as log:

        def say(text: str) -> None:
            log.tell(Event(name=EventName.NOTE, text=text, level=Level.WARNING))

        with cancelled_by_signals(say) as cancel:
            try:
                result = run_night(options, store, log, cancel=cancel)
            except UserFacingError as error:
                if not cancel.is_set():
                    raise
                say(f"interrupted: {error.message}")
                return None
            if not result.complete:
                say("interrupted: what is known is stored, and the same command goes on from here")
            return result


def _tell(result: NightResult, store: "Store") -> None:
    from verify_snippets.nightly import summary

    sys.stdout.write(summary.text(_news(result, store)))


def _news(result: NightResult, store: "Store") -> "News":
    from verify_snippets.nightly.news import news_of

    wanted = {model.repo_id for model in result.listing.models}
    earlier = [night for night in store.nights() if night.target == result.night.target]
    return news_of(
        result.night,
        changes=store.changes(result.night.number),
        models=[model for model in store.models() if model.listed.repo_id in wanted],
        standings=store.standings(),
        claims=store.claim_standings(),
        is_first=len(earlier) == 1,
    )

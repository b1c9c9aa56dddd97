"""What ``org`` does: a night over many cards, and its news."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snippet_images.errors import UserFacingError
from verify_snippets import exit_codes
from verify_snippets.cli.interrupts import cancelled_by_signals
from verify_snippets.cli.night_screen import open_log, plain_log
from verify_snippets.cli.night_telling import Telling
from verify_snippets.nightly.logs import Event, EventName, Level, hearing, slip
from verify_snippets.nightly.night import NightResult, end_night, run_night
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.nightly.scene import NotStoredError
from verify_snippets.report import destination
from verify_snippets.report.destination import Destination
from verify_snippets.store import open_store
from verify_snippets.store.holding import this_process
from verify_snippets.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to become of what a night finds.

    Attributes:
        store_url: where history is kept; None for a file in the user's data folder.
        notify: addresses that news are sent to, as given.
        open_discussions: whether the models' community tabs are told.
        discuss_anywhere: whether also those that the target's owner does not have.
        destinations: where the summary is written, beside stdout.
        site: the dashboard's folder; None for no dashboard.
        site_public_only: whether it leaves out private models.
        json_log: whether the log is JSON lines.
    """

    store_url: str | None = None
    notify: tuple[str, ...] = ()
    open_discussions: bool = False
    discuss_anywhere: bool = False
    destinations: Sequence[Destination] = ()
    site: Path | None = None
    site_public_only: bool = False
    json_log: bool = False


def run_and_tell(options: NightOptions, wish: Wish) -> int:
    """Spend a night on ``options.target``, tell its news, and return the exit code."""
    if not wish.json_log:
        return _spend(options, wish)
    try:
        return _spend(options, wish)
    except BrokenPipeError:
        raise
    except UserFacingError as error:
        fields = {"reason": error.message, "hint": error.hint, "exit_code": error.exit_code}
        failed = Event(name=EventName.NIGHT_FAILED, text=error.message, level=Level.ERROR, fields=fields)
        exit_code = error.exit_code
    except Exception as error:  # noqa: BLE001 - who asked for JSON gets it whatever happens
        failed, exit_code = slip("", error), exit_codes.INFRASTRUCTURE
    plain_log(sys.stderr, as_json=True).tell(failed)
    return exit_code


def _spend(options: NightOptions, wish: Wish) -> int:
    began = time.monotonic()
    destination.check(wish.destinations)
    telling = Telling.prepare(
        notify=wish.notify,
        open_discussions=wish.open_discussions,
        discuss_anywhere=wish.discuss_anywhere,
        destinations=wish.destinations,
        site=wish.site,
        site_public_only=wish.site_public_only,
    )
    with open_store(wish.store_url) as store, store.lock(this_process()):
        result = _night(options, wish, store)
        if result is None or not result.complete:
            return exit_codes.INTERRUPTED
        log = plain_log(sys.stderr, as_json=wish.json_log, began=began)
        with hearing(log):
            news = telling.send(result, store, log)  # first: a night that is killed meanwhile is gone on with
            end_night(result, store, log)
            telling.write(news, store, log)
    return result.exit_code


def _night(options: NightOptions, wish: Wish, store: Store) -> NightResult | None:
    """Run it under a log that is open and signals that cancel; None where it was cancelled too early."""
    with open_log(sys.stderr, as_json=wish.json_log) as log:

        def say(text: str) -> None:
            log.tell(Event(name=EventName.NOTE, text=text, level=Level.WARNING))

        with cancelled_by_signals(say) as cancel:
            store.wait_until(cancel)
            try:
                result = run_night(options, store, log, cancel=cancel)
            except NotStoredError:  # for which what ran was ended, too
                raise
            except UserFacingError as error:
                if not cancel.is_set():
                    raise
                say(f"interrupted: {error.message}")
                return None
            if not result.complete:
                say("interrupted: what is known is stored, and the same command goes on from here")
            return result

"""What ``checklist`` does: gather, show, write."""

import sys
from collections.abc import Sequence

from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.card import Card
from verify_snippets.checklist import rendering
from verify_snippets.checklist.gathering import Wish, gather
from verify_snippets.checklist.item import Item, State
from verify_snippets.checklist.listing import checklist
from verify_snippets.cli.interrupts import cancelled_by_signals
from verify_snippets.cli.verifying import write_each
from verify_snippets.options import Options
from verify_snippets.report import destination
from verify_snippets.report.destination import Destination
from verify_snippets.report.model import Report


def check(target: str, options: Options, wish: Wish, destinations: Sequence[Destination]) -> int:
    """Go through the checklist of ``target``, and return the exit code."""
    destination.check(destinations)
    with screens.open_screen() as screen, cancelled_by_signals(screen.say) as cancel:
        material = gather(target, options, wish, screen, cancel=cancel)
    if cancel.is_set():
        return exit_codes.INTERRUPTED
    items = checklist(material)
    write_each(
        destinations,
        lambda place: destination.put(written(material.card, items, place.format), place, sys.stdout),
    )
    if not any(place.path is None for place in destinations):
        rendering.draw(material.card, items, screens.console_for(sys.stdout))
    return _exit_code(items, material.report)


def written(card: Card, items: Sequence[Item], format_: str) -> str:
    """The checklist in one of ``rendering.FORMATS``."""
    match format_:
        case "json":
            return rendering.as_json(card, items)
        case "markdown":
            return rendering.markdown(card, items)
        case _:
            return rendering.text(card, items)


def _exit_code(items: Sequence[Item], report: Report | None) -> int:
    if any(item.state is State.MISSING for item in items):
        return exit_codes.CARD_AT_FAULT
    if report and report.exit_code == exit_codes.INFRASTRUCTURE:
        return exit_codes.INFRASTRUCTURE
    return exit_codes.GOOD

"""What the coming night would do, found out without running or storing anything."""

import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from snippet_images.progress import Listener
from verify_snippets.flavors import catalogue, prices
from verify_snippets.nightly.agenda import Agenda, Circumstances, make_agenda
from verify_snippets.nightly.costs import Yardstick
from verify_snippets.nightly.known import known_of
from verify_snippets.nightly.listing import Listing, list_models
from verify_snippets.nightly.movement import Outside, find_movement
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.nightly.surroundings import hash_of
from verify_snippets.prepare import this_host
from verify_snippets.reuse import Surroundings

if TYPE_CHECKING:
    from verify_snippets.store.store import Store


@dataclass(frozen=True, kw_only=True)
class OrgPlan:
    """What the coming night would do.

    Attributes:
        listing: the models.
        agenda: what is due and what isn't, and why.
        yardstick: what time and money are measured by.
        remarks: what could not be found out, for people.
    """

    listing: Listing
    agenda: Agenda
    yardstick: Yardstick
    remarks: tuple[str, ...] = ()


def make_org_plan(
    options: NightOptions, store: "Store", around: Surroundings | None, listener: Listener
) -> OrgPlan:
    """List the models and decide on each.

    Args:
        options: what the user asked for.
        store: what is known; it is only read.
        around: what the night's verdicts would depend on; None where that is not known.
        listener: hears how far it has come.

    Raises:
        UserFacingError: there are no models, or the Hub or the store doesn't answer.
    """
    listing = list_models(options.target, listener=listener)
    known = known_of(store)
    host = this_host()
    surroundings = hash_of(around, options.card, host) if around is not None else None
    python_version = around.image.python_version if around is not None else platform.python_version()
    profiles = catalogue(ask=True)  # what the Hub answers is kept, prices included
    yardstick = Yardstick(host=host, catalogue=profiles, prices=prices(ask=False))
    with Outside(python_version=python_version, listed=listing.models) as outside:
        movement = find_movement(
            listing.models,
            known.visits,
            surroundings,
            outside,
            libraries=around.image.versions if around is not None else {},
        )
        remarks = outside.troubles
    circumstances = Circumstances(
        now=datetime.now(UTC),
        surroundings=surroundings,
        movement=movement,
        yardstick=yardstick,
        around=around,
    )
    agenda = make_agenda(listing.models, known, circumstances, options.wishes)
    return OrgPlan(listing=listing, agenda=agenda, yardstick=yardstick, remarks=remarks)

"""A night over many cards: find out what is due, run it, say what came of it; killed, it goes on later."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from snippet_images.built import BuiltImage
from snippet_images.catalogue import IMAGES
from snippet_sandbox.engine import Engine, EngineInfo
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import InfrastructureError
from verify_snippets import exit_codes, overview
from verify_snippets.flavors import catalogue, prices
from verify_snippets.images import Images
from verify_snippets.nightly.agenda import Agenda, Circumstances, carried_on, make_agenda
from verify_snippets.nightly.costs import Yardstick
from verify_snippets.nightly.known import known_of
from verify_snippets.nightly.listing import Listing, list_models
from verify_snippets.nightly.logs import Event, EventName, Level, Log
from verify_snippets.nightly.movement import Outside, find_movement
from verify_snippets.nightly.night_options import NightOptions
from verify_snippets.nightly.patience import NIGHT_S, Patience
from verify_snippets.nightly.scene import Scene
from verify_snippets.nightly.surroundings import hash_of
from verify_snippets.nightly.touched import images_in, named_in
from verify_snippets.overview import CardVerdict
from verify_snippets.prepare import this_host
from verify_snippets.report.quantities import counted
from verify_snippets.reuse import surroundings_of
from verify_snippets.store.records import Night, Visit
from verify_snippets.verify import IMAGE, Interrupted, interruptible, introduce

if TYPE_CHECKING:
    from verify_snippets.nightly.tally import Broken, Tally
    from verify_snippets.store.store import Store


@dataclass(frozen=True, kw_only=True)
class NightResult:
    """What came of a night.

    Attributes:
        night: as the store has it.
        listing: the models.
        agenda: what was to be done.
        broken: models that our own trouble kept from their end; they are due again.
        left_over: repo ids that the budget had no room for; the next night begins with them.
        complete: whether all was done; an interrupted night is gone on with later.
        exit_code: as for one card.
    """

    night: Night
    listing: Listing
    agenda: Agenda
    broken: "tuple[Broken, ...]" = ()
    left_over: tuple[str, ...] = ()
    complete: bool = True
    exit_code: int = exit_codes.GOOD


def run_night(options: NightOptions, store: "Store", log: Log, *, cancel: threading.Event) -> NightResult:
    """Bring what is known of all of a target's models up to date.

    When ``cancel`` is set, running containers are ended; what is known by then is stored, and the next night
    of the same target goes on from there.

    Args:
        options: what the user asked for.
        store: where everything is kept; locked by the caller.
        log: where it is said what happens.
        cancel: ends what runs.

    Raises:
        UserFacingError: there are no models, nothing can be run at all, or nothing can be stored.
    """
    patience = Patience(limit_s=NIGHT_S, cancel=cancel, listener=log.show)
    listing = list_models(options.target, patience=patience, listener=log.show)
    text = f"{listing.name}: {counted(len(listing.models), 'model')}"
    log.tell(Event(name=EventName.LISTED, text=text, fields={"models": len(listing.models)}))
    for missing in listing.missing:
        text = f"{missing.repo_id}: {missing.reason}"
        fields = {"repo_id": missing.repo_id, "reason": missing.reason}
        log.tell(Event(name=EventName.TROUBLE, text=text, level=Level.WARNING, fields=fields))
    with ExitStack() as stack:
        engine = open_engine(options.card.engine, options.card.runtime)
        stack.callback(engine.close)
        try:
            images = Images(engine, interruptible(log.show, cancel))
            images.get(IMAGE)
        except Interrupted:
            raise InfrastructureError("interrupted while the image was made") from None
        night = _Night(
            options=options,
            store=store,
            log=log,
            cancel=cancel,
            listing=listing,
            engine=engine,
            images=images,
        )
        return night.run()


def end_night(result: NightResult, store: "Store", log: Log) -> None:
    """Write down that a night has come to its end: from now on, the next one is another.

    Raises:
        UserFacingError: it can't be stored; then the night is gone on with later.
    """
    night = result.night
    store.carry_over(result.left_over)
    store.end_night(night.number, at=datetime.now(UTC), counts=night.counts, exit_code=result.exit_code)
    fields = {"night": night.number, "exit_code": result.exit_code, "counts": night.counts}
    log.tell(Event(name=EventName.NIGHT_ENDED, text=f"night {night.number} ended", fields=fields))


@dataclass(frozen=True, kw_only=True)
class _Night:
    """One night, once it is known what is there."""

    options: NightOptions
    store: "Store"
    log: Log
    cancel: threading.Event
    listing: Listing
    engine: Engine
    images: Images
    began: float = field(default_factory=time.monotonic)

    @property
    def _image(self) -> BuiltImage:
        """The one that nearly everything runs in."""
        return self.images.get(IMAGE)

    def run(self) -> NightResult:
        """Begin or go on, do what is due, and end."""
        night = self._begun(self.engine.info())
        listing = self.listing
        self.store.seen(listing.models, at=datetime.now(UTC), whole=listing.whole, owner=listing.owner)
        patience = Patience(cancel=self.cancel, listener=self.log.show)
        with Outside(
            python_version=self._image.python_version, listed=listing.models, patience=patience
        ) as outside:
            scene = self._scene(night, outside)
            agenda = make_agenda(listing.models, scene.known, scene.circumstances, self.options.wishes)
            self._tell_agenda(agenda)
            tally = _worked(agenda, scene) if agenda.due and not self.cancel.is_set() else None
        return self._ended(night, agenda, tally)

    def _scene(self, night: Night, outside: Outside) -> Scene:
        store, options = self.store, self.options.card
        known = known_of(store)
        around = surroundings_of(self.engine.info(), self._image, options)
        surroundings = hash_of(around, options, this_host())
        movement = find_movement(
            self.listing.models,
            known.visits,
            surroundings,
            outside,
            libraries=self._libraries(known.visits.values()),
        )
        for trouble in outside.troubles:
            self.log.tell(Event(name=EventName.TROUBLE, text=trouble, level=Level.WARNING))
        return Scene(
            number=night.number,
            began=self.began,
            options=self.options,
            store=store,
            log=self.log,
            cancel=self.cancel,
            engine=self.engine,
            images=self.images,
            around=around,
            surroundings=surroundings,
            circumstances=Circumstances(
                now=datetime.now(UTC),
                surroundings=surroundings,
                movement=movement,
                around=around,
                yardstick=self._yardstick,
                night=night.number,
            ),
            known=known,
            outside=outside,
        )

    def _libraries(self, visits: Iterable[Visit]) -> dict[str, str]:
        """What the images hold that the verdicts of before depend on."""
        others = images_in({name for visit in visits for name in visit.movable.libraries})
        found = dict(self._image.versions)
        for name in others & IMAGES.keys():
            found |= named_in(name, self.images.get(name).versions)
        return found

    @property
    def _yardstick(self) -> Yardstick:
        return Yardstick(host=this_host(), catalogue=catalogue(ask=False), prices=prices(ask=False))

    def _begun(self, info: EngineInfo) -> Night:
        night = self.store.resume_night(self.listing.name)
        resumed = night is not None
        if night is None:
            night = self.store.begin_night(
                self.listing.name,
                tool_version=version("verify-snippets"),
                engine=info.name,
                image=self._image.reference,
                at=datetime.now(UTC),
            )
        how = "goes on" if resumed else "begins"
        self.log.tell(
            Event(
                name=EventName.NIGHT_BEGAN,
                text=f"night {night.number} of {night.target} {how}; {introduce(info)}",
                fields={
                    "night": night.number,
                    "target": night.target,
                    "resumed": resumed,
                    "engine": info.name,
                    "engine_version": info.version,
                    "image": self._image.reference,
                },
            )
        )
        return night

    def _tell_agenda(self, agenda: Agenda) -> None:
        expected_s = sum(due.expected_s for due in agenda.due)
        fields = {
            "due": len(agenda.due),
            "unchanged": len(agenda.holds),
            "not_readable": len(agenda.impossible),
            "later": len(agenda.later),
            "expected_s": round(expected_s, 1),
            "why": dict(Counter(due.why.name.lower() for due in agenda.due)),
        }
        text = f"{counted(len(agenda.due), 'model')} due, {len(agenda.holds)} unchanged"
        text += f", {len(agenda.impossible)} that can't be read" if agenda.impossible else ""
        text += f", {len(agenda.later)} beyond the budget" if agenda.later else ""
        self.log.tell(Event(name=EventName.AGENDA, text=text, fields=fields))

    def _ended(self, night: Night, agenda: Agenda, tally: "Tally | None") -> NightResult:
        broken = tuple(tally.broken) if tally else ()
        done = set(tally.done) if tally else set()
        result = NightResult(night=night, listing=self.listing, agenda=agenda, broken=broken)
        if self.cancel.is_set():
            return replace(result, complete=False, exit_code=exit_codes.INTERRUPTED)
        verdicts = self._verdicts()
        exit_code = self._exit_code(verdicts, broken)
        counts = self._counts(night.number, agenda, tally, verdicts)
        left = [due.model.repo_id for due in agenda.due if due.model.repo_id not in done]
        return replace(
            result,
            night=replace(night, counts=counts, exit_code=exit_code),
            left_over=carried_on(
                [*left, *(due.model.repo_id for due in agenda.later)],
                self.store.carried_over(),
                self.listing.models,
                self.listing.owner,
            ),
            exit_code=exit_code,
        )

    def _verdicts(self) -> dict[str, CardVerdict]:
        """What is said of each card that is in the store and not gone, now."""
        standings, claims = defaultdict(list), defaultdict(list)
        for standing in self.store.standings():
            standings[standing.key.repo_id].append(standing)
        for claim in self.store.claim_standings():
            claims[claim.repo_id].append(claim)
        return {
            name: overview.verdict_on(model, standings[name], claims[name])
            for model in self.store.models()
            if not model.gone and (name := model.listed.repo_id)
        }

    def _counts(
        self, number: int, agenda: Agenda, tally: "Tally | None", verdicts: Mapping[str, CardVerdict]
    ) -> dict[str, int]:
        """How many of what; ``due``, ``ran``, ``reused``: since the night began, or was last gone on with."""
        return {
            "models": len(self.listing.models),
            "due": len(agenda.due),
            "unchanged": len(agenda.holds),
            "later": len(agenda.later),
            "finished": sum(visit.night == number for visit in self.store.visits().values()),
            "broken": len(tally.broken) if tally else 0,
            "ran": tally.runs if tally else 0,
            "reused": tally.reused if tally else 0,
            **overview.card_counts(verdicts.values()),
        }

    def _exit_code(self, verdicts: Mapping[str, CardVerdict], broken: "Sequence[Broken]") -> int:
        """A card's fault comes before our own trouble, as it does for one card."""
        said = {verdicts.get(model.repo_id) for model in self.listing.models}
        if said & {CardVerdict.FAILING, CardVerdict.CONTRADICTED}:
            return exit_codes.CARD_AT_FAULT
        return exit_codes.INFRASTRUCTURE if broken else exit_codes.GOOD


def _worked(agenda: Agenda, scene: Scene) -> "Tally":
    from verify_snippets.nightly.night_work import work  # heavy, and of no use where nothing is due

    return work(agenda.due, scene)

"""The work of one night: cards are planned ahead, steps run side by side, verdicts are stored as they come.

One thread decides and stores; others plan cards and run steps, and put what came of it in one queue.
"""

import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from snippet_images.built import BuiltImage
from snippet_images.errors import UserFacingError
from snippet_sandbox.engine import Engine
from snippet_sandbox.installed import met_by
from verify_snippets.nightly.agenda import Due
from verify_snippets.nightly.card_work import CardWork, NightInfo, Turn
from verify_snippets.nightly.confirming import Waiting
from verify_snippets.nightly.logs import CardScreen, Event, EventName, Level, Log
from verify_snippets.nightly.planning import (
    NoMorePlans,
    NotPlanned,
    NotRead,
    Outcome,
    Planned,
    PlansAhead,
    slip,
)
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.ran import Ran
from verify_snippets.run import Runner
from verify_snippets.running import open_runner
from verify_snippets.store.records import CardEnd, ListedModel, Movable, SnippetKey, StoredRun, Visit
from verify_snippets.stream import Assignment, Ended, LateRunner, Stream
from verify_snippets.verdict import Verdict

if TYPE_CHECKING:
    from verify_snippets.store.store import Store

WINDOW = 64  # cards that are planned and not done with: enough to choose the longest step from
PAUSES_S = (2.0, 10.0, 30.0, 90.0)  # before our own trouble is tried again: a night has the time
MANY_BROKEN = 12  # models in a row: what keeps all of them from their end won't be over in a minute
_POLL_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where a night's work is done.

    Attributes:
        store: where everything goes.
        log: where it is said what happens.
        cancel: ends what runs.
        engine: where snippets run.
        image: what their containers are made of.
        options: what the user asked for, for each card.
        night: what all cards share.
        expectations: seconds and bytes that snippets took last.
        moving: what else the verdict on a step depends on; see ``reuse.key_of``.
        holds: whether a verdict of before still holds for a model that is due.
        releases: what a card's requirements come to, as it was asked tonight.
        movable: what of a card's verdicts may move while its repo stands still.
        confirm_after_s: how long a new failure waits for its second run.
    """

    store: "Store"
    log: Log
    cancel: threading.Event
    engine: Engine
    image: BuiltImage
    options: Options
    night: NightInfo
    expectations: dict[SnippetKey, tuple[float, int | None]]
    moving: Callable[[Due, Step], Sequence[object]]
    holds: Callable[[Due, StoredRun], bool]
    releases: Callable[[Plan], Mapping[str, str]]
    movable: Callable[[CardWork], Movable]
    confirm_after_s: float


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A model that our own trouble kept from its end; it is due again next night."""

    repo_id: str
    reason: str


@dataclass(kw_only=True)
class Tally:
    """What a night came to so far.

    Attributes:
        done: repo ids of the models that nothing is left to do for tonight.
        broken: those among them that our own trouble kept from their end.
        runs: steps that ran.
        seconds: that they took, by the hardware's name.
        reused: verdicts from before.
    """

    done: list[str] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    runs: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    reused: int = 0


@dataclass(kw_only=True)
class _Card:
    """A card that is being worked on."""

    due: Due
    work: CardWork
    runner: LateRunner
    began: float
    abandoned: bool = False


class NightWork:
    """Works through what is due.

    Args:
        due: the models, in order.
        plan: plans a model's card.
        setting: where it is done.
        may_begin: whether the night's budget still lets another card begin.
    """

    def __init__(
        self,
        due: Sequence[Due],
        plan: Callable[[ListedModel], Outcome],
        setting: Setting,
        *,
        may_begin: Callable[[Tally], bool] = lambda _: True,
    ) -> None:
        self._due = {one.model.repo_id: one for one in due}
        self._setting = setting
        self._may_begin = may_begin
        self.tally = Tally()
        self._events: queue.SimpleQueue[Outcome | NoMorePlans | Ended | None] = queue.SimpleQueue()
        self._plans = PlansAhead([one.model for one in due], plan, self._events.put, window=WINDOW)
        self._stream = Stream(
            setting.night.host,
            setting.cancel,
            self._announce,
            pauses_s=PAUSES_S,
            at_most=1_000_000,  # the window bounds it: whoever adds is the one who stores, and must not wait
        )
        self._suspects: Waiting[Turn] = Waiting(setting.confirm_after_s)
        self._running: dict[Assignment, tuple[_Card, Turn]] = {}
        self._open: dict[str, _Card] = {}
        self._all_planned = False
        self._broken_in_a_row = 0

    def run(self) -> Tally:
        """Do it, until all is done or the user interrupts.

        Raises:
            UserFacingError: what came of it can't be stored.
        """
        with self._stream:
            threading.Thread(target=self._hand_over, daemon=True, name="hand-over").start()
            self._plans.start()
            try:
                self._work()
            finally:
                self._plans.stop()
        return self.tally

    def _hand_over(self) -> None:
        for ended in self._stream:
            self._events.put(ended)
        self._events.put(None)

    def _work(self) -> None:
        over = False
        while not over:
            for turn in self._suspects.due():
                if (card := self._open.get(turn.key.repo_id)) is not None:
                    self._add(card, turn)
            if self._all_planned and not self._open:
                self._stream.close()
            try:
                over = not self._take(self._events.get(timeout=_POLL_S))
            except queue.Empty:
                continue

    def _take(self, event: Outcome | NoMorePlans | Ended | None) -> bool:
        """Deal with one thing that happened; False where nothing more will."""
        match event:
            case None:
                return False
            case NoMorePlans():
                self._all_planned = True
            case Ended():
                self._ended(event)
            case Planned() if not self._setting.cancel.is_set():
                self._begin(event.model, event.plan)
            case Planned():
                pass  # too late: the next night plans it again
            case NotRead():
                self._not_read(event)
            case NotPlanned():
                if not self._setting.cancel.is_set():
                    self._broken(event.model.repo_id, event.reason)
                self._plans.card_ended()
        return True

    # --- one card

    def _begin(self, model: ListedModel, plan: Plan) -> None:
        due = self._due[model.repo_id]
        screen = CardScreen(log=self._setting.log, repo_id=model.repo_id)
        work = CardWork(
            model.repo_id,
            plan,
            night=self._setting.night,
            store=self._setting.store,
            screen=screen,
            moving=lambda step: self._setting.moving(due, step),
            holds=lambda run: self._setting.holds(due, run),
            movable=self._setting.movable,
        )
        runner = LateRunner(lambda: self._open_runner(plan, screen))
        card = _Card(due=due, work=work, runner=runner, began=time.monotonic())
        self._open[model.repo_id] = card
        with self._at_the_cost_of(card):
            for turn in work.begin():
                self._add(card, turn)
            self._finish_if_done(card)

    def _open_runner(self, plan: Plan, screen: CardScreen) -> AbstractContextManager[Runner]:
        setting = self._setting
        return open_runner(
            plan.card,
            setting.options,
            screen,
            setting.cancel,
            setting.engine,
            setting.image,
            releases=setting.releases(plan),
        )

    def _add(self, card: _Card, turn: Turn) -> None:
        seconds, _ = self._setting.expectations.get(turn.key, (None, None))
        assignment = Assignment(
            step=turn.step,
            runner=card.runner,
            expected_s=seconds,
            quick=met_by(turn.step.snippet.requirements, self._setting.image),
        )
        self._running[assignment] = (card, turn)
        self._stream.add(assignment)

    def _announce(self, assignment: Assignment) -> None:
        card, _ = self._running[assignment]
        CardScreen(log=self._setting.log, repo_id=card.work.repo_id).started(assignment.step)

    def _ended(self, ended: Ended) -> None:
        """A step ran: store its verdict; a new failure runs once more, but not at once."""
        card, turn = self._running.pop(ended.assignment)
        if card.abandoned:
            return
        ran = ended.ran or Ran(step=turn.step, trouble=_trouble(ended.error))
        if ended.error is not None and not isinstance(ended.error, UserFacingError):
            self._setting.log.tell(slip(card.work.repo_id, ended.error))
        if self._setting.cancel.is_set() and not ran.came_to_its_end:
            return
        with self._at_the_cost_of(card):
            self.tally.runs += 1
            self.tally.seconds[turn.step.profile] += ran.measurement.duration_s if ran.measurement else 0.0
            again = card.work.add(turn, ran)
            if again is not None:
                self._suspects.put(again)
            self._finish_if_done(card)

    def _finish_if_done(self, card: _Card) -> None:
        work = card.work
        if not work.is_done:
            return
        work.finish(duration_s=time.monotonic() - card.began)
        if Verdict.BROKEN in work.verdicts:
            self._close(card)
            self._broken(work.repo_id, work.first_trouble)
            return
        self.tally.reused += work.reused
        self._broken_in_a_row = 0
        self._close(card)
        counts = dict(Counter(work.verdicts))
        said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "no snippets"
        self._model_ended(EventName.MODEL_ENDED, work.repo_id, said, {"verdicts": counts})

    def _close(self, card: _Card) -> None:
        if self._open.pop(card.work.repo_id, None) is not None:
            self._plans.card_ended()
        if not self._may_begin(self.tally):
            self._plans.stop()

    def _not_read(self, event: NotRead) -> None:
        """A model without a readable card is nobody's failure; it is looked at again when it changes."""
        model, setting = event.model, self._setting
        at, night = datetime.now(UTC), setting.night
        visit = Visit(
            repo_id=model.repo_id,
            revision=model.revision,
            surroundings=night.hash,
            ended_at=at,
            night=night.number,
        )
        setting.store.end_card(
            CardEnd(
                repo_id=model.repo_id,
                visit=visit,
                card=event.state,
                card_reason=event.reason,
                at=at,
                night=night.number,
            )
        )
        fields = {"state": event.state, "reason": event.reason}
        self._model_ended(EventName.MODEL_NOT_READ, model.repo_id, event.reason, fields)
        self._plans.card_ended()

    def _broken(self, repo_id: str, reason: str) -> None:
        self.tally.broken.append(Broken(repo_id=repo_id, reason=reason))
        self._broken_in_a_row += 1
        fields = {"reason": reason}
        text = f"our own trouble, due again next night: {reason}"
        self._model_ended(EventName.MODEL_BROKEN, repo_id, text, fields, level=Level.WARNING)
        if self._broken_in_a_row == MANY_BROKEN:
            self._plans.stop()
            text = f"{MANY_BROKEN} models in a row came to nothing, so no more are begun tonight: {reason}"
            event = Event(name=EventName.TROUBLE, text=text, level=Level.ERROR, fields={"reason": reason})
            self._setting.log.tell(event)

    @contextmanager
    def _at_the_cost_of(self, card: _Card) -> Iterator[None]:
        """A slip of our own code costs one card, and not the night; a store that fails costs both."""
        try:
            yield
        except UserFacingError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            card.abandoned = True
            self._setting.log.tell(slip(card.work.repo_id, error))
            self._close(card)
            self._broken(card.work.repo_id, _trouble(error))

    def _model_ended(
        self,
        name: EventName,
        repo_id: str,
        text: str,
        fields: Mapping[str, object],
        *,
        level: Level = Level.INFO,
    ) -> None:
        self.tally.done.append(repo_id)
        done, total = len(self.tally.done), len(self._due)
        common: dict[str, object] = {
            "repo_id": repo_id,
            "done": done,
            "total": total,
            "expected_s": self._due[repo_id].expected_s,
        }
        self._setting.log.tell(
            Event(
                name=name, text=f"{done}/{total} {repo_id}: {text}", level=level, fields=common | dict(fields)
            )
        )


def _trouble(error: BaseException | None) -> str:
    if isinstance(error, UserFacingError):
        return error.message
    return f"this should not have happened: {type(error).__name__}: {error}"

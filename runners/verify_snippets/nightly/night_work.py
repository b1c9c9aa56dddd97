"""The work of one night: cards are planned ahead, steps run side by side, verdicts are stored as they come.

One thread decides and stores; others plan cards and run steps, and put what came of it in one queue.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from snippet_images.errors import UserFacingError
from verify_snippets.flavors import catalogue
from verify_snippets.nightly.agenda import Due
from verify_snippets.nightly.cache_limit import CacheKeeper
from verify_snippets.nightly.card_work import CardWork
from verify_snippets.nightly.confirming import Waiting
from verify_snippets.nightly.downloads import DownloadsAhead
from verify_snippets.nightly.hands import Hands
from verify_snippets.nightly.logs import CardScreen, Event, EventName, Level, said_of, slip
from verify_snippets.nightly.planning import (
    HubPause,
    NoMorePlans,
    NotPlanned,
    NotRead,
    Outcome,
    Planned,
    Planner,
    PlansAhead,
)
from verify_snippets.nightly.scene import NotStoredError, Scene
from verify_snippets.nightly.tally import Tally
from verify_snippets.nightly.turn import Turn
from verify_snippets.notebook_runs import split, together
from verify_snippets.prepare import this_host
from verify_snippets.ran import Ran
from verify_snippets.running import sweep_all
from verify_snippets.stream import Assignment, Ended, LateRunner, Stream
from verify_snippets.verdict import Verdict

WINDOW = 64  # cards that are planned and not done with: enough to choose the longest step from
MANY_BROKEN = 12  # models in a row: what keeps all of them from their end won't be over in a minute
_POLL_S = 0.5


def work(due: Sequence[Due], scene: Scene) -> Tally:
    """Run what is due, until all is done, the budget is spent, or the user interrupts.

    Args:
        due: the models, in order.
        scene: what the night knows.

    Raises:
        NotStoredError: what came of it can't be stored.
    """
    sweep_all(scene.engine)
    planner = Planner(
        options=scene.options.card,
        catalogue=catalogue(ask=True),
        log=scene.log,
        cancel=scene.cancel,
        pause=HubPause(scene.cancel),
    )
    return NightWork(due, scene, Hands(scene, planner.plan)).run()


@dataclass(kw_only=True)
class _Card:
    """A card that is being worked on.

    Attributes:
        work: on it.
        runner: of its steps.
        screen: where it is said what happens.
        began: by the monotonic clock.
        is_running: whether any of its steps has begun.
        abandoned: whether a slip of ours ended the work on it.
    """

    work: CardWork
    runner: LateRunner
    screen: CardScreen
    began: float
    is_running: bool = False
    abandoned: bool = False


class NightWork:
    """Works through what is due.

    Args:
        due: the models, in order.
        scene: what the night knows.
        hands: what the work takes from the night around it.
    """

    def __init__(self, due: Sequence[Due], scene: Scene, hands: Hands) -> None:
        self._scene = scene
        self._hands = hands
        self._due = {one.model.repo_id: one for one in due}
        self._tally = Tally(log=scene.log, due=self._due)
        self._events: queue.SimpleQueue[Outcome | NoMorePlans | Ended | _Card | None] = queue.SimpleQueue()
        host = this_host()
        is_bounded = scene.options.wishes.budget is not None
        self._plans = PlansAhead(
            [one.model for one in due],
            hands.plan,
            self._events.put,
            window=2 * host.cpus if is_bounded else WINDOW,  # what is planned is run, whatever it takes
        )
        self._stream = Stream(
            host,
            scene.cancel,
            self._announce,
            pauses_s=scene.options.pauses_s,
            at_most=1_000_000,  # the window bounds it: whoever adds is the one who stores, and must not wait
        )
        self._keeper = CacheKeeper(
            scene.options.cache_limit_bytes, [one.model.repo_id for one in due], say=self._warn
        )
        self._downloads = DownloadsAhead(self._keeper, listener=scene.log.show)
        self._beginning = threading.Lock()
        self._suspects: Waiting[Turn] = Waiting(scene.options.confirm_after_s)
        self._running: dict[Assignment, tuple[_Card, tuple[Turn, ...]]] = {}
        self._open: dict[str, _Card] = {}
        self._all_planned = False

    def run(self) -> Tally:
        """Do it, until all is done or the user interrupts.

        Raises:
            NotStoredError: what came of it can't be stored.
        """
        with self._keeper, self._downloads, self._stream:
            threading.Thread(target=self._hand_over, daemon=True, name="hand-over").start()
            self._plans.start()
            try:
                while self._goes_on():
                    pass
            except UserFacingError as error:
                if self._scene.cancel.is_set():
                    raise
                raise NotStoredError(error.message, hint=error.hint) from error
            finally:
                self._plans.stop()
        return self._tally

    def _warn(self, text: str) -> None:
        self._scene.log.tell(Event(name=EventName.NOTE, text=text, level=Level.WARNING))

    def _hand_over(self) -> None:
        """Bring what ran to the one queue, from a thread of its own."""
        for ended in self._stream:
            self._events.put(ended)
        self._events.put(None)

    def _goes_on(self) -> bool:
        """Deal with what is next; False where nothing more will come."""
        for repo_id, turns in groupby(self._suspects.due(), key=lambda turn: turn.key.repo_id):
            if (card := self._open.get(repo_id)) is not None:
                self._add(card, [*turns])
        if self._all_planned and not self._open:
            self._stream.close()
        try:
            event = self._events.get(timeout=_POLL_S)
        except queue.Empty:
            return True
        match event:
            case None:
                return False
            case NoMorePlans():
                self._all_planned = True
            case Ended():
                self._ended(event)
            case _Card():  # what its end has to know is known
                with self._at_the_cost_of(event):
                    self._finish(event)
            case Planned() | NotRead() | NotPlanned() if not self._scene.cancel.is_set():
                self._planned(event)
        return True

    def _planned(self, outcome: Outcome) -> None:
        match outcome:
            case Planned():
                self._begin(outcome)
            case NotRead():  # nobody's failure
                self._scene.store.end_card(self._hands.not_read(outcome))
                self._tally.leave(outcome)
                self._plans.card_ended()
            case NotPlanned():
                self._give_up(outcome.model.repo_id, outcome.reason)
                self._plans.card_ended()

    # --- one card

    def _begin(self, planned: Planned) -> None:
        repo_id = planned.model.repo_id
        screen = CardScreen(log=self._scene.log, repo_id=repo_id)
        card = _Card(
            work=self._hands.card_work(self._due[repo_id], planned.plan, screen),
            runner=self._hands.runner(planned.plan, screen),
            screen=screen,
            began=time.monotonic(),
        )
        self._open[repo_id] = card
        with self._at_the_cost_of(card):
            turns = card.work.begin()
            if turns:
                self._downloads.want(planned.plan, lambda: not (card.is_running or card.abandoned))
            self._add(card, turns)
            self._finish_if_done(card)

    def _add(self, card: _Card, turns: Sequence[Turn]) -> None:
        """Have steps run, the cells of a notebook as one."""
        by_step = {id(turn.step): turn for turn in turns}
        for group in together(turn.step for turn in turns):
            own = tuple(by_step[id(step)] for step in group)
            assignment = self._hands.assignment(own[-1], card.runner)
            self._running[assignment] = (card, own)
            self._stream.add(assignment)

    def _announce(self, assignment: Assignment) -> None:
        card, turns = self._running[assignment]
        with self._beginning:  # several of its steps may begin at once, and it ends once
            if not card.is_running:
                card.is_running = True
                self._keeper.begin([card.work.repo_id])
        card.screen.started(turns[-1].step)

    def _ended(self, ended: Ended) -> None:
        """A step ran: store its verdict; a new failure runs once more, but not at once."""
        card, turns = self._running.pop(ended.assignment)
        ran = ended.ran or Ran(step=turns[-1].step, trouble=said_of(ended.error))
        if card.abandoned or (self._scene.cancel.is_set() and not ran.came_to_its_end):
            return
        if ended.error is not None and not isinstance(ended.error, UserFacingError):
            self._scene.log.tell(slip(card.work.repo_id, ended.error))
        with self._at_the_cost_of(card):
            self._tally.ran(ran.step.profile, ran.measurement.duration_s if ran.measurement else 0.0)
            for turn, own in zip(turns, split(ran, [turn.step for turn in turns]), strict=True):
                again = card.work.add(turn, own)
                if again is not None:
                    self._suspects.put(again)
            self._finish_if_done(card)

    def _finish_if_done(self, card: _Card) -> None:
        if not card.work.is_done:
            return
        ask = self._hands.to_ask(card.work)
        if ask is None:
            self._finish(card)
        else:
            threading.Thread(target=self._ask, args=(card, ask), daemon=True, name="ask").start()

    def _ask(self, card: _Card, ask: Callable[[], object]) -> None:
        """In a thread of its own: whoever stores verdicts does not wait for the Hub."""
        try:
            ask()
        finally:
            self._events.put(card)

    def _finish(self, card: _Card) -> None:
        work = card.work
        work.finish(duration_s=time.monotonic() - card.began)
        self._close(card)
        if Verdict.BROKEN in work.verdicts:
            self._give_up(work.repo_id, work.first_trouble)
        else:
            self._tally.finish(work.repo_id, work.verdicts, reused=work.reused)

    def _close(self, card: _Card) -> None:
        repo_id = card.work.repo_id
        if self._open.pop(repo_id, None) is not None:
            self._plans.card_ended()
            fetched = {name for _, run in card.work.runs for name in run.contacts.repos}
            self._keeper.end([repo_id] if card.is_running else [], fetched)
        if not self._hands.may_begin(self._tally):
            self._plans.stop()

    def _give_up(self, repo_id: str, reason: str) -> None:
        """Leave a model to the next night; and all the others, if nothing comes to anything."""
        self._tally.give_up(repo_id, reason)
        if self._tally.broken_in_a_row == MANY_BROKEN:
            self._plans.stop()
            text = f"{MANY_BROKEN} models in a row came to nothing, so no more are begun tonight: {reason}"
            event = Event(name=EventName.TROUBLE, text=text, level=Level.ERROR, fields={"reason": reason})
            self._scene.log.tell(event)

    @contextmanager
    def _at_the_cost_of(self, card: _Card) -> Iterator[None]:
        """A slip of our own code costs one card, and not the night; a store that fails costs both."""
        try:
            yield
        except UserFacingError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            card.abandoned = True
            self._scene.log.tell(slip(card.work.repo_id, error))
            self._close(card)
            self._give_up(card.work.repo_id, said_of(error))

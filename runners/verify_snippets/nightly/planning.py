"""Cards read and planned ahead of their runs, a few at a time; a Hub that has trouble is waited for."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from snippet_images.errors import InfrastructureError, UsageError
from snippet_sandbox.gateway.retries import asked_pause_s
from snippet_sandbox.profile import Profile
from verify_snippets.hub import GatedError, NoCardError
from verify_snippets.hub_errors import BadTokenError
from verify_snippets.nightly.logs import CardScreen, Event, EventName, Level, Log, said_of, slip
from verify_snippets.notebook_files import find_notebooks
from verify_snippets.options import Options
from verify_snippets.plan import Plan
from verify_snippets.prepare import plan_card
from verify_snippets.repo_files import read_facts
from verify_snippets.store.records import CardState, ListedModel
from verify_snippets.taping import Inputs
from verify_snippets.target import load_hub_card

THREADS = 4
PAUSES_S = (2.0, 10.0, 30.0, 90.0)  # before the Hub is asked again for one card
LONGEST_PAUSE_S = 600.0  # whatever the Hub asks for
_POLL_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A card that can be worked on."""

    model: ListedModel
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class NotRead:
    """A model without a card that can be read, which is nobody's failure."""

    model: ListedModel
    state: CardState
    reason: str


@dataclass(frozen=True, kw_only=True)
class NotPlanned:
    """A model whose card our own trouble kept from being planned."""

    model: ListedModel
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoMorePlans:
    """All cards have been planned, or no more are wanted."""


Outcome = Planned | NotRead | NotPlanned


class HubPause:
    """A Hub that wants to be left alone is left alone by all threads."""

    def __init__(self, cancel: threading.Event) -> None:
        self._cancel = cancel
        self._until = 0.0

    def ask_for(self, seconds: float) -> None:
        """Let nobody ask before so many seconds have gone by."""
        self._until = max(self._until, time.monotonic() + min(seconds, LONGEST_PAUSE_S))

    def wait(self) -> None:
        """Wait until the Hub may be asked, or until the user interrupts."""
        while (left_s := self._until - time.monotonic()) > 0:
            if self._cancel.wait(left_s):
                return


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Plans one card after another. Safe to use from several threads.

    Attributes:
        options: what the user asked for, for each card.
        catalogue: the profiles there are.
        log: where it is said what happens.
        cancel: once set, nothing is waited for any more.
        pause: keeps all threads from asking a Hub that wants to be left alone.
        pauses_s: before each further attempt.
        endpoint: the Hub's address; the user's own by default.
    """

    options: Options
    catalogue: Mapping[str, Profile]
    log: Log
    cancel: threading.Event
    pause: HubPause
    pauses_s: Sequence[float] = PAUSES_S
    endpoint: str | None = None

    def plan(self, model: ListedModel) -> Outcome:
        """What is to be done with a model's card; whatever goes wrong is an outcome, too."""
        try:
            return Planned(model=model, plan=self._patiently(model))
        except GatedError as error:
            return NotRead(model=model, state=CardState.GATED, reason=error.message)
        except NoCardError as error:
            return NotRead(model=model, state=CardState.NO_CARD, reason=error.message)
        except (InfrastructureError, BadTokenError) as error:
            return NotPlanned(model=model, reason=error.message)
        except UsageError as error:
            return NotRead(model=model, state=CardState.UNREADABLE, reason=error.message)
        except Exception as error:  # noqa: BLE001 - a slip of ours costs one card, and not the night
            self.log.tell(slip(model.repo_id, error))
            return NotPlanned(model=model, reason=said_of(error))

    def _patiently(self, model: ListedModel) -> Plan:
        for pause_s in self.pauses_s:
            self.pause.wait()
            try:
                return self._once(model)
            except InfrastructureError as error:
                asked_s = asked_pause_s(error.__cause__) if isinstance(error.__cause__, Exception) else None
                text = f"{model.repo_id}: {error.message}; asked again in {asked_s or pause_s:.0f} s"
                fields = {"repo_id": model.repo_id, "reason": error.message}
                self.log.tell(Event(name=EventName.TROUBLE, text=text, level=Level.WARNING, fields=fields))
                if asked_s is not None:
                    self.pause.ask_for(asked_s)
                elif self.cancel.wait(pause_s):
                    raise
            if self.cancel.is_set():
                break
        return self._once(model)

    def _once(self, model: ListedModel) -> Plan:
        screen = CardScreen(log=self.log, repo_id=model.repo_id)
        card = load_hub_card(
            model.repo_id, revision=model.revision, endpoint=self.endpoint, listener=screen.show
        )
        facts = read_facts(card, endpoint=self.endpoint, insist=True)
        wanted = facts.notebooks if facts and self.options.notebooks else {}
        inputs = Inputs(
            target=model.repo_id,
            revision=model.revision,
            card=card,
            facts=facts,
            catalogue=self.catalogue,
            notebooks=find_notebooks(card, wanted, endpoint=self.endpoint),
        )
        return plan_card(card, inputs, self.options)


class PlansAhead:
    """Plans cards in the background, and never more than are soon to be worked on.

    Args:
        models: whose cards, in order.
        plan: plans one.
        put: told what came of each, and in the end that there are no more; from any thread.
        window: how many cards may be planned and not yet done with.
        threads: how many are planned at a time.
    """

    def __init__(
        self,
        models: Iterable[ListedModel],
        plan: Callable[[ListedModel], Outcome],
        put: Callable[[Outcome | NoMorePlans], None],
        *,
        window: int,
        threads: int = THREADS,
    ) -> None:
        self._models = iter(models)
        self._plan = plan
        self._put = put
        self._window = threading.Semaphore(window)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._working = threads

    def start(self) -> None:
        """Begin."""
        for _ in range(self._working):
            threading.Thread(target=self._work, daemon=True, name="plan").start()

    def card_ended(self) -> None:
        """A card that was planned is done with; there may be another one."""
        self._window.release()

    def stop(self) -> None:
        """Plan no further card; those that are being planned still come."""
        self._stopped.set()

    def _work(self) -> None:
        while (model := self._next()) is not None:
            self._put(self._plan(model))
        with self._lock:
            self._working -= 1
            is_last = not self._working
        if is_last:
            self._put(NoMorePlans())

    def _next(self) -> ListedModel | None:
        while not self._window.acquire(timeout=_POLL_S):
            if self._stopped.is_set():
                return None
        with self._lock:
            return None if self._stopped.is_set() else next(self._models, None)

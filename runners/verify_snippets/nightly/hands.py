"""What the work on many cards takes from the night around it: plans, runners, and what verdicts depend on."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial

from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.installed import met_by
from verify_snippets.nightly.agenda import Due
from verify_snippets.nightly.card_work import CardWork
from verify_snippets.nightly.costs import Expected
from verify_snippets.nightly.due import HOSTS_HOLD, Why
from verify_snippets.nightly.logs import CardScreen
from verify_snippets.nightly.movement import movable_of, read_of_others
from verify_snippets.nightly.planning import NotPlanned, NotRead, Outcome, Planned
from verify_snippets.nightly.scene import Scene
from verify_snippets.nightly.tally import Tally
from verify_snippets.nightly.touched import libraries_of
from verify_snippets.nightly.turn import NightInfo, Turn
from verify_snippets.plan import Plan, Step
from verify_snippets.prepare import this_host
from verify_snippets.run import Runner
from verify_snippets.running import open_runner
from verify_snippets.store.records import CardEnd, ListedModel, Movable, StoredRun, Visit
from verify_snippets.stream import Assignment, LateRunner
from verify_snippets.verify import Interrupted


class Hands:
    """What the work takes from the night around it.

    Args:
        scene: what the night knows.
        plan: plans a model's card.
    """

    def __init__(self, scene: Scene, plan: Callable[[ListedModel], Outcome]) -> None:
        self._scene = scene
        self._plan = plan
        self._night = NightInfo(
            number=scene.number,
            surroundings=scene.around,
            image_named=scene.images.get,
            hash=scene.surroundings,
            host=this_host(),
            strict_output=scene.options.card.strict_output,
        )

    def may_begin(self, tally: Tally) -> bool:
        """Whether the budget lets another card begin."""
        budget = self._scene.options.wishes.budget
        if budget is None:
            return True
        return not budget.is_spent(
            elapsed_s=time.monotonic() - self._scene.began,
            ran=Expected(by_profile=tally.seconds),
            yardstick=self._scene.circumstances.yardstick,
        )

    def plan(self, model: ListedModel) -> Outcome:
        """Plan a card, and find out what its verdicts depend on, so that whoever stores needn't wait.

        That is what the index says of what it installs, and the images that it runs in.
        """
        outcome = self._plan(model)
        if isinstance(outcome, Planned):
            try:
                for step in outcome.plan.steps:
                    self._night.image_of(step)
                self._scene.outside.newest(self._added(outcome.plan.steps))
            except InfrastructureError as error:  # an image could not be built
                return NotPlanned(model=model, reason=error.message)
            except Interrupted:
                return NotPlanned(model=model, reason="interrupted")
        return outcome

    def card_work(self, due: Due, plan: Plan, screen: CardScreen) -> CardWork:
        """The work on a card that is planned."""
        return CardWork(
            due.model.repo_id,
            plan,
            night=self._night,
            store=self._scene.store,
            screen=screen,
            moving=lambda step: self._moving(due, step),
            holds=lambda run: self._holds(due, run),
            movable=self._movable,
        )

    def runner(self, plan: Plan, screen: CardScreen) -> LateRunner:
        """What runs a card's steps, with a gateway of its own: whose pins say whose repos the token reads."""
        scene = self._scene

        def opened() -> AbstractContextManager[Runner]:
            return open_runner(
                plan.card,
                scene.options.card,
                screen,
                scene.cancel,
                scene.engine,
                scene.images.get,
                releases=scene.outside.newest(self._added(plan.steps)),
            )

        return LateRunner(opened)

    def assignment(self, turn: Turn, runner: LateRunner) -> Assignment:
        """One attempt at a step, as the stream takes it."""
        seconds, _ = self._scene.known.expectations.get(turn.key, (None, None))
        return Assignment(
            step=turn.step, runner=runner, expected_s=seconds, quick=not self._added([turn.step])
        )

    def to_ask(self, work: CardWork) -> Callable[[], object] | None:
        """Asks the Hub for what the end of a card's work has to know; None where all of it is known."""
        outside = self._scene.outside
        read = read_of_others(work.repo_id, [run.contacts for _, run in work.runs])
        return None if outside.knows_heads(read) else partial(outside.heads, read)

    def not_read(self, outcome: NotRead) -> CardEnd:
        """What is stored of a model without a readable card: it is looked at again when it changes."""
        at = datetime.now(UTC)
        return CardEnd(
            repo_id=outcome.model.repo_id,
            visit=Visit(
                repo_id=outcome.model.repo_id,
                revision=outcome.model.revision,
                surroundings=self._night.hash,
                ended_at=at,
                night=self._night.number,
            ),
            card=outcome.state,
            card_reason=outcome.reason,
            at=at,
            night=self._night.number,
        )

    def _moving(self, due: Due, step: Step) -> list[object]:
        """The releases that a step's install lines come to, and the commits of other repos its card read."""
        visit = self._scene.known.visits.get(due.model.repo_id)
        before = visit.movable if visit is not None else Movable()
        wanted = self._added([step])
        newest = self._scene.outside.newest(wanted)
        releases = {text: newest.get(text) or before.releases.get(text, "") for text in wanted}
        now = self._scene.circumstances.movement.repos
        repos = {name: now.get(name, commit) for name, commit in before.repos.items()}
        return [sorted(releases.items()), sorted(repos.items())]

    def _holds(self, due: Due, run: StoredRun) -> bool:
        """Whether a run of before, by the very key that is wanted, needs no other one."""
        if due.why in (Why.ASKED, Why.AGE):
            return False
        saw_hosts = set(run.run.contacts.hosts) - {self._scene.outside.hub_host}
        limits = [self._scene.options.wishes.max_age, HOSTS_HOLD if saw_hosts else None]
        age = self._scene.circumstances.now - run.ran_at
        return all(age < limit for limit in limits if limit is not None)

    def _movable(self, work: CardWork) -> Movable:
        """What of a card's verdicts may move while its repo stands still."""
        return movable_of(
            work.repo_id,
            libraries=libraries_of(work.runs, self._scene.images.get),
            added=self._added([step for step, _ in work.runs]),
            contacts=[run.contacts for _, run in work.runs],
            outside=self._scene.outside,
        )

    def _added(self, steps: Sequence[Step]) -> list[str]:
        """What is installed for those steps that run, beyond what their images hold."""
        running = [step for step in steps if step.runs]
        return sorted(
            {
                text
                for step in running
                for text in step.requirements
                if not met_by([text], self._night.image_of(step))
            }
        )

"""From what is due to what came of it: all that a night needs only if something is to be run."""

import time
from collections.abc import Sequence

from snippet_sandbox.installed import met_by
from verify_snippets.flavors import catalogue
from verify_snippets.nightly.agenda import Due
from verify_snippets.nightly.card_work import CardWork, NightInfo
from verify_snippets.nightly.costs import Expected
from verify_snippets.nightly.due import HOSTS_HOLD, Why
from verify_snippets.nightly.movement import movable_of
from verify_snippets.nightly.night_work import NightWork, Setting, Tally
from verify_snippets.nightly.planning import HubPause, Outcome, Planned, Planner
from verify_snippets.nightly.scene import Scene
from verify_snippets.plan import Step
from verify_snippets.prepare import this_host
from verify_snippets.running import sweep_all
from verify_snippets.store.records import ListedModel, Movable, StoredRun


def work(due: Sequence[Due], scene: Scene) -> Tally:
    """Run what is due, until all is done, the budget is spent, or the user interrupts.

    Args:
        due: the models, in order.
        scene: what the night knows.

    Raises:
        UserFacingError: what came of it can't be stored.
    """
    sweep_all(scene.engine)
    hands = _Hands(scene)
    return NightWork(due, hands.plan, hands.setting(), may_begin=hands.may_begin).run()


class _Hands:
    """What the work asks of the night around it.

    Args:
        scene: what the night knows.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._planner = Planner(
            options=scene.options.card,
            catalogue=catalogue(ask=True),
            log=scene.log,
            cancel=scene.cancel,
            pause=HubPause(scene.cancel),
        )

    def setting(self) -> Setting:
        """Where the work is done."""
        scene, options = self._scene, self._scene.options
        return Setting(
            store=scene.store,
            log=scene.log,
            cancel=scene.cancel,
            engine=scene.engine,
            image=scene.image,
            options=options.card,
            night=NightInfo(
                number=scene.number,
                surroundings=scene.around,
                hash=scene.surroundings,
                host=this_host(),
                strict_output=options.card.strict_output,
            ),
            expectations=dict(scene.known.expectations),
            moving=self.moving,
            holds=self.holds,
            releases=lambda plan: scene.outside.newest(self._added(plan.steps)),
            movable=self.movable,
            confirm_after_s=options.confirm_after_s,
        )

    def plan(self, model: ListedModel) -> Outcome:
        """Plan a card, and ask the index about what it installs, so that whoever stores needn't wait."""
        outcome = self._planner.plan(model)
        if isinstance(outcome, Planned):
            self._scene.outside.newest(self._added(outcome.plan.steps))
        return outcome

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

    def moving(self, due: Due, step: Step) -> list[object]:
        """The releases that a step's install lines come to, and the commits of other repos its card read."""
        visit = self._scene.known.visits.get(due.model.repo_id)
        before = visit.movable if visit is not None else Movable()
        wanted = self._added([step])
        newest = self._scene.outside.newest(wanted)
        releases = {text: newest.get(text) or before.releases.get(text, "") for text in wanted}
        now = self._scene.circumstances.movement.repos
        repos = {name: now.get(name, commit) for name, commit in before.repos.items()}
        return [sorted(releases.items()), sorted(repos.items())]

    def holds(self, due: Due, run: StoredRun) -> bool:
        """Whether a run of before, by the very key that is wanted, needs no other one."""
        if due.why in (Why.ASKED, Why.AGE):
            return False
        saw_hosts = set(run.run.contacts.hosts) - {self._scene.outside.hub_host}
        limits = [self._scene.options.wishes.max_age, HOSTS_HOLD if saw_hosts else None]
        age = self._scene.circumstances.now - run.ran_at
        return all(age < limit for limit in limits if limit is not None)

    def movable(self, work: CardWork) -> Movable:
        """What of a card's verdicts may move while its repo stands still."""
        return movable_of(
            work.repo_id,
            requirements={text for step, _ in work.runs if step.runs for text in step.snippet.requirements},
            contacts=[run.contacts for _, run in work.runs],
            image=self._scene.image,
            outside=self._scene.outside,
        )

    def _added(self, steps: Sequence[Step]) -> list[str]:
        """What is installed for steps beyond what the image holds."""
        wanted = {text for step in steps if step.runs for text in step.snippet.requirements}
        return sorted(text for text in wanted if not met_by([text], self._scene.image))

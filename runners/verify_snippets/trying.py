"""Cards with changes made, and how their snippets fare: every change is run before it is believed."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from snippet_images.progress import Progress
from verify_snippets import patching
from verify_snippets.card import Card
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.options import Options, Screen
from verify_snippets.patching import Change
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import Report, RunReport
from verify_snippets.verdict import Verdict
from verify_snippets.verify import verify_plan

Planner = Callable[[Card], Plan]


@dataclass(frozen=True, kw_only=True)
class State:
    """A card with some changes made, and what is known of its snippets.

    Attributes:
        changes: snippet -> what was changed of it. Snippets go by their ids in the card as it was.
        plan: of the changed card.
        ids: each snippet's id -> its id in the changed card.
        runs: each snippet's id -> how it fares now.
        false_claims: what the card says and is not so.
    """

    changes: Mapping[str, Change]
    plan: Plan
    ids: Mapping[str, str]
    runs: Mapping[str, RunReport]
    false_claims: frozenset[str] = frozenset()

    def step(self, snippet_id: str) -> Step:
        """The step of a snippet."""
        return next(step for step in self.plan.steps if step.snippet.id == self.ids[snippet_id])


class NotFinishedError(Exception):
    """The user interrupted, or our own infrastructure failed; nothing can be said of the change."""


@dataclass(frozen=True, kw_only=True)
class Trials:
    """Makes changes and runs what they concern.

    Attributes:
        card: as it is.
        planner: makes a changed card's plan.
        options: what the user asked for.
        screen: where it is said what happens.
        cancel: ends what runs.
    """

    card: Card
    planner: Planner
    options: Options
    screen: Screen
    cancel: threading.Event

    def first(self, plan: Plan, report: Report) -> State:
        """The card as it is, as it was verified."""
        ids = {snippet.id: snippet.id for snippet in plan.snippets}
        return State(changes={}, plan=plan, ids=ids, runs=_runs(report), false_claims=_false_claims(report))

    def changed(self, state: State, change: Change) -> State:
        """The card with one more change, nothing of it run yet.

        Raises:
            CannotPatchError: it can't be made.
        """
        changes = {**state.changes, change.snippet: change}
        patched = patching.apply(self.card, tuple(changes.values()))
        return replace(state, changes=changes, plan=self.planner(patched.card), ids=patched.ids)

    def alone(self, state: State, snippet_id: str) -> Card:
        """The card with one snippet's change and no other's; with all where it can't stand alone."""
        try:
            return patching.apply(self.card, [state.changes[snippet_id]]).card
        except patching.CannotPatchError:
            return state.plan.card

    def run(self, state: State, snippet_ids: Collection[str]) -> State:
        """Run some snippets, and add how they fare.

        Raises:
            NotFinishedError: they did not all come to an end.
        """
        steps = [state.step(snippet_id) for snippet_id in snippet_ids]
        plan = replace(state.plan, steps=tuple(steps))
        report = verify_plan(plan, self.options, _Quietly(self.screen), cancel=self.cancel)
        found = _runs(report)
        if not report.complete or any(run.verdict is Verdict.BROKEN for run in found.values()):
            raise NotFinishedError
        runs = {snippet_id: found[state.ids[snippet_id]] for snippet_id in snippet_ids}
        false = state.false_claims | _false_claims(report)
        return replace(state, runs={**state.runs, **runs}, false_claims=false)


def concerned(before: State, after: State) -> list[str]:
    """The snippets that a change concerns: what would run, on what or after what is another."""
    return [
        snippet_id
        for snippet_id in before.runs
        if _key(before.step(snippet_id)) != _key(after.step(snippet_id))
    ]


def _key(step: Step) -> tuple[object, ...]:
    return step.runs, step.codes, step.snippet.requirements, step.profile, step.runs or step.reason


def _runs(report: Report) -> dict[str, RunReport]:
    return {snippet.id: run for snippet in report.snippets for run in snippet.runs}


def _false_claims(report: Report) -> frozenset[str]:
    """The claims that are contradicted, by their words: their lines move with what is added above them."""
    return frozenset(claim.quote for claim in report.claims if claim.verdict is ClaimVerdict.CONTRADICTED)


class _Quietly:
    """A screen for trials: what is run is shown while it runs, and little stays.

    Args:
        screen: the user's.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def show(self, progress: Progress) -> None:
        """Something is going on."""
        self._screen.show(progress)

    def say(self, text: str) -> None:
        """Said before, when the card was verified as it is."""

    def planned(self, plan: Plan) -> None:
        """Likewise."""

    def started(self, step: Step) -> None:
        """A trial begins."""
        self._screen.started(step)

    def finished(self, step: Step, run: RunReport) -> None:
        """A trial has ended."""
        self._screen.finished(step, run)


def in_order(plan: Plan, snippet_ids: Sequence[str]) -> list[str]:
    """Snippets in the order of their card: what others need comes first."""
    order = {step.snippet.id: turn for turn, step in enumerate(plan.steps)}
    return sorted(snippet_ids, key=lambda snippet_id: order[snippet_id])

"""Mend a card: verify it, try a cure for each failure, and offer those that were seen to work."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from verify_snippets import cures, exit_codes, patients, trying
from verify_snippets.card import Card
from verify_snippets.clean import one_line
from verify_snippets.cures.model import Proposal
from verify_snippets.fixed import Fixed, Unmended, merged, repair
from verify_snippets.options import Options, Screen
from verify_snippets.patching import CannotPatchError, Change
from verify_snippets.prepare import plan_card, read_inputs
from verify_snippets.report.model import RepairReport, Report, RunReport
from verify_snippets.trying import NotFinishedError, State, Trials
from verify_snippets.verdict import Verdict
from verify_snippets.verify import verify_plan

MAX_CURES = 4  # one after the other, for one snippet
MAX_TRIALS = 8  # runs for one snippet, dead ends included
_TO_MEND = frozenset({Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BLOCKED})


def fix(target: str, options: Options, screen: Screen, *, cancel: threading.Event) -> Fixed:
    """Verify a card, and try to mend each snippet that fails.

    Args:
        target: what the user named.
        options: what they asked for.
        screen: where it is said what happens.
        cancel: ends what runs; what was found by then is returned.

    Raises:
        UserFacingError: nothing could be run at all.
    """
    began = time.monotonic()
    inputs = read_inputs(target, options, screen)
    plan = plan_card(inputs.card, inputs, options)
    screen.planned(plan)
    report = verify_plan(plan, options, screen, cancel=cancel, began=began)
    trials = Trials(
        card=inputs.card,
        planner=lambda card: plan_card(card, inputs, options),
        options=options,
        screen=screen,
        cancel=cancel,
    )
    state = trials.first(plan, report)
    repairs: list[RepairReport] = []
    for snippet_id in trying.in_order(plan, list(state.runs)) if report.complete else ():
        mended = _Mender(trials=trials, snippet_id=snippet_id).mend(state)
        if mended is not None:
            state = mended.state
            repairs.append(_repair(trials, mended))
            screen.say(f"mended: {repairs[-1].sentence}")
        if cancel.is_set():
            break
    return _fixed(inputs.card, report, state, repairs, complete=report.complete and not cancel.is_set())


def _fixed(
    card: Card, report: Report, state: State, repairs: Sequence[RepairReport], *, complete: bool
) -> Fixed:
    verdicts = [run.verdict for run in state.runs.values()]
    unmended = tuple(
        Unmended(line=_line(snippet_id), reason=run.reason)
        for snippet_id, run in state.runs.items()
        if run.verdict in _TO_MEND
    )
    told = {
        "repairs": tuple(repairs),
        "complete": complete,
        "exit_code": exit_codes.of(verdicts, complete=complete),
    }
    return Fixed(report=report.model_copy(update=told), card=card, mended=state.plan.card, unmended=unmended)


def _line(snippet_id: str) -> int:
    return int(snippet_id.removeprefix("L"))


@dataclass(frozen=True, kw_only=True)
class _Mended:
    """A snippet that was mended.

    Attributes:
        state: the card with the change, everything that it concerns run.
        snippet_id: whose change it is.
        proposals: what was done, in order.
        others: ids of further snippets that pass by it.
    """

    state: State
    snippet_id: str
    proposals: tuple[Proposal, ...]
    others: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Mender:
    """Looks for the cures of one snippet, one after the other, and goes back where one leads nowhere.

    Attributes:
        trials: makes and runs changes.
        snippet_id: whose cures.
        tried: changes that were run.
    """

    trials: Trials
    snippet_id: str
    tried: set[Change] = field(default_factory=set)

    def mend(self, state: State) -> _Mended | None:
        """The change that mends the snippet; None where there is none, or nothing to mend."""
        if state.runs[self.snippet_id].verdict in {Verdict.BLOCKED, Verdict.BROKEN}:
            return None  # what it needs is to be mended, or what is ours, and not this
        if state.step(self.snippet_id).snippet.marks.expect_fail:
            return None  # it is meant to fail
        try:
            return self._from(state, state, ())
        except NotFinishedError:
            if not self.trials.cancel.is_set():
                self.trials.screen.say(f"line {_line(self.snippet_id)}: a cure could not be tried to its end")
            return None

    def _from(self, base: State, state: State, done: tuple[Proposal, ...]) -> _Mended | None:
        run = state.runs[self.snippet_id]
        for proposal in cures.propose(patients.patient(state.plan, state.step(self.snippet_id), run)):
            candidate = self._run(state, proposal)
            if candidate is None:
                continue
            proposals = (*done, proposal)
            after = candidate.runs[self.snippet_id]
            if after.verdict is not Verdict.PASSED:
                self.trials.screen.say(f"with it, line {_line(self.snippet_id)}: {one_line(after.reason)}")
            if after.verdict is Verdict.PASSED:
                found = self._harmless(base, candidate, proposals)
            elif len(proposals) < MAX_CURES and _got_further(run, after):
                found = self._from(base, candidate, proposals)
            else:
                found = None
            if found is not None:
                return found
        return None

    def _run(self, state: State, proposal: Proposal) -> State | None:
        """The card with one more cure, and the snippet run; None where that can't be, or was done already."""
        change = merged(state.changes.get(self.snippet_id), proposal, self.snippet_id)
        if change in self.tried or len(self.tried) >= MAX_TRIALS:
            return None
        self.tried.add(change)
        try:
            changed = self.trials.changed(state, change)
        except CannotPatchError:
            return None
        self.trials.screen.say(f"trying at line {_line(self.snippet_id)}: {proposal.sentence}")
        return self.trials.run(changed, [self.snippet_id])

    def _harmless(self, base: State, candidate: State, proposals: tuple[Proposal, ...]) -> _Mended | None:
        """The change, once all else that it concerns is run and does no worse; else None."""
        others = [
            other
            for other in trying.concerned(base, candidate)
            if other != self.snippet_id and self._may_differ(base, other)
        ]
        state = self.trials.run(candidate, others) if others else candidate
        for other in others:
            if base.runs[other].verdict is Verdict.PASSED is not state.runs[other].verdict:
                return None
        if state.false_claims - base.false_claims:
            return None
        freed = tuple(
            other
            for other in others
            if state.runs[other].verdict is Verdict.PASSED is not base.runs[other].verdict
        )
        return _Mended(state=state, snippet_id=self.snippet_id, proposals=proposals, others=freed)

    def _may_differ(self, base: State, other: str) -> bool:
        """Whether another snippet that is concerned is worth a run now; else its own cures will run it."""
        run, own = base.runs[other], base.runs[self.snippet_id]
        is_alike = run.cause is not None and own.cause is not None and run.cause.kind is own.cause.kind
        return run.verdict is not Verdict.FAILED or is_alike


def _got_further(before: RunReport, after: RunReport) -> bool:
    """Whether a snippet fails otherwise than before: a cure that changes nothing is none."""
    return after.verdict in _TO_MEND and _failure(before) != _failure(after)


def _failure(run: RunReport) -> tuple[object, ...]:
    error = run.error
    return run.verdict, run.cause, (error.type, error.message) if error else run.reason


def _repair(trials: Trials, mended: _Mended) -> RepairReport:
    run = mended.state.runs[mended.snippet_id]
    alone = trials.alone(mended.state, mended.snippet_id)
    return repair(trials.card, alone, mended.proposals, (mended.snippet_id, *mended.others), run)

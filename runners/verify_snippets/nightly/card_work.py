"""One card of a night, from its plan to its report; every verdict is stored the moment it is known."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verify_snippets.nightly.claim_standing import advance_claims
from verify_snippets.nightly.lineage import CardSnippet, match
from verify_snippets.nightly.logs import CardScreen, Event, EventName, Level
from verify_snippets.nightly.recording import card_snippet, record
from verify_snippets.nightly.standing import advance, is_suspected
from verify_snippets.nightly.turn import NightInfo, Turn
from verify_snippets.plan import Plan, Step
from verify_snippets.ran import Ran
from verify_snippets.report import build, remarks
from verify_snippets.report.model import Report, RunReport
from verify_snippets.reuse import key_of, reused
from verify_snippets.settling import settle
from verify_snippets.store.records import CardEnd, Movable, SnippetKey, Standing, StoredRun, Visit
from verify_snippets.verdict import Verdict

if TYPE_CHECKING:
    from verify_snippets.store.store import Store


class CardWork:
    """The work on one card. Used from one thread.

    Args:
        repo_id: of the model, as it is listed.
        plan: of its card.
        night: that it is part of.
        store: where everything goes.
        screen: where it is said what happens.
        moving: what else the verdict on a step depends on, as it stands now; see ``reuse.key_of``.
        holds: whether a verdict of before needs no other run.
        movable: what of the card's verdicts may move while its repo stands still.
    """

    def __init__(
        self,
        repo_id: str,
        plan: Plan,
        *,
        night: NightInfo,
        store: "Store",
        screen: CardScreen,
        moving: Callable[[Step], Sequence[object]],
        holds: Callable[[StoredRun], bool],
        movable: "Callable[[CardWork], Movable]",
    ) -> None:
        self.plan = plan
        self.repo_id = repo_id
        self.began_at = datetime.now(UTC)
        self._night = night
        self._store = store
        self._screen = screen
        self._moving = moving
        self._holds = holds
        self._movable = movable
        self._standings: dict[SnippetKey, Standing] = {}
        self._told: dict[str, RunReport] = {}
        self._keys: set[SnippetKey] = set()
        self._left: set[str] = {step.snippet.id for step in plan.steps}

    @property
    def is_done(self) -> bool:
        """Whether every step has its verdict."""
        return not self._left

    @property
    def verdicts(self) -> list[Verdict]:
        """Those that are known."""
        return [run.verdict for run in self._told.values()]

    @property
    def runs(self) -> list[tuple[Step, RunReport]]:
        """Each step with what came of it, as far as that is known."""
        told = ((step, self._told.get(step.snippet.id)) for step in self.plan.steps)
        return [(step, run) for step, run in told if run is not None]

    @property
    def reused(self) -> int:
        """How many verdicts are from an earlier night."""
        return sum(run.reused_from is not None for _, run in self.runs)

    @property
    def first_trouble(self) -> str:
        """What of ours kept a step from its end; empty where nothing did."""
        return next((run.reason for _, run in self.runs if run.verdict is Verdict.BROKEN), "")

    def begin(self) -> list[Turn]:
        """Take what is known already, and return what is to run."""
        self._screen.planned(self.plan)
        standings = self._store.standings(self.repo_id, gone=True)
        self._standings = {standing.key: standing for standing in standings}
        snippets = [card_snippet(step.snippet) for step in self.plan.steps]
        lineages = match(standings, snippets)
        turns = [
            self._turn(step, snippet, lineages[snippet.snippet_id])
            for step, snippet in zip(self.plan.steps, snippets, strict=True)
        ]
        self._keys = {turn.key for turn in turns}
        known = self._store.known([turn.depends_on for turn in turns])
        return [left for turn in turns if (left := self._unless_known(turn, known.get(turn.depends_on)))]

    def add(self, turn: Turn, ran: Ran) -> Turn | None:
        """A step ran: store what came of it.

        Returns:
            The attempt without which a failure does not count; None where the verdict stands.

        Raises:
            InfrastructureError: it can't be stored.
        """
        told = build.run_report(ran, self.plan.card)
        return self._record(turn, told.model_copy(update={"outputs": ()}))  # nobody asks a store for them

    def finish(self, *, duration_s: float) -> None:
        """All steps have their verdicts: settle the claims, and store what came of the card as a whole.

        Args:
            duration_s: of the work on this card.

        Raises:
            UserFacingError: it can't be stored.
        """
        report, at = self._report(duration_s), datetime.now(UTC)
        claims = advance_claims(
            self._store.claim_standings(self.repo_id, gone=True),
            report.claims,
            repo_id=self.repo_id,
            at=at,
            night=self._night.number,
        )
        is_whole = Verdict.BROKEN not in self.verdicts
        self._store.end_card(
            CardEnd(
                repo_id=self.repo_id,
                visit=self._visit(at) if is_whole else None,
                standings=tuple(self._gone()),
                claims=claims.standings,
                changes=claims.changes,
                report=report if is_whole else None,
                at=at,
                night=self._night.number,
            )
        )

    def _report(self, duration_s: float) -> Report:
        plan, night = self.plan, self._night
        settled = settle(plan, [(step.snippet, run) for step, run in self.runs], night.host)
        circumstances = build.Circumstances(
            tool_version=night.surroundings.tool_version,
            started_at=self.began_at.isoformat(timespec="seconds"),
            duration_s=round(duration_s, 3),
            complete=True,
            engine=night.surroundings.engine,
            host=night.host,
            web=night.surroundings.web,
        )
        return build.report(replace(plan, ledger=settled.ledger), settled.runs, circumstances)

    def _visit(self, at: datetime) -> Visit:
        steps = self.plan.steps
        return Visit(
            repo_id=self.repo_id,
            revision=self.plan.card.revision or "",
            surroundings=self._night.hash,
            movable=self._movable(self),
            ended_at=at,
            night=self._night.number,
            snippets=len(steps),
            ran=sum(step.runs for step in steps),
            duration_s=round(self._seconds_of_running, 3),
        )

    @property
    def _seconds_of_running(self) -> float:
        """Of all that ran, now or before, one after the other; downloads are within the other phases."""
        phases = (run.phases.items() for _, run in self.runs)
        return sum(seconds for each in phases for name, seconds in each if name != "download")

    def _turn(self, step: Step, snippet: CardSnippet, lineage: str) -> Turn:
        key = SnippetKey(repo_id=self.repo_id, lineage=lineage, profile=step.profile)
        moving = [self._night.strict_output, *self._moving(step)]
        depends_on = key_of(
            step,
            self.plan.card,
            self._night.surroundings,
            self._night.image_of(step),
            moving=moving,
        )
        return Turn(step=step, snippet=snippet, key=key, depends_on=depends_on)

    def _unless_known(self, turn: Turn, found: StoredRun | None) -> Turn | None:
        """What is left to be done of a step, if anything is."""
        good = found if found is not None and self._is_good(found) else None
        if good is not None:
            self._catch_up(turn, good)
        confirming = is_suspected(self._standings.get(turn.key), turn.depends_on)
        if good is not None and not confirming:
            self._reuse(turn, good)
            return None
        attempt = found.attempt + 1 if found is not None else 1
        left = replace(turn, attempt=attempt, confirming=confirming)
        if turn.step.runs:
            return left
        again = self._record(left, build.run_report(Ran(step=turn.step), self.plan.card))
        if again is not None:  # it fails by what it reads like: reading it again would say the same
            self._record(again, build.run_report(Ran(step=turn.step), self.plan.card))
        return None

    def _is_good(self, found: StoredRun) -> bool:
        if found.run.verdict is Verdict.BROKEN:
            return False
        return found.night == self._night.number or self._holds(found)

    def _catch_up(self, turn: Turn, found: StoredRun) -> None:
        """Let a verdict of before move the standing where something else was known since."""
        standing = self._standings.get(turn.key)
        if standing is not None and standing.recent and standing.recent[-1][0] == turn.depends_on:
            return
        now = replace(found, ran_at=datetime.now(UTC), night=self._night.number)  # it is tonight's news
        moved = advance(standing, now, snippet=turn.snippet)
        self._standings[turn.key] = replace(moved.standing, last_ran_at=found.ran_at)
        self._store.put_standings([self._standings[turn.key]], moved.changes)

    def _reuse(self, turn: Turn, found: StoredRun) -> None:
        """Take a verdict of before."""
        told = found.run
        if found.night != self._night.number:
            told = reused(told, found.ran_at)
        self._take(turn, told, attempt=found.attempt)

    def _record(self, turn: Turn, told: RunReport) -> Turn | None:
        step = turn.step
        told = remarks.remark(told, step, self.plan.snippets, strict_output=self._night.strict_output)
        run = StoredRun(
            snippet=turn.key,
            snippet_id=step.snippet.id,
            revision=self.plan.card.revision or "",
            key=turn.depends_on,
            ran_at=datetime.now(UTC),
            night=self._night.number,
            attempt=turn.attempt,
            run=told,
        )
        standing = self._standings.get(turn.key)
        moved = record(self._store, run, standing, turn.snippet, confirming=turn.confirming)
        self._standings[turn.key] = moved.standing
        if not turn.confirming and is_suspected(moved.standing, turn.depends_on):
            self._screen.verdict(step, told, attempt=turn.attempt)
            self._screen.log.tell(_suspicion(self.repo_id, step))
            return replace(turn, attempt=turn.attempt + 1, confirming=True)
        self._take(turn, told, attempt=turn.attempt)
        return None

    def _take(self, turn: Turn, told: RunReport, *, attempt: int) -> None:
        """A step has its verdict."""
        self._told[turn.step.snippet.id] = told
        self._left.discard(turn.step.snippet.id)
        self._screen.verdict(turn.step, told, attempt=attempt)

    def _gone(self) -> list[Standing]:
        """The standings of what the card has no more, or runs under other hardware now."""
        left = [each for key, each in self._standings.items() if key not in self._keys and not each.gone]
        present = {key.lineage for key in self._keys}
        imported = self._imported() if any(each.key.lineage in present for each in left) else set()
        return [
            replace(each, gone=True)
            for each in left
            if not (each.key.lineage in present and each.key in imported)
        ]

    def _imported(self) -> set[SnippetKey]:
        """Which snippets, under which hardware, another machine ran last: a night says nothing of those."""
        last = self._store.past_runs([self.repo_id], each=1)[self.repo_id]
        return {run.snippet for run in last if run.night is None}


def _suspicion(repo_id: str, step: Step) -> Event:
    return Event(
        name=EventName.SUSPECTED,
        text=f"{repo_id} {step.snippet.id} failed, which is new: it runs once more before that counts",
        level=Level.WARNING,
        fields={"repo_id": repo_id, "snippet": step.snippet.id},
    )

"""What the runs of one card have to say of its claims. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from snippet_sandbox.profile import Host
from verify_snippets import warm
from verify_snippets.claims import Claim
from verify_snippets.ledger import ClaimVerdict, Entry
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import RunReport
from verify_snippets.verdict import Verdict

THROUGH = frozenset({Verdict.PASSED, Verdict.CONTRADICTED})  # ran to its last line
# Of the weights' bytes: who never held so much of them has not run the model. Half, because a snippet may
# load one of a repo's several models.
HELD = 0.5


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One step and what came of it.

    Attributes:
        step: the step.
        run: its run.
    """

    step: Step
    run: RunReport

    @property
    def name(self) -> str:
        """The snippet's id."""
        return self.step.snippet.id

    @property
    def through(self) -> bool:
        """Whether it ran to its last line."""
        return self.run.verdict in THROUGH and not self.run.expected_failure

    @property
    def anonymous_bytes(self) -> int:
        """Memory that a reader must have; 0 where it could not be seen."""
        return self.run.memory.anonymous_bytes or 0

    @property
    def gpu_bytes(self) -> int:
        """GPU memory that a reader must have; 0 where there was none, or it could not be seen."""
        return (self.run.gpu.used_bytes or 0) if self.run.gpu else 0


@dataclass(frozen=True, kw_only=True)
class Witnesses:
    """The runs by which a claim can be judged.

    Attributes:
        seen: those that were run, to their end or not.
        missing: why it can't be judged by what it promises no more than; empty if nothing stands in the way.
        spoken_of: whether the claim speaks of these very snippets, rather than of the model.
    """

    seen: tuple[Seen, ...]
    missing: str
    spoken_of: bool

    @property
    def through(self) -> tuple[Seen, ...]:
        """Those that ran to their last line."""
        return tuple(seen for seen in self.seen if seen.through)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A claim's line of the ledger, and whom it concerns.

    Attributes:
        entry: the line.
        breakers: ids of the snippets that ran and broke what the claim says of them.
        remarks: by id of a snippet, what is worth knowing of it beside.
    """

    entry: Entry
    breakers: tuple[str, ...] = ()
    remarks: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What claims are held against.

    Attributes:
        plan: what was to run.
        runs: by id of a snippet, what came of it.
        host: the machine.
    """

    plan: Plan
    runs: Mapping[str, RunReport]
    host: Host

    def witnesses(self, claim: Claim) -> Witnesses:
        """The runs that a claim speaks of; for one that speaks of the model, those that loaded it."""
        return self._spoken_of(claim) if claim.snippets else self._of_the_model

    @cached_property
    def lines(self) -> Sequence[str]:
        """The card's."""
        return self.plan.card.text.splitlines()

    def of_all(self) -> tuple[Seen, ...]:
        """Every run, in the card's order."""
        return self._seen(self.plan.steps)

    def _spoken_of(self, claim: Claim) -> Witnesses:
        steps = [self._steps[name] for name in claim.snippets if name in self._steps]
        seen = self._seen(steps)
        known = {each.name: each.run for each in seen}
        ended = {each.name for each in seen if each.through}
        lacking = [step for step in steps if step.snippet.id not in ended]
        missing = "; ".join(_why_missing(step, known.get(step.snippet.id)) for step in lacking[:2])
        return Witnesses(
            seen=seen, missing=missing or ("" if steps else "it speaks of nothing that runs"), spoken_of=True
        )

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        return {step.snippet.id: step for step in self.plan.steps}

    @cached_property
    def _of_the_model(self) -> Witnesses:
        repo = self.plan.card.repo_id
        if repo is None:
            return Witnesses(seen=(), missing="it speaks of the model, and no repo is known", spoken_of=False)
        loading = tuple(seen for seen in self.of_all() if _names(seen, repo) and self._runs_model(seen))
        found = any(seen.through for seen in loading)
        missing = "" if found else f"it speaks of the model, and no snippet that loads {repo} ran to its end"
        return Witnesses(seen=loading, missing=missing, spoken_of=False)

    def _seen(self, steps: Sequence[Step]) -> tuple[Seen, ...]:
        runs = self.runs
        return tuple(
            Seen(step=step, run=runs[step.snippet.id])
            for step in steps
            if step.snippet.id in runs and step.runs
        )

    def _runs_model(self, seen: Seen) -> bool:
        """Whether a run had the model itself, by its code or by its memory, and not just the tokenizer.

        Memory alone can't tell: pages of a mapped file that another process read first are charged to that.
        """
        weights = self.plan.facts.weight_bytes if self.plan.facts else None
        if warm.loads_model(seen.step.codes):
            return True
        memory = seen.run.memory
        held = (memory.anonymous_bytes or 0) + (memory.file_bytes or 0) + seen.gpu_bytes
        return weights is not None and held >= weights * HELD


def confirmed(entry: Entry, reason: str, **found: object) -> Settled:
    """A claim that a run bears out."""
    return _with(entry, ClaimVerdict.CONFIRMED, reason, (), found)


def contradicted(entry: Entry, reason: str, breakers: Iterable[str] = ()) -> Settled:
    """A claim that a run refutes, and the snippets that it speaks of and that broke it."""
    return _with(entry, ClaimVerdict.CONTRADICTED, reason, breakers, {})


def untested(entry: Entry, reason: str, **found: object) -> Settled:
    """A claim that stays without a verdict, with what was measured all the same."""
    return _with(entry, ClaimVerdict.UNTESTED, reason, (), found)


def _with(
    entry: Entry, verdict: ClaimVerdict, reason: str, breakers: Iterable[str], found: Mapping[str, object]
) -> Settled:
    changed = replace(entry, verdict=verdict, reason=reason, **found)  # type: ignore[arg-type]
    return Settled(entry=changed, breakers=tuple(breakers))


def _names(seen: Seen, repo: str) -> bool:
    return repo in seen.run.contacts.repos or any(repo in code for code in seen.step.codes)


def _why_missing(step: Step, run: RunReport | None) -> str:
    name = step.snippet.id
    if run is None or not step.runs:
        return f"{name}, which it speaks of, was not run{'' if step.runs else f': {step.reason}'}"
    how = "it failed, as a mark says" if run.expected_failure else run.verdict
    return f"{name}, which it speaks of, came to no end: {how}"

"""What is known of a plan's steps, shown as it comes, and the report that is made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from verify_snippets.options import Screen
from verify_snippets.plan import Plan, Step
from verify_snippets.report import build, remarks
from verify_snippets.report.model import Report, RotReport, RunReport
from verify_snippets.settling import settle
from verify_snippets.snippets import Snippet


@dataclass(frozen=True, kw_only=True)
class Results:
    """What is known so far, shown as it comes.

    Attributes:
        screen: where it is shown.
        snippets: all of the card's, by their block's index.
        strict_output: whether another output than the card shows is the card's fault.
        runs: each snippet with what came of it.
    """

    screen: Screen
    snippets: Sequence[Snippet]
    strict_output: bool
    runs: list[tuple[Snippet, RunReport]] = field(default_factory=list)

    def add(self, step: Step, told: RunReport) -> None:
        """A step has its verdict, now or from before; what its output shows is found out here for both."""
        told = remarks.remark(told, step, self.snippets, strict_output=self.strict_output)
        self.runs.append((step.snippet, told))
        self.screen.finished(step, told)

    def explain(self, step: Step, rot: RotReport) -> RunReport:
        """It is known since when a step fails; return all that is known of it."""
        turn = next(n for n, (snippet, _) in enumerate(self.runs) if snippet.id == step.snippet.id)
        told = self.runs[turn][1].model_copy(update={"rot": rot})
        self.runs[turn] = (step.snippet, told)
        self.screen.say(f"{step.snippet.id} {rot.sentence}")
        return told

    def report(self, plan: Plan, circumstances: build.Circumstances) -> Report:
        """Settle the claims by what ran, and put everything together."""
        settled = settle(plan, self.runs, circumstances.host)
        for snippet, told in settled.changed:  # shown as passed when it ended
            self.screen.say(f"{snippet.place} {told.verdict}: {told.reason}")
        return build.report(replace(plan, ledger=settled.ledger), settled.runs, circumstances)

"""Mend a card by reading it alone: only what can't be wrong, and nothing is run."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from verify_snippets import cures, exit_codes, patching, patients
from verify_snippets.cures.model import Proposal
from verify_snippets.fixed import Fixed, Unmended, merged, repair
from verify_snippets.options import Options, Screen
from verify_snippets.patching import CannotPatchError, Change, Patched
from verify_snippets.plan import Plan
from verify_snippets.prepare import plan_card, read_inputs, this_host
from verify_snippets.report import build
from verify_snippets.report.model import RepairReport, Report
from verify_snippets.taping import Inputs

MAX_CURES = 8  # for one snippet


def fix_by_reading(target: str, options: Options, screen: Screen) -> Fixed:
    """Make the changes that are certain from reading alone.

    Args:
        target: what the user named.
        options: what they asked for.
        screen: where it is said what happens.

    Raises:
        UserFacingError: the card can't be had or read.
    """
    began = time.monotonic()
    inputs = read_inputs(target, options, screen)
    plan = plan_card(inputs.card, inputs, options)
    found = [
        _mend(plan, step.snippet.id, inputs, options)
        for step in plan.steps
        if step.snippet.kind.is_python and not step.snippet.marks.expect_fail
    ]
    mended = [each for each in found if each.proposals]
    repairs = [
        repair(plan.card, each.patched.card, each.proposals, (each.change.snippet,)) for each in mended
    ]
    return Fixed(
        report=_report(plan, repairs, options, duration_s=time.monotonic() - began),
        card=plan.card,
        mended=patching.apply(plan.card, [each.change for each in mended]).card,
        unmended=tuple(each.left for each in found if each.left),
    )


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What reading one snippet came to.

    Attributes:
        change: its change so far.
        patched: the card with it.
        proposals: what was done, in order.
        left: what could not be done.
    """

    change: Change
    patched: Patched
    proposals: tuple[Proposal, ...] = ()
    left: Unmended | None = None


def _mend(plan: Plan, snippet_id: str, inputs: Inputs, options: Options) -> _Read:
    """One certain cure after the other, each upon what the last one made of the card."""
    same = {snippet.id: snippet.id for snippet in plan.snippets}
    done = _Read(change=Change(snippet=snippet_id), patched=Patched(card=plan.card, ids=same))
    for _ in range(MAX_CURES):
        step = next(step for step in plan.steps if step.snippet.id == done.patched.ids[snippet_id])
        proposal = next(cures.certain(patients.patient(plan, step)), None)
        if proposal is None:
            break
        change = merged(done.change, proposal, snippet_id)
        try:
            patched = patching.apply(inputs.card, [change])
        except CannotPatchError as error:
            left = Unmended(line=step.snippet.block.start_line, reason=f"{proposal.sentence}; but {error}")
            return _Read(change=done.change, patched=done.patched, proposals=done.proposals, left=left)
        done = _Read(change=change, patched=patched, proposals=(*done.proposals, proposal))
        plan = plan_card(patched.card, inputs, options)
    return done


def _report(plan: Plan, repairs: list[RepairReport], options: Options, *, duration_s: float) -> Report:
    report = build.report(
        plan,
        (),
        build.Circumstances(
            tool_version=version("verify-snippets"),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            duration_s=round(duration_s, 3),
            complete=True,
            engine=build.NO_ENGINE,
            host=this_host(),
            web=str(options.web),
        ),
    )
    return report.model_copy(update={"repairs": tuple(repairs), "exit_code": exit_codes.GOOD})

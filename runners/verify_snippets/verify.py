"""Verify one card: from a target to its report."""

import threading
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from snippet_images.progress import Listener, Progress
from snippet_sandbox.engine import Engine, EngineInfo
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.gateway.tape.recorder import Recorder
from snippet_sandbox.gateway.tape.replay import Replay
from verify_snippets import card_date, executed, rot
from verify_snippets.card import Card
from verify_snippets.images import Images
from verify_snippets.options import Options, Screen
from verify_snippets.plan import DEFAULT_IMAGE, Plan, Step
from verify_snippets.prepare import prepare, this_host
from verify_snippets.ran import Ran
from verify_snippets.report import build
from verify_snippets.report.model import Report, RunReport
from verify_snippets.results import Results
from verify_snippets.reuse import KeptVerdicts, surroundings_of
from verify_snippets.snippets import Origin
from verify_snippets.taping import open_tape
from verify_snippets.verdict import Verdict

if TYPE_CHECKING:
    from verify_snippets.run import Runner

IMAGE = DEFAULT_IMAGE


class Interrupted(BaseException):
    """The user interrupted work that stops in no other way; no error, so that nothing handles it as one."""


def verify(target: str, options: Options, screen: Screen, *, cancel: threading.Event) -> Report:
    """Read a card, run its snippets and say what was found.

    When ``cancel`` is set, running containers are ended and the report holds what was known by then
    (``complete`` is False).

    Raises:
        UserFacingError: nothing could be run at all.
    """
    began = time.monotonic()
    tape = open_tape(options)
    plan = prepare(target, options, screen, tape)
    options = with_day(options, plan.card)
    screen.planned(plan)
    return verify_plan(plan, options, screen, cancel=cancel, tape=tape, began=began)


def with_day(options: Options, card: Card) -> Options:
    """The options, with the day of the card's last change where one is wanted and none was named."""
    if not options.bisect or options.as_of is not None:
        return options
    return replace(options, as_of=card_date.last_changed(card, ask_hub=options.replay is None))


def verify_plan(
    plan: Plan,
    options: Options,
    screen: Screen,
    *,
    cancel: threading.Event,
    tape: Recorder | Replay | None = None,
    began: float | None = None,
    work_began_at: float | None = None,
) -> Report:
    """Run a plan's steps and say what was found; as ``verify``, for a card that is read already.

    Args:
        plan: what to run.
        options: what the user asked for.
        screen: where it is said what happens.
        cancel: ends what runs.
        tape: where answers are recorded, or come from.
        began: when the work on this plan began, by the monotonic clock; now by default.
        work_began_at: when the work began that this plan is a part of, in seconds since the epoch: verdicts
            found out since then are no earlier run's. Now by default.

    Raises:
        UserFacingError: nothing could be run at all.
    """
    began = time.monotonic() if began is None else began
    notebooks_folder = executed.folder_for(options)
    results, engine = _run_plan(plan, options, screen, cancel, tape, work_began_at)
    if notebooks_folder is not None:
        cells = {snippet.id: told for snippet, told in results.runs}
        for path in executed.save(plan.notebooks, cells, notebooks_folder):
            screen.say(f"wrote {path}")
    cut_short = options.bisect and cancel.is_set()  # every step has its verdict, and tries are missing
    complete = len(results.runs) == len(plan.steps) and not cut_short
    return results.report(plan, _circumstances(options, engine, began, complete=complete))


def broken_report(plan: Plan, options: Options, screen: Screen, trouble: str) -> Report:
    """The report on a plan of which nothing could be run.

    Args:
        plan: what was to be run.
        options: what the user asked for.
        screen: where it is said what happens.
        trouble: what of ours kept it from running.
    """
    results = Results(screen=screen, snippets=plan.snippets, strict_output=options.strict_output)
    for step in plan.steps:
        ran = Ran(step=step, trouble=trouble if step.runs else "")
        results.add(step, build.run_report(ran, plan.card))
    circumstances = _circumstances(options, build.NO_ENGINE, time.monotonic(), complete=True)
    return results.report(plan, circumstances)


def _circumstances(
    options: Options, engine: EngineInfo, began: float, *, complete: bool
) -> build.Circumstances:
    duration_s = time.monotonic() - began
    started_at = datetime.now(UTC) - timedelta(seconds=duration_s)
    return build.Circumstances(
        tool_version=version("verify-snippets"),
        started_at=started_at.isoformat(timespec="seconds"),
        duration_s=round(duration_s, 3),
        complete=complete,
        engine=engine,
        host=this_host(),
        web=str(options.web),
        traffic="recorded" if options.record else "replayed" if options.replay else "live",
        profile=options.profile or "",
        libraries=options.libraries,
        python=options.python or "",
    )


def _run_plan(
    plan: Plan,
    options: Options,
    screen: Screen,
    cancel: threading.Event,
    tape: Recorder | Replay | None,
    work_began_at: float | None,
) -> tuple[Results, EngineInfo]:
    """Run what runs and isn't known; a plan with nothing to run needs no engine."""
    results = Results(screen=screen, snippets=plan.snippets, strict_output=options.strict_output)
    for step in plan.steps:
        if not step.runs:
            results.add(step, build.run_report(Ran(step=step), plan.card))
    running = [step for step in plan.steps if step.runs]
    if not running:
        return results, build.NO_ENGINE
    with ExitStack() as stack:
        engine = open_engine(options.engine, options.runtime)
        stack.callback(engine.close)
        info = engine.info()
        screen.say(introduce(info))
        try:
            images = Images(engine, interruptible(screen.show, cancel))
            first, *_ = [images.get(name) for name in dict.fromkeys(step.image for step in running)]
            around = surroundings_of(info, first, options)
            kept = KeptVerdicts(plan.card, around, images.get, began_at=work_began_at)
            left = running if tape else _not_known(running, kept, results, fresh=options.fresh)
        except (Interrupted, InfrastructureError):
            if cancel.is_set():  # a Ctrl-C reaches the programs that build images, too, and fails them
                return results, info
            raise
        work = _Work(
            plan=plan,
            options=options,
            results=results,
            kept=kept,
            engine=engine,
            images=images,
            cancel=cancel,
            tape=tape,
        )
        work.run(left)
        if options.as_of and options.bisect and not cancel.is_set():
            work.bisect(options.as_of)
    return results, info


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What runs in containers.

    Attributes:
        plan: whose steps they are.
        options: what the user asked for.
        results: where it goes what comes of them.
        kept: where it is kept for later runs.
        engine: where they run.
        images: what their containers are made of; those that steps run in stand ready.
        cancel: ends what runs.
        tape: where answers are recorded, or come from.
    """

    plan: Plan
    options: Options
    results: Results
    kept: KeptVerdicts
    engine: Engine
    images: Images
    cancel: threading.Event
    tape: Recorder | Replay | None

    def run(self, steps: Sequence[Step]) -> None:
        """Run steps and judge them."""
        if not steps:
            return
        from verify_snippets.running import (  # half of the start-up, which few reruns need
            run_steps,
            sweep_all,
        )

        sweep_all(self.engine)
        with self._runner() as runner:
            for ran in run_steps(steps, runner, self.results.screen):
                if not self.cancel.is_set() or ran.came_to_its_end:
                    told = build.run_report(ran, self.plan.card)
                    self._keep(ran.step, told)
                    self.results.add(ran.step, told)  # last: what was told is kept, whatever happens next

    def bisect(self, as_of: datetime) -> None:
        """Find out since when steps fail."""
        steps = {step.snippet.id: step for step in self.plan.steps}
        failed = [
            (steps[snippet.id], told)
            for snippet, told in self.results.runs
            if rot.may_be_rot(told) and snippet.origin is not Origin.HUB  # which the Hub makes anew each time
        ]
        day = as_of.date().isoformat()
        asked = [(step, told) for step, told in failed if told.rot is None or told.rot.as_of != day]
        if not asked:
            return
        from verify_snippets.bisecting import explain_all  # as above

        screen = self.results.screen
        try:
            with self._runner() as runner:
                for step, found in explain_all(asked, as_of, self.plan.card, runner, screen):
                    told = self.results.explain(step, found)
                    if found.verdict is not Verdict.SKIPPED:  # what could not be tried may be another time
                        self._keep(step, told)
        except InfrastructureError as error:  # the verdicts stand without it
            screen.say(f"older libraries could not be tried: {error.message}")

    def _runner(self) -> "AbstractContextManager[Runner]":
        from verify_snippets.running import open_runner  # as above

        return open_runner(
            self.plan.card,
            self.options,
            self.results.screen,
            self.cancel,
            self.engine,
            self.images.get,
            self.tape,
        )

    def _keep(self, step: Step, told: RunReport) -> None:
        if not self.options.replay:  # what was true then may not be true now
            self.kept.keep(step, told)


def _not_known(steps: Sequence[Step], kept: KeptVerdicts, results: Results, *, fresh: bool) -> list[Step]:
    """Add what was found out before, or in another part of this work, and still holds; return the others."""
    found = [(step, kept.find(step, fresh=fresh)) for step in steps]
    known = [(step, told) for step, told in found if told]
    of_before = sum(told.reused_from is not None for _, told in known)
    if of_before:
        results.screen.say(
            f"{of_before} of {len(steps)} verdicts are from an earlier run, and nothing they depend on "
            "has changed; --fresh runs them again"
        )
    for step, told in known:
        results.add(step, told)
    return [step for step, told in found if not told]


def interruptible(show: Listener, cancel: threading.Event) -> Listener:
    """A listener that ends the work it listens to once ``cancel`` is set."""

    def listen(progress: Progress) -> None:
        if cancel.is_set():
            raise Interrupted
        show(progress)

    return listen


def introduce(info: EngineInfo) -> str:
    """Which engine it is, and where its walls are thin, in one line."""
    runtime = f", {info.runtime}" if info.runtime else ""
    walls = f"; {', '.join(info.walls)}" if info.walls else ""
    limits = f"; not enforced here: {'; '.join(info.unenforced)}" if info.unenforced else ""
    return f"engine: {info.name} {info.version}{runtime}{walls}{limits}"

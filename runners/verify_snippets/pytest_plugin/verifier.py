"""The verdicts on single snippets; what they share is opened with the first that runs."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from snippet_images.progress import Progress
from snippet_sandbox.engine import Engine
from snippet_sandbox.engines import open_engine
from verify_snippets import notebook_runs
from verify_snippets.card import Card
from verify_snippets.images import Images
from verify_snippets.options import Options, Silence
from verify_snippets.plan import Plan, Step
from verify_snippets.prepare import this_host
from verify_snippets.pytest_plugin.turn import Turn
from verify_snippets.ran import Ran
from verify_snippets.report import build, remarks
from verify_snippets.report.model import RunReport
from verify_snippets.reuse import KeptVerdicts, surroundings_of
from verify_snippets.run import Runner
from verify_snippets.running import open_runner, run_steps, sweep_all
from verify_snippets.settling import settle
from verify_snippets.verify import introduce

_LOG = logging.getLogger("verify_snippets")


class LogScreen(Silence):
    """Says what happens in Python's log, which pytest shows where it is asked to (``-o log_cli=true``)."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, progress: Progress) -> None:
        """Something is going on; it is said once."""
        if progress.what != self._last:
            self._last = progress.what
            _LOG.info(progress.what)

    def say(self, text: str) -> None:
        """One line."""
        _LOG.info(text)


class Verifier:
    """Gives verdicts, one at a time, and keeps open what the snippets share. Closed with ``close``.

    Args:
        turns: a file by which programs that verify at once on this machine take turns where one asks to be
            alone; None where there is no other.
        tell: told in one line of what takes long.
    """

    def __init__(self, turns: Path | None, tell: Callable[[str], None]) -> None:
        self._stack = ExitStack()
        self._screen = LogScreen()
        self._turn = Turn(turns)
        self._tell = tell
        self._told_last = ""
        self._opened: tuple[Engine, Images] | None = None
        self._runners: dict[tuple[str, str], Runner] = {}
        self._found: dict[tuple[str, str, str, str], RunReport] = {}  # and not yet told

    def close(self) -> None:
        """End all that is open."""
        self._stack.close()

    def verdict(self, plan: Plan, step: Step, options: Options) -> RunReport:
        """Run one step, unless its verdict is known from before, and judge it by itself.

        Args:
            plan: of its card.
            step: one of its steps.
            options: what was asked for.

        Raises:
            UserFacingError: nothing can be run at all.
        """
        run = self._run(plan, step, options) if step.runs else build.run_report(Ran(step=step), plan.card)
        run = remarks.remark(run, step, plan.snippets, strict_output=options.strict_output)
        ((_, settled),) = settle(plan, [(step.snippet, run)], this_host()).runs
        return settled

    def sweep(self, options: Options) -> None:
        """Remove what killed runs left behind.

        Raises:
            UserFacingError: there is no engine to ask.
        """
        self._open(options.engine)

    def _run(self, plan: Plan, step: Step, options: Options) -> RunReport:
        engine, images = self._open(options.engine)
        surroundings = surroundings_of(engine.info(), images.get(step.image), options)
        kept = KeptVerdicts(plan.card, surroundings, images.get)
        known = None if options.fresh else kept.find(step)
        if known is not None:
            return known
        key = (*_key(plan.card), step.profile, step.snippet.id)
        if key not in self._found:
            self._run_all(_together(plan, step), plan, options, kept)
        return self._found.pop(key)  # an item that is run again runs again

    def _run_all(self, steps: Sequence[Step], plan: Plan, options: Options, kept: KeptVerdicts) -> None:
        """Run steps that share a container, and remember what came of each."""
        runner = replace(self._runner(plan, options), cancel=threading.Event())  # one Ctrl-C, one step
        with self._turn.taken(alone=any(step.timed for step in steps)):
            for ran in run_steps(steps, runner, self._screen):
                run = build.run_report(ran, plan.card)
                kept.keep(ran.step, run)
                self._found[(*_key(plan.card), ran.step.profile, ran.step.snippet.id)] = run

    def _open(self, name: str | None) -> tuple[Engine, Images]:
        """The engine and its images: the same for all cards of one run."""
        if self._opened is None:
            engine = open_engine(name)
            self._stack.callback(engine.close)
            sweep_all(engine)
            self._screen.say(introduce(engine.info()))
            self._opened = engine, Images(engine, self._tell_of_building)
        return self._opened

    def _runner(self, plan: Plan, options: Options) -> Runner:
        of = _key(plan.card)
        if of not in self._runners:
            engine, images = self._open(options.engine)
            opening = open_runner(plan.card, options, self._screen, threading.Event(), engine, images.get)
            self._runners[of] = self._stack.enter_context(opening)
        return self._runners[of]

    def _tell_of_building(self, progress: Progress) -> None:
        if progress.what != self._told_last:
            self._told_last = progress.what
            self._tell(progress.what)


def _key(card: Card) -> tuple[str, str]:
    """What tells one card from another."""
    return card.location, card.sha256


def _together(plan: Plan, step: Step) -> Sequence[Step]:
    """All steps that run in one container with a step: those of its notebook, or it alone."""
    running = [each for each in plan.steps if each.runs]
    groups = notebook_runs.together(running)
    return next(group for group in groups if any(each.snippet.id == step.snippet.id for each in group))

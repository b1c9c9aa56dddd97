"""Verify one card: from a target to its report."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Protocol

import psutil

from snippet_images.progress import Listener, Progress
from snippet_sandbox import layer
from snippet_sandbox.engine import Engine, EngineInfo
from snippet_sandbox.engines import open_engine
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.rundir import sweep as sweep_views
from snippet_sandbox.job import DEFAULT_TIME_LIMIT_S
from snippet_sandbox.profile import DEFAULT_PROFILE, PROFILES, Host, Profile, find_profile, shortfall
from verify_snippets.card import Card
from verify_snippets.plan import Plan, Step, make_plan
from verify_snippets.ran import Ran
from verify_snippets.report import build
from verify_snippets.report.model import Report, RunReport
from verify_snippets.run import Runner, run_all
from verify_snippets.snippets import Snippet
from verify_snippets.target import load_card

IMAGE = "cpu"


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked for, beside the target.

    Attributes:
        repo_id: the repo that a local folder or card stands for.
        revision: branch, tag or commit on the Hub.
        profile: name of a profile; None for the default one.
        engine: name of an engine; None for the first that answers.
        time_limit_s: for one snippet with what it needs.
    """

    repo_id: str | None = None
    revision: str | None = None
    profile: str | None = None
    engine: str | None = None
    time_limit_s: float = DEFAULT_TIME_LIMIT_S


class Screen(Protocol):
    """Where a verification says what is happening. Called from several threads."""

    def show(self, progress: Progress) -> None:
        """Something is going on: an image is built, a file downloaded."""

    def say(self, text: str) -> None:
        """One line that stays: which engine runs, what it can't enforce."""

    def planned(self, plan: Plan) -> None:
        """The card is read; this is what will run."""

    def started(self, step: Step) -> None:
        """A snippet's container is being asked for."""

    def finished(self, step: Step, run: RunReport) -> None:
        """A snippet has its verdict."""


class Interrupted(BaseException):
    """The user interrupted work that has no other way to stop; no error, so that nothing handles it as one."""


def make_plan_for(target: str, options: Options, screen: Screen) -> Plan:
    """Read a card and say what would run, without running anything.

    Raises:
        UserFacingError: the card can't be had or read.
    """
    profile = choose_profile(options.profile, this_host(), screen)
    card = load_card(target, repo_id=options.repo_id, revision=options.revision, listener=screen.show)
    return make_plan(card, profile)


def verify(target: str, options: Options, screen: Screen, *, cancel: threading.Event) -> Report:
    """Read a card, run its snippets and say what was found.

    When ``cancel`` is set, running containers are ended and the report holds what was known by then
    (``complete`` is False).

    Raises:
        UserFacingError: nothing could be run at all.
    """
    began = time.monotonic()
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    profile = choose_profile(options.profile, this_host(), screen)
    card = load_card(target, repo_id=options.repo_id, revision=options.revision, listener=screen.show)
    plan = make_plan(card, profile)
    screen.planned(plan)
    results, engine = _run_plan(plan, profile, options, screen, cancel)
    circumstances = build.Circumstances(
        tool_version=version("verify-snippets"),
        started_at=started_at,
        duration_s=round(time.monotonic() - began, 3),
        complete=len(results) == len(plan.steps),
        engine=engine,
    )
    return build.report(plan, results, circumstances)


def _run_plan(
    plan: Plan, profile: Profile, options: Options, screen: Screen, cancel: threading.Event
) -> tuple[list[tuple[Snippet, RunReport]], EngineInfo]:
    """Run what runs; a plan with nothing to run needs no engine."""
    results: list[tuple[Snippet, RunReport]] = []

    def finish(ran: Ran) -> None:
        told = build.run_report(ran, plan.card)
        results.append((ran.step.snippet, told))
        screen.finished(ran.step, told)

    for step in plan.steps:
        if not step.runs:
            finish(Ran(step=step))
    running = tuple(step for step in plan.steps if step.runs)
    if not running:
        return results, build.NO_ENGINE
    with ExitStack() as stack:
        engine = open_engine(options.engine)
        stack.callback(engine.close)
        info = engine.info()
        screen.say(_introduce(info))
        try:
            runner = stack.enter_context(_runner(plan.card, profile, options, screen, cancel, engine))
        except Interrupted:
            return results, info
        for ran in run_all(runner, _announced(running, screen)):
            if cancel.is_set():
                break
            finish(ran)
    return results, info


@contextmanager
def _runner(
    card: Card,
    profile: Profile,
    options: Options,
    screen: Screen,
    cancel: threading.Event,
    engine: Engine,
) -> Iterator[Runner]:
    listener = _interruptible(screen.show, cancel)
    sweep_all(engine)
    image = engine.ensure_image(IMAGE, listener)
    repo = card.repo_id
    with Gateway(
        pins={repo: card.revision} if repo and card.revision else {},
        folders={repo: card.folder} if repo and card.folder else {},
        listener=screen.show,
    ) as gateway:
        yield Runner(
            engine=engine,
            gateway=gateway,
            image=image,
            profile=profile,
            time_limit_s=options.time_limit_s,
            run_id=secrets.token_hex(8),
            repo_id=repo,
            listener=screen.show,
            cancel=cancel,
        )


def sweep_all(engine: Engine) -> int:
    """Remove what runs that are no longer alive left behind; return how many things that were."""
    return engine.sweep() + layer.sweep() + sweep_views()


def _announced(steps: tuple[Step, ...], screen: Screen) -> Iterator[Step]:
    for step in steps:
        screen.started(step)
        yield step


def _interruptible(show: Listener, cancel: threading.Event) -> Listener:
    """A listener that ends the work it listens to once ``cancel`` is set."""

    def listen(progress: Progress) -> None:
        if cancel.is_set():
            raise Interrupted
        show(progress)

    return listen


def _introduce(info: EngineInfo) -> str:
    limits = f"; not enforced here: {'; '.join(info.unenforced)}" if info.unenforced else ""
    return f"engine: {info.name} {info.version}{limits}"


def this_host() -> Host:
    """What this machine has."""
    return Host(cpus=len(os.sched_getaffinity(0)), memory_bytes=psutil.virtual_memory().total)


def choose_profile(name: str | None, host: Host, screen: Screen) -> Profile:
    """The profile that was asked for; without one, the default, or all of a host that is smaller than that.

    Raises:
        ProfileError: there is no such profile, or this host can't give it.
    """
    if name:
        return find_profile(name, host)
    default = PROFILES[DEFAULT_PROFILE]
    missing = shortfall(default, host)
    if missing is None:
        return default
    screen.say(f"{missing}: snippets run under all that this host has")
    return Profile(name="this-host", cpus=host.cpus, memory_bytes=host.memory_bytes)

"""Verify one card: from a target to its report."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from snippet_images.progress import Listener, Progress
from snippet_sandbox import layer
from snippet_sandbox.engine import Engine, EngineInfo
from snippet_sandbox.engines import open_engine
from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.rundir import sweep as sweep_views
from snippet_sandbox.job import Ending
from snippet_sandbox.profile import Host, Profile
from verify_snippets.card import Card
from verify_snippets.options import Options, Screen
from verify_snippets.plan import Plan, Step
from verify_snippets.prepare import prepare, this_host
from verify_snippets.ran import Ran
from verify_snippets.report import build
from verify_snippets.report.model import Report, RunReport
from verify_snippets.run import Runner, run_all
from verify_snippets.snippets import Snippet

IMAGE = "cpu"


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
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    plan = prepare(target, options, screen)
    screen.planned(plan)
    results, engine = _run_plan(plan, options, screen, cancel)
    circumstances = build.Circumstances(
        tool_version=version("verify-snippets"),
        started_at=started_at,
        duration_s=round(time.monotonic() - began, 3),
        complete=len(results) == len(plan.steps),
        engine=engine,
    )
    return build.report(plan, results, circumstances)


def _run_plan(
    plan: Plan, options: Options, screen: Screen, cancel: threading.Event
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
            runner = stack.enter_context(_runner(plan.card, options, screen, cancel, engine))
        except (Interrupted, InfrastructureError):
            if cancel.is_set():  # a Ctrl-C reaches the programs that build images, too, and fails them
                return results, info
            raise
        for ran in run_all(runner, _announced(running, screen)):
            if cancel.is_set() and not _came_to_its_end(ran):
                break
            finish(ran)
    return results, info


@contextmanager
def _runner(
    card: Card,
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
            build_profile=_build_profile(this_host()),
            time_limit_s=options.time_limit_s,
            run_id=secrets.token_hex(8),
            repo_id=repo,
            listener=screen.show,
            cancel=cancel,
        )


def _came_to_its_end(ran: Ran) -> bool:
    """Whether the user's interruption came too late to change what is known of a step."""
    ended = ran.measurement is not None and ran.measurement.ending is not Ending.CANCELLED
    return bool(ran.not_installable) or (ended and not ran.trouble)


def _build_profile(host: Host) -> Profile:
    """Installing compiles at times: all of the host's cores, and half of its memory."""
    return Profile(name="build", cpus=host.cpus, memory_bytes=host.memory_bytes // 2)


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

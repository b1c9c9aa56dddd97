"""Where attacks are performed: all the way from a card to its report, on one engine, watched from outside."""

import fcntl
import hashlib
import logging
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest import mock

import docker
from docker.errors import DockerException
from rich.console import Console

from snippet_images import paths
from snippet_images.built import BuiltImage
from snippet_images.progress import Listener, silent
from snippet_sandbox import agent
from snippet_sandbox.engine import Engine, EngineInfo, Standing
from snippet_sandbox.environment import USER_ID
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.pip_settings import PipSettings
from snippet_sandbox.job import Job, Measurement, Part
from snippet_sandbox.profile import GB, Host, Profile
from tests.attacks import parcels, world
from tests.attacks.book import REPO_ID, Written
from tests.attacks.witness import MARK, Container, Watch
from tests.attacks.world import World
from tests.runners import runner_in
from verify_snippets import samples
from verify_snippets.plan import Plan, Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.report import FORMATS, build, terminal
from verify_snippets.report.model import Report, RunReport

MB = 10**6
IMAGE = "bare"
SMALL = Profile(name="attacked", cpus=1, memory_bytes=256 * MB, pids=64, disk_bytes=16 * MB)
HOST = Host(cpus=2, memory_bytes=8 * GB)
_BUILD = Profile(name="build", cpus=2, memory_bytes=2 * GB)
_GONE_LIMIT_S = 10.0
_LOCK = Path(tempfile.gettempdir()) / "verify-snippets-attacks.lock"
_SETTINGS = (
    "kernel/core_pattern",
    "kernel/modprobe",
    "kernel/sysrq",
    "kernel/hostname",
    "vm/overcommit_memory",
    "fs/file-max",
    "fs/lease-break-time",
    "net/ipv4/ip_forward",
)


class NotRunError(AssertionError):
    """An attack never came to be performed, so nobody knows whether anything would have held."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One block of an attack, run.

    Attributes:
        ran: what came of it.
        told: what the report says of it.
        container: what the host's kernel said of its processes; None if it never came to be run.
    """

    ran: Ran
    told: RunReport
    container: Container | None

    @property
    def measured(self) -> Measurement:
        """What the sandbox saw."""
        if self.ran.measurement is None:
            raise NotRunError(self.told.reason)
        return self.ran.measurement

    @property
    def watched(self) -> Container:
        """What the host's kernel said."""
        if self.container is None:
            raise NotRunError(self.told.reason)
        return self.container


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that was seen of one attack.

    Attributes:
        profile: what it ran under.
        runs: each of its blocks, in order.
        report: about its card.
        formats: the report in every format, and as a terminal shows it.
        took_s: from the first container to the last.
        left: numbers of processes that were still there a while after the end.
        changed: settings, files and the like of the host that are not as they were.
        secrets: what nobody may see -> where it lay.
        foreign: addresses that the gateway connected to and should not know.
        asked: requests that reached the web server of the strangers, with their headers.
        hub: methods, paths and tokens of the requests that reached the Hub; whether they were for its store
            of large files.
        reached: the host's own sockets that somebody came in at.
        trouble: what went wrong in the gateway.
        logged: what our own process logged, which by default is shown on the user's terminal.
        token: the Hub user's.
    """

    profile: Profile
    runs: tuple[Run, ...]
    report: Report
    formats: Mapping[str, str]
    took_s: float
    left: tuple[int, ...]
    changed: tuple[str, ...]
    secrets: Mapping[str, str]
    foreign: frozenset[str]
    asked: tuple[str, ...]
    hub: tuple[tuple[str, str, str | None, bool], ...]
    reached: tuple[str, ...]
    trouble: tuple[str, ...]
    logged: tuple[str, ...]
    token: str

    @property
    def run(self) -> Run:
        """The last block's, which of most attacks is the only one."""
        return self.runs[-1]


class Stage(AbstractContextManager["Stage"]):
    """An engine with a world around it. A context manager; one at a time on a machine.

    Args:
        engine: where the attacks run.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = _Marking(engine)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(_alone())
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=paths.cache_dir())))
            root.chmod(0o755)
            self._logged = stack.enter_context(_listening())
            self._image = self._engine.ensure_image(IMAGE, silent)
            self._samples = samples.kept()
            self._world = stack.enter_context(world.opened(root))
            parcels.write(self._world.packages)
            stack.enter_context(mock.patch.object(paths, "layers_dir", return_value=root / "layers"))
            self._cache = root / "hub-cache"
            self._gateway = stack.enter_context(_gateway(self._world, self._cache))
            stack.callback(self._neighbour().close)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def perform(self, attack: Written, *, profile: Profile = SMALL, time_limit_s: float = 20.0) -> Seen:
        """Verify an attack's card and see what happens.

        Raises:
            UnseenError: the host does not let us look into containers.
        """
        plan = make_plan(attack.card, HOST, profile=profile)
        self._world.forget()
        self._logged.messages.clear()
        before, began = self._host_state(), time.monotonic()
        runs = tuple(self._run(step, plan, time_limit_s) for step in plan.steps)
        took_s = time.monotonic() - began
        told = [(run.ran.step.snippet, run.told) for run in runs]
        changed = _differences(before, self._host_state())
        _put_back(before)
        report = build.report(plan, told, _circumstances(took_s))
        return Seen(
            profile=profile,
            runs=runs,
            report=report,
            formats=_every_format(report),
            took_s=took_s,
            left=_left(runs),
            changed=changed,
            secrets=self._world.secrets,
            foreign=frozenset(self._world.foreign_addresses()),
            asked=tuple(f"{asked.path} {asked.headers}" for asked in self._world.asked),
            hub=tuple((seen.method, seen.path, seen.token, seen.lfs) for seen in self._world.hub.seen),
            reached=tuple(self._world.reached),
            logged=tuple(self._logged.messages),
            trouble=tuple(run.ran.trouble for run in runs if run.ran.trouble),
            token=self._world.token,
        )

    def _run(self, step: Step, plan: Plan, time_limit_s: float) -> Run:
        runner = runner_in(
            self._engine, self._gateway, self._image, time_limit_s=time_limit_s, build_profile=_BUILD
        )
        ready = runner.prepare(step)
        if isinstance(ready, Ran):
            return Run(ran=ready, told=build.run_report(ready, plan.card), container=None)
        with ready, Watch(self._engine.mark) as watch:
            ran = ready.run()
        return Run(ran=ran, told=build.run_report(ran, plan.card), container=watch.container)

    def _neighbour(self) -> Standing:
        """A container of somebody else's, with a secret in its environment, that stands as long as we do."""
        secret = f"bait-{secrets.token_hex(8)}"
        self._world.bait[secret] = "the environment of another container"
        part = Part(name="never", source="pass")
        job = Job(image=IMAGE, profile=SMALL, parts=(part,), environment={"BAIT": secret})
        return self._engine.start(job)

    def _host_state(self) -> dict[str, str]:
        """What no attack may change."""
        state = {name: _text(Path("/proc/sys") / name) for name in _SETTINGS}
        state["keys of the containers' user"] = _keys(USER_ID)
        state["containers named by attacks"] = _escaped_containers()
        read_only = {
            "samples": self._samples,
            "agent": agent.AGENT_FOLDER,
            "card's folder": self._world.folder,
        }
        return state | {name: _fingerprint(folder) for name, folder in read_only.items()}


@dataclass(kw_only=True)
class _Mark:
    value: str = ""


@dataclass(frozen=True)
class _Marking:
    """An engine whose containers can be found on the host."""

    engine: Engine
    _mark: _Mark = field(default_factory=_Mark)

    @property
    def mark(self) -> str:
        """Of the container that was started last."""
        return self._mark.value

    def info(self) -> EngineInfo:
        return self.engine.info()

    def ensure_image(self, name: str, listener: Listener) -> BuiltImage:
        return self.engine.ensure_image(name, listener)

    def start(self, job: Job, *, cancel: threading.Event | None = None) -> Standing:
        self._mark.value = secrets.token_hex(8)
        marked = replace(job, environment={**job.environment, MARK: self.mark})
        return self.engine.start(marked, cancel=cancel)

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Measurement:
        return self.engine.run(job, cancel=cancel)

    def sweep(self) -> int:
        return self.engine.sweep()

    def close(self) -> None:
        self.engine.close()


@contextmanager
def _alone() -> Iterator[None]:
    """Sockets and shared memory of the host have fixed names, which two stages can't both have."""
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Messages(logging.Handler):
    """Keeps what is logged as it would be shown."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(self.format(record))


@contextmanager
def _listening() -> Iterator[_Messages]:
    """Hear what any library of ours logs."""
    messages = _Messages()
    logging.getLogger().addHandler(messages)
    try:
        yield messages
    finally:
        logging.getLogger().removeHandler(messages)


def _gateway(world: World, cache: Path) -> Gateway:
    return Gateway(
        endpoint=world.hub.endpoint,
        token=world.token,
        hub_cache=cache,
        folders={REPO_ID: world.folder},
        pip=PipSettings(indexes=(), find_links=(str(world.packages),)),
    )


def _circumstances(took_s: float) -> build.Circumstances:
    return build.Circumstances(
        tool_version="1",
        started_at="2026-01-01T00:00:00+00:00",
        duration_s=took_s,
        complete=True,
        engine=EngineInfo(name="attacked", version="1"),
        host=Host(cpus=1, memory_bytes=GB),
        web="public",
    )


def _every_format(report: Report) -> dict[str, str]:
    shown = StringIO()
    console = Console(file=shown, force_terminal=True, color_system="truecolor", width=120)
    terminal.draw(report, console)
    return {name: format_.render(report) for name, format_ in FORMATS.items()} | {"colours": shown.getvalue()}


def _left(runs: tuple[Run, ...]) -> tuple[int, ...]:
    """Processes that are still there after containers had the time to be removed in the background."""
    deadline = time.monotonic() + _GONE_LIMIT_S
    watched = [run.container for run in runs if run.container]
    left = [pid for container in watched for pid in container.left()]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [pid for container in watched for pid in container.left()]
    return tuple(left)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{name}: {before[name]!r} -> {after[name]!r}" for name in before if before[name] != after[name]
    )


def _put_back(state: Mapping[str, str]) -> None:
    """Undo what an attack did to this machine's kernel, or all that comes after would suffer from it."""
    for name in _SETTINGS:
        path = Path("/proc/sys") / name
        if state[name] and _text(path) != state[name]:
            path.write_text(state[name])


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _keys(user: int) -> str:
    """How many keys a user holds in the kernel: proc(5), ``/proc/key-users``."""
    lines = (line.split() for line in _text(Path("/proc/key-users")).splitlines())
    return next((words[3] for words in lines if words[0] == f"{user}:"), "0")


def _escaped_containers() -> str:
    try:
        client = docker.from_env(timeout=10)
        with _closing(client.close):
            return str([c.id for c in client.containers.list(all=True, filters={"name": "^escaped$"})])
    except DockerException:
        return "no engine answers"


@contextmanager
def _closing(close: Callable[[], object]) -> Iterator[None]:
    try:
        yield
    finally:
        close()


def _fingerprint(folder: Path) -> str:
    """Names, kinds, modes and content of all that lies below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        kind = os.lstat(path)
        digest.update(f"{path} {kind.st_mode} {kind.st_uid} {kind.st_nlink}\n".encode())
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()

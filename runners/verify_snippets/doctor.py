"""What this machine can do: engines, profiles, the Hub, images, disk. Looks, and changes nothing.

Every question is bounded in time and all are asked at once: a dead Hub or a hanging engine delays no other.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit

from snippet_images import disk, paths
from snippet_images.catalogue import IMAGES
from snippet_images.errors import UserFacingError
from snippet_images.store import StoredImage
from snippet_sandbox.engine import Engine, EngineInfo, HandsOutGpus, HasRuntimes
from snippet_sandbox.engines import ENGINES
from snippet_sandbox.gpus import GpuHost
from snippet_sandbox.job import Job, Part
from snippet_sandbox.profile import DEFAULT_PROFILE, PROFILES, Host, shortfall
from verify_snippets import host_gpus, stored
from verify_snippets.prepare import this_host

DEADLINE_S = 7.0
_TRIAL_S = 15.0  # for a container of another runtime
_NOTHING_BUILT = "no image is built yet (`verify-snippets images build`)"
_HUB_TIMEOUT_S = 5.0

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class EngineFinding:
    """One engine.

    Attributes:
        name: key in ``ENGINES``.
        info: what it says of itself; None if it can't be used.
        trouble: why it can't be used.
        hint: what to do about that.
        runtimes: what else it could start containers with (``--runtime``).
        gpu_trouble: why its containers can't have this host's GPUs; None where the host has none.
        gpu_hint: what to do about that.
    """

    name: str
    info: EngineInfo | None = None
    trouble: str = ""
    hint: str = ""
    runtimes: "tuple[RuntimeFinding, ...]" = ()
    gpu_trouble: str | None = None
    gpu_hint: str = ""


@dataclass(frozen=True, kw_only=True)
class RuntimeFinding:
    """What an engine could start containers with beside its default.

    Attributes:
        name: as ``--runtime`` takes it.
        trouble: why a container that was started with it did not do its job; empty if it did.
    """

    name: str
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class HubFinding:
    """The Hub, asked once.

    Attributes:
        endpoint: where it is.
        trouble: why it can't be used; empty if it can.
        token: whether the user has a token. The token itself is nobody's business.
        user: whose token it is, or None.
    """

    endpoint: str
    trouble: str = ""
    token: bool = False
    user: str | None = None


@dataclass(frozen=True, kw_only=True)
class DiskFinding:
    """Where things are kept.

    Attributes:
        folder: the cache.
        other_bytes: what is in it beside images: wheels, dependency layers.
        free_bytes: what its disk has left.
    """

    folder: Path
    other_bytes: int
    free_bytes: int


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All that was found.

    Attributes:
        engines: in the order in which they are tried.
        host: what this machine has.
        gpus: what the driver says of its GPUs.
        gpu_hint: what to do about those that can't be used.
        profiles: names of the profiles that it can give.
        hub: the Hub.
        images: those that are built; None where that was not to be found out in time.
        disk: the cache and its disk; None likewise.
    """

    engines: tuple[EngineFinding, ...]
    host: Host
    gpus: GpuHost
    gpu_hint: str
    profiles: tuple[str, ...]
    hub: HubFinding
    images: tuple[StoredImage, ...] | None
    disk: DiskFinding | None

    @property
    def able(self) -> bool:
        """Whether snippets can be run here."""
        return any(engine.info is not None for engine in self.engines)


def examine() -> Diagnosis:
    """Look at everything; takes no longer than ``DEADLINE_S``, and ``_TRIAL_S`` where runtimes are tried."""
    engines = {name: _Question(partial(_engine, name)) for name in ENGINES}
    hub, images, space = _Question(_hub), _Question(_images), _Question(_disk)
    deadline = time.monotonic() + DEADLINE_S
    silence = f"no answer within {DEADLINE_S:.0f} s"
    built = images.answer(deadline)
    host = this_host()
    return Diagnosis(
        engines=tuple(
            _with_trials(question.answer(deadline) or EngineFinding(name=name, trouble=silence), built)
            for name, question in engines.items()
        ),
        host=host,
        gpus=host_gpus.seen(),
        gpu_hint=host_gpus.usable().hint,
        profiles=tuple(p.name for p in PROFILES.values() if shortfall(p, host) is None),
        hub=hub.answer(deadline) or HubFinding(endpoint=_endpoint(), trouble=silence),
        images=built,
        disk=space.answer(deadline),
    )


class _Question(Generic[T]):
    """A question that is being answered in a thread of its own, which nobody waits for in the end."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def answer(self, deadline: float) -> T | None:
        """The answer; None if there is none by ``deadline`` (of ``time.monotonic``)."""
        self._thread.join(timeout=max(0.0, deadline - time.monotonic()))
        if self._error is not None:
            raise self._error
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except BaseException as error:  # noqa: BLE001  raised again where the answer is wanted
            self._error = error


def _engine(name: str) -> EngineFinding:
    try:
        engine = ENGINES[name]()
    except UserFacingError as error:
        return EngineFinding(name=name, trouble=error.message, hint=error.hint)
    try:
        info = engine.info()
        found = EngineFinding(name=name, info=info, runtimes=tuple(_other_runtimes(engine, info)))
        return _with_gpus(found, engine) if host_gpus.seen().gpus else found
    except UserFacingError as error:
        return EngineFinding(name=name, trouble=error.message, hint=error.hint)
    finally:
        engine.close()


def _with_gpus(finding: EngineFinding, engine: Engine) -> EngineFinding:
    """Ask an engine whether its containers can have GPUs."""
    if not isinstance(engine, HandsOutGpus):
        return replace(finding, gpu_trouble="it hands out no GPUs")
    try:
        engine.check_gpus()
    except UserFacingError as error:
        return replace(finding, gpu_trouble=error.message, gpu_hint=error.hint)
    return replace(finding, gpu_trouble="")


def _other_runtimes(engine: Engine, info: EngineInfo) -> Iterator[RuntimeFinding]:
    for runtime in engine.runtimes() if isinstance(engine, HasRuntimes) else ():
        if runtime != info.runtime and not runtime.startswith("io.containerd."):  # other names of the default
            yield RuntimeFinding(name=runtime, trouble="not tried")


def _with_trials(finding: EngineFinding, built: Sequence[StoredImage] | None) -> EngineFinding:
    """Try what else an engine could start containers with, all at once."""
    ready = [image.name for image in built or () if image.current and image.name in IMAGES]
    if not ready:
        why = "which images are built was not found out in time" if built is None else _NOTHING_BUILT
        untried = (replace(runtime, trouble=f"not tried: {why}") for runtime in finding.runtimes)
        return replace(finding, runtimes=tuple(untried))
    names = [runtime.name for runtime in finding.runtimes]
    trials = {name: _Question(partial(_runtime_trouble, finding.name, name, ready[0])) for name in names}
    deadline = time.monotonic() + _TRIAL_S
    troubles = {name: trial.answer(deadline) for name, trial in trials.items()}
    silence = f"a trivial container was not done after {_TRIAL_S:.0f} s"
    tried = (
        RuntimeFinding(name=name, trouble=silence if trouble is None else trouble)
        for name, trouble in troubles.items()
    )
    return replace(finding, runtimes=tuple(tried))


def _runtime_trouble(name: str, runtime: str, ready: str) -> str:
    """Why a trivial job does not come through in a container of this runtime; empty if it does."""
    part = Part(name="trial", source="print('here')")
    trial = Job(image=ready, profile=PROFILES[DEFAULT_PROFILE], parts=(part,), time_limit_s=_TRIAL_S)
    try:
        engine = ENGINES[name](runtime)
        try:
            seen = engine.run(trial)
        finally:
            engine.close()
    except UserFacingError as error:
        return f"a container did not start: {error.message}"
    return "" if seen.stdout == "here\n" else f"a trivial container ended with {seen.ending}"


def _endpoint() -> str:
    """The Hub's address, without the password that somebody may have put into it."""
    from huggingface_hub import constants

    parts = urlsplit(constants.ENDPOINT)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _hub() -> HubFinding:
    from huggingface_hub import constants, get_session, get_token
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # public, not marked so

    token = get_token()
    path = "/api/whoami-v2" if token else "/api/models?limit=1"
    finding = HubFinding(endpoint=_endpoint(), token=bool(token))
    try:
        response = get_session().get(
            constants.ENDPOINT + path, headers=build_hf_headers(token=token or False), timeout=_HUB_TIMEOUT_S
        )
        user = response.json().get("name") if token and response.status_code == HTTPStatus.OK else None
    except Exception as error:  # noqa: BLE001  whatever is wrong with the way to the Hub is the finding
        return replace(finding, trouble=f"can't be reached: {error or type(error).__name__}")
    if token and response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return replace(finding, trouble="refuses your token: `hf auth login` sets another")
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        return replace(finding, trouble=f"answers with status {response.status_code}")
    return replace(finding, user=user)


def _images() -> tuple[StoredImage, ...]:
    return stored.list_all()


def _disk() -> DiskFinding:
    folder = paths.cache_dir()
    others = [place for place in folder.glob("*") if place != paths.roots_dir()]
    return DiskFinding(
        folder=folder,
        other_bytes=sum(disk.folder_bytes(place) for place in others),
        free_bytes=disk.free_bytes(folder),
    )

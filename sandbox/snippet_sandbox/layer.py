"""Dependency layers: what a job's requirements add to its image, installed once per set of requirements.

A layer is a virtual environment on top of the image's own, built inside a container whose only door serves
the user's package index, kept in the cache folder and mounted read-only. One kind serves every engine.
"""

import hashlib
import itertools
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from threading import Event

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from snippet_images import locks, paths
from snippet_images.built import BuiltImage
from snippet_images.locks import Lock
from snippet_images.progress import Listener, Progress
from snippet_sandbox import agent
from snippet_sandbox.agent import layer_builder
from snippet_sandbox.engine import Engine
from snippet_sandbox.errors import EngineError, InfrastructureError
from snippet_sandbox.gateway.door import Door
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.installed import met_by
from snippet_sandbox.job import IMAGE_PYTHON, Ending, Job, Measurement, Mount
from snippet_sandbox.owner import own_mark
from snippet_sandbox.profile import GB, Profile

LAYER_MOUNT = PurePosixPath("/opt/layer")
LAYER_PYTHON = LAYER_MOUNT / "bin" / "python"
INDEX_URL = f"http://127.0.0.1:{agent.RELAY_PORT}/pypi/simple/"
VERSIONS_NAME = "versions.json"
VERSIONS_LIMIT = 10_000_000  # characters; a thousand packages take fifty thousand
BUILD_LIMIT_S = 1200.0
KEPT_VERSIONS = (
    "torch",
)  # another build of it is gigabytes, and the image's build is the one for this hardware

_counter = itertools.count()


class RequirementsError(Exception):
    """What was asked for can't be installed, and the asker is at fault: no such package, a conflict, a typo.

    Args:
        message: pip's own last word.
        log: the end of pip's output.
    """

    def __init__(self, message: str, log: str) -> None:
        super().__init__(message)
        self.message = message
        self.log = log


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A dependency layer that stands ready, or the image itself where nothing had to be added.

    Attributes:
        key: content key; empty for the image itself.
        versions: what it adds to, or changes in, the image: normalized name -> version.
        mounts: for a job that uses it.
        python: for a job that uses it.
    """

    key: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    python: PurePosixPath = IMAGE_PYTHON


def key_of(requirements: Sequence[str], image: BuiltImage, when: str) -> str:
    """The content key: requirements in any order, upon one image, as the index stands at a time.

    Args:
        requirements: of the layer.
        image: below it.
        when: a day (UTC) such as ``2026-11-23``, and what was released by then, where that is known; for the
            index of the past, the moment in full.
    """
    content = [image.key, image.python_version, when, *sorted(set(requirements))]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def ensure(
    requirements: Sequence[str],
    *,
    image: BuiltImage,
    engine: Engine,
    gateway: Gateway,
    profile: Profile,
    listener: Listener,
    cancel: Event,
    as_of: datetime | None = None,
    for_one_run: bool = False,
    releases: Mapping[str, str] | None = None,
) -> Layer:
    """The layer for these requirements, built first if it has to be.

    With ``as_of`` all that the requirements lead to is installed as it was current at that moment, from
    wheels, whatever the image holds; only ``KEPT_VERSIONS`` and what these need stay the image's.

    Args:
        requirements: as a requirements file takes them: PEP 508, or ``git+https://...``.
        image: what it goes on top of.
        engine: where it is built.
        gateway: whose door serves the package index.
        profile: what the build may use.
        listener: hears what is going on.
        cancel: ends a build.
        as_of: the moment whose package index they are installed from; None for now.
        for_one_run: whether no other run is to be expected, for which it would be worth to compile them.
        releases: what requirements come to by now, where somebody asked: a layer that was built before these
            were released is not used, be it of today.

    Raises:
        RequirementsError: they can't be installed, and they are to blame.
        InfrastructureError: they could not be installed, and the index, the engine or the disk is to blame.
    """
    if as_of is None and met_by(requirements, image):
        return Layer()
    when = _state_of_index(requirements, as_of, releases or {})
    key = key_of(requirements, image, f"{when}, for one run" if for_one_run else when)
    folder, name = paths.layers_dir() / key, f"layer-{key}"

    def build() -> None:
        of_then = f" as of {as_of.date()}" if as_of else ""
        listener(Progress(what=f"installing {', '.join(requirements)}{of_then}"))
        builder = _Builder(
            engine=engine,
            gateway=gateway,
            image=image,
            profile=profile,
            cancel=cancel,
            as_of=as_of,
            options=_options(as_of=as_of, for_one_run=for_one_run),
        )
        builder.build(requirements, folder)

    if not locks.is_kept(name) or not folder.exists():
        locks.let_go(name)
        locks.keep(_held_layer(folder, Lock(name), build, listener))
    versions = _versions_of(folder)
    return Layer(
        key=key, versions=versions, mounts=(Mount(source=folder, target=LAYER_MOUNT),), python=LAYER_PYTHON
    )


def _state_of_index(requirements: Sequence[str], as_of: datetime | None, releases: Mapping[str, str]) -> str:
    """As far as it is known before anything is installed: the day, and what was released by then."""
    day = as_of.isoformat() if as_of else time.strftime("%Y-%m-%d", time.gmtime())
    return "".join(
        [day, *(f", {text}: {releases[text]}" for text in sorted(requirements) if text in releases)]
    )


def _options(*, as_of: datetime | None, for_one_run: bool) -> tuple[str, ...]:
    """What the builder in the container is told; see ``agent/layer_builder.py``."""
    afresh = ("--afresh-but", ",".join(KEPT_VERSIONS)) if as_of else ()
    return (*afresh, *(("--for-one-run",) if for_one_run else ()))


def _versions_of(folder: Path) -> dict[str, str]:
    """What a layer's builder said that it holds.

    Packages' own code ran beside the builder and may have left anything in its place: a link into the host, a
    pipe that nobody writes to.

    Raises:
        EngineError: there is no table.
    """
    try:
        file = os.open(folder / VERSIONS_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(file, encoding="utf-8") as table:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise OSError("it is no file")
            said = json.loads(table.read(VERSIONS_LIMIT))
        return {str(name): str(version) for name, version in dict(said).items()}
    except (OSError, ValueError, TypeError) as error:
        raise EngineError(f"the layer's table of versions can't be read: {error}") from error


def _check_table(layer: Path) -> None:
    """Don't keep a layer whose packages did away with its table: nobody else can have done that.

    Raises:
        RequirementsError: it can't be read.
    """
    try:
        _versions_of(layer)
    except EngineError as error:
        raise RequirementsError(error.message, "") from error


def _held_layer(folder: Path, lock: Lock, build: Callable[[], None], listener: Listener) -> Lock:
    """The lock on a layer that stands ready: shared, so that others use it too and nobody removes it."""
    if folder.exists() and lock.try_shared() and folder.exists():
        return lock
    locks.wait_alone(lock, "installing the same packages", listener)
    try:
        if not folder.exists():
            build()
        lock.try_shared()
    except BaseException:
        lock.release()
        raise
    return lock


@dataclass(frozen=True, kw_only=True)
class _Builder:
    engine: Engine
    gateway: Gateway
    image: BuiltImage
    profile: Profile
    cancel: Event
    as_of: datetime | None
    options: tuple[str, ...]

    def build(self, requirements: Sequence[str], folder: Path) -> None:
        """Build in a staging folder; a rename completes it."""
        staging = paths.staging_dir() / f"layer.{own_mark()}.{next(_counter)}"
        layer, wishes = staging / "layer", staging / "wishes"
        try:
            for made in (layer, wishes):
                made.mkdir(parents=True)
                made.chmod(0o755)
            self._write_wishes(requirements, wishes)
            with self._open_door() as door:
                measured = self.engine.run(self._job(layer, wishes, door.socket_dir), cancel=self.cancel)
                trouble = door.trouble()
            raise_if_failed(measured, trouble)
            _check_table(layer)
            folder.parent.mkdir(parents=True, exist_ok=True)
            layer.rename(folder)
        except OSError as error:
            raise InfrastructureError(
                f"the layer could not be built: {error}", hint="look at the disk"
            ) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _open_door(self) -> AbstractContextManager[Door]:
        return self.gateway.open_door("packages", packages=True, packages_as_of=self.as_of)

    def _write_wishes(self, requirements: Sequence[str], wishes: Path) -> None:
        named = {canonicalize_name(r.name) for r in map(_parsed, requirements) if r and r.specifier}
        kept = [n for n in KEPT_VERSIONS if n in self.image.versions and n not in named]
        (wishes / "requirements.txt").write_text("\n".join(requirements) + "\n", encoding="utf-8")
        constraints = "".join(f"{name}=={self.image.versions[name]}\n" for name in kept)
        (wishes / "constraints.txt").write_text(constraints, encoding="utf-8")

    def _job(self, layer: Path, wishes: Path, socket_dir: Path) -> Job:
        place = PurePosixPath("/run/wishes")
        builder = str(agent.AGENT_MOUNT / "layer_builder.py")
        files = [str(place / "requirements.txt"), str(place / "constraints.txt")]
        return Job(
            image=self.image.name,
            profile=replace(self.profile, disk_bytes=max(self.profile.disk_bytes, 4 * GB)),
            command=(str(IMAGE_PYTHON), "-I", builder, INDEX_URL, *files, *self.options),
            mounts=(
                Mount(source=layer, target=LAYER_MOUNT, writable=True),
                Mount(source=wishes, target=place),
            ),
            gateway_dir=socket_dir,
            time_limit_s=BUILD_LIMIT_S,
        )


def _parsed(text: str) -> Requirement | None:
    with suppress(InvalidRequirement):
        return Requirement(text)
    return None


def raise_if_failed(measured: Measurement, trouble: str | None) -> None:
    """Say whose fault a failed build is.

    Raises:
        RequirementsError: pip refused.
        InfrastructureError: the index or the engine let us down.
    """
    if measured.ending is Ending.EXITED and measured.exit_code == 0:
        return
    log = measured.stdout[-4000:] + measured.stderr[-4000:]
    if trouble:
        raise InfrastructureError(f"the package index could not be used: {trouble}", hint="check the network")
    if measured.ending is Ending.EXITED and measured.exit_code == layer_builder.PIP_FAILED:
        raise RequirementsError(_pips_last_word(log), log)
    raise EngineError(
        f"installing ended with {measured.ending.value} ({measured.exit_code}): {log[-300:].strip()}"
    )


def _pips_last_word(log: str) -> str:
    said = re.findall(r"^ERROR: (?!ResolutionImpossible)(.+)$", log, flags=re.MULTILINE)  # which says nothing
    return said[-1] if said else (log.strip().splitlines() or ["pip said nothing"])[-1]

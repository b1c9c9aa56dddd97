"""Fetching an image's wheels with the user's own pip.

pip on the host knows the user's index, find-links, proxy, certificates and credentials; the image that is
built from the wheels never sees any of them. Only wheels are taken: no code of a package runs to build it.
"""

import hashlib
import os
import platform
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snippet_images import disk, paths, process
from snippet_images.catalogue import KEY_LENGTH, ImageSpec
from snippet_images.errors import ImageBuildError
from snippet_images.locks import Lock, wait_alone
from snippet_images.progress import Listener, Progress
from snippet_images.recipes import difference_of

PYTORCH_INDEX = "https://download.pytorch.org/whl/cpu"

_DOWNLOAD_LIMIT_S = 3600.0
_COMPANION_LIMIT_S = 120.0
_OLDEST_GLIBC = 5  # manylinux1 is glibc 2.5
_LEGACY_TAGS = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_WHEEL = re.compile(r"(?:Downloading|Using cached|Processing) \S*?([^/\s]+)\.whl\S*(?: \(([\d.]+ \w+)\))?")
_HINT = "check the index and the network that `python -m pip config list` and PIP_* variables name"
_TORCH_HINT = (
    f"CPU builds of torch are at {PYTORCH_INDEX}: make it reachable, or name another place in PIP_FIND_LINKS"
)
_SAVED = re.compile(r"^Saved ")


@dataclass(frozen=True, kw_only=True)
class Target:
    """The Python and the machine that wheels are for.

    Attributes:
        python_version: such as ``3.11``.
        machine: such as ``x86_64``.
        glibc_minor: the 36 of glibc 2.36; None for a libc without manylinux wheels: then the wheels
            are those that fit the Python we run on, which must be the same.
    """

    python_version: str
    machine: str
    glibc_minor: int | None

    def pip_options(self) -> list[str]:
        """The options that make pip look for wheels for this target."""
        if self.glibc_minor is None:
            return []
        options = ["--implementation", "cp", "--python-version", self.python_version]
        for platform_tag in self._platform_tags(self.glibc_minor):
            options += ["--platform", platform_tag]
        return options

    def _platform_tags(self, glibc_minor: int) -> list[str]:
        """Every platform tag that fits, newest first. pip itself only knows how to extend the legacy ones."""
        tags = []
        for minor in range(glibc_minor, _OLDEST_GLIBC - 1, -1):
            tags.append(f"manylinux_2_{minor}_{self.machine}")
            if minor in _LEGACY_TAGS:
                tags.append(f"{_LEGACY_TAGS[minor]}_{self.machine}")
        return [*tags, f"linux_{self.machine}"]


DEBIAN_12_GLIBC_MINOR = 36


def host_target(python_version: str | None = None) -> Target:
    """The target for a Python of this host, such as ``3.12``; without one, for the Python that runs us."""
    name, version = platform.libc_ver()
    minor = int(version.split(".")[1]) if name == "glibc" else None
    return Target(
        python_version=python_version or f"{sys.version_info.major}.{sys.version_info.minor}",
        machine=platform.machine(),
        # No newer than what the Docker images have, so that both engines share one download.
        glibc_minor=None if minor is None else min(minor, DEBIAN_12_GLIBC_MINOR),
    )


@dataclass(frozen=True, kw_only=True)
class WheelSet:
    """The wheels of one image for one target.

    Attributes:
        spec: the image.
        target: what they are for.
    """

    spec: ImageSpec
    target: Target

    @property
    def requirements(self) -> str:
        """What the lock asks for on this target, as a requirements file without markers.

        Of an image upon another, what the other has not.
        """
        target = self.target
        pins = difference_of(self.spec, python_version=target.python_version, machine=target.machine).install
        return "".join(f"{pin.line()}\n" for pin in pins)

    @property
    def torch(self) -> str:
        """The requirement on torch; empty where it isn't to be fetched."""
        return "" if self.spec.upon else self.spec.torch or ""

    @property
    def companions(self) -> tuple[str, ...]:
        """The requirements that only fit this torch, as far as they are to be fetched."""
        return () if self.spec.upon else self.spec.companions

    @property
    def key(self) -> str:
        """A short hash of what is in the set."""
        parts = (self.requirements, self.torch, *self.companions, *self.target.pip_options())
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_LENGTH]

    @property
    def folder(self) -> Path:
        """Where the wheels are once they are all there."""
        return paths.wheels_dir() / f"{self.spec.name}-{self.key}"

    @property
    def lock_name(self) -> str:
        """The name of the lock on :attr:`folder`."""
        return f"wheels-{self.folder.name}"


def fetch(wheels: WheelSet, listener: Listener) -> Lock:
    """See to it that the wheels of a set are in its folder.

    Returns:
        A shared lock on the folder; release it when the wheels have been used.

    Raises:
        ImageBuildError: they can't be had.
    """
    purpose = f"the wheels of image {wheels.spec.name}"
    lock = Lock(wheels.lock_name)
    if lock.try_shared() and wheels.folder.exists():
        return lock
    wait_alone(lock, purpose, listener)
    try:
        if not wheels.folder.exists():
            _download(wheels, listener)
        lock.try_shared()
    except BaseException:
        lock.release()
        raise
    return lock


def _download(wheels: WheelSet, listener: Listener) -> None:
    staging = paths.staging_dir() / wheels.lock_name
    needed, purpose = wheels.spec.download_bytes, f"the download of image {wheels.spec.name}"
    # pip keeps a wheel in its temporary folder until all are there, and then copies them.
    disk.require(staging, 2 * needed, purpose)
    size, installed = disk.readable(needed), disk.readable(wheels.spec.installed_bytes)
    listener(Progress(what=f"image {wheels.spec.name}: about {size} to download, {installed} on disk"))
    shutil.rmtree(staging, ignore_errors=True)  # left by a process that was killed; we hold its lock
    with disk.full_disk_explained(staging, 2 * needed, purpose):
        try:
            _Download(wheels=wheels, staging=staging, listener=listener).run()
            wheels.folder.parent.mkdir(parents=True, exist_ok=True)
            (staging / "wheels").rename(wheels.folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


class _Download:
    """One download: what pip is asked, and what is told of it."""

    def __init__(self, *, wheels: WheelSet, staging: Path, listener: Listener) -> None:
        self._spec = wheels.spec
        self._wheels = wheels
        self._staging = staging
        self._listener = listener
        self._what = f"downloading image {wheels.spec.name}"

    def run(self) -> None:
        """Download everything into ``wheels`` in the staging folder."""
        (self._staging / "wheels").mkdir(parents=True)
        (self._staging / "tmp").mkdir()
        requirements = self._staging / "requirements.txt"
        requirements.write_text(self._wheels.requirements, encoding="utf-8")
        if self._wheels.torch:
            self._must(self._torch(self._wheels.torch, _DOWNLOAD_LIMIT_S), hint=_TORCH_HINT)
        self._must(self._pip(["--require-hashes", "--requirement", str(requirements)], _DOWNLOAD_LIMIT_S))
        for companion in self._wheels.companions:
            self._companion(companion)

    def _torch(self, requirement: str, limit_s: float) -> process.Finished:
        """A CPU build from where the user's pip looks, or else from where PyTorch publishes them."""
        finished = self._pip([requirement], limit_s)
        if finished.ok or disk.speaks_of_full_disk(finished.output):
            return finished
        return self._pip([requirement, "--index-url", PYTORCH_INDEX, "--retries", "2"], limit_s)

    def _companion(self, requirement: str) -> None:
        finished = self._torch(requirement, _COMPANION_LIMIT_S)
        if disk.speaks_of_full_disk(finished.output):
            self._must(finished)
        if not finished.ok:
            self._listener(Progress(what=f"leaving out {requirement}: no CPU build of it can be had"))

    def _pip(self, request: Sequence[str], limit_s: float) -> process.Finished:
        return process.run(
            [
                *(sys.executable, "-m", "pip", "download", "--no-input", "--disable-pip-version-check"),
                *("--progress-bar", "off", "--no-deps", "--only-binary", ":all:"),
                *("--dest", str(self._staging / "wheels")),
                *self._wheels.target.pip_options(),
                *request,
            ],
            limit_s=limit_s,
            on_line=self._hear,
            on_tick=self._tell,
            environment={**os.environ, "TMPDIR": str(self._staging / "tmp")},
        )

    def _hear(self, line: str) -> None:
        found = _WHEEL.search(line)
        if found:
            name, size = found.groups()
            distribution = "-".join(name.split("-")[:2])
            self._what = f"downloading {distribution} ({size})" if size else f"downloading {distribution}"
            self._tell()
        elif _SAVED.match(line):
            self._what = f"saving the wheels of image {self._spec.name}"

    def _tell(self) -> None:
        self._listener(Progress(what=self._what, done=disk.folder_bytes(self._staging)))

    def _must(self, finished: process.Finished, *, hint: str = _HINT) -> None:
        if finished.ok:
            return
        if disk.speaks_of_full_disk(finished.output):
            raise disk.full_error(
                self._staging, 2 * self._spec.download_bytes, f"the download of image {self._spec.name}"
            )
        why = "it took over an hour" if finished.timed_out else _reason(finished.output)
        target = f"Python {self._wheels.target.python_version} on {self._wheels.target.machine}"
        raise ImageBuildError(
            f"pip could not download the wheels of image {self._spec.name} for {target}: {why}", hint=hint
        )


def _reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["it said nothing"])[-1]

"""Base images made with debootstrap, for where no image registry can be reached."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from snippet_images import disk, paths, process
from snippet_images.catalogue import KEY_LENGTH
from snippet_images.errors import ImageBuildError
from snippet_images.progress import Listener, Progress

REPOSITORY = "verify-snippets/base"
PACKAGES = ("ca-certificates", "git", "python3", "python3-venv")
DEFAULT_MIRROR = "http://deb.debian.org/debian"
INSTALLED_BYTES = 600_000_000

_LIMIT_S = 1200.0
_SOURCES = Path("/etc/apt")
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_LEFT_OUT = (
    "./var/cache/apt/*",
    "./var/lib/apt/lists/*",
    "./var/log/*",
    "./dev/*",
    "./proc/*",
    "./sys/*",
    "./run/*",
)
_STEP = re.compile(r"^I: (Retrieving|Validating|Extracting|Unpacking|Configuring) (\S+?)\.*(?: .*)?$")
_URI = re.compile(r"(?:^|\s)(https?://\S+/debian)/?(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class DebianBase:
    """A base that we can make.

    Attributes:
        suite: the release of Debian, such as ``bookworm``.
    """

    suite: str

    @property
    def key(self) -> str:
        """A short hash of what is in it."""
        return hashlib.sha256("\0".join((self.suite, *PACKAGES)).encode()).hexdigest()[:KEY_LENGTH]

    @property
    def reference(self) -> str:
        """What Docker calls it."""
        return f"{REPOSITORY}:{self.key}"

    @property
    def lock_name(self) -> str:
        """The name of the lock on it."""
        return f"docker-{self.key}"


# By the Python that the release has; no release of Debian has Python 3.12.
BASES = {"3.11": DebianBase(suite="bookworm"), "3.13": DebianBase(suite="trixie")}


def make(client: docker.DockerClient, base: DebianBase, listener: Listener) -> None:
    """Make a base and import it under its reference. The caller holds its lock.

    Raises:
        ImageBuildError: it could not be made.
    """
    _check_host()
    staging = paths.staging_dir() / base.lock_name
    purpose = "the base image"
    shutil.rmtree(staging, ignore_errors=True)  # left by a process that was killed; we hold its lock
    disk.require(staging, INSTALLED_BYTES, purpose)
    with disk.full_disk_explained(staging, INSTALLED_BYTES, purpose):
        try:
            staging.mkdir(parents=True)
            _debootstrap(base.suite, staging / "root", listener)
            listener(Progress(what="importing the base image"))
            _import(client, base, staging / "root")
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def mirror(sources: Iterable[str]) -> str:
    """The Debian mirror that apt's source lists name, or Debian's own.

    Args:
        sources: texts of ``sources.list`` and ``*.sources`` files; an Ubuntu archive is no Debian mirror.
    """
    for text in sources:
        spoken = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        found = _URI.search(spoken)
        if found:
            return found.group(1)
    return DEFAULT_MIRROR


def _host_sources() -> Iterator[str]:
    files = [_SOURCES / "sources.list", *sorted((_SOURCES / "sources.list.d").glob("*.sources"))]
    files += sorted((_SOURCES / "sources.list.d").glob("*.list"))
    for file in files:
        try:
            yield file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue


def _check_host() -> None:
    hint = "make an image registry reachable, `docker load` the base image, or use --engine bubblewrap"
    for program in ("debootstrap", "unshare", "tar"):
        if shutil.which(program) is None:
            raise ImageBuildError(
                f"no image registry can be reached, and there is no {program} to make a base image with",
                hint=f"`apt-get install debootstrap util-linux tar` as root; or {hint}",
            )
    if os.geteuid() != 0:
        raise ImageBuildError(
            "no image registry can be reached, and only root can make a base image with debootstrap",
            hint=f"run `verify-snippets images build` once as root; or {hint}",
        )


def _debootstrap(suite: str, target: Path, listener: Listener) -> None:
    count = 0

    def hear(line: str) -> None:
        nonlocal count
        found = _STEP.match(line)
        if found:
            count += 1
            what = f"making the base image: {found.group(1).lower()} {found.group(2)}"
            listener(Progress(what=what, done=count, unit="steps"))

    chosen = mirror(_host_sources())
    listener(Progress(what=f"making the base image from {chosen}"))
    command = [
        # In a mount namespace of its own: when it is interrupted, its /proc goes with it and does not
        # stay mounted in a folder that we are about to remove.
        *("unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
        *(("--force-check-gpg", f"--keyring={_KEYRING}") if _KEYRING.exists() else ("--force-check-gpg",)),
        *(suite, str(target), chosen),
    ]
    finished = process.run(command, limit_s=_LIMIT_S, on_line=hear, environment=_environment())
    if disk.speaks_of_full_disk(finished.output):
        raise disk.full_error(target, INSTALLED_BYTES, "the base image")
    if not finished.ok:
        lines = [line for line in finished.output.splitlines() if line.startswith(("E:", "W:"))]
        last = (lines or finished.output.splitlines() or ["it said nothing"])[-1]
        why = f"it took over {_LIMIT_S / 60:.0f} minutes" if finished.timed_out else last
        raise ImageBuildError(
            f"debootstrap could not make a base image from {chosen}: {why}",
            hint="check that the mirror is reachable, or use --engine bubblewrap",
        )


def _environment() -> dict[str, str]:
    """Ours, with apt's own proxy where only apt knows it."""
    environment = {**os.environ, "LC_ALL": "C", "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
    if "http_proxy" in environment or shutil.which("apt-config") is None:
        return environment
    command = ["apt-config", "--format", "%v%n", "dump", "Acquire::http::Proxy"]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    proxy = asked.stdout.strip()
    return {**environment, "http_proxy": proxy} if proxy.startswith("http") else environment


def _import(client: docker.DockerClient, base: DebianBase, root: Path) -> None:
    changes = [
        "ENV LANG=C.UTF-8",
        "LABEL verify-snippets.image=base",
        f"LABEL verify-snippets.key={base.key}",
    ]
    try:
        with _tar(root) as stream:
            client.api.import_image_from_stream(stream, repository=REPOSITORY, tag=base.key, changes=changes)
    except (DockerException, RequestException) as error:
        if disk.speaks_of_full_disk(str(error)):
            raise disk.full_error(root, INSTALLED_BYTES, "the base image") from error
        raise ImageBuildError(
            f"the engine did not take the base image: {error}", hint="`docker info` shows whether it is well"
        ) from error


@contextmanager
def _tar(root: Path) -> Iterator[IO[bytes]]:
    command = ["tar", "--create", "--one-file-system", "--numeric-owner", f"--directory={root}"]
    command += [f"--exclude={pattern}" for pattern in _LEFT_OUT]
    with subprocess.Popen([*command, "."], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as packer:
        assert packer.stdout is not None  # noqa: S101 - it was asked for
        try:
            yield packer.stdout
        finally:
            packer.stdout.close()
            packer.kill()

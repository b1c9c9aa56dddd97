"""Images for the Docker engine (and Podman, by the same API)."""

import io
import re
import tarfile
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from snippet_images import debian_base, disk, locks, wheels
from snippet_images.built import BuiltImage
from snippet_images.catalogue import ImageSpec, content_key, resource_text
from snippet_images.docker_calls import inspect, short
from snippet_images.errors import ImageBuildError
from snippet_images.locks import Lock
from snippet_images.progress import Listener, Progress
from snippet_images.recipe_output import Manifest, RecipeReader
from snippet_images.wheels import Target, WheelSet

PREFIX = "verify-snippets"
LABEL_IMAGE = f"{PREFIX}.image"
LABEL_KEY = f"{PREFIX}.key"
LABEL_MANIFEST = f"{PREFIX}.manifest"
LABEL_BUILD = f"{PREFIX}.build"

_PYTHON_VERSION = "3.11"  # of both bases
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_BUILD_LIMIT_S = 1800.0
_SILENCE_LIMIT_S = 600.0
_PULL_LIMIT_S = 1800.0
_PULL_SILENCE_LIMIT_S = 60.0
_WAIT_LIMIT_S = 3600.0
_CHUNK_BYTES = 1 << 20
_STEP = re.compile(r"^step (\d+)/(\d+)", re.IGNORECASE)
_BUILT = re.compile(r"^Successfully built ([0-9a-f]+)")
_NOTE = "recipe-note: "
_TAIL_LINES = 30


def keys(spec: ImageSpec) -> tuple[str, ...]:
    """The content keys that this image may have: one for each base that it may stand on."""
    return tuple(_key(spec, base) for base in (spec.base, debian_base.REFERENCE))


def reference(spec: ImageSpec, key: str) -> str:
    """What Docker calls the image with this key."""
    return f"{PREFIX}/{spec.name}:{key}"


def lock_name(name: str, key: str) -> str:
    """The name of the lock on an image."""
    return f"docker-{name}-{key}"


def ensure(client: docker.DockerClient, spec: ImageSpec, listener: Listener) -> BuiltImage:
    """An image in this engine, built first if it has to be.

    The process then holds it until it ends, or calls ``locks.let_go``: ``images prune`` leaves it alone.

    Raises:
        ImageBuildError: it could not be built.
    """
    with _engine_troubles_explained(spec):
        ready = _find_and_keep(client, spec, listener)
        if ready is not None:
            return ready
        base = _base(client, spec, listener)
        key = _key(spec, base)
        locks.keep(_build_locked(client, spec, base, key, listener))
        return _inspect(client, spec, key) or _vanished(spec)


def _key(spec: ImageSpec, base: str) -> str:
    return content_key(spec, "docker", resource_text(spec.dockerfile), base)


def _vanished(spec: ImageSpec) -> BuiltImage:
    raise ImageBuildError(
        f"image {spec.name} was removed right after it was built", hint="run the same command again"
    )


def _find_and_keep(client: docker.DockerClient, spec: ImageSpec, listener: Listener) -> BuiltImage | None:
    for key in keys(spec):
        if _inspect(client, spec, key) is None:
            continue
        name = lock_name(spec.name, key)
        if not locks.is_kept(name):
            locks.keep(_wait_for(Lock(name), spec, listener, exclusive=False))
        found = _inspect(client, spec, key)  # again, for it may have been pruned while we waited
        if found is not None:
            return found
        locks.let_go(name)
    return None


def _wait_for(lock: Lock, spec: ImageSpec, listener: Listener, *, exclusive: bool) -> Lock:
    def say_waiting() -> None:
        listener(Progress(what=f"waiting for another process that builds image {spec.name}"))

    try:
        attempt = lock.try_exclusive if exclusive else lock.try_shared
        if not lock.wait(attempt, limit_s=_WAIT_LIMIT_S, on_wait=say_waiting):
            raise ImageBuildError(
                f"another process has been busy with image {spec.name} for an hour",
                hint="look for other verify-snippets processes, end them, and try again",
            )
    except BaseException:
        lock.release()
        raise
    return lock


def _inspect(client: docker.DockerClient, spec: ImageSpec, key: str) -> BuiltImage | None:
    found = inspect(client, reference(spec, key))
    if found is None:
        return None
    manifest = Manifest.from_json(found["Config"]["Labels"][LABEL_MANIFEST])
    return BuiltImage(
        name=spec.name,
        reference=reference(spec, key),
        key=key,
        python_version=manifest.python_version,
        versions=manifest.versions,
    )


# The base


def _base(client: docker.DockerClient, spec: ImageSpec, listener: Listener) -> str:
    """A base that is here, or else the registry's, or else one that we make."""
    for local in (spec.base, debian_base.REFERENCE):
        if inspect(client, local) is not None:
            return local
    trouble = _pull(client, spec.base, listener)
    if trouble is None:
        return spec.base
    listener(Progress(what=f"{spec.base} can't be had ({trouble}): making a base image instead"))
    lock = _wait_for(Lock(debian_base.LOCK_NAME), spec, listener, exclusive=True)
    try:
        if inspect(client, debian_base.REFERENCE) is None:
            debian_base.make(client, listener)
    finally:
        lock.release()
    return debian_base.REFERENCE


def _pull(client: docker.DockerClient, name: str, listener: Listener) -> str | None:
    """Pull an image; why it could not be had, or None if it could."""
    repository, _, tag = name.rpartition(":")
    layers: dict[str, tuple[int, int]] = {}
    end = time.monotonic() + _PULL_LIMIT_S
    try:
        with _patience(client, _PULL_SILENCE_LIMIT_S):
            for event in client.api.pull(repository, tag=tag, stream=True, decode=True):
                if "error" in event:
                    return str(event["error"])
                if time.monotonic() > end:
                    return f"it took over {_PULL_LIMIT_S / 60:.0f} minutes"
                _tell_pull(name, event, layers, listener)
    except (DockerException, RequestException) as error:
        return short(error)
    return None if inspect(client, name) is not None else "the engine said nothing"


@contextmanager
def _patience(client: docker.DockerClient, seconds: float) -> Iterator[None]:
    """Bound how long the engine may stay silent; docker-py takes it for a pull from the client alone."""
    before = client.api.timeout
    client.api.timeout = int(seconds)
    try:
        yield
    finally:
        client.api.timeout = before


def _tell_pull(
    name: str, event: Mapping[str, Any], layers: dict[str, tuple[int, int]], listener: Listener
) -> None:
    detail = event.get("progressDetail") or {}
    if event.get("status") == "Downloading" and "total" in detail:
        layers[event["id"]] = (detail["current"], detail["total"])
    done = sum(current for current, _ in layers.values())
    total = sum(size for _, size in layers.values())
    listener(Progress(what=f"pulling {name}", done=done, total=total or None))


# The build


def _build_locked(
    client: docker.DockerClient, spec: ImageSpec, base: str, key: str, listener: Listener
) -> Lock:
    lock = _wait_for(Lock(lock_name(spec.name, key)), spec, listener, exclusive=True)
    try:
        if _inspect(client, spec, key) is None:
            _require_disk(client, spec)
            _build(client, spec, base, key, listener)
        lock.try_shared()
    except BaseException:
        lock.release()
        raise
    return lock


def _require_disk(client: docker.DockerClient, spec: ImageSpec) -> None:
    """Check the engine's disk, where it is one of this host's. The first stage needs as much again."""
    folder = _engine_folder(client)
    if folder is not None:
        disk.require(folder, _needed_bytes(spec), f"image {spec.name}")


def _needed_bytes(spec: ImageSpec) -> int:
    return spec.download_bytes + 2 * spec.installed_bytes


def _engine_folder(client: docker.DockerClient) -> Path | None:
    if not str(client.api.base_url).startswith(("http+docker://", "http+unix://")):
        return None
    folder = Path(client.api.info().get("DockerRootDir") or "/nonexistent")
    try:
        return folder if folder.is_dir() else None
    except OSError:
        return None


def _build(client: docker.DockerClient, spec: ImageSpec, base: str, key: str, listener: Listener) -> None:
    machine = client.api.version()["Arch"]
    target = Target(
        python_version=_PYTHON_VERSION,
        machine=_MACHINES.get(machine, machine),
        glibc_minor=wheels.DEBIAN_12_GLIBC_MINOR,
    )
    wheel_set = WheelSet(spec=spec, target=target)
    lock = wheels.fetch(wheel_set, listener)
    try:
        build = _Build(client=client, spec=spec, key=key, listener=listener)
        context = _context(spec, wheel_set.folder, listener)
        image_id = build.run(context, {"BASE": base, "BUILD": key})
        build.label(image_id)
    finally:
        lock.release()
        _remove_leftovers(client, key)


class _Build:
    """One build: what the engine is sent, and what is told of its answers."""

    def __init__(self, *, client: docker.DockerClient, spec: ImageSpec, key: str, listener: Listener) -> None:
        self._client = client
        self._spec = spec
        self._key = key
        self._listener = listener
        self._reader = RecipeReader(spec.name, listener)
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._image_id: str | None = None

    def run(self, context: Iterator[bytes], arguments: Mapping[str, str]) -> str:
        """Build the image, without its name; return its id.

        Raises:
            ImageBuildError: the engine could not build it.
        """
        self._follow(
            self._client.api.build(
                fileobj=context,  # type: ignore[arg-type]  # requests sends an iterator in chunks
                custom_context=True,
                buildargs=dict(arguments),
                rm=True,
                forcerm=True,
                decode=True,
                timeout=int(_SILENCE_LIMIT_S),
            )
        )
        if self._image_id is None:
            raise self._failed("the engine did not say what it built")
        return self._image_id

    def label(self, image_id: str) -> None:
        """Name the image and write down in it what it holds, which is only known once it is built."""
        manifest = self._reader.manifest
        if manifest is None:
            raise self._failed("the recipe did not say what it installed")
        labels = {LABEL_IMAGE: self._spec.name, LABEL_KEY: self._key, LABEL_MANIFEST: manifest.to_json()}
        self._follow(
            self._client.api.build(
                fileobj=io.BytesIO(f"FROM {image_id}\n".encode()),
                tag=reference(self._spec, self._key),
                labels=labels,
                rm=True,
                forcerm=True,
                decode=True,
                timeout=int(_SILENCE_LIMIT_S),
            )
        )

    def _follow(self, events: Iterator[Mapping[str, Any]]) -> None:
        end = time.monotonic() + _BUILD_LIMIT_S
        for event in events:
            if "error" in event:
                raise self._failed(str(event["error"]))
            if time.monotonic() > end:
                raise self._failed(f"it took over {_BUILD_LIMIT_S / 60:.0f} minutes")
            if "ID" in (event.get("aux") or {}):
                self._image_id = event["aux"]["ID"]
            for line in str(event.get("stream", "")).splitlines():
                self._hear(line)

    def _hear(self, line: str) -> None:
        if line.strip() and not line.startswith("recipe "):
            self._tail.append(line.strip())
        self._reader.hear(line)
        step, built = _STEP.match(line), _BUILT.match(line)
        if step:
            done, total = map(int, step.groups())
            self._listener(
                Progress(what=f"building image {self._spec.name}", done=done, total=total, unit="steps")
            )
        elif built:
            self._image_id = self._image_id or built.group(1)
        elif line.startswith(_NOTE):
            self._listener(Progress(what=line.removeprefix(_NOTE)))

    def _failed(self, why: str) -> ImageBuildError:
        said = "\n".join((*self._tail, why))
        if disk.speaks_of_full_disk(said):
            folder = _engine_folder(self._client) or Path("/")
            return disk.full_error(folder, _needed_bytes(self._spec), f"image {self._spec.name}")
        before = [line for line in self._tail if not line.startswith(("--->", "Removing intermediate"))]
        return ImageBuildError(
            f"image {self._spec.name} could not be built: {why}" + (f" ({before[-1]})" if before else ""),
            hint="`docker info` shows whether the engine is well; or use --engine bubblewrap",
        )


def _context(spec: ImageSpec, wheel_folder: Path, listener: Listener) -> Iterator[bytes]:
    """The build context as a tar file, made while it is sent: half a GB needs no second copy on disk."""
    texts = {"Dockerfile": resource_text(spec.dockerfile), "recipe.py": resource_text("recipe.py")}
    for name, text in texts.items():
        content = text.encode()
        yield _tar_header(name, len(content)) + content + _padding(len(content))
    files = sorted(wheel_folder.iterdir())
    total = sum(file.stat().st_size for file in files)
    sent = 0
    for file in files:
        size = file.stat().st_size
        yield _tar_header(f"wheels/{file.name}", size)
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                yield chunk
                sent += len(chunk)
                listener(Progress(what=f"sending the wheels of image {spec.name}", done=sent, total=total))
        yield _padding(size)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _tar_header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o644
    return member.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _remove_leftovers(client: docker.DockerClient, key: str) -> None:
    """Remove what a build leaves: the first stage, or the steps before one that failed."""
    with suppress(DockerException, RequestException):  # `images prune` finds them, too
        client.images.prune(filters={"dangling": True, "label": [f"{LABEL_BUILD}={key}"]})


@contextmanager
def _engine_troubles_explained(spec: ImageSpec) -> Iterator[None]:
    try:
        yield
    except (DockerException, RequestException) as error:
        if disk.speaks_of_full_disk(str(error)):
            raise disk.full_error(
                Path("/var/lib/docker"), _needed_bytes(spec), f"image {spec.name}"
            ) from error
        raise ImageBuildError(
            f"the engine failed while image {spec.name} was made: {short(error)}",
            hint="`docker info` shows whether it is well; or use --engine bubblewrap",
        ) from error

"""Making a Docker image: a base from the Dockerfile, the recipe run in a container of it, and a commit."""

import hashlib
import io
import re
import tarfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException, NotFound
from docker.models.containers import Container
from docker.types import Mount
from requests.exceptions import RequestException

from snippet_images import disk, paths, streams, wheels
from snippet_images.catalogue import ImageSpec, resource_text
from snippet_images.docker_base import PYTHON, python_of
from snippet_images.docker_calls import engine_folder, patience
from snippet_images.errors import ImageBuildError
from snippet_images.progress import Listener, Progress
from snippet_images.recipe_output import Manifest, RecipeReader
from snippet_images.recipes import WHEELS, Recipe, recipe_of
from snippet_images.wheels import Target, WheelSet

LABEL_IMAGE = "verify-snippets.image"
LABEL_KEY = "verify-snippets.key"
LABEL_MANIFEST = "verify-snippets.manifest"
LABEL_BUILD = "verify-snippets.build"  # on the images that a build makes on its way
# Begins the name of the container that a build makes. No label, for a commit would pass it on to the image,
# and so to every container of a job.
CONTAINER_PREFIX = "verify-snippets-build-"

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_LIMIT_S = 1800.0
_SILENCE_LIMIT_S = 600.0  # the longest that a commit, which says nothing, may take
_CHUNK_BYTES = 1 << 20
_TAIL_LINES = 30
# A folder that every base has, and that is empty: a volume there leaves no trace in the image.
_WORKPLACE = "/mnt"

_STEP = re.compile(r"^step (\d+)/(\d+)", re.IGNORECASE)
_BUILT = re.compile(r"^Successfully built ([0-9a-f]+)")
_NOTE = "note: "


def build(
    client: docker.DockerClient, spec: ImageSpec, *, base: str, key: str, tag: str, listener: Listener
) -> None:
    """Build an image and name it ``tag``. The caller holds the lock on it.

    Args:
        client: the engine.
        spec: what to build.
        base: the image to stand on: an engine's base, or the image that the spec names.
        key: the content key, for the labels.
        tag: the name, given once all is done.
        listener: hears what happens.

    Raises:
        ImageBuildError: it could not be built.
        DockerException: the engine failed.
        RequestException: the engine did not answer.
    """
    remove_leftovers(client, key)  # of a process that was killed
    _require_disk(client, spec)
    target = _target(client, spec)
    wheel_set = WheelSet(spec=spec, target=target)
    recipe = recipe_of(spec, place=_WORKPLACE, python_version=target.python_version, machine=target.machine)
    lock = wheels.fetch(wheel_set, listener)
    try:
        with patience(client, _SILENCE_LIMIT_S):
            build = _Build(client=client, spec=spec, key=key, recipe=recipe, listener=listener)
            build.run(base, wheel_set.folder, tag)
    finally:
        lock.release()
        remove_leftovers(client, key)


def remove_leftovers(client: docker.DockerClient, key: str) -> None:
    """Remove containers and unnamed images of our builds of an image; the caller holds the lock on it."""
    # What can't be removed now is found by the next build, or by `images prune`.
    with suppress(DockerException, RequestException):
        with suppress(NotFound):
            client.api.remove_container(_container_name(key), v=True, force=True)
        client.images.prune(filters={"dangling": True, "label": [f"{LABEL_BUILD}={_mark(key)}"]})


def keys_of_leftovers(client: docker.DockerClient) -> set[str]:
    """The content keys of our builds, under way or dead, of which there are containers or unnamed images."""
    containers = client.api.containers(all=True, filters={"name": f"^/?{CONTAINER_PREFIX}"})
    images = client.api.images(filters={"label": LABEL_BUILD, "dangling": True})
    marks = [container["Names"][0].rpartition(CONTAINER_PREFIX)[2] for container in containers]
    marks += [image["Labels"][LABEL_BUILD] for image in images]
    return {key for key in (mark.partition("-")[0] for mark in marks) if _mark(key) in marks}


def _mark(key: str) -> str:
    """What labels the work on an image. Users of one engine who share no locks keep off each other's work."""
    return f"{key}-{hashlib.sha256(str(paths.locks_dir()).encode()).hexdigest()[:8]}"


def _container_name(key: str) -> str:
    return f"{CONTAINER_PREFIX}{_mark(key)}"


def needed_bytes(spec: ImageSpec) -> int:
    """The disk that the engine needs for a build: a commit writes everything a second time."""
    return spec.download_bytes + 2 * spec.installed_bytes


def _target(client: docker.DockerClient, spec: ImageSpec) -> Target:
    machine = client.api.version()["Arch"]
    return Target(
        python_version=python_of(spec),
        machine=_MACHINES.get(machine, machine),
        glibc_minor=wheels.DEBIAN_12_GLIBC_MINOR,
    )


def _require_disk(client: docker.DockerClient, spec: ImageSpec) -> None:
    folder = engine_folder(client)
    if folder is not None:
        disk.require(folder, needed_bytes(spec), f"image {spec.name}")


class _Build:
    """One build: what the engine is asked, and what is told of its answers."""

    def __init__(
        self, *, client: docker.DockerClient, spec: ImageSpec, key: str, recipe: Recipe, listener: Listener
    ) -> None:
        self._client = client
        self._spec = spec
        self._key = key
        self._recipe = recipe
        self._listener = listener
        self._reader = RecipeReader(spec.name, listener)
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    def run(self, base: str, wheel_folder: Path, tag: str) -> None:
        """Build it and name it."""
        shell = base if self._spec.upon else self._shell(base)
        with self._container(shell) as container:
            self._send(container, wheel_folder)
            manifest = self._follow_recipe(container)
            self._listener(Progress(what=f"writing image {self._spec.name}"))
            self._commit(container, manifest, tag)

    def _shell(self, base: str) -> str:
        """Build the Dockerfile; return the id of the image."""
        image_id = None
        events = self._client.api.build(
            fileobj=io.BytesIO(resource_text(self._spec.dockerfile).encode()),
            buildargs={"BASE": base, "BUILD": _mark(self._key)},
            rm=True,
            forcerm=True,
            decode=True,
            timeout=int(_SILENCE_LIMIT_S),
        )
        for event in self._in_time(events):
            if "error" in event:
                raise self._failed(str(event["error"]))
            image_id = _built_image(event) or image_id
            for line in str(event.get("stream", "")).splitlines():
                self._hear_builder(line)
        if image_id is None:
            raise self._failed("the engine did not say what it built")
        return image_id

    @contextmanager
    def _container(self, image_id: str) -> Iterator[Container]:
        container = self._client.containers.create(
            image_id,
            ["python3", *self._recipe.arguments],
            name=_container_name(self._key),
            mounts=[Mount(target=_WORKPLACE, source=None, type="volume")],
            network_mode="none",
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
        )
        try:
            yield container
        finally:
            with suppress(DockerException, RequestException):  # the label finds what stays
                container.remove(v=True, force=True)

    def _send(self, container: Container, wheel_folder: Path) -> None:
        files = sorted(wheel_folder.iterdir())
        content: dict[str, bytes | Path] = {
            name: resource_text(source).encode() for name, source in self._recipe.files.items()
        }
        content.update({f"{WHEELS}/{file.name}": file for file in files})
        total = sum(file.stat().st_size for file in files)
        what = f"sending the wheels of image {self._spec.name}"

        def counted() -> Iterator[bytes]:
            sent = 0
            for chunk in _tar(content):
                yield chunk
                sent += len(chunk)
                self._listener(Progress(what=what, done=min(sent, total), total=total))

        container.put_archive(_WORKPLACE, counted())  # sent as it is made

    def _follow_recipe(self, container: Container) -> Manifest:
        output = container.attach(stream=True, logs=False)
        container.start()
        for line in self._in_time(streams.lines(output)):
            self._reader.hear(line)
            if not RecipeReader.is_recipe(line):
                self._tail.append(line)
        status = container.wait(timeout=60)["StatusCode"]
        if status != 0 or self._reader.manifest is None:
            raise self._failed(f"the recipe ended with {status}")
        return self._reader.manifest

    def _commit(self, container: Container, manifest: Manifest, tag: str) -> None:
        labels = {
            LABEL_IMAGE: self._spec.stored_name(PYTHON),
            LABEL_KEY: self._key,
            LABEL_MANIFEST: manifest.to_json(),
            LABEL_BUILD: _mark(self._key),
        }
        changes = [f"LABEL {name}={_quoted(value)}" for name, value in labels.items()]
        changes += [f"ENV {name}={_quoted(value)}" for name, value in self._spec.environment]
        repository, _, version = tag.rpartition(":")
        container.commit(repository, version, changes=[*changes, 'CMD ["python"]'])

    def _in_time(self, source: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from streams.within(source, limit_s=_LIMIT_S, silence_s=_SILENCE_LIMIT_S)
        except TimeoutError as error:
            raise self._failed(f"the engine was {error}") from error

    def _hear_builder(self, line: str) -> None:
        if line.strip() and not line.startswith((" --->", "Removing intermediate")):
            self._tail.append(line.strip())
        step = _STEP.match(line)
        if step:
            done, total = map(int, step.groups())
            what = f"preparing image {self._spec.name}"
            self._listener(Progress(what=what, done=done, total=total, unit="steps"))
        elif line.startswith(_NOTE):
            self._listener(Progress(what=line.removeprefix(_NOTE)))

    def _failed(self, why: str) -> ImageBuildError:
        said = "\n".join((*self._tail, why))
        if disk.speaks_of_full_disk(said):
            folder = engine_folder(self._client) or Path("/")
            return disk.full_error(folder, needed_bytes(self._spec), f"image {self._spec.name}")
        last = f" ({self._tail[-1]})" if self._tail else ""
        return ImageBuildError(
            f"image {self._spec.name} could not be built: {why}{last}",
            hint="`docker info` shows whether the engine is well; or use --engine bubblewrap",
        )


def _built_image(event: Mapping[str, Any]) -> str | None:
    """The id of the image that was built, if this event of the builder says it."""
    auxiliary = event.get("aux") or {}
    if "ID" in auxiliary:
        return str(auxiliary["ID"])
    found = _BUILT.match(str(event.get("stream", "")))
    return found.group(1) if found else None


def _quoted(text: str) -> str:
    """A value as the instructions of a Dockerfile want it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'


def _tar(content: Mapping[str, bytes | Path]) -> Iterator[bytes]:
    """A tar file, made while it is sent: half a GB of wheels needs no second copy on disk.

    Args:
        content: names in the archive, and bytes or the file that holds them.
    """
    for name, source in content.items():
        member = tarfile.TarInfo(name)
        member.size = len(source) if isinstance(source, bytes) else source.stat().st_size
        member.mode = 0o644
        yield member.tobuf(tarfile.GNU_FORMAT)
        yield from [source] if isinstance(source, bytes) else _chunks(source)
        yield bytes(-member.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk

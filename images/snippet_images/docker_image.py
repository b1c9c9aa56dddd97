"""Images for the Docker engine (and Podman, by the same API)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from snippet_images import disk, docker_base, docker_build, locks
from snippet_images.built import BuiltImage
from snippet_images.catalogue import ImageSpec, content_key, foundation_key, resource_text
from snippet_images.docker_calls import inspect, short
from snippet_images.errors import ImageBuildError
from snippet_images.locks import Lock, wait_alone, wait_shared
from snippet_images.progress import Listener
from snippet_images.recipe_output import Manifest
from snippet_images.recipes import below


def keys(spec: ImageSpec) -> tuple[str, ...]:
    """The content keys that an image may have: one for each base that it may stand on."""
    return tuple(_key(spec, base) for base in docker_base.choices(spec))


def reference(spec: ImageSpec, key: str) -> str:
    """What Docker calls the image with this key."""
    return f"verify-snippets/{spec.stored_name(docker_base.PYTHON)}:{key}"


def lock_name(key: str) -> str:
    """The name of the lock on the image with this key."""
    return f"docker-{key}"


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
        lower = below(spec)
        beneath = ensure(client, lower, listener) if lower else None
        base = _base_of(spec, beneath) if beneath else docker_base.provide(client, spec, listener)
        start = beneath.reference if beneath else base
        locks.keep(_build_alone(client, spec, base, start, listener))
        built = _inspect(client, spec, base)
    if built is None:
        raise ImageBuildError(
            f"image {spec.name} was removed right after it was built", hint="run the same command again"
        )
    return built


def _base_of(spec: ImageSpec, beneath: BuiltImage) -> str:
    """The base that the image beneath another stands on."""
    lower = below(spec)
    return next(base for base in docker_base.choices(spec) if lower and _key(lower, base) == beneath.key)


def _key(spec: ImageSpec, base: str) -> str:
    lower = below(spec)
    return content_key(spec, *_foundation(spec, base), *([_key(lower, base)] if lower else []))


def _foundation(spec: ImageSpec, base: str) -> tuple[str, ...]:
    """What an image stands on."""
    return "docker", resource_text(spec.dockerfile), base


def _find_and_keep(client: docker.DockerClient, spec: ImageSpec, listener: Listener) -> BuiltImage | None:
    for base in docker_base.choices(spec):
        key = _key(spec, base)
        found = _inspect(client, spec, base)
        if found is None:
            continue
        name = lock_name(key)
        if locks.is_kept(name):
            return found
        locks.keep(wait_shared(Lock(name), f"image {spec.name}", listener))
        found = _inspect(client, spec, base)  # again, for it may have been pruned while we waited
        if found is not None:
            return found
        locks.let_go(name)
    return None


def _inspect(client: docker.DockerClient, spec: ImageSpec, base: str) -> BuiltImage | None:
    key = _key(spec, base)
    found = inspect(client, reference(spec, key))
    if found is None:
        return None
    manifest = Manifest.from_json(found["Config"]["Labels"][docker_build.LABEL_MANIFEST])
    return BuiltImage(
        name=spec.name,
        reference=reference(spec, key),
        key=key,
        python_version=manifest.python_version,
        versions=manifest.versions,
        foundation=foundation_key(*_foundation(spec, base)),
        modules=manifest.modules,
    )


def _build_alone(
    client: docker.DockerClient, spec: ImageSpec, base: str, start: str, listener: Listener
) -> Lock:
    """Build an image, beginning with ``start``, unless somebody else just did; return a shared lock on it."""
    key = _key(spec, base)
    locks.let_go(lock_name(key))  # kept for an image that was removed behind our back
    lock = wait_alone(Lock(lock_name(key)), f"image {spec.name}", listener)
    try:
        if _inspect(client, spec, base) is None:
            tag = reference(spec, key)
            docker_build.build(client, spec, base=start, key=key, tag=tag, listener=listener)
        lock.try_shared()
    except BaseException:
        lock.release()
        raise
    return lock


@contextmanager
def _engine_troubles_explained(spec: ImageSpec) -> Iterator[None]:
    try:
        yield
    except (DockerException, RequestException) as error:
        if disk.speaks_of_full_disk(str(error)):
            needed = docker_build.needed_bytes(spec)
            raise disk.full_error(Path("/var/lib/docker"), needed, f"image {spec.name}") from error
        raise ImageBuildError(
            f"the engine failed while image {spec.name} was made: {short(error)}",
            hint="`docker info` shows whether it is well; or use --engine bubblewrap",
        ) from error

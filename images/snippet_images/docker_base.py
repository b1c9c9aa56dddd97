"""The base that a Docker image stands on: one that is here, the registry's, or one that we make."""

from collections.abc import Mapping
from typing import Any

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from snippet_images import debian_base, streams
from snippet_images.catalogue import ImageSpec
from snippet_images.docker_calls import inspect, patience, short
from snippet_images.errors import ImageBuildError
from snippet_images.locks import Lock, wait_alone
from snippet_images.progress import Listener, Progress

_PULL_LIMIT_S = 1800.0
_PULL_SILENCE_LIMIT_S = 60.0


PYTHON = "3.11"  # of an image that names none


def python_of(spec: ImageSpec) -> str:
    """The Python of an image under Docker, such as ``3.11``."""
    return spec.python or PYTHON


def choices(spec: ImageSpec) -> tuple[str, ...]:
    """Every base that this image may stand on, the best first."""
    ours = debian_base.BASES.get(python_of(spec))
    return (spec.base, ours.reference) if ours else (spec.base,)


def provide(client: docker.DockerClient, spec: ImageSpec, listener: Listener) -> str:
    """The base to build on, by the name it has in this engine.

    Raises:
        ImageBuildError: there is none, and none can be made here.
    """
    for local in choices(spec):
        if inspect(client, local) is not None:
            return local
    trouble = _pull(client, spec.base, listener)
    if trouble is None:
        return spec.base
    ours = debian_base.BASES.get(python_of(spec))
    if ours is None:
        possible = " or ".join(debian_base.BASES)
        raise ImageBuildError(
            f"{spec.base} can't be had ({trouble}), and no Debian has Python {python_of(spec)}",
            hint=f"make an image registry reachable, `docker load` {spec.base}, or take Python {possible}",
        )
    listener(Progress(what=f"{spec.base} can't be had ({trouble}): making a base image instead"))
    lock = wait_alone(Lock(ours.lock_name), "the base image", listener)
    try:
        if inspect(client, ours.reference) is None:
            debian_base.make(client, ours, listener)
    finally:
        lock.release()
    return ours.reference


def _pull(client: docker.DockerClient, name: str, listener: Listener) -> str | None:
    """Pull an image; why it could not be had, or None if it could."""
    repository, _, tag = name.rpartition(":")
    layers: dict[str, tuple[int, int]] = {}
    try:
        with patience(client, _PULL_SILENCE_LIMIT_S):
            events = client.api.pull(repository, tag=tag, stream=True, decode=True)
        for event in streams.within(events, limit_s=_PULL_LIMIT_S, silence_s=_PULL_SILENCE_LIMIT_S):
            if "error" in event:
                return str(event["error"])
            _tell(name, event, layers, listener)
    except (DockerException, RequestException, TimeoutError) as error:
        return short(error)
    return None if inspect(client, name) is not None else "the engine said nothing"


def _tell(
    name: str, event: Mapping[str, Any], layers: dict[str, tuple[int, int]], listener: Listener
) -> None:
    detail = event.get("progressDetail") or {}
    if event.get("status") == "Downloading" and "total" in detail:
        layers[event["id"]] = (detail["current"], detail["total"])
    done = sum(current for current, _ in layers.values())
    total = sum(size for _, size in layers.values())
    listener(Progress(what=f"pulling {name}", done=done, total=total or None))

"""What we ask of the docker SDK in more than one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound


def inspect(client: docker.DockerClient, reference: str) -> dict[str, Any] | None:
    """What the engine knows of an image (``GET /images/{name}/json``); None if it has no such image."""
    try:
        found: dict[str, Any] = client.api.inspect_image(reference)  # type: ignore[no-untyped-call]
    except ImageNotFound:
        return None
    return found


def engine_folder(client: docker.DockerClient) -> Path | None:
    """Where the engine keeps its images, if that is on a disk of this host."""
    if not str(client.api.base_url).startswith(("http+docker://", "http+unix://")):
        return None
    folder = Path(client.api.info().get("DockerRootDir") or "/nonexistent")
    try:
        return folder if folder.is_dir() else None
    except OSError:
        return None


@contextmanager
def patience(client: docker.DockerClient, seconds: float) -> Iterator[None]:
    """Bound how long the engine may take to answer; the SDK lets only few calls say it for themselves.

    Calls of other threads through the same client meanwhile have the same bound.
    """
    before = client.api.timeout
    client.api.timeout = int(seconds)
    try:
        yield
    finally:
        client.api.timeout = before


def short(error: Exception) -> str:
    """An error of the SDK in one line."""
    text = error.explanation if isinstance(error, APIError) and error.explanation else error
    return (str(text).splitlines() or [type(error).__name__])[0][:300]

"""What we ask of the docker SDK in more than one place."""

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


def short(error: Exception) -> str:
    """An error of the SDK in one line."""
    text = error.explanation if isinstance(error, APIError) and error.explanation else error
    return (str(text).splitlines() or [type(error).__name__])[0][:300]

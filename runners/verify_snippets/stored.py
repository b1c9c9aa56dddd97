"""The images that are built on this machine, whichever engine holds them."""

from collections.abc import Iterator
from contextlib import contextmanager

import docker
import requests
from docker.errors import DockerException

from snippet_images import store
from snippet_images.progress import Listener
from snippet_images.store import StoredImage

_PING_LIMIT_S = 3
_CALL_LIMIT_S = 60


def list_all() -> tuple[StoredImage, ...]:
    """Every image of ours; of a Docker engine that does not answer, none."""
    with _docker() as client:
        return store.list_images(client)


def prune(*, everything: bool, listener: Listener) -> int:
    """Remove images.

    Args:
        everything: those that are up to date, too.
        listener: told what is removed.

    Returns:
        How many bytes that freed.
    """
    with _docker() as client:
        return store.prune(client, everything=everything, listener=listener)


@contextmanager
def _docker() -> Iterator[docker.DockerClient | None]:
    """A client of the Docker engine, or None where none answers."""
    client = _connected()
    try:
        yield client
    finally:
        if client is not None:
            client.close()


def _connected() -> docker.DockerClient | None:
    try:
        client = docker.from_env(timeout=_PING_LIMIT_S)
        client.ping()
    except (DockerException, requests.RequestException, OSError):
        return None
    client.api.timeout = _CALL_LIMIT_S
    return client

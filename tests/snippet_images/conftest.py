"""Fixtures: a cache folder of the test's own, and an image that no other run knows."""

import dataclasses
import secrets
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

from snippet_images import bwrap, catalogue, docker_image, locks, paths
from snippet_images.catalogue import ImageSpec
from snippet_images.errors import InfrastructureError
from snippet_images.progress import Progress


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder; what this process holds in it is let go of in the end."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(folder))
    held = set(locks.kept())
    yield folder
    for name in set(locks.kept()) - held:
        locks.let_go(name)


@pytest.fixture
def spec(tmp_path: Path) -> ImageSpec:
    """The bare image under a name and a content key of the test's own."""
    lock = tmp_path / "requirements.lock"
    mark = secrets.token_hex(4)
    bare = catalogue.IMAGES["bare"]
    lock.write_text(f"# {mark}\n{catalogue.resource_text(bare.lock)}", encoding="utf-8")
    return dataclasses.replace(bare, name=f"test{mark}", lock=str(lock))


@pytest.fixture
def sandbox() -> Path:
    """The bubblewrap binary; skips where none works."""
    try:
        return bwrap.find_bwrap()
    except InfrastructureError as error:
        pytest.skip(f"{error.message}; {error.hint}")


@pytest.fixture
def client() -> Iterator[docker.DockerClient]:
    """A Docker engine; skips where none answers."""
    try:
        found = docker.from_env(timeout=60)
        found.ping()
    except DockerException as error:
        pytest.skip(f"no Docker engine answers: {error}")
    yield found
    found.close()


@pytest.fixture
def docker_spec(client: docker.DockerClient, cache: Path, spec: ImageSpec) -> Iterator[ImageSpec]:
    """The image of ``spec`` for Docker, removed in the end."""
    yield spec
    for key in docker_image.keys(spec):
        for image in client.images.list(docker_image.reference(spec, key)):
            client.images.remove(str(image.id), force=True)


class Hearing(list[Progress]):
    """A listener that remembers what it hears."""

    def __call__(self, progress: Progress) -> None:
        """Hear it."""
        self.append(progress)

    def whats(self) -> str:
        """All that was said, one a line."""
        return "\n".join(progress.what for progress in self)


@pytest.fixture
def hearing() -> Hearing:
    """A listener that remembers what it hears."""
    return Hearing()

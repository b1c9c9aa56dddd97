"""What has been built and downloaded: what there is, and throwing it away."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import docker
from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from snippet_images import (
    debian_base,
    disk,
    docker_base,
    docker_build,
    docker_image,
    interpreters,
    locks,
    paths,
    root,
)
from snippet_images.catalogue import IMAGES
from snippet_images.docker_calls import short
from snippet_images.errors import InfrastructureError
from snippet_images.progress import Listener, Progress

BASE_NAME = "base"

_OUR_STAGING = ("docker-", "root-", "wheels-")


@dataclass(frozen=True, kw_only=True)
class StoredImage:
    """An image that takes disk.

    Attributes:
        engine: ``docker`` or ``bubblewrap``.
        name: of the image, as in the catalogue; ``base`` for one that the others stand on.
        key: its content key.
        reference: what the engine calls it.
        size_bytes: the disk it takes. What an image shares with the one that it is built upon is counted in
            both of Docker's, and in the lower one of bubblewrap's.
        created: when it was built, in UTC.
        current: whether this version would use it.
        in_use: whether a process holds it, or a container was made from it.
    """

    engine: str
    name: str
    key: str
    reference: str
    size_bytes: int
    created: datetime
    current: bool
    in_use: bool


def list_images(client: docker.DockerClient | None) -> tuple[StoredImage, ...]:
    """Every image that we built, by engine, name and age.

    Args:
        client: the Docker engine to ask; None where there is none.

    Raises:
        InfrastructureError: the engine did not answer.
    """
    found = [stored for _, stored in _roots()]
    if client is not None:
        try:
            found += _docker_images(client)
        except (DockerException, RequestException) as error:
            raise InfrastructureError(
                f"the engine could not list its images: {short(error)}",
                hint="`docker info` shows what ails it",
            ) from error
    return tuple(sorted(found, key=lambda image: (image.engine, image.name, image.created)))


def prune(client: docker.DockerClient | None, *, everything: bool, listener: Listener) -> int:
    """Remove what this version would not use, all downloaded wheels, and what dead builds left behind.

    Of dependency layers, those of earlier days go: a layer is used on the (UTC) day that it was built.

    What another process holds stays.

    Args:
        client: the Docker engine to clear, too; None where there is none.
        everything: remove images that this version would use, too.
        listener: hears what is removed.

    Returns:
        How many bytes that freed, as far as we can tell.

    Raises:
        InfrastructureError: the engine did not answer.
    """
    freed = 0
    for folder, stored in _roots():
        if everything or not stored.current:
            freed += _remove_folder(folder, root.lock_name(folder), listener)
    for folder in _folders(paths.wheels_dir()):
        freed += _remove_folder(folder, f"wheels-{folder.name}", listener)
    for folder in _folders(paths.staging_dir()):
        if folder.name.startswith(_OUR_STAGING):  # named as the lock that its maker holds
            freed += _remove_folder(folder, folder.name, listener)
    for folder in _folders(paths.layers_dir()):
        if everything or not _is_of_today(folder):
            freed += _remove_folder(folder, f"layer-{folder.name}", listener)
    if client is not None:
        freed += _prune_docker(client, everything, listener)
    return freed


# Root folders


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.glob("*") if path.is_dir())


def _roots() -> Iterator[tuple[Path, StoredImage]]:
    for folder in _folders(paths.roots_dir()):
        name, *rest = folder.name.rsplit("-", 2)
        if len(rest) != len(("key", "python")):
            continue  # nothing that we made
        yield (
            folder,
            StoredImage(
                engine="bubblewrap",
                name=name,
                key=rest[0],
                reference=str(folder),
                size_bytes=disk.folder_bytes(folder, shared=not _is_upon_another(name)),
                created=datetime.fromtimestamp(folder.stat().st_mtime, UTC),
                current=_is_current_root(folder, name),
                in_use=_is_held(root.lock_name(folder)),
            ),
        )


def _is_upon_another(name: str) -> bool:
    return name in IMAGES and IMAGES[name].upon is not None


def _is_current_root(folder: Path, name: str) -> bool:
    own = interpreters.own_version()
    return any(
        root.is_current(folder, spec)
        for spec in IMAGES.values()
        if name in (spec.name, spec.stored_name(own))
    )


def _is_of_today(folder: Path) -> bool:
    return datetime.fromtimestamp(folder.stat().st_mtime, UTC).date() == datetime.now(UTC).date()


def _is_held(name: str) -> bool:
    with locks.exclusive_if_free(name) as free:
        return not free


def _remove_folder(folder: Path, lock_name: str, listener: Listener) -> int:
    with locks.exclusive_if_free(lock_name) as free:
        if not free:
            return 0
        listener(Progress(what=f"removing {folder}"))
        size = disk.folder_bytes(folder, shared=False)
        shutil.rmtree(folder, ignore_errors=True)
        return size - (disk.folder_bytes(folder, shared=False) if folder.exists() else 0)


# Docker's images


def _docker_images(client: docker.DockerClient) -> list[StoredImage]:
    current = _current_docker_keys()
    used = {container["ImageID"] for container in client.api.containers(all=True)}
    found = []
    for image in client.api.images(filters={"label": docker_build.LABEL_IMAGE}):
        labels = image["Labels"]
        name, key = labels[docker_build.LABEL_IMAGE], labels.get(docker_build.LABEL_KEY, "")
        tags = [tag for tag in image.get("RepoTags") or () if tag.endswith(f"/{name}:{key}")]
        if not tags:
            continue  # a layer that somebody put on an image of ours; it isn't ours to remove
        found.append(
            StoredImage(
                engine="docker",
                name=name,
                key=key,
                reference=tags[0],
                size_bytes=image["Size"],
                created=datetime.fromtimestamp(image["Created"], UTC),
                current=key in current.get(name, ()),
                in_use=image["Id"] in used or _is_held(docker_image.lock_name(key)),
            )
        )
    return found


def _current_docker_keys() -> Mapping[str, set[str]]:
    """The keys that this version would use, by the name of the image."""
    current = {BASE_NAME: {base.key for base in debian_base.BASES.values()}}
    for spec in IMAGES.values():
        name = spec.stored_name(docker_base.PYTHON)
        current.setdefault(name, set()).update(docker_image.keys(spec))
    return current


def _prune_docker(client: docker.DockerClient, everything: bool, listener: Listener) -> int:
    try:
        before = _layer_bytes(client)
        for key in docker_build.keys_of_leftovers(client):
            with locks.exclusive_if_free(docker_image.lock_name(key)) as free:
                if free:
                    docker_build.remove_leftovers(client, key)
        images = _docker_images(client)
        for image in sorted(images, key=_is_stood_upon):
            if image.name != BASE_NAME and (everything or not image.current):
                _remove_image(client, image, listener)
        _remove_bases(client, everything, listener)
        return max(0, before - _layer_bytes(client))
    except (DockerException, RequestException) as error:
        raise InfrastructureError(
            f"the engine could not remove its images: {short(error)}", hint="`docker info` shows what ails it"
        ) from error


def _is_stood_upon(image: StoredImage) -> bool:
    return any(spec.upon == image.name for spec in IMAGES.values())


def _remove_bases(client: docker.DockerClient, everything: bool, listener: Listener) -> None:
    """Remove bases of other versions, and the current one once nothing stands on it."""
    images = _docker_images(client)
    alone = all(image.name == BASE_NAME for image in images)
    for image in images:
        if image.name == BASE_NAME and ((everything and alone) or not image.current):
            _remove_image(client, image, listener)


def _remove_image(client: docker.DockerClient, image: StoredImage, listener: Listener) -> None:
    with locks.exclusive_if_free(docker_image.lock_name(image.key)) as free:
        if not free or image.in_use:
            return
        listener(Progress(what=f"removing {image.reference}"))
        with suppress(APIError):  # a container was made from it just now: it is in use after all
            client.api.remove_image(image.reference)


def _layer_bytes(client: docker.DockerClient) -> int:
    """The disk that all images of the engine take together, what they share counted once."""
    return int(client.api.df().get("LayersSize") or 0)

"""The images that a job can run in. A new image is one more row here and its locked requirements."""

import hashlib
import importlib.resources
from dataclasses import dataclass

KEY_LENGTH = 12
VENV = "/opt/venv"  # in every image

_FILES = importlib.resources.files("snippet_images")


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """What an image is made of.

    Attributes:
        name: key in :data:`IMAGES`.
        summary: what is in it, for people.
        lock: hashed requirements, a file of this package.
        torch: requirement on a CPU build of torch, or None. Not in the lock: see ``cpu/requirements.in``.
        companions: requirements that only fit this torch; left out where no CPU build can be had.
        base: the registry's image that the Docker image begins with.
        dockerfile: a file of this package.
        download_bytes: about how much is downloaded.
        installed_bytes: about how much disk the finished image takes.
    """

    name: str
    summary: str
    lock: str
    torch: str | None = None
    companions: tuple[str, ...] = ()
    base: str = "python:3.11-slim-bookworm"
    dockerfile: str = "cpu/Dockerfile"
    download_bytes: int
    installed_bytes: int


IMAGES: dict[str, ImageSpec] = {
    spec.name: spec
    for spec in (
        ImageSpec(
            name="bare",
            summary="Python and pip",
            lock="bare/requirements.lock",
            download_bytes=2_000_000,
            installed_bytes=25_000_000,
        ),
        ImageSpec(
            name="cpu",
            summary="torch for CPUs, transformers, diffusers, sentence-transformers and what they use",
            lock="cpu/requirements.lock",
            torch="torch==2.13.0+cpu",
            companions=("torchvision==0.28.0+cpu", "torchaudio==2.11.0+cpu"),
            download_bytes=500_000_000,
            installed_bytes=2_000_000_000,
        ),
    )
}


def resource_text(path: str) -> str:
    """The text of a file of this package."""
    return _FILES.joinpath(path).read_text(encoding="utf-8")


def content_key(spec: ImageSpec, *more: str) -> str:
    """A short hash of everything that decides what is in an image.

    Args:
        spec: the image.
        more: what else decides it: the base it stands on, or the interpreter.
    """
    return _hash(
        resource_text("recipe.py"), resource_text(spec.lock), spec.torch or "", *spec.companions, *more
    )


def foundation_key(*more: str) -> str:
    """A short hash of what is in an image beside its libraries.

    Args:
        more: what decides it: the base it stands on, or the interpreter.
    """
    return _hash(resource_text("recipe.py"), *more)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_LENGTH]

"""The images that a job can run in. A new image is one more row here and its locked requirements."""

import hashlib
import importlib.resources
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from snippet_images.errors import UsageError

KEY_LENGTH = 12
VENV = "/opt/venv"  # in every image
PYTHONS = ("3.11", "3.12", "3.13")  # that every lock has been made for

Device = Literal["cpu", "cuda"]

_FILES = importlib.resources.files("snippet_images")
_PYTHON_SUFFIX = re.compile(r"-py\d+$")


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """What an image is made of.

    Attributes:
        name: key in :data:`IMAGES`.
        summary: what is in it, for people.
        lock: hashed requirements, a file of this package.
        torch: requirement on a CPU build of torch, or None. Not in the lock: see ``cpu/requirements.in``.
        companions: requirements that only fit this torch; left out where no CPU build can be had.
        upon: name of the image that it is built upon: only what the two locks don't share is installed, or
            removed. None for an image of its own.
        device: what its torch computes on; an image for ``cuda`` computes on CPUs, too.
        python: such as ``3.12``; None for the engine's own: 3.11 under Docker, the Python that runs us under
            bubblewrap.
        generation: of its libraries, such as ``transformers 5``; empty where it has none.
        base: the registry's image that the Docker image begins with.
        dockerfile: a file of this package.
        environment: variables and values that the Docker image sets.
        download_bytes: about how much is downloaded, beside what the image below it needs.
        installed_bytes: about how much disk the finished image takes, beside the image below it.
    """

    name: str
    summary: str
    lock: str
    torch: str | None = None
    companions: tuple[str, ...] = ()
    upon: str | None = None
    device: Device = "cpu"
    python: str | None = None
    generation: str = ""
    base: str = "python:3.11-slim-bookworm"
    dockerfile: str = "cpu/Dockerfile"
    environment: tuple[tuple[str, str], ...] = ()
    download_bytes: int
    installed_bytes: int

    def stored_name(self, own_python: str) -> str:
        """What an engine stores it as: the same for rows that come to the same image.

        Args:
            own_python: the Python that the engine takes for an image that names none.
        """
        return _PYTHON_SUFFIX.sub("", self.name) if self.python == own_python else self.name


def _with_each_python(spec: ImageSpec) -> Iterator[ImageSpec]:
    """The image with the engine's own Python, and with each that its lock is for."""
    yield spec
    for python in PYTHONS:
        suffix = f"-py{python.replace('.', '')}"
        yield replace(
            spec,
            name=spec.name + suffix,
            summary=f"{spec.summary}, on Python {python}",
            upon=spec.upon and spec.upon + suffix,
            python=python,
            base=f"python:{python}-slim-bookworm",
        )


_CPU = ImageSpec(
    name="cpu",
    summary="torch for CPUs, transformers 5, diffusers, sentence-transformers and what they use",
    lock="cpu/requirements.lock",
    torch="torch==2.13.0+cpu",
    companions=("torchvision==0.28.0+cpu", "torchaudio==2.11.0+cpu"),
    generation="transformers 5",
    download_bytes=500_000_000,
    installed_bytes=2_000_000_000,
)
_CUDA = ImageSpec(
    name="cuda",
    summary="the same with torch for CUDA, and bitsandbytes",
    lock="cuda/requirements.lock",
    device="cuda",
    generation="transformers 5",
    # The sum of its wheels for x86_64 as the index names their sizes, and what such wheels unpack to.
    download_bytes=3_020_000_000,
    installed_bytes=7_500_000_000,
    # Where NVIDIA's runtime is the engine's default, containers see no GPU unless they are given one.
    environment=(("NVIDIA_VISIBLE_DEVICES", "void"), ("NVIDIA_DRIVER_CAPABILITIES", "compute,utility")),
)
_FAMILIES = (
    ImageSpec(
        name="bare",
        summary="Python and pip",
        lock="bare/requirements.lock",
        download_bytes=2_000_000,
        installed_bytes=25_000_000,
    ),
    _CPU,
    replace(
        _CPU,
        name="cpu-transformers4",
        summary="the cpu image with the libraries from before transformers 5",
        lock="cpu-transformers4/requirements.lock",
        upon="cpu",
        generation="transformers 4",
        download_bytes=27_000_000,
        installed_bytes=240_000_000,
    ),
    _CUDA,
    replace(
        _CUDA,
        name="cuda-transformers4",
        summary="the cuda image with the libraries from before transformers 5",
        lock="cuda-transformers4/requirements.lock",
        upon="cuda",
        generation="transformers 4",
        download_bytes=27_000_000,
        installed_bytes=240_000_000,
    ),
)

IMAGES: dict[str, ImageSpec] = {spec.name: spec for family in _FAMILIES for spec in _with_each_python(family)}


def families() -> tuple[ImageSpec, ...]:
    """The images with the engine's own Python; each is there with every one of :data:`PYTHONS`, too."""
    return tuple(spec for spec in IMAGES.values() if spec.python is None)


def names_text() -> str:
    """Which names images have, for people."""
    suffixes = ", ".join(f"-py{python.replace('.', '')}" for python in PYTHONS)
    return f"{', '.join(spec.name for spec in families())}; each with {suffixes} at its end for that Python"


def choose(requirements: Sequence[str], *, device: Device, python: str | None) -> ImageSpec:
    """The image whose locked versions meet requirements, the newest generation of several.

    Where none meets them all, the one whose versions are closest: a dependency layer upon it has the least
    to change, and what else such versions want is most likely there.

    Args:
        requirements: as a requirements file takes them. What isn't a requirement on a version (``git+https``,
            a folder) makes no difference.
        device: what torch must compute on.
        python: such as ``3.12``; None for the engine's own.

    Raises:
        UsageError: there is no image with this Python.
    """
    from snippet_images.closeness import distance

    if python is not None and python not in PYTHONS:
        raise UsageError(f"there is no image with Python {python}", hint=f"there are: {', '.join(PYTHONS)}")
    rows = [spec for spec in IMAGES.values() if (spec.device, spec.python) == (device, python)]
    return min(
        (spec for spec in rows if spec.generation),  # which begin with the newest
        key=lambda spec: distance(requirements, resource_text(spec.lock), python or PYTHONS[0]),
    )


def resource_text(path: str) -> str:
    """The text of a file of this package."""
    return _FILES.joinpath(path).read_text(encoding="utf-8")


def content_key(spec: ImageSpec, *more: str) -> str:
    """A short hash of everything that decides what is in an image.

    Args:
        spec: the image.
        more: what else decides it: the base it stands on and its key, or the interpreter.
    """
    return _hash(
        resource_text("recipe.py"),
        *([resource_text("recipe_upon.py")] if spec.upon else []),
        resource_text(spec.lock),
        spec.torch or "",
        *spec.companions,
        *(f"{name}={value}" for name, value in spec.environment),
        *more,
    )


def foundation_key(*more: str) -> str:
    """A short hash of what is in an image beside its libraries.

    Args:
        more: what decides it: the base it stands on, or the interpreter.
    """
    return _hash(resource_text("recipe.py"), *more)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_LENGTH]

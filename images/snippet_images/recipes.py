"""Which program builds an image, and how it is called. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from snippet_images.catalogue import IMAGES, VENV, ImageSpec, resource_text
from snippet_images.difference import Difference, between
from snippet_images.lockfile import linux_environment

WHEELS = "wheels"  # folder of the wheels, in the place where the recipe finds itself


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A program for a Python in the container where an image is built.

    Attributes:
        files: paths below the place where it must lie, and the files of this package that lie there.
        arguments: for the Python.
    """

    files: Mapping[str, str]
    arguments: tuple[str, ...]


def recipe_of(spec: ImageSpec, *, place: str, python_version: str, machine: str) -> Recipe:
    """The recipe of an image.

    Args:
        spec: the image.
        place: an absolute folder in the container, with the recipe's files and the folder :data:`WHEELS`.
        python_version: the image's, such as ``3.11``.
        machine: such as ``x86_64``.
    """
    options = ("--wheels", f"{place}/{WHEELS}", "--venv", VENV)
    if spec.upon is None:
        return Recipe(files={"recipe.py": "recipe.py"}, arguments=("-I", f"{place}/recipe.py", *options))
    names = [f"snippet_images/{name}.py" for name in ("recipe", "recipe_upon")]
    # Isolated as the other is, and yet one module has to find the other.
    program = f"import sys; sys.path.insert(0, {place!r}); import snippet_images.recipe_upon as r; r.main()"
    removed = difference_of(spec, python_version=python_version, machine=machine).remove
    return Recipe(
        files={name: name.rpartition("/")[2] for name in names},
        arguments=("-I", "-c", program, *options, "--remove", *removed),
    )


def below(spec: ImageSpec) -> ImageSpec | None:
    """The image that this one is built upon."""
    return IMAGES[spec.upon] if spec.upon else None


def difference_of(spec: ImageSpec, *, python_version: str, machine: str) -> Difference:
    """What leads to an image from the one below it, or from nothing.

    Args:
        spec: the image.
        python_version: the image's, such as ``3.11``.
        machine: such as ``x86_64``.
    """
    lower = below(spec)
    environment = linux_environment(python_version, machine)
    return between(resource_text(lower.lock) if lower else "", resource_text(spec.lock), environment)

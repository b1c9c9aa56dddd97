"""Which image serves a request."""

import pytest

from snippet_images.catalogue import IMAGES, PYTHONS, Device, choose, resource_text
from snippet_images.difference import between
from snippet_images.errors import UsageError
from snippet_images.lockfile import linux_environment, pins_for

LINUX = linux_environment("3.11", "x86_64")


@pytest.mark.parametrize(
    ("requirements", "image"),
    [
        ([], "cpu"),
        (["transformers>=4.37"], "cpu"),  # the newest of those that meet it
        (["transformers<5"], "cpu-transformers4"),
        (["Transformers[torch] >=4.37, <5"], "cpu-transformers4"),
        (["huggingface_hub<1"], "cpu-transformers4"),  # any of the generation's versions tells it
        (["transformers>=5", "diffusers"], "cpu"),
        # none has it, and one is closer
        (["transformers==4.40.2"], "cpu-transformers4"),
        (["transformers==4.40.*"], "cpu-transformers4"),
        (["transformers>=4.30,<4.41"], "cpu-transformers4"),
        (["transformers>=6"], "cpu"),
        (["diffusers==0.30.0"], "cpu-transformers4"),
        (["transformers==4.40", "diffusers>=0.40"], "cpu-transformers4"),  # a major release weighs more
        # what says nothing about an image
        (["torch==1.0", "humanize", "git+https://example.org/a/b", "-r other.txt", ""], "cpu"),
        (["transformers<5; sys_platform == 'win32'"], "cpu"),
    ],
)
def test_the_image_that_meets_what_is_asked_for_or_is_closest(requirements: list[str], image: str) -> None:
    """By versions, newest generation first."""
    assert choose(requirements, device="cpu", python=None).name == image


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("python", [None, *PYTHONS])
@pytest.mark.parametrize("requirements", [[], ["transformers<5"]])
def test_device_and_python_are_as_asked_for(
    requirements: list[str], device: Device, python: str | None
) -> None:
    """Each generation is there for each of them."""
    found = choose(requirements, device=device, python=python)
    generation = "transformers 4" if requirements else "transformers 5"
    assert (found.device, found.python, found.generation) == (device, python, generation)


def test_a_python_without_an_image_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(UsageError, match=r"Python 3\.9") as caught:
        choose([], device="cpu", python="3.9")
    assert ", ".join(PYTHONS) in caught.value.hint


def test_an_image_upon_another_is_told_what_to_install_and_what_to_remove() -> None:
    """What both have in one version is left alone; markers are judged first."""
    lower = "a==1\nb==1\ngone==1\nc==1 ; python_version >= '3.12'\n"
    upper = "a==1\nb==2 --hash=sha256:bb\nnew==1\nc==1\n"
    difference = between(lower, upper, LINUX)
    assert [pin.line() for pin in difference.install] == ["b==2 --hash=sha256:bb", "new==1", "c==1"]
    assert difference.remove == ("b", "gone")


@pytest.mark.parametrize("name", [name for name, spec in IMAGES.items() if spec.upon])
def test_an_image_and_the_one_below_it_differ_in_their_libraries_only(name: str) -> None:
    """The torch, the Python and the pip that installs are those of the image below."""
    upper = IMAGES[name]
    lower = IMAGES[str(upper.upon)]
    for trait in ("torch", "companions", "device", "python", "base", "environment"):
        assert getattr(upper, trait) == getattr(lower, trait)
    kept = {pin.name for pin in pins_for(resource_text(lower.lock), LINUX)}
    kept -= set(between(resource_text(lower.lock), resource_text(upper.lock), LINUX).remove)
    assert "pip" in kept
    assert "torch" in kept or upper.torch


@pytest.mark.parametrize("name", ["cpu", "cpu-transformers4"])
@pytest.mark.parametrize("python", PYTHONS)
def test_a_gpu_changes_no_librarys_version(name: str, python: str) -> None:
    """A card that fails with one and not with the other fails for its hardware."""
    environment = linux_environment(python, "x86_64")
    spec = IMAGES[name]
    difference = between(
        resource_text(spec.lock), resource_text(IMAGES[name.replace("cpu", "cuda")].lock), environment
    )
    assert difference.remove == ()
    added = {pin.name: pin.version for pin in difference.install}
    for requirement in (spec.torch, *spec.companions):
        distribution, _, version = str(requirement).partition("==")
        assert added.pop(distribution) == version.removesuffix("+cpu")
    own = {"bitsandbytes", "triton", "cuda-bindings", "cuda-pathfinder", "cuda-toolkit"}
    assert {name for name in added if not name.startswith("nvidia-")} == own

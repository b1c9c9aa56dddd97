"""What of a lock is for whom, and that our own locks keep their promises."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from snippet_images.catalogue import IMAGES, PYTHONS, ImageSpec, resource_text
from snippet_images.lockfile import Pin, linux_environment, pins_for

FAMILIES = {name: spec for name, spec in IMAGES.items() if spec.python is None}  # others have the same locks

LOCK = """\
# a comment
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:dd
hf_xet==1.8.0 ; platform_machine == 'aarch64' \\
    --hash=sha256:ee
tqdm==4.70.1 \\
    --hash=sha256:ff
"""


def test_markers_are_judged_by_the_target_and_not_by_the_python_that_runs_us() -> None:
    """Of two versions of one distribution, each Python gets its own."""
    old = pins_for(LOCK, linux_environment("3.11", "x86_64"))
    new = pins_for(LOCK, linux_environment("3.13", "x86_64"))
    assert [(pin.name, pin.version) for pin in old] == [("numpy", "2.4.6"), ("tqdm", "4.70.1")]
    assert [(pin.name, pin.version) for pin in new] == [("numpy", "2.5.5"), ("tqdm", "4.70.1")]


def test_the_machine_counts() -> None:
    """A pin for another machine is left out, and its name is normalized."""
    names = [pin.name for pin in pins_for(LOCK, linux_environment("3.11", "aarch64"))]
    assert "hf-xet" in names


def test_a_pin_asks_pip_for_its_hashes() -> None:
    """The line is what ``pip --require-hashes`` takes."""
    pin = Pin(name="numpy", version="2.4.6", hashes=("sha256:aa", "sha256:bb"))
    assert pin.line() == "numpy==2.4.6 --hash=sha256:aa --hash=sha256:bb"


@pytest.mark.parametrize("spec", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("python", PYTHONS)
def test_our_locks_are_whole_for_every_python(spec: ImageSpec, python: str) -> None:
    """Each distribution once, with hashes; pip among them, for the recipe installs with it."""
    pins = pins_for(resource_text(spec.lock), linux_environment(python, "x86_64"))
    names = [pin.name for pin in pins]
    assert len(names) == len(set(names))
    assert all(pin.hashes for pin in pins)
    assert "pip" in names


@pytest.mark.parametrize("spec", FAMILIES.values(), ids=FAMILIES)
def test_our_locks_name_no_index_and_no_folder(spec: ImageSpec) -> None:
    """Where somebody made the lock is nobody's business."""
    assert not re.search(r"://|^-|/", resource_text(spec.lock), re.MULTILINE)


@pytest.mark.parametrize("spec", FAMILIES.values(), ids=FAMILIES)
def test_our_locks_hold_what_their_requirements_ask_for(spec: ImageSpec) -> None:
    """Somebody who edits ``requirements.in`` has to make the lock again."""
    wanted = resource_text(spec.lock.replace(".lock", ".in")).splitlines()
    requirements = [Requirement(line) for line in wanted if line.strip() and not line.startswith("#")]
    pins = {pin.name: pin for pin in pins_for(resource_text(spec.lock), linux_environment("3.11", "x86_64"))}
    for requirement in requirements:
        if str(requirement) == spec.torch:
            continue  # PyPI's is locked, where the image has that
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)].version)
    asked = [str(each) for each in requirements if each.name == "torch" and "torch" not in pins]
    assert asked == ([spec.torch] if spec.torch else [])

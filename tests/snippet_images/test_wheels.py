"""What pip is asked for."""

import dataclasses
import hashlib
import itertools
import sys
import zipfile
from pathlib import Path

import pytest

from snippet_images import wheels
from snippet_images.catalogue import ImageSpec
from snippet_images.errors import ImageBuildError
from snippet_images.wheels import Target, WheelSet, host_target
from tests.snippet_images.conftest import Hearing


def _wheel(folder: Path, name: str, version: str, tag: str) -> None:
    """A wheel that pip takes for one, with nothing in it."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the user's pip finds wheels, and nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def torch_spec(spec: ImageSpec) -> ImageSpec:
    """An image of torch and a companion, with nothing locked."""
    Path(spec.lock).write_text("# nothing\n")
    return dataclasses.replace(spec, torch="torch==2.13.0+cpu", companions=("torchvision==0.28.0+cpu",))


def _linux_tag(python: str = f"cp{sys.version_info.major}{sys.version_info.minor}") -> str:
    return f"{python}-{python}-manylinux_2_28_{host_target().machine}"


def test_older_glibcs_wheels_fit_a_newer_one() -> None:
    """Every tag from the target's glibc down to the first, the old names among them."""
    options = Target(python_version="3.11", machine="x86_64", glibc_minor=28).pip_options()
    tags = [value for name, value in itertools.pairwise(options) if name == "--platform"]
    assert tags[0] == "manylinux_2_28_x86_64"
    assert {"manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux1_x86_64", "linux_x86_64"} < set(tags)
    assert "manylinux_2_29_x86_64" not in tags


def test_without_glibc_pip_takes_what_fits_here() -> None:
    """As on Alpine."""
    assert Target(python_version="3.11", machine="x86_64", glibc_minor=None).pip_options() == []


def test_the_users_own_pip_configuration_is_used(
    cache: Path, index: Path, torch_spec: ImageSpec, hearing: Hearing
) -> None:
    """Here: their find-links. What has no CPU build is left out, and that is said."""
    _wheel(index, "torch", "2.13.0+cpu", _linux_tag())
    wheel_set = WheelSet(spec=torch_spec, target=host_target())
    wheels.fetch(wheel_set, hearing).release()
    assert [file.name.split("-")[0] for file in wheel_set.folder.iterdir()] == ["torch"]
    assert "leaving out torchvision==0.28.0+cpu" in hearing.whats()


def test_wheels_are_fetched_once(cache: Path, index: Path, torch_spec: ImageSpec, hearing: Hearing) -> None:
    """And found in silence after, without the index."""
    for name, version in (("torch", "2.13.0+cpu"), ("torchvision", "0.28.0+cpu")):
        _wheel(index, name, version, _linux_tag())
    wheel_set = WheelSet(spec=torch_spec, target=host_target())
    wheels.fetch(wheel_set, hearing).release()
    for file in index.iterdir():
        file.unlink()
    hearing.clear()
    wheels.fetch(wheel_set, hearing).release()
    assert not hearing
    assert len(list(wheel_set.folder.iterdir())) == 2


def test_another_pythons_wheel_is_no_substitute(
    cache: Path, index: Path, torch_spec: ImageSpec, hearing: Hearing
) -> None:
    """An image never gets what would not import in it."""
    _wheel(index, "torch", "2.13.0+cpu", _linux_tag("cp39"))
    target = host_target()
    wanted = rf"for Python {target.python_version} on {target.machine}: .*torch"
    with pytest.raises(ImageBuildError, match=wanted) as caught:
        wheels.fetch(WheelSet(spec=torch_spec, target=host_target()), hearing)
    assert wheels.PYTORCH_INDEX in caught.value.hint
    assert "PIP_" in caught.value.hint
    assert not list((cache / "staging").iterdir())


def test_a_wheel_that_was_tampered_with_is_refused(
    cache: Path, index: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """The lock's hash decides, wherever a wheel comes from."""
    _wheel(index, "tampered", "1.0", "py3-none-any")
    Path(spec.lock).write_text(f"tampered==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ImageBuildError, match=r"(?i)hash"):
        wheels.fetch(WheelSet(spec=spec, target=host_target()), hearing)


def test_the_key_covers_what_decides_the_content(spec: ImageSpec) -> None:
    """Another Python, another lock or another torch is another set."""
    target = host_target()
    key = WheelSet(spec=spec, target=target).key
    assert key == WheelSet(spec=spec, target=target).key
    assert key != WheelSet(spec=dataclasses.replace(spec, torch="torch==1+cpu"), target=target).key
    assert key != WheelSet(spec=spec, target=dataclasses.replace(target, machine="riscv64")).key
    Path(spec.lock).write_text("numpy==1.0 --hash=sha256:aa\n")
    assert key != WheelSet(spec=spec, target=target).key


def test_a_cpu_build_in_a_folder_is_no_substitute_for_a_locked_torch(
    cache: Path, index: Path, spec: ImageSpec, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its version counts as newer: the images for CUDA have PyPI's torch in their locks."""
    pypi = index.parent / "pypi"
    pypi.mkdir()
    _wheel(index, "torch", "2.13.0+cpu", _linux_tag())
    _wheel(pypi, "torch", "2.13.0", _linux_tag())
    (wheel,) = pypi.iterdir()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    page = pypi / "index.html"
    page.write_text(f'<!DOCTYPE html><a href="{wheel.name}#sha256={digest}">{wheel.name}</a>\n')
    monkeypatch.setenv("PIP_FIND_LINKS", f"{index} {page}")
    Path(spec.lock).write_text(f"torch==2.13.0 \\\n    --hash=sha256:{digest}\n")
    wheel_set = WheelSet(spec=spec, target=host_target())
    wheels.fetch(wheel_set, hearing).release()
    assert [file.name for file in wheel_set.folder.iterdir()] == [wheel.name]

"""Images built upon others: what goes, what comes, and that the one below stays as it was."""

import dataclasses
import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from snippet_images import bwrap, catalogue, disk, docker_build, docker_image, locks, root, store
from snippet_images.built import BuiltImage
from snippet_images.catalogue import IMAGES, ImageSpec, resource_text
from snippet_images.docker_calls import engine_folder, inspect
from snippet_images.errors import ImageBuildError
from snippet_images.lockfile import linux_environment, pins_for
from tests.snippet_images.conftest import Hearing

LOWER = {"pip": "cpu", "fsspec": "cpu", "mdurl": "cpu", "tqdm": "cpu"}
UPPER = {"pip": "cpu", "fsspec": "cpu-transformers4", "aiohappyeyeballs": "cpu-transformers4", "tqdm": "cpu"}
LOOK = """
import importlib.util, json, os, sys
import aiohappyeyeballs, fsspec, tqdm
compiled = [os.path.exists(module.__cached__) for module in (aiohappyeyeballs, fsspec, tqdm)]
packages = os.path.dirname(os.path.dirname(fsspec.__file__))
rests = [name for name in os.listdir(packages) if name.startswith("mdurl")]
print(json.dumps([fsspec.__version__, compiled, rests, importlib.util.find_spec("mdurl") is None]))
"""


def _lock(distributions: dict[str, str]) -> str:
    """Some of the pins of our own locks, each with the image whose lock has it."""
    lines = []
    for name, image in distributions.items():
        pins = pins_for(resource_text(IMAGES[image].lock), linux_environment("3.11", "x86_64"))
        lines += [pin.line() for pin in pins if pin.name == name]
    return "\n".join(lines) + "\n"


@pytest.fixture
def lower(spec: ImageSpec, monkeypatch: pytest.MonkeyPatch) -> ImageSpec:
    """The image below."""
    Path(spec.lock).write_text(f"# {spec.name}\n{_lock(LOWER)}", encoding="utf-8")
    found = dataclasses.replace(spec, environment=(("SEEN", 'by "$all" who look'),))
    monkeypatch.setitem(catalogue.IMAGES, spec.name, found)
    return found


@pytest.fixture
def upper(lower: ImageSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageSpec:
    """The image upon it."""
    lock = tmp_path / "upper.lock"
    lock.write_text(f"# {lower.name}\n{_lock(UPPER)}", encoding="utf-8")
    found = dataclasses.replace(lower, name=f"{lower.name}-upper", lock=str(lock), upon=lower.name)
    monkeypatch.setitem(catalogue.IMAGES, found.name, found)
    return found


@pytest.fixture
def docker_images(client: docker.DockerClient, lower: ImageSpec, upper: ImageSpec) -> Iterator[None]:
    """Both are removed in the end."""
    yield
    for spec in (upper, lower):
        for key in docker_image.keys(spec):
            for image in client.images.list(docker_image.reference(spec, key)):
                client.images.remove(str(image.id), force=True)


def _fingerprint(built: BuiltImage) -> str:
    """Of every file's name, rights, time and content."""
    digest = hashlib.sha256()
    for path in sorted(Path(built.reference).rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        digest.update(f"{path} {status.st_mode} {status.st_mtime_ns}".encode() + content)
    return digest.hexdigest()


def _check(built: BuiltImage, said: str) -> None:
    fsspec = built.versions["fsspec"]
    assert set(built.versions) == set(UPPER)
    assert set(built.modules) == {"pip", "fsspec", "aiohappyeyeballs", "tqdm"}
    assert json.loads(said) == [fsspec, [True, True, True], [], True]


def test_a_root_upon_another_leaves_it_as_it_was(
    sandbox: Path, cache: Path, lower: ImageSpec, upper: ImageSpec, hearing: Hearing
) -> None:
    """They share files. Both go one at a time, and what they shared is counted once."""
    below = root.ensure(lower, hearing)
    before = _fingerprint(below)
    built = root.ensure(upper, hearing)
    prefix = str(built.python_prefix)
    binds = ["--ro-bind", prefix, prefix, "--ro-bind", f"{built.reference}/venv", catalogue.VENV]
    command = [str(sandbox), "--unshare-all", *bwrap.system_binds(), *binds]
    asked = [*command, f"{catalogue.VENV}/bin/python", "-c", LOOK]
    _check(built, subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    assert _fingerprint(below) == before
    assert built.versions["fsspec"] != below.versions["fsspec"]
    assert built.foundation == below.foundation
    shared = [path for path in Path(built.reference).rglob("*.py") if path.stat().st_nlink > 1]
    assert any("tqdm" in path.parts for path in shared)
    assert not any("fsspec" in path.parts for path in shared)

    assert [(image.name, image.current) for image in store.list_images(None)] == [
        (lower.name, True),
        (upper.name, True),
    ]
    total = sum(image.size_bytes for image in store.list_images(None)) + disk.folder_bytes(cache / "wheels")
    for image in (below, built):
        locks.let_go(root.lock_name(Path(image.reference)))
    assert store.prune(None, everything=True, listener=hearing) == total


def test_an_image_is_out_of_date_when_the_one_below_it_is(lower: ImageSpec, upper: ImageSpec) -> None:
    """Its key covers both, under each engine."""
    keys = {root.key(upper), *docker_image.keys(upper)}
    assert len(keys) == 1 + len(docker_image.keys(upper))
    Path(lower.lock).write_text(f"# another\n{_lock(LOWER)}", encoding="utf-8")
    assert not keys & {root.key(upper), *docker_image.keys(upper)}


@pytest.mark.docker
@pytest.mark.usefixtures("docker_images")
def test_a_docker_image_upon_another(
    client: docker.DockerClient,
    cache: Path,
    lower: ImageSpec,
    upper: ImageSpec,
    hearing: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is a commit upon the other, whose labels don't show through, and is removed before it."""
    monkeypatch.setattr(docker_build, "LABEL_IMAGE", f"{docker_build.LABEL_IMAGE}.{lower.name}")
    built = docker_image.ensure(client, upper, hearing)
    below = docker_image.ensure(client, lower, hearing)
    said = client.containers.run(
        built.reference, ["python", "-c", LOOK], remove=True, network_mode="none", user="1000:1000"
    )
    _check(built, said.decode())
    seen, seen_below = (inspect(client, image.reference) or {} for image in (built, below))
    layers = seen_below["RootFS"]["Layers"]
    assert seen["RootFS"]["Layers"][:-1] == layers
    assert seen["Config"]["Labels"][docker_build.LABEL_KEY] == built.key
    assert seen["Config"]["Env"] == seen_below["Config"]["Env"]
    assert 'SEEN=by "$all" who look' in seen["Config"]["Env"]
    assert built.foundation == below.foundation

    for image in (built, below):
        locks.let_go(docker_image.lock_name(image.key))
    hearing.clear()
    store.prune(client, everything=True, listener=hearing)
    removed = [progress.what for progress in hearing if "removing verify-snippets/" in progress.what]
    assert removed == [f"removing {built.reference}", f"removing {below.reference}"]
    assert store.list_images(client) == ()


# For GPUs


@pytest.fixture
def cuda(tmp_path: Path) -> ImageSpec:
    """The image for CUDA, under a name under which nobody has built it."""
    return dataclasses.replace(IMAGES["cuda"], name=f"test{hashlib.sha256(bytes(tmp_path)).hexdigest()[:8]}")


@pytest.fixture
def tight_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disks with 5 GB left."""
    monkeypatch.setattr("snippet_images.disk.free_bytes", lambda _folder: 5_000_000_000)


@pytest.mark.usefixtures("tight_disk")
def test_gigabytes_are_not_downloaded_for_a_disk_that_is_too_small(
    sandbox: Path, cache: Path, cuda: ImageSpec, hearing: Hearing
) -> None:
    """Download and image are counted together, before anything is asked of an index."""
    with pytest.raises(ImageBuildError, match=r"5\.0 GB are free and image test\w+ needs about 10\.5 GB"):
        root.ensure(cuda, hearing)
    assert not hearing


@pytest.mark.docker
@pytest.mark.usefixtures("tight_disk")
def test_docker_downloads_no_gigabytes_for_a_disk_that_is_too_small(
    client: docker.DockerClient, cache: Path, cuda: ImageSpec, hearing: Hearing
) -> None:
    """The same; a commit writes the image a second time."""
    if engine_folder(client) is None:
        pytest.skip("the engine's disk is not one of this host's")
    with pytest.raises(ImageBuildError, match=r"5\.0 GB are free and image test\w+ needs about 18\.0 GB"):
        docker_image.ensure(client, cuda, hearing)
    assert "download" not in hearing.whats()


def test_a_build_says_before_it_begins_how_much_it_downloads(
    sandbox: Path, cache: Path, cuda: ImageSpec, hearing: Hearing, tmp_path: Path
) -> None:
    """Nobody is surprised by gigabytes; here, what is locked is nowhere, and that is where it ends."""
    lock = tmp_path / "nowhere.lock"
    lock.write_text(f"no-such-thing-anywhere==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ImageBuildError):
        root.ensure(dataclasses.replace(cuda, lock=str(lock)), hearing)
    assert hearing[0].what.endswith(": about 3.0 GB to download, 7.5 GB on disk")

"""Building images for real: under bubblewrap and under Docker, and what can go wrong."""

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import docker
import pytest

from snippet_images import bwrap, catalogue, docker_build, docker_image, locks, paths, root, store
from snippet_images.built import BuiltImage
from snippet_images.catalogue import ImageSpec
from snippet_images.docker_calls import inspect
from snippet_images.errors import ImageBuildError
from snippet_images.recipe import MANIFEST
from tests.snippet_images.conftest import Hearing

pytestmark = pytest.mark.apart

NOBODY = 65534
REPOSITORY = Path(__file__).parents[2]


def _run_in_root(sandbox: Path, built: BuiltImage, code: str, *more: str) -> str:
    prefix = str(built.python_prefix)
    binds = ["--ro-bind", prefix, prefix, "--ro-bind", f"{built.reference}/venv", catalogue.VENV]
    command = [str(sandbox), "--unshare-all", *bwrap.system_binds(), *binds, *more]
    python = f"{catalogue.VENV}/bin/python"
    return subprocess.run([*command, python, "-c", code], capture_output=True, text=True, check=True).stdout


def _start(engine: str, spec: ImageSpec) -> subprocess.Popen[str]:
    """Build in another process, with this test's cache folder."""
    command = [sys.executable, "-m", "tests.snippet_images.other_process", engine, spec.name, spec.lock]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=REPOSITORY
    )


def _read_until(stream: IO[str] | None, words: str) -> None:
    assert stream is not None
    for line in stream:
        if words in line:
            return
    pytest.fail(f"the build never said {words!r}")


def _left_in_cache(cache: Path) -> list[str]:
    """What a build may leave: locks, and wheels that are whole."""
    return sorted(
        str(path.relative_to(cache))
        for path in cache.glob("*/*")
        if path.parent.name not in {"locks", "wheels"}
    )


# bubblewrap


def test_a_root_is_built_once_and_found_at_once_after(
    sandbox: Path, cache: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """With progress the first time, in less than 20 ms and in silence the second."""
    built = root.ensure(spec, hearing)
    assert built.versions == {"pip": built.versions["pip"]}
    assert any(progress.unit == "bytes" and progress.done for progress in hearing)
    assert any(progress.unit == "steps" and progress.done == progress.total for progress in hearing)
    hearing.clear()
    locks.let_go(root.lock_name(Path(built.reference)))
    durations = []
    for _ in range(5):
        begin = time.perf_counter()
        assert root.ensure(spec, hearing) == built
        durations.append(time.perf_counter() - begin)
    assert not hearing
    assert min(durations) < 0.02
    assert _left_in_cache(cache) == [f"images/{Path(built.reference).name}"]


def test_a_root_works_for_every_user_and_knows_nothing_of_the_host(
    sandbox: Path, cache: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """Whatever the umask of the one who built it, for a snippet runs as another user.

    Python and pip run from ``/opt/venv``; scripts name that place; what is there is byte-compiled.
    """
    before = os.umask(0o077)
    try:
        built = root.ensure(spec, hearing)
    finally:
        os.umask(before)
    venv = Path(built.reference) / "venv"
    entries = [venv, *(path for path in venv.rglob("*") if not path.is_symlink())]
    assert not [path for path in entries if path.stat().st_mode & 0o044 != 0o044]
    code = "import pip, sys; print(sys.version.split()[0], sys.prefix, pip.__version__, pip.__cached__)"
    as_nobody = ("--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY))
    said = _run_in_root(sandbox, built, code, *as_nobody)
    version, prefix, pip_version, compiled = said.split()
    assert (version, prefix) == (built.python_version, catalogue.VENV)
    assert pip_version == built.versions["pip"]
    assert (venv / Path(compiled).relative_to(catalogue.VENV)).exists()
    scripts = (venv / "bin").glob("pip*")
    assert {script.read_text().splitlines()[0] for script in scripts} == {f"#!{catalogue.VENV}/bin/python"}


def test_an_ordinary_user_builds_a_root(sandbox: Path, spec: ImageSpec) -> None:
    """Without being root, in a user namespace."""
    if os.geteuid() != 0:
        pytest.skip("every other test of this file already runs as an ordinary user")
    with tempfile.TemporaryDirectory() as home:  # pytest's own folders are closed to others
        os.chown(home, NOBODY, NOBODY)
        lock = Path(home, "requirements.lock")
        lock.write_text(Path(spec.lock).read_text())
        lock.chmod(0o644)
        as_nobody: dict[str, Any] = {
            "cwd": REPOSITORY,
            "user": NOBODY,
            "group": NOBODY,
            "extra_groups": [],
            "env": {
                **os.environ,
                "HOME": home,
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": ":".join((*_folders_of_ours(), sysconfig.get_path("purelib"))),
                paths.CACHE_VARIABLE: f"{home}/cache",
            },
            "capture_output": True,
            "text": True,
            "check": False,
        }
        python = _python_for_nobody(as_nobody)
        command = [python, "-m", "tests.snippet_images.other_process", "bubblewrap", spec.name, str(lock)]
        done = subprocess.run(command, **as_nobody)
        assert "built" in done.stdout, done.stdout + done.stderr


def _folders_of_ours() -> tuple[str, ...]:
    return (str(REPOSITORY), str(Path(catalogue.__file__).parents[1]))


def _python_for_nobody(as_nobody: dict[str, Any]) -> str:
    """A Python that an ordinary user may start and that has what we need; skips where there is none."""
    code = "import docker, pip, sys, tests, snippet_images; print(sys.version_info[:2])"
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            if subprocess.run([python, "-c", code], **as_nobody).stdout.strip() == str(sys.version_info[:2]):
                return python
    pytest.skip("no Python here that an ordinary user may start has what is needed")


def test_a_damaged_root_is_built_again(sandbox: Path, cache: Path, spec: ImageSpec, hearing: Hearing) -> None:
    """As when somebody cleaned up by hand."""
    built = root.ensure(spec, hearing)
    (Path(built.reference) / "venv" / MANIFEST).unlink()
    assert root.ensure(spec, hearing) == built


# Both engines


@pytest.fixture(params=["bubblewrap", pytest.param("docker", marks=pytest.mark.docker)])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine; skips where it does not work."""
    name: str = request.param
    if name == "bubblewrap":
        request.getfixturevalue("sandbox")
    else:
        request.getfixturevalue("docker_spec")
    return name


def _wait_until_nothing_works(engine: str, spec: ImageSpec, client: docker.DockerClient | None) -> None:
    """Docker's builder notices a little later than we that nobody waits for it."""
    if client is None:
        return
    for _ in range(100):
        if not set(docker_image.keys(spec)) & docker_build.keys_of_leftovers(client):
            return
        time.sleep(0.1)
    pytest.fail(f"{engine} still has something of a build that was interrupted")


@pytest.fixture
def engine_client(engine: str, request: pytest.FixtureRequest) -> docker.DockerClient | None:
    """The Docker client, where the engine is Docker."""
    if engine != "docker":
        return None
    client: docker.DockerClient = request.getfixturevalue("client")
    return client


def _ensure(client: docker.DockerClient | None, spec: ImageSpec, hearing: Hearing) -> BuiltImage:
    return root.ensure(spec, hearing) if client is None else docker_image.ensure(client, spec, hearing)


@pytest.mark.parametrize("moment", ["downloading", "installing", "compiling"])
def test_an_interrupted_build_leaves_nothing(
    engine: str, engine_client: docker.DockerClient | None, cache: Path, spec: ImageSpec, moment: str
) -> None:
    """Ctrl-C, at any moment."""
    building = _start(engine, spec)
    _read_until(building.stdout, moment)
    building.send_signal(signal.SIGINT)
    output, _ = building.communicate(timeout=60)
    assert building.returncode != 0
    assert "built" not in output
    assert _left_in_cache(cache) == []
    _wait_until_nothing_works(engine, spec, engine_client)


def test_a_killed_build_is_cleared_away_by_the_next(
    engine: str, engine_client: docker.DockerClient | None, cache: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """SIGKILL leaves no time to clean up, and must not spoil the next build."""
    building = _start(engine, spec)
    _read_until(building.stdout, "installing")
    building.kill()
    building.communicate(timeout=60)
    built = _ensure(engine_client, spec, hearing)
    expected = [f"images/{Path(built.reference).name}"] if engine_client is None else []
    assert _left_in_cache(cache) == expected
    _wait_until_nothing_works(engine, spec, engine_client)


def test_two_at_a_time_build_once(engine: str, cache: Path, spec: ImageSpec) -> None:
    """One builds, the other waits, says so, and uses what the first built."""
    pair = [_start(engine, spec) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in pair]
    assert [process.returncode for process in pair] == [0, 0], outputs
    assert len({output.splitlines()[-1] for output in outputs}) == 1
    assert sum("compiling" in output for output in outputs) == 1
    assert sum("waiting for another process" in output for output in outputs) == 1


def test_a_wheel_that_does_not_exist_is_explained(
    engine: str, engine_client: docker.DockerClient | None, cache: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """In pip's words, with what to look at, and nothing stays."""
    lock = Path(spec.lock)
    lock.write_text(f"{lock.read_text()}\npip-has-no-such-thing==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(ImageBuildError, match="pip-has-no-such-thing") as caught:
        _ensure(engine_client, spec, hearing)
    assert "pip config list" in caught.value.hint
    assert _left_in_cache(cache) == []


# Docker


@pytest.mark.docker
def test_a_docker_image_is_built_once_and_found_at_once_after(
    client: docker.DockerClient, docker_spec: ImageSpec, hearing: Hearing
) -> None:
    """It holds Python, pip and git at the promised places, no wheel, and no trace of how it was made."""
    built = docker_image.ensure(client, docker_spec, hearing)
    assert set(built.versions) == {"pip"}
    code = "import os, pip, platform, sys; print(platform.python_version(), sys.prefix, os.listdir('/mnt'))"
    said = client.containers.run(built.reference, ["python", "-c", code], remove=True, network_mode="none")
    assert said.decode().strip() == f"{built.python_version} {catalogue.VENV} []"
    config = (inspect(client, built.reference) or {})["Config"]
    assert set(config["Labels"]) == {
        docker_build.LABEL_BUILD,
        docker_build.LABEL_IMAGE,
        docker_build.LABEL_KEY,
        docker_build.LABEL_MANIFEST,
    }
    assert config["Cmd"] == ["python"]
    assert not config.get("Volumes")
    hearing.clear()
    durations = []
    for _ in range(5):
        begin = time.perf_counter()
        assert docker_image.ensure(client, docker_spec, hearing) == built
        durations.append(time.perf_counter() - begin)
    assert not hearing
    assert min(durations) < 0.05


@pytest.mark.docker
def test_an_image_that_was_removed_behind_our_back_is_built_again(
    client: docker.DockerClient, docker_spec: ImageSpec, hearing: Hearing
) -> None:
    """``docker image prune -a`` is nobody's crime."""
    built = docker_image.ensure(client, docker_spec, hearing)
    client.images.remove(built.reference)
    assert docker_image.ensure(client, docker_spec, hearing).reference == built.reference


# The disk


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache on a disk of 12 MB: more than the download of the bare image, less than the image."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this host lets even root mount nothing")
    monkeypatch.setenv(paths.CACHE_VARIABLE, str(folder))
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_too_small_is_noticed_before(
    sandbox: Path, small_disk: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """The error names the disk, what is free, what is needed, and a way out."""
    with pytest.raises(ImageBuildError) as caught:
        root.ensure(spec, hearing)
    assert str(small_disk) in caught.value.message
    assert "12.6 MB are free" in caught.value.message
    assert "27.0 MB" in caught.value.message
    assert "images prune" in caught.value.hint
    assert not hearing


def test_a_disk_that_fills_up_is_explained_the_same_way(
    sandbox: Path, small_disk: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """Where the estimate was wrong, or somebody else wrote meanwhile; nothing half-made stays."""
    hopeful = dataclasses.replace(spec, installed_bytes=1)
    with pytest.raises(ImageBuildError, match="is too full") as caught:
        root.ensure(hopeful, hearing)
    assert "images prune" in caught.value.hint
    assert "installing" in hearing.whats()
    assert _left_in_cache(small_disk) == []


def test_a_disk_that_fills_up_during_the_download_is_explained(
    sandbox: Path, small_disk: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """It is pip that notices, and says so in many lines."""
    (small_disk / "ballast").write_bytes(bytes(10_500_000))
    hopeful = dataclasses.replace(spec, installed_bytes=1, download_bytes=1)
    with pytest.raises(ImageBuildError, match="is too full"):
        root.ensure(hopeful, hearing)
    assert _left_in_cache(small_disk) == []


# What is stored


def test_what_is_built_is_listed_and_pruned(
    sandbox: Path, cache: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """What this version would not use goes; what somebody holds stays; wheels go."""
    built = root.ensure(spec, hearing)
    (listed,) = store.list_images(None)
    assert (listed.engine, listed.name, listed.key) == ("bubblewrap", spec.name, built.key)
    assert listed.size_bytes > 10_000_000
    assert (listed.current, listed.in_use) == (False, True)
    assert store.prune(None, everything=True, listener=hearing) > 1_000_000  # the wheels
    assert Path(built.reference).exists()
    locks.let_go(root.lock_name(Path(built.reference)))
    assert not store.list_images(None)[0].in_use
    assert store.prune(None, everything=False, listener=hearing) == pytest.approx(listed.size_bytes)
    assert store.list_images(None) == ()
    assert _left_in_cache(cache) == []


def test_what_is_current_stays_unless_everything_goes(
    sandbox: Path, cache: Path, spec: ImageSpec, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalogue says what is current."""
    monkeypatch.setitem(catalogue.IMAGES, spec.name, spec)
    built = root.ensure(spec, hearing)
    locks.let_go(root.lock_name(Path(built.reference)))
    store.prune(None, everything=False, listener=hearing)
    assert [image.current for image in store.list_images(None)] == [True]
    store.prune(None, everything=True, listener=hearing)
    assert store.list_images(None) == ()


def test_a_build_under_way_is_not_pruned(
    engine: str,
    engine_client: docker.DockerClient | None,
    cache: Path,
    spec: ImageSpec,
    hearing: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it has made so far is its own until it is done."""
    monkeypatch.setattr(docker_build, "LABEL_IMAGE", f"verify-snippets.{spec.name}")  # spares other images
    building = _start(engine, spec)
    _read_until(building.stdout, "installing")
    store.prune(engine_client, everything=True, listener=hearing)
    output, _ = building.communicate(timeout=60)
    assert "built" in output, output


@pytest.mark.docker
def test_docker_images_are_listed_and_pruned(
    client: docker.DockerClient, docker_spec: ImageSpec, hearing: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a label that no image has but this test's, so that nobody's images are touched."""
    monkeypatch.setattr(docker_build, "LABEL_IMAGE", f"{docker_build.LABEL_IMAGE}.{docker_spec.name}")
    built = docker_image.ensure(client, docker_spec, hearing)
    (listed,) = store.list_images(client)
    assert (listed.reference, listed.current, listed.in_use) == (built.reference, False, True)
    store.prune(client, everything=True, listener=hearing)
    assert len(store.list_images(client)) == 1
    locks.let_go(docker_image.lock_name(built.key))
    container = client.containers.create(built.reference)
    try:
        store.prune(client, everything=True, listener=hearing)
        assert [image.in_use for image in store.list_images(client)] == [True]
    finally:
        container.remove()
    assert store.prune(client, everything=False, listener=hearing) > 1_000_000
    assert store.list_images(client) == ()

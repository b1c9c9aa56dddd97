"""Which Python of this host an image is made of."""

import dataclasses
import json
import sys
from pathlib import Path

import pytest

from snippet_images import docker_base, interpreters, root
from snippet_images.catalogue import IMAGES, PYTHONS, ImageSpec
from snippet_images.errors import ImageBuildError
from tests.snippet_images.conftest import Hearing

OTHER = next(python for python in PYTHONS if python != interpreters.own_version())


def _stand_in(folder: Path, python: str, *, answers: str, prefix: Path | None = None) -> None:
    """A program of the name of a Python that answers the one question."""
    folder.mkdir(exist_ok=True)
    said = json.dumps([f"{answers}.9 (stand-in)", str(prefix), list(map(int, answers.split(".")))])
    program = folder / f"python{python}"
    program.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="utf-8")
    program.chmod(0o755)


def test_without_a_wish_it_is_the_one_that_runs_us() -> None:
    """And for its own version, too: no other is asked for."""
    own = interpreters.find(None)
    assert own == interpreters.find(interpreters.own_version())
    assert own.build == sys.version
    assert own.executable.exists()


def test_the_first_on_the_path_that_answers_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version manager's stand-in may know of none, and a name may lie."""
    silent = tmp_path / "shims" / f"python{OTHER}"
    silent.parent.mkdir()
    silent.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    silent.chmod(0o755)
    prefix = tmp_path / "right"
    _stand_in(tmp_path / "liar", OTHER, answers="3.6", prefix=prefix)
    _stand_in(tmp_path / "nowhere", OTHER, answers=OTHER, prefix=tmp_path / "gone")
    _stand_in(tmp_path / "bin", OTHER, answers=OTHER, prefix=prefix)
    for needed in ("right", "right/bin"):
        (tmp_path / needed).mkdir()
    (prefix / "bin" / f"python{OTHER}").touch()
    places = [tmp_path / name for name in ("shims", "liar", "nowhere", "bin")]
    monkeypatch.setenv("PATH", ":".join(map(str, ["", *places])))
    assert interpreters.find(OTHER).prefix == prefix


def test_those_of_version_managers_are_found_though_they_are_not_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as uv."""
    place = tmp_path / f"cpython-{OTHER}.9-linux-x86_64-gnu" / "bin"
    place.parent.mkdir()
    _stand_in(place, OTHER, answers=OTHER, prefix=place.parent)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    assert interpreters.find(OTHER).prefix == place.parent


def test_a_host_without_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its images are out of date then: nothing here would use them."""
    for variable in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(variable, str(tmp_path))
    spec = IMAGES[f"bare-py{OTHER.replace('.', '')}"]
    with pytest.raises(ImageBuildError, match=f"no python{OTHER} was found that works") as caught:
        root.folder(spec)
    assert "--engine docker" in caught.value.hint
    assert not root.is_current(tmp_path, spec)


def test_without_glibc_there_is_only_the_one_that_runs_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Alpine, where pip can be asked for wheels for itself alone."""
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    assert interpreters.find(None) == interpreters.own()
    with pytest.raises(ImageBuildError, match="without glibc"):
        interpreters.find(OTHER)


def test_another_python_of_this_host_makes_an_image_of_its_own(
    sandbox: Path, cache: Path, spec: ImageSpec, hearing: Hearing
) -> None:
    """It stands beside the one that the program itself is made with."""
    try:
        python = interpreters.find(OTHER)
    except ImageBuildError as error:
        pytest.skip(error.message)
    built = root.ensure(dataclasses.replace(spec, python=OTHER), hearing)
    assert built.python_version.startswith(f"{OTHER}.")
    assert built.python_prefix == python.prefix
    assert built.key != root.key(spec)


def test_rows_that_come_to_one_image_are_stored_as_one() -> None:
    """The image of the engine's own Python, asked for by its version or not."""
    plain, own = IMAGES["cpu"], IMAGES[f"cpu-py{interpreters.own_version().replace('.', '')}"]
    assert root.folder(own) == root.folder(plain)
    docker_own = IMAGES[f"cpu-py{docker_base.PYTHON.replace('.', '')}"]
    assert docker_base.choices(docker_own) == docker_base.choices(plain)
    assert docker_own.stored_name(docker_base.PYTHON) == "cpu"
    assert IMAGES["cpu-py313"].stored_name("3.11") == "cpu-py313"


def test_a_base_of_ours_has_the_python_that_its_image_is_to_have() -> None:
    """Debian's releases have one Python each; there is none with 3.12."""
    ours = {name: docker_base.choices(IMAGES[name])[1:] for name in ("cpu", "cpu-py312", "cpu-py313")}
    assert len(ours["cpu"]) == len(ours["cpu-py313"]) == 1
    assert ours["cpu"] != ours["cpu-py313"]
    assert ours["cpu-py312"] == ()

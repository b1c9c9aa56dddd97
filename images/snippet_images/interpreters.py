"""The Pythons of this host that bubblewrap's images can be made of."""

import functools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snippet_images.catalogue import PYTHONS
from snippet_images.errors import ImageBuildError

_LIMIT_S = 20.0
# The variable that says where a version manager keeps its Pythons, the usual place, and the programs there.
_MANAGERS = (
    ("UV_PYTHON_INSTALL_DIR", "~/.local/share/uv/python", "cpython-*/bin"),
    ("PYENV_ROOT", "~/.pyenv", "versions/*/bin"),
)
# Neither another implementation nor a build without the interpreter's lock takes the wheels that we ask for.
_ASK = """
import json, sys, sysconfig
assert sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
print(json.dumps([sys.version, sys.base_prefix, list(sys.version_info[:2])]))
"""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python of this host.

    Attributes:
        version: such as ``3.12``.
        build: all that it says of itself, its compiler and the time it was built included.
        prefix: where it is installed; containers need it at this very path.
    """

    version: str
    build: str
    prefix: Path

    @property
    def executable(self) -> Path:
        """Itself, and no virtual environment's link to it."""
        return self.prefix / "bin" / f"python{self.version}"


def own() -> Interpreter:
    """The one that runs us."""
    return Interpreter(version=own_version(), build=sys.version, prefix=Path(sys.base_prefix).resolve())


def own_version() -> str:
    """Of the one that runs us, such as ``3.11``."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def find(python: str | None) -> Interpreter:
    """The one of this version, such as ``3.12``: the one that runs us, one on the PATH, or uv's or pyenv's.

    Raises:
        ImageBuildError: there is none, or no image is made with it.
    """
    if python in (None, own_version()):
        if own_version() not in PYTHONS:
            raise ImageBuildError(
                f"bubblewrap's images are made with Python {', '.join(PYTHONS)}, and this is {own_version()}",
                hint="install verify-snippets with one of these, or use --engine docker",
            )
        return own()
    if platform.libc_ver()[0] != "glibc":  # pip can be asked for wheels for itself alone
        raise ImageBuildError(
            f"without glibc, bubblewrap makes images of the Python that runs us alone, {own_version()}",
            hint=f"install verify-snippets with Python {python}, or use --engine docker",
        )
    found = _first_answering(str(python), tuple(_places()))
    if found is None:
        raise ImageBuildError(
            f"bubblewrap makes images of this host's Pythons, and no python{python} was found that works",
            hint=f"`uv python install {python}` or your distribution brings one; or use --engine docker",
        )
    return found


def _places() -> Iterator[str]:
    """Where Pythons may be: the PATH, and where version managers keep those that they don't put there."""
    yield from filter(None, os.environ.get("PATH", "").split(os.pathsep))
    for variable, default, pattern in _MANAGERS:
        home = Path(os.environ.get(variable) or default).expanduser()
        yield from map(str, sorted(home.glob(pattern), reverse=True))


@functools.cache
def _first_answering(python: str, places: tuple[str, ...]) -> Interpreter | None:
    return next(_answering(python, places), None)


def _answering(python: str, places: tuple[str, ...]) -> Iterator[Interpreter]:
    """Those that tell of themselves; a version manager's stand-in on the PATH may know of none."""
    for place in places:
        executable = Path(place, f"python{python}")
        if not os.access(executable, os.X_OK):
            continue
        command = [str(executable), "-I", "-c", _ASK]
        try:
            asked = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=True)
            build, prefix, version = json.loads(asked.stdout)
        except (OSError, ValueError, subprocess.SubprocessError):
            continue
        interpreter = Interpreter(
            version=".".join(map(str, version)), build=build, prefix=Path(prefix).resolve()
        )
        if interpreter.version == python and interpreter.executable.exists():
            yield interpreter

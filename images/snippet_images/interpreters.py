"""The Pythons of this host that bubblewrap's images can be made of."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from snippet_images.catalogue import PYTHONS
from snippet_images.errors import ImageBuildError

_LIMIT_S = 20.0
_ASK = "import json, sys; print(json.dumps([sys.version, sys.base_prefix, list(sys.version_info[:2])]))"


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
    """The one of this version, such as ``3.12``: the one that runs us, or one on the PATH.

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
    found = _on_path(str(python), os.environ.get("PATH", ""))
    if found is None:
        raise ImageBuildError(
            f"bubblewrap makes images of this host's Pythons, and no python{python} on the PATH answers",
            hint=f"`uv python install {python}` or your distribution brings one; or use --engine docker",
        )
    return found


@functools.cache
def _on_path(python: str, path: str) -> Interpreter | None:
    """The first on this PATH that answers; a version manager's stand-in may know of none."""
    return next(_answering(python, path), None)


def _answering(python: str, path: str) -> Iterator[Interpreter]:
    for folder in path.split(os.pathsep):
        executable = Path(folder, f"python{python}")
        if not (folder and os.access(executable, os.X_OK)):
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

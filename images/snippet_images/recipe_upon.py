"""Run inside an image while another is built upon it: distributions go, wheels come, all else stays.

Standard library only. What is replaced is removed file by file and never written over: under bubblewrap the
files are those of the image below, under other names.
"""

import argparse
import importlib.metadata
import os
import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from snippet_images import recipe


def plain(name: str) -> str:
    """A distribution's name, normalized."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(venv: Path, names: Iterable[str]) -> Iterator[importlib.metadata.Distribution]:
    """Those of these distributions that are there."""
    wanted = {plain(name) for name in names}
    places = [str(place) for place in venv.glob("lib/python*/site-packages")]
    for distribution in importlib.metadata.distributions(path=places):
        name = distribution.metadata["Name"]  # None of one that is being installed at this moment
        if name and plain(name) in wanted:
            yield distribution


def files(distribution: importlib.metadata.Distribution) -> list[Path]:
    """All files that it brought."""
    return [Path(os.path.normpath(str(file.locate()))) for file in distribution.files or ()]


def byte_codes(source: Path) -> Iterator[Path]:
    """What was compiled from a source file."""
    if source.suffix == ".py":
        yield from source.parent.glob(f"__pycache__/{source.stem}.cpython-*.pyc")


def take_out(venv: Path, names: Iterable[str]) -> None:
    """Remove distributions, what was compiled of them, and the folders that this leaves empty."""
    found = list(installed(venv, names))
    for done, distribution in enumerate(found, start=1):
        folders = set()
        for file in files(distribution):
            for each in (*byte_codes(file), file):
                each.unlink(missing_ok=True)
                folders.add(each.parent)
        for folder in folders:
            remove_while_empty(folder, venv)
        recipe.say("clearing", done=done, total=len(found))


def remove_while_empty(folder: Path, venv: Path) -> None:
    """Remove a folder, and those around it, as long as nothing is in them."""
    while folder != venv and folder.is_relative_to(venv):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass  # removed with another's
        except OSError:
            return
        folder = folder.parent


def distribution_of(wheel: Path) -> str:
    """The name of the distribution in a wheel."""
    return plain(wheel.name.partition("-")[0])


def install(python: Path, wheels: list[Path]) -> None:
    """Install the wheels, and nothing else, with the pip that is among them or else the one that is there."""
    own = next((wheel for wheel in wheels if distribution_of(wheel) == "pip"), None)
    pip = [f"{own}/pip"] if own else ["-m", "pip"]
    options = ["--no-index", "--no-deps", "--no-compile", "--no-cache-dir", "--root-user-action=ignore"]
    command = [str(python), *pip, "install", *options, "--quiet", "--isolated", *map(str, wheels)]
    names = [distribution_of(wheel) for wheel in wheels]
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            done = len(list(installed(python.parent.parent, names)))
            recipe.say("installing", done=done, total=len(wheels))
            time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"pip install ended with {process.returncode}")
    recipe.say("installing", done=len(wheels), total=len(wheels))


def byte_compile(venv: Path, names: Iterable[str]) -> None:
    """Compile these distributions, less their own tests."""
    sources = [
        str(file)
        for distribution in installed(venv, names)
        for file in files(distribution)
        if file.suffix == ".py" and "tests" not in file.parts and "site-packages" in file.parts
    ]
    with ProcessPoolExecutor() as pool:
        for done, _ in enumerate(pool.map(recipe.byte_compile, sources, chunksize=50), start=1):
            if done % 500 == 0 or done == len(sources):
                recipe.say("compiling", done=done, total=len(sources))


def main() -> None:
    """Turn the virtual environment into another."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--remove", nargs="*", default=[])
    arguments = parser.parse_args()
    os.umask(0o022)
    python = arguments.venv / "bin" / "python"
    wheels = sorted(arguments.wheels.glob("*.whl"))
    take_out(arguments.venv, arguments.remove)
    install(python, wheels)
    recipe.check(python)
    byte_compile(arguments.venv, map(distribution_of, wheels))
    (arguments.venv / recipe.MANIFEST).unlink()
    recipe.write_manifest(python)

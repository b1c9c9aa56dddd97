"""Run inside an image while it is built: wheels become a virtual environment that is ready to use.

Standard library only, and the same for every engine. ``snippet_images.recipe_output`` reads what it prints.
"""

import argparse
import json
import os
import py_compile
import subprocess
import time
import venv
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

MANIFEST = "verify-snippets.json"

_READ_VERSIONS = """
import importlib.metadata, json, platform, re

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

versions = {plain(each.metadata["Name"]): each.version for each in importlib.metadata.distributions()}
modules = {
    module: sorted(set(map(plain, names)))
    for module, names in importlib.metadata.packages_distributions().items()
    if module.isidentifier()
}
print(json.dumps({
    "python_version": platform.python_version(),
    "versions": dict(sorted(versions.items())),
    "modules": dict(sorted(modules.items())),
}))
"""


def say(event: str, **facts: object) -> None:
    """Print one line for the host."""
    print(f"recipe {json.dumps({'event': event, **facts})}", flush=True)  # noqa: T201 - how it speaks


def install(python: Path, wheels: list[Path]) -> None:
    """Install the wheels, and nothing else, with the pip that is among them."""
    pip = next(wheel for wheel in wheels if wheel.name.startswith("pip-"))
    options = [
        "--no-index",
        "--no-deps",
        "--no-compile",
        "--no-cache-dir",
        "--root-user-action=ignore",
        "--quiet",
        "--isolated",
    ]
    command = [str(python), f"{pip}/pip", "install", *options, *map(str, wheels)]
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            say("installing", done=len(distributions(python)), total=len(wheels))
            time.sleep(0.5)
    if process.returncode:
        raise SystemExit(f"pip install ended with {process.returncode}")
    say("installing", done=len(wheels), total=len(wheels))


def distributions(python: Path) -> list[Path]:
    """What is installed so far."""
    return list(python.parent.parent.glob("lib/python*/site-packages/*.dist-info"))


def byte_compile(source: str) -> None:
    """Compile one module. A module that isn't valid Python (a template, an old test) stays as it is."""
    # Unchecked: nobody edits an image, and a check would read every source file at every import.
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    try:
        py_compile.compile(source, doraise=True, invalidation_mode=mode)
    except py_compile.PyCompileError:
        return


def byte_compile_all(environment: Path) -> None:
    """Compile everything: a fresh container can't keep what it compiles, and would do it at every import."""
    found = environment.glob("lib/python*/site-packages/**/*.py")
    # A fifth of it all is the packages' own tests, which no snippet imports.
    sources = [str(path) for path in sorted(found) if "tests" not in path.parts]
    with ProcessPoolExecutor() as pool:
        for done, _ in enumerate(pool.map(byte_compile, sources, chunksize=50), start=1):
            if done % 500 == 0 or done == len(sources):
                say("compiling", done=done, total=len(sources))


def check(python: Path) -> None:
    """See whether everything that is installed finds what it needs."""
    subprocess.run([str(python), "-m", "pip", "check"], check=True)


def write_manifest(python: Path) -> None:
    """Write down what there is, for those who start containers."""
    found = subprocess.run([str(python), "-c", _READ_VERSIONS], check=True, capture_output=True, text=True)
    manifest = json.loads(found.stdout)
    (python.parent.parent / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    say("manifest", **manifest)


def main() -> None:
    """Build the virtual environment."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--venv", type=Path, required=True)
    arguments = parser.parse_args()
    os.umask(0o022)
    venv.EnvBuilder(symlinks=True).create(arguments.venv)
    python = arguments.venv / "bin" / "python"
    install(python, sorted(arguments.wheels.glob("*.whl")))
    check(python)
    byte_compile_all(arguments.venv)
    write_manifest(python)


if __name__ == "__main__":
    main()

"""Builds a dependency layer inside a container: a virtual environment on top of the image's.

Started as ``layer_builder.py INDEX_URL REQUIREMENTS_FILE CONSTRAINTS_FILE [OPTIONS]`` by the image's Python.
The layer lies at /opt/layer, and a ``.pth`` file puts the image's packages behind it: pip
counts them as installed, and what the layer installs comes first.

With ``--afresh-but PACKAGE,...`` pip counts only those packages, and what they need, as installed: everything
else that the requirements lead to is installed anew, so that libraries of one time come together. Only wheels
count then.
With ``--for-one-run`` nothing is compiled ahead: that takes longer than what one run gains by it.
"""

import argparse
import compileall
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

LAYER = Path("/opt/layer")
PYTHON = LAYER / "bin" / "python"
PIP_FAILED = 3


def make_environment() -> None:
    """Make the virtual environment."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(LAYER)


def own_packages() -> Path:
    """Where the layer's own packages lie."""
    return Path(sysconfig.get_path("purelib", vars={"base": str(LAYER), "platbase": str(LAYER)}))


def put_behind(folder: str) -> Path:
    """Put a folder of packages behind the layer's own; return the file that does it."""
    link = own_packages() / "zz_image.pth"
    link.write_text(folder + "\n")
    return link


def install(index_url: str, requirements: str, constraints: str, *options: str) -> int:
    """Let the image's pip install into the layer; return its exit code."""
    command = [sys.executable, "-m", "pip", "--isolated", "--python", str(PYTHON), "install"]
    command += ["--no-input", "--no-cache-dir", "--no-compile", *options]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--retries", "2", "--timeout", "60"]
    command += ["--index-url", index_url, "--requirement", requirements, "--constraint", constraints]
    # build environments are pip processes of their own, which hear of the index only so
    return subprocess.run(command, env={**os.environ, "PIP_INDEX_URL": index_url}, check=False).returncode


def install_afresh(kept: list[str], *wishes: str) -> int:
    """Install as if the image held nothing but some packages and what they need; return pip's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        for description in descriptions_of(kept):
            (Path(folder) / description.name).symlink_to(description)
        link = put_behind(folder)
        failed = install(*wishes, "--only-binary", ":all:")
        link.unlink()
    return failed


def descriptions_of(names: list[str]) -> list[Path]:
    """Where the image describes packages, and all that they need: what pip takes for installed."""
    known = {}
    for folder in Path(sysconfig.get_path("purelib")).glob("*.dist-info"):
        known[normalized(importlib.metadata.Distribution.at(folder).name)] = folder
    found: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        name = normalized(waiting.pop())
        if name not in found and name in known:  # what is needed elsewhere only isn't there
            found[name] = known[name]
            needed = importlib.metadata.Distribution.at(known[name]).requires or ()
            waiting += [re.split(r"[^A-Za-z0-9._-]", word)[0] for word in needed if "extra ==" not in word]
    return list(found.values())


def normalized(name: str) -> str:
    """A package's name as PEP 503 has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def own_versions() -> dict[str, str]:
    """Distributions of the layer itself, by normalized name."""
    found = importlib.metadata.distributions(path=[str(own_packages())])
    return {normalized(item.name): item.version for item in found}


def main() -> int:
    """Build the layer and leave its table of versions in it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("wishes", nargs=3)
    parser.add_argument("--afresh-but", type=lambda text: text.split(","), default=[])
    parser.add_argument("--for-one-run", action="store_true")
    asked = parser.parse_args()
    make_environment()
    if asked.afresh_but and install_afresh(asked.afresh_but, *asked.wishes):
        return PIP_FAILED
    put_behind(sysconfig.get_path("purelib"))
    if not asked.afresh_but and install(*asked.wishes):
        return PIP_FAILED
    if not asked.for_one_run:
        compileall.compile_dir(str(LAYER / "lib"), quiet=2, invalidation_mode=None)
    (LAYER / "versions.json").write_text(json.dumps(own_versions()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

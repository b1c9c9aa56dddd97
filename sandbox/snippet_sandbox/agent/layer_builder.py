"""Builds a dependency layer inside a container: a virtual environment on top of the image's.

Started as ``layer_builder.py INDEX_URL REQUIREMENTS_FILE CONSTRAINTS_FILE`` by the image's Python. The layer
lies at /opt/layer, and a ``.pth`` file puts the image's packages behind it: pip counts them as installed, and
what the layer installs comes first.
"""

import compileall
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

LAYER = Path("/opt/layer")
PIP_FAILED = 3


def make_environment() -> str:
    """Make the virtual environment; return the path of its Python."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(LAYER)
    image_packages = sysconfig.get_path("purelib")
    own_packages = sysconfig.get_path("purelib", vars={"base": str(LAYER), "platbase": str(LAYER)})
    (Path(own_packages) / "zz_image.pth").write_text(image_packages + "\n")
    return str(LAYER / "bin" / "python")


def install(python: str, index_url: str, requirements: str, constraints: str) -> int:
    """Let pip install; return its exit code."""
    command = [python, "-m", "pip", "--isolated", "install", "--no-input", "--no-cache-dir", "--no-compile"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "--retries", "2", "--timeout", "60"]
    command += ["--index-url", index_url, "--requirement", requirements, "--constraint", constraints]
    # build environments are pip processes of their own, which hear of the index only so
    return subprocess.run(command, env={**os.environ, "PIP_INDEX_URL": index_url}, check=False).returncode


def own_versions() -> dict[str, str]:
    """Distributions of the layer itself, by normalized name."""
    folder = sysconfig.get_path("purelib", vars={"base": str(LAYER), "platbase": str(LAYER)})
    found = importlib.metadata.distributions(path=[folder])
    return {re.sub(r"[-_.]+", "-", item.name).lower(): item.version for item in found}


def main() -> int:
    """Build the layer and leave its table of versions in it."""
    python = make_environment()
    if install(python, *sys.argv[1:4]):
        return PIP_FAILED
    compileall.compile_dir(str(LAYER / "lib"), quiet=2, invalidation_mode=None)
    (LAYER / "versions.json").write_text(json.dumps(own_versions()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Small images for nights: Python, pip, and a stand-in for a library of which there are two releases.

The program finds its images' definitions in the package ``snippet_images``. A folder on ``PYTHONPATH`` with
another version of that package is what a new release of the program with other libraries would be.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import snippet_images
from snippet_images.paths import CACHE_VARIABLE

DEFINITIONS = Path(snippet_images.__file__).parent
OLD, NEW = "4.57.6", "5.23.0"

_ADDED_TO_CATALOGUE = """
IMAGES["cpu"] = ImageSpec(
    name="cpu",
    summary="pip, and a stand-in for transformers",
    lock="cpu/requirements.lock",
    download_bytes=2_000_000,
    installed_bytes=25_000_000,
)
"""

# What 5.x raises was read off transformers 5.23.0 (see tests/data/errors/recordings.json).
_PIPELINES = {
    OLD: """
def pipeline(task, model):
    return lambda text: [{"summary_text": text[:12]}]
""",
    NEW: """
def pipeline(task, model):
    raise KeyError(
        f"The task {task} has been removed from transformers. Use the `text-generation` pipeline with a chat "
        "model instead. See the migration guide for more details: "
        "https://github.com/huggingface/transformers/blob/main/MIGRATION_GUIDE_V5.md#pipelines"
    )
""",
}


@dataclass(frozen=True, kw_only=True)
class SmallImages:
    """Definitions of images, in a folder for ``PYTHONPATH``.

    Attributes:
        folder: with the package ``snippet_images``.
        wheels: a page with what pip must find for them, beside its index.
        cache: where they are kept once they are built.
    """

    folder: Path
    wheels: Path
    cache: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the program use them."""
        return {
            "PYTHONPATH": str(self.folder),
            "PIP_FIND_LINKS": str(self.wheels),
            CACHE_VARIABLE: str(self.cache),
        }

    def build(self) -> None:
        """Build them, so that no night has to."""
        command = [sys.executable, "-m", "verify_snippets", "images", "build", "cpu"]
        subprocess.run(
            [*command, "--engine", "bubblewrap"],
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            timeout=300,
        )


def both(folder: Path) -> dict[str, SmallImages]:
    """Definitions of both releases; the old one is built."""
    made = {release: make(folder, release) for release in (OLD, NEW)}
    made[OLD].build()
    return made


def make(folder: Path, release: str) -> SmallImages:
    """Definitions whose cpu image holds one release of the stand-in, ``OLD`` or ``NEW``."""
    definitions = folder / f"images-{release}"
    definitions.mkdir(parents=True)
    wheel = _wheel(definitions, release)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    page = definitions / "index.html"  # without the hash on it, pip prefers the index's own transformers
    page.write_text(f'<!DOCTYPE html><a href="{wheel.name}#sha256={digest}">{wheel.name}</a>\n')
    package = definitions / "snippet_images"
    shutil.copytree(DEFINITIONS, package, ignore=shutil.ignore_patterns("__pycache__"))
    with (package / "catalogue.py").open("a") as catalogue:
        catalogue.write(_ADDED_TO_CATALOGUE)
    pip = (package / "bare" / "requirements.lock").read_text()
    lock = f"{pip}transformers=={release} \\\n    --hash=sha256:{digest}\n"
    (package / "cpu" / "requirements.lock").write_text(lock)
    return SmallImages(folder=definitions, wheels=page, cache=folder / "cache")


def _wheel(folder: Path, release: str) -> Path:
    name = f"transformers-{release}"
    files = {
        "transformers/__init__.py": f'from .pipelines import pipeline\n\n__version__ = "{release}"\n',
        "transformers/pipelines/__init__.py": _PIPELINES[release],
        f"{name}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: transformers\nVersion: {release}\n",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{name}.dist-info/RECORD"
    files[record] = "".join(f"{path},,\n" for path in (*files, record))
    wheel = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel

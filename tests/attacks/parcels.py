"""Packages for pip that nobody should install: one honest, one whose build plants special files."""

import io
import tarfile
import zipfile
from pathlib import Path

BACKEND = Path(__file__).with_name("backend.py")
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
INFO = "Metadata-Version: 2.1\nName: bait-source\nVersion: 1.0\n"


def write(folder: Path) -> None:
    """Write the packages into a folder that pip can be pointed at."""
    folder.mkdir(parents=True)
    _wheel(folder, "bait_package", "VALUE = 'true'\n")
    files = {"pyproject.toml": PROJECT, "backend.py": BACKEND.read_text(encoding="utf-8"), "PKG-INFO": INFO}
    _archive(folder, "bait_source-1.0", files)


def _wheel(folder: Path, name: str, code: str) -> None:
    base = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": code,
        f"{base}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{base}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{base}/RECORD"))
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in {**files, f"{base}/RECORD": record}.items():
            archive.writestr(path, text)


def _archive(folder: Path, name: str, files: dict[str, str]) -> None:
    with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))

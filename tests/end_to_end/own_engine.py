"""A Docker engine that a test may stop, crash and configure as it likes."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psutil
import pytest

from tests.end_to_end.test_interrupts import eventually

takes_root_and_dockerd = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("dockerd"), reason="takes root and dockerd"
)


@contextmanager
def started_engine(
    folder: Path, configuration: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[psutil.Process]:
    """A Docker engine of our own; what it holds stays in ``folder``."""
    (folder / "daemon.json").write_text(json.dumps(dict(configuration)))
    address = f"unix://{folder}/docker.sock"
    places = ("--data-root", folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid")
    manners = (
        "--config-file",
        str(folder / "daemon.json"),
        "--bridge",
        "none",
        "--iptables=false",
        "--shutdown-timeout",
        "1",
    )
    log = folder / "log"
    with log.open("ab") as sink:
        process = psutil.Popen(
            # in a network of its own: an engine without a bridge takes the default one away from the others
            ["unshare", "--net", "dockerd", "--host", address, *map(str, places), *manners],
            stdout=sink,
            stderr=sink,
        )

    def answers() -> bool:
        asked = subprocess.run(["docker", "-H", address, "version"], capture_output=True, check=False)
        return asked.returncode == 0

    try:
        assert eventually(answers, 60), log.read_text()[-2000:]
        yield process
    finally:
        if process.is_running():
            process.terminate()
            process.wait(60)


def copy_image(reference: str, address: str) -> None:
    """Give the engine at ``address`` an image of the usual one."""
    save = subprocess.Popen(["docker", "save", reference], stdout=subprocess.PIPE)
    subprocess.run(["docker", "-H", address, "load"], stdin=save.stdout, check=True, capture_output=True)
    save.wait(60)

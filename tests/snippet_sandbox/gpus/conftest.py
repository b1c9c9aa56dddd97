"""A driver that answers from a recording, for programs that the tests start."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

RECORDINGS = Path("tests/data/nvml")
STUB = Path(__file__).with_name("nvml_stub.c")
CALL_LIMIT_S = 120


@dataclass(frozen=True, kw_only=True)
class StubDriver:
    """NVML and an empty CUDA library in a folder of their own.

    Attributes:
        folder: on the loader's path of the programs that are asked.
        recording: what NVML answers from; may be written to while a program runs.
    """

    folder: Path
    recording: Path

    def play(self, name: str) -> None:
        """Answer from a recording of this name from here on."""
        shutil.copy(RECORDINGS / f"{name}.txt", self.recording)

    def tell(self, *lines: str) -> None:
        """Add lines to the recording."""
        with self.recording.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def ask(self, program: str, **variables: str) -> Any:
        """What a Python program prints as JSON, with this driver on its host."""
        own = {"LD_LIBRARY_PATH": str(self.folder), "NVML_RECORDING": str(self.recording)}
        environment = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            env=environment | own | variables,
            timeout=CALL_LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def stub_folder() -> Iterator[Path]:
    """The compiled libraries, not in /tmp, of which a container has its own; skipped without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("the recorded driver is a C library, and there is no C compiler here")
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for name, source in (("libnvidia-ml.so.1", str(STUB)), ("libcuda.so.1", "/dev/null")):
            command = [compiler, "-O1", "-shared", "-fPIC", "-o", f"{folder}/{name}", "-x", "c", source]
            subprocess.run(command, check=True, capture_output=True)
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def stub_driver(stub_folder: Path, tmp_path: Path) -> StubDriver:
    """A driver that has no recording yet: it is installed, and not loaded."""
    return StubDriver(folder=stub_folder, recording=tmp_path / "recording.txt")

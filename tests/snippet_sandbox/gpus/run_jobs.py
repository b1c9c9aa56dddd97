"""Runs jobs with GPUs on a host whose driver answers from a recording; prints what was seen of each as JSON.

The device nodes are files of ``$NODES``: that they are there is all that is looked at. While a job runs, its
lines are added to the recording, as if its process had used a GPU.
"""

import contextlib
import dataclasses
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from snippet_images.progress import silent
from snippet_sandbox.engines import gpu_binds
from snippet_sandbox.engines.bubblewrap import BubblewrapEngine
from snippet_sandbox.gpus import Gpu, known
from snippet_sandbox.gpus.allocation import granted
from snippet_sandbox.gpus.devices import Devices, devices_for
from snippet_sandbox.job import Job, Part
from snippet_sandbox.profile import GB, Profile
from tests.snippet_sandbox.gpus.test_held import CUDA, MEMORY

NODES = Path(os.environ.get("NODES", "/dev"))
PROFILE = Profile(name="check", cpus=1, memory_bytes=GB, gpus=1, gpu_memory_bytes=16 * GB, pids=64)
T4, A10G = "GPU-7b000000-0000-4000-8000-000000000002", "GPU-6c000000-0000-4000-8000-000000000003"

LOOK = f"""
import ctypes, json, os
ctypes.CDLL("libcuda.so.1")
os.memfd_create("cuda")
folders = ({str(NODES)!r}, "/sys/class/net", "/sys/fs")
variables = sorted(name for name in os.environ if "CUDA" in name or "NVIDIA" in name)
print(json.dumps([sorted(os.listdir(folder)) for folder in folders] + [variables, os.listdir("/sys/bus")]))
"""
NEVER = threading.Event()
LIE = """
import os
for fd in range(3, 64):
    try:
        os.write(fd, b'{"gpu": {"reserved": 1, "allocated": 1}}\\n')
    except OSError:
        pass
"""
# a stand-in for torch in the snippet's own folder, whose CUDA is first used here
HELD = f"""
import os
os.makedirs("torch/cuda")
open("torch/__init__.py", "w").close()
for name, source in (("__init__", {CUDA!r}), ("memory", {MEMORY!r})):
    with open(f"torch/cuda/{{name}}.py", "w") as file:
        file.write(source)
import torch.cuda
torch.cuda._lazy_init()
print(torch.cuda.memory.fractions, os.environ["XLA_PYTHON_CLIENT_MEM_FRACTION"])
"""
WAIT = "import time\ntime.sleep({})"
JOBS: list[tuple[str, str, list[str]]] = [
    ("looked", LOOK, []),
    ("lied", LIE, []),
    ("used", WAIT.format(1), [f"process {T4} PID 5000000000"]),
    ("failed", WAIT.format(1), ["fail nvmlDeviceGetComputeRunningProcesses_v3 15"]),
]
CAPPED = [f"process {A10G} PID 17000000000", f"account {A10G} PID 18000000000"]


def main() -> None:
    """Run them one after the other."""
    gpu_binds.devices = devices_of_files
    engine = BubblewrapEngine(rootless=os.environ["ROOTLESS"] == "1")
    engine.ensure_image("bare", silent)
    seen = {}
    for name, source, line in JOBS:
        wait_until_free()
        seen[name] = run(engine, source, *line)
    wait_until_free()
    with granted(PROFILE, known(), NEVER):  # the smallest: the next one gets a larger card
        tell("fail nvmlDeviceGetComputeRunningProcesses_v3 0")
        seen["held"] = run(engine, HELD)
        wait_until_free(gpus=2)
        seen["capped"] = run(engine, WAIT.format(15), *CAPPED)
    engine.close()
    print(json.dumps(seen))  # noqa: T201 - what it is for


def devices_of_files(gpus: Sequence[Gpu]) -> Devices:
    """As ``gpu_binds`` has them, of files that stand for nodes."""
    return devices_for(gpus, dev=NODES, seen=gpu_binds.SEEN)


def wait_until_free(gpus: int = 3) -> None:
    """Until no container that is being thrown away holds a GPU any more."""
    with granted(replace(PROFILE, gpus=gpus, gpu_memory_bytes=gpus), known(), NEVER):
        pass


def tell(*lines: str) -> None:
    """Add lines to the recording."""
    with Path(os.environ["NVML_RECORDING"]).open("a") as file:
        file.writelines(f"{line}\n" for line in lines)


def run(engine: BubblewrapEngine, source: str, *lines: str) -> dict[str, Any]:
    """One job; in its lines, PID stands for its process, as the host numbers it."""
    part = Part(name="p", source=source)
    job = Job(image="bare", profile=PROFILE, parts=(part,), time_limit_s=20.0)
    done = threading.Event()
    threading.Thread(target=_tell, args=(lines, done), daemon=True).start()
    measured = engine.run(job)
    done.set()
    return dataclasses.asdict(measured)


def _tell(lines: tuple[str, ...], done: threading.Event) -> None:
    while lines and not done.wait(0.02):
        for pid in _drivers():
            tell(*(line.replace("PID", str(pid)) for line in lines))
            return


def _drivers() -> Iterator[int]:
    """Those of this program's containers, once they have the job."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            begun = time.time() - process.create_time() > 0.3
            if begun and any(word.endswith("/driver.py") for word in process.cmdline()):
                yield process.pid


if __name__ == "__main__":
    main()

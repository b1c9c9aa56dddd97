"""What an engine must hold for jobs with GPUs: as ``testing``, for hosts that have any.

Each check takes a card that is larger than ``SHARE``'s, through the image with CUDA's libraries.
"""

from collections.abc import Iterator

from snippet_sandbox import gpus
from snippet_sandbox.engine import Engine
from snippet_sandbox.gpus import cap_bytes, fitting
from snippet_sandbox.job import Ending, GpuMemory, Measurement
from snippet_sandbox.profile import GB, Profile
from snippet_sandbox.testing import Check, Finding, expect, findings, run, told

SHARE = Profile(name="gpu-check", cpus=2, memory_bytes=8 * GB, gpus=1, gpu_memory_bytes=4 * GB)
IMAGE = "cuda"
EXACTNESS = 0.03
CHECKS: dict[str, Check] = {}


def why_not() -> str:
    """Why this host's engines can't be checked; empty if they can."""
    host = gpus.known()
    if not host.gpus:
        return host.trouble or "this host has no GPU"
    if not any(cap_bytes(gpu, SHARE) for gpu in fitting(host.gpus, SHARE)[:1]):
        return "no GPU of this host is larger than what a check holds jobs to"
    return ""


def check_gpus(engine: Engine) -> Iterator[Finding]:
    """Run every check on one engine; ask ``why_not`` first."""
    return findings(engine, CHECKS)


def promise(check: Check) -> Check:
    """Put a check in the table."""
    CHECKS[check.__name__] = check
    return check


def measured(engine: Engine, source: str) -> Measurement:
    """Run Python code with one GPU."""
    return run(engine, source, image=IMAGE, profile=SHARE)


def gpu_of(seen: Measurement) -> GpuMemory:
    """What was seen of its GPU."""
    expect(seen.gpu, seen)
    return seen.gpu or GpuMemory()


@promise
def only_its_own_gpus(engine: Engine) -> None:
    """A job finds as many GPUs as it was given, of the kind that is told, and reaches no other's node."""
    source = """
        import glob, os, torch
        names = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
        reached = []
        for node in glob.glob("/dev/nvidia[0-9]*"):
            try:
                os.close(os.open(node, os.O_RDWR))
                reached.append(node)
            except OSError:
                pass
        made = []
        for minor in range(16):
            try:
                os.mknod(f"/tmp/nvidia{minor}", 0o20666, os.makedev(195, minor))
                os.close(os.open(f"/tmp/nvidia{minor}", os.O_RDWR))
                made.append(minor)
            except OSError:
                pass
        print(json.dumps([names, len(reached), made]))
    """
    names, reached, made = told(engine, source, image=IMAGE, profile=SHARE)
    expect(len(names) == 1 and reached == 1 and made == [], (names, reached, made))


@promise
def gpu_memory_is_measured(engine: Engine) -> None:
    """The host's peak is what the GPU says of itself inside; torch's own words stand beside it."""
    source = """
        import json, time, torch
        free, total = torch.cuda.mem_get_info.__wrapped__()
        held = torch.zeros(2_000_000_000, dtype=torch.uint8, device="cuda")
        torch.cuda.synchronize()
        free, total = torch.cuda.mem_get_info.__wrapped__()
        print(json.dumps([total - free, torch.cuda.max_memory_reserved(), torch.cuda.max_memory_allocated()]))
        time.sleep(0.5)
    """
    seen = measured(engine, source)
    expect(seen.exit_code == 0, seen)
    inside, reserved, allocated = map(int, seen.stdout.strip(" []\n").split(","))
    gpu = gpu_of(seen)
    expect(abs((gpu.used_bytes or 0) - inside) <= EXACTNESS * inside, (gpu, inside))
    expect((gpu.reserved_bytes, gpu.allocated_bytes) == (reserved, allocated), (gpu, reserved, allocated))
    expect(gpu.models and gpu.driver and gpu.cuda, gpu)


@promise
def a_share_is_as_small_as_it_says(engine: Engine) -> None:
    """On a larger card torch runs out of memory as on one of the share's size, and sees no more of it."""
    source = """
        import torch
        free, total = torch.cuda.mem_get_info()
        assert total == 4_000_000_000 and free < total, (free, total)
        held = torch.zeros(2_000_000_000, dtype=torch.uint8, device="cuda")
        more = torch.zeros(3_000_000_000, dtype=torch.uint8, device="cuda")
    """
    seen = measured(engine, source)
    error = seen.parts[0].error
    expect(seen.ending is Ending.EXITED and error and error.type.endswith("OutOfMemoryError"), seen)


@promise
def nobody_takes_more_than_a_share(engine: Engine) -> None:
    """A job that asks the driver itself for more is ended, and the ending says why."""
    source = """
        import ctypes, time
        cuda = ctypes.CDLL("libcuda.so.1")
        context, pointer = ctypes.c_void_p(), ctypes.c_uint64()
        assert cuda.cuInit(0) == 0
        assert cuda.cuDevicePrimaryCtxRetain(ctypes.byref(context), 0) == 0
        assert cuda.cuCtxSetCurrent(context) == 0
        assert cuda.cuMemAlloc_v2(ctypes.byref(pointer), ctypes.c_size_t(5_000_000_000)) == 0
        print("begun", flush=True)
        time.sleep(20)
        print("never")
    """
    seen = measured(engine, source)
    expect(seen.ending is Ending.GPU_MEMORY_LIMIT and seen.stdout == "begun\n", seen)


@promise
def a_gpu_that_is_left_alone_costs_nothing(engine: Engine) -> None:
    """A job that was given a GPU and does not use it is not held to have used it."""
    seen = measured(engine, "import torch\nprint(torch.zeros(3).sum().item())")
    gpu = gpu_of(seen)
    expect(seen.exit_code == 0 and gpu.used_bytes == 0 and gpu.reserved_bytes is None, (seen, gpu))

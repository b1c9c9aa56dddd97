"""Verdicts where a GPU had a part: what libraries really say of one that is full, old, gone or not enough."""

from dataclasses import replace

import pytest

from snippet_sandbox.job import Ending, Measurement, PartError, PartMeasurement
from snippet_sandbox.profile import GB, PROFILES, Host, HostGpu
from verify_snippets.card import Card, Source
from verify_snippets.causes import Cause
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.verdict import Judgement, judge

CODE = "import torch\nprint(torch.ones(1).to('cuda'))"
H100 = HostGpu(name="NVIDIA H100 80GB HBM3", memory_bytes=85 * GB, compute_capability=(9, 0))
HOST = Host(cpus=26, memory_bytes=200 * GB, gpu_devices=(H100,))


def step(code: str = CODE, profile: str = "t4-small") -> Step:
    """A snippet on a GPU; ``this-host`` for one that stands in for a profile."""
    card = Card(text=f"```python\n{code}\n```\n", sha256="0" * 64, source=Source.FILE, location="README.md")
    (planned,) = make_plan(card, HOST, profile=PROFILES["t4-small"]).steps
    return replace(planned, hardware=replace(planned.hardware, name=profile))


def judged(message: str, planned: Step, kind: str = "RuntimeError") -> Judgement:
    """The verdict on a snippet that ended with this exception."""
    error = PartError(type=kind, message=message)
    part = PartMeasurement(name=planned.snippet.id, started=True, error=error)
    return judge(Ran(step=planned, measurement=Measurement(ending=Ending.EXITED, exit_code=1, parts=(part,))))


FULL = (
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which 63.20 "
    "GiB is free. Including non-PyTorch memory, this process has 14.80 GiB memory in use. 14.90 GiB allowed; "
    "Of the allocated memory 14.20 GiB is allocated by PyTorch, and 62.50 MiB is reserved by PyTorch ..."
)
TAKEN = (
    "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 14.58 GiB of which 1.12 "
    "GiB is free. Process 4711 has 9.30 GiB memory in use. Including non-PyTorch memory, this process has "
    "4.16 GiB memory in use."
)
OLD_STYLE = (
    "CUDA out of memory. Tried to allocate 4.00 GiB (GPU 0; 14.76 GiB total capacity; 12.10 GiB already "
    "allocated; 1.44 GiB free; 12.30 GiB reserved in total by PyTorch)"
)
TOO_OLD = "The NVIDIA driver on your system is too old (found version 12040). Please update your GPU driver"
NO_ROOM = "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
NO_KERNEL = "CUDA error: no kernel image is available for execution on the device"
NEWER = "FlashAttention only supports Ampere GPUs or newer."
NO_SECOND = "CUDA error: invalid device ordinal"
ECC = "CUDA error: uncorrectable ECC error encountered"
ASSERTED = "CUDA error: device-side assert triggered"
ILLEGAL = "CUDA error: an illegal memory access was encountered"
GONE = "No CUDA GPUs are available"


@pytest.mark.parametrize(
    ("message", "verdict", "cause", "said"),
    [
        (FULL, "failed", Cause.OUT_OF_MEMORY, "out of GPU memory of 16 GB: it asked for 2.00 GiB more"),
        (OLD_STYLE, "failed", Cause.OUT_OF_MEMORY, "4.00 GiB more"),
        (NO_ROOM, "failed", Cause.OUT_OF_MEMORY, "CUBLAS"),
        (TAKEN, "broken", None, "other programs have taken its memory"),
        (TOO_OLD, "broken", None, "this host's GPU failed it: The NVIDIA driver on your system is too old"),
        (GONE, "broken", None, "this host's GPU failed it"),
        (ECC, "broken", None, "ECC"),
        (NO_KERNEL, "skipped", Cause.NEEDS_GPU, "needs another GPU"),
        (NEWER, "skipped", Cause.NEEDS_GPU, "needs another GPU"),
        (NO_SECOND, "skipped", Cause.NEEDS_GPU, "more GPUs than it was given"),
        (ASSERTED, "failed", Cause.CARD_BUG, "an index out of range"),
        (ILLEGAL, "failed", Cause.CARD_BUG, "illegal memory"),
    ],
)
def test_whose_fault_it_is(message: str, verdict: str, cause: Cause | None, said: str) -> None:
    """The code's where it needs more than it was given; else the host's, which is never the card's."""
    judgement = judged(message, step())
    assert judgement.verdict == verdict
    assert said in judgement.reason
    assert (judgement.diagnosis and judgement.diagnosis.cause) == cause


def test_without_a_gpu_the_same_words_are_the_snippets_own() -> None:
    """A snippet that only says so proves nothing of a GPU that it never had."""
    on_cpu = replace(step(), hardware=PROFILES["cpu-basic"])
    assert judged(TOO_OLD, on_cpu).verdict == "failed"
    assert judged(TAKEN, on_cpu).verdict == "failed"
    assert judged(GONE, on_cpu).verdict == "skipped"


def test_who_hides_its_gpu_looks_in_vain() -> None:
    """That is no fault of the host's."""
    hiding = step(f"import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '1'\n{CODE}")
    assert judged(GONE, hiding).verdict == "skipped"


def test_a_gpu_that_stands_in_for_a_larger_one_blames_nobody() -> None:
    """It is as large as is known to be needed, and what is known may be wrong."""
    judgement = judged(FULL, step(profile="this-host"))
    assert (judgement.verdict, judgement.diagnosis and judgement.diagnosis.cause) == (
        "skipped",
        Cause.OUT_OF_MEMORY,
    )
    assert "stands in for a profile" in judgement.reason


def test_the_host_s_word_on_its_end() -> None:
    """Ended beyond the cap; after a second run, beyond that one's."""
    ended = Ran(step=step(), measurement=Measurement(ending=Ending.GPU_MEMORY_LIMIT))
    assert judge(ended).reason == "needed more GPU memory than the 16 GB of t4-small"
    roomier = replace(ended.step.hardware, gpu_memory_bytes=85 * GB)
    again = replace(ended, step=replace(ended.step, roomier=roomier), outgrown_gpu_bytes=16 * GB)
    assert judge(again).reason == "needed more GPU memory than the 85 GB of t4-small"

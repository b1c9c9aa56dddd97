"""Plans of cards that speak of GPUs, on hosts as their drivers describe them."""

from dataclasses import replace

import pytest

from snippet_sandbox.profile import GB, Host, HostGpu
from verify_snippets.card import Card, Source
from verify_snippets.facts import RepoFacts
from verify_snippets.plan import Step
from verify_snippets.planner import make_plan

MIB = 2**20
H100 = HostGpu(name="NVIDIA H100 80GB HBM3", memory_bytes=81559 * MIB, compute_capability=(9, 0))
SLICE = replace(H100, name="NVIDIA H100 80GB HBM3 MIG 2g.20gb", memory_bytes=19968 * MIB)
T4 = HostGpu(name="Tesla T4", memory_bytes=15360 * MIB, compute_capability=(7, 5))
RTX = HostGpu(name="NVIDIA GeForce RTX 4060 Laptop GPU", memory_bytes=8188 * MIB, compute_capability=(8, 9))
OLD = HostGpu(name="Quadro RTX 8000", memory_bytes=48 * GB, compute_capability=(7, 5))
SERVER = Host(cpus=26, memory_bytes=232 * GB)
HOSTS = {
    "h100": replace(SERVER, gpu_devices=(H100,)),
    "2xt4": Host(cpus=16, memory_bytes=63 * GB, gpu_devices=(T4, T4)),
    "laptop": Host(cpus=16, memory_bytes=33 * GB, gpu_devices=(RTX,)),
    "slice": replace(SERVER, gpu_devices=(SLICE,)),
    "none": SERVER,
}

CUDA = "from acme import load\nmodel = load('acme/tiny').to('cuda')"
SECOND = CUDA.replace("cuda", "cuda:1")
NINTH, NONSENSE = CUDA.replace("cuda", "cuda:8"), CUDA.replace("cuda", f"cuda:{'9' * 5000}")
FLASH = CUDA.replace("tiny'", "tiny', attn_implementation='flash_attention_2'")
EITHER = "import torch\n" + CUDA.replace("'cuda'", "'cuda' if torch.cuda.is_available() else 'cpu'")
NEEDS_16, NEEDS_40 = (f"Inference needs at least {gb} GB of VRAM." for gb in (16, 40))
FITS_12, A100 = "Inference fits in 12 GB of VRAM.", "Inference needs one A100 GPU."
SPEED = "Inference fits in 12 GB of VRAM and takes 50 ms on an H100."
ON_CPU = "Inference runs on CPU."


def planned(sentence: str, code: str, host: Host, weights_gb: float | None = None) -> Step:
    """The plan for one snippet below a sentence."""
    text = f"# Tiny\n\n## Usage\n\n{sentence}\n\n```python\n{code}\n```\n"
    card = Card(
        text=text, metadata={}, repo_id="acme/tiny", source=Source.FILE, location="README.md", sha256="0"
    )
    facts = None if weights_gb is None else RepoFacts(weight_bytes=round(weights_gb * GB))
    return make_plan(card, host, facts=facts).steps[0]


def outline(step: Step) -> str:
    """Its profile, the GPU memory in whole GB, and how much there is beyond; or that it is skipped."""
    if not step.runs:
        return f"no {step.profile}"
    assert step.image == ("cuda" if step.hardware.gpus else "cpu")
    more = f"-{step.roomier.gpu_memory_bytes // GB}" if step.roomier else ""
    return f"{step.profile} {step.hardware.gpu_memory_bytes // GB}{more}".removesuffix(" 0")


@pytest.mark.parametrize(
    ("sentence", "code", "weights_gb", "wanted"),
    [  # on an H100, two T4s, a laptop's GPU, a slice of an H100, none
        ("", CUDA, None, "t4-small 16-85, t4-small 16, no t4-small, t4-small 16-20, no t4-small"),
        ("", CUDA, 2, "t4-small 16-85, t4-small 16, this-host 8, t4-small 16-20, no t4-small"),
        (NEEDS_16, CUDA, 2, "t4-small 16-85, t4-small 16, no t4-small, t4-small 16-20, no t4-small"),
        (FITS_12, CUDA, 2, "t4-small 12-85, t4-small 12-16, this-host 8, t4-small 12-20, no t4-small"),
        (FITS_12, EITHER, 2, "t4-small 12-85, t4-small 12-16, this-host 8, t4-small 12-20, cpu-basic"),
        (NEEDS_40, CUDA, 2, "l40sx1 48-85, no l40sx1, no l40sx1, no l40sx1, no l40sx1"),
        (A100, CUDA, 2, "l40sx1 48-85, this-host 16, this-host 8, this-host 20, no l40sx1"),
        (SPEED, CUDA, 2, "a100-large 12-85, this-host 12-16, this-host 8, this-host 12-20, no a100-large"),
        ("", FLASH, 2, "a10g-small 24-85, no a10g-small, this-host 8, this-host 20, no a10g-small"),
        ("", SECOND, 2, "no a10g-largex2, this-host 32, no a10g-largex2, no a10g-largex2, no a10g-largex2"),
        ("", NINTH, 2, "no l40sx8, no l40sx8, no l40sx8, no l40sx8, no l40sx8"),
        ("", NONSENSE, 2, "t4-small 16-85, t4-small 16, this-host 8, t4-small 16-20, no t4-small"),
        ("", EITHER, 2, "cpu-basic, cpu-basic, cpu-basic, cpu-basic, cpu-basic"),
        (ON_CPU, EITHER, 2, "cpu-basic, cpu-basic, cpu-basic, cpu-basic, cpu-basic"),
    ],
)
def test_what_runs_where(sentence: str, code: str, weights_gb: float | None, wanted: str) -> None:
    """The flavor that the card asks for under its cap, the host's own GPU if that is enough, or nothing."""
    steps = [planned(sentence, code, host, weights_gb) for host in HOSTS.values()]
    assert ", ".join(map(outline, steps)) == wanted


@pytest.mark.parametrize(
    ("host", "code", "said"),
    [
        (SERVER, CUDA, "t4-small has a GPU and this host has none"),
        (HOSTS["laptop"], CUDA, "a GPU with 16 GB and this host has NVIDIA GeForce RTX 4060"),
        (HOSTS["2xt4"], FLASH, "a10g-small has a GPU with 24 GB and this host has 2 × Tesla T4 (16.1 GB)"),
        (HOSTS["h100"], SECOND, "2 GPUs with 24 GB each and this host has NVIDIA H100"),
        (
            replace(SERVER, gpu_devices=(OLD,)),
            FLASH,
            "flash attention 2 needs compute capability 8.0, and this host's Quadro RTX 8000 has 7.5",
        ),
    ],
)  # fmt: skip
def test_what_does_not_run_says_why(host: Host, code: str, said: str) -> None:
    """With what this host has."""
    step = planned("", code, host)
    assert not step.runs
    assert said in step.reason


def test_a_gpu_that_emulates_bfloat16_is_told() -> None:
    """It runs there, and takes its time."""
    code = CUDA.replace("tiny'", "tiny', dtype=torch.bfloat16").replace("from", "import torch\nfrom", 1)
    assert "bfloat16 is emulated on Tesla T4" in planned("", code, HOSTS["2xt4"]).reason
    assert "bfloat16" not in planned("", code, HOSTS["h100"]).reason
    assert "bfloat16" not in planned("", CUDA, HOSTS["2xt4"]).reason


def test_whose_wish_it_was() -> None:
    """A GPU that stands in for a flavor is named; so is what speaks for a GPU where the code takes either."""
    stands_in = planned("", CUDA, HOSTS["laptop"], 2).reason
    assert stands_in.startswith("NVIDIA GeForce RTX 4060 Laptop GPU (8.6 GB) of this host, as t4-small has")
    assert "weights ask for about 3.4 GB" in stands_in
    either = planned(FITS_12, EITHER, HOSTS["h100"], 2).reason
    assert either.startswith("its card speaks of a GPU, and this host has one: ")

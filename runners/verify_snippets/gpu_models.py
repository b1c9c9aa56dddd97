"""GPUs by name, as cards and drivers write them: which model it is, and what its maker says of it. Pure."""

import re

from snippet_sandbox.profile import GB
from verify_snippets.pattern import Pattern

# GPU memory by model, in GB: the makers' data sheets
GPU_MEMORY_GB = {
    "t4": 16, "p100": 16, "v100": 16, "l4": 24, "a10": 24, "a10g": 24, "a30": 24, "p40": 24, "rtx 3090": 24,
    "rtx 4090": 24, "rtx 5090": 32, "rtx 3080": 10, "rtx 4080": 16, "rtx 3060": 12, "rtx 4060": 8,
    "rtx 2080 ti": 11, "rtx a4000": 16, "rtx a5000": 24, "rtx a6000": 48, "a6000": 48, "l40": 48, "l40s": 48,
    "a40": 48, "a100": 40, "h100": 80, "h800": 80, "a800": 80, "h200": 141, "h20": 96, "b200": 180,
    "rtx pro 6000": 96, "mi250": 128, "mi300x": 192,
}  # fmt: skip

# What code a GPU can run, of those that flavors of the Hub are named after.
# Source: "CUDA GPU Compute Capability", https://developer.nvidia.com/cuda-gpus
_COMPUTE_CAPABILITY = {
    "t4": (7, 5), "a100": (8, 0), "a10g": (8, 6), "l4": (8, 9), "l40s": (8, 9), "h100": (9, 0),
    "h200": (9, 0), "b200": (10, 0), "rtx pro 6000": (12, 0),
}  # fmt: skip

_ALIASES = {"rtx a6000": "a6000"}

_MEMORY = Pattern(r"\b(\d{1,3})\s?(?:GB|GiB|G)\b", re.IGNORECASE)
_MAKERS = Pattern(r"\b(?:nvidia|geforce|tesla|quadro|amd|instinct|gpus?|graphics card)\b", re.IGNORECASE)
_NAMES = tuple(
    (name, Pattern(rf"\b{re.escape(name)}\b")) for name in sorted(GPU_MEMORY_GB, key=len, reverse=True)
)
_OTHERWISE = Pattern(r"\b(?:laptop|mobile|max-q|ti|super|mig)\b", re.IGNORECASE)


def gpu_memory_of(name: str) -> int | None:
    """Memory of a GPU by its name, in bytes: what the name says (A100 80GB), else the data sheet's."""
    said = memory_said(name)
    if said is not None:
        return said
    model = model_of(name)
    return GPU_MEMORY_GB[model] * GB if model else None


def memory_said(name: str) -> int | None:
    """The memory that stands in a GPU's name itself, in bytes."""
    said = _MEMORY.search(name)
    return int(said[1]) * GB if said else None


def model_of(name: str) -> str:
    """The model in any way of writing it: ``a100`` of ``NVIDIA A100-SXM4-80GB``; empty if unknown."""
    plain = " ".join(re.sub(r"[-_()]", " ", _MAKERS.sub(" ", name.lower())).split())
    found = next((model for model, written in _NAMES if written.search(plain)), "")
    return _ALIASES.get(found, found)


def is_same(written: str, device: str) -> bool:
    """Whether a GPU that a card writes of is this one, as its driver calls it.

    A laptop's card, a slice, and one with another memory than is written are others than their namesakes.
    """
    model = model_of(written)
    if not model or model != model_of(device):
        return False
    said, own = memory_said(written), memory_said(device)
    variants = {found.lower() for found in _OTHERWISE.findall(written)}
    return variants == {found.lower() for found in _OTHERWISE.findall(device)} and (
        said is None or own is None or said == own
    )


def compute_capability_of(name: str) -> tuple[int, int] | None:
    """Major and minor of a model's compute capability, by its name; None where it is not known."""
    return _COMPUTE_CAPABILITY.get(model_of(name))

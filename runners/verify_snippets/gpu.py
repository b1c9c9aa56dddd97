"""Whether code demands a GPU, with no way round it."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from verify_snippets.pattern import Pattern
from verify_snippets.reading import Reading
from verify_snippets.shell import Command

_DEVICE = Pattern(r"cuda(:\d+)?$")
_GUARD = Pattern(r"is_available|device_count|is_bf16_supported|is_cuda|gpu_available|has_cuda|use_cuda")
_MODULES = {"vllm", "tensorrt", "tensorrt_llm", "bitsandbytes", "exllamav2", "pycuda", "cupy"}
_METHODS = {"cuda", "enable_model_cpu_offload", "enable_sequential_cpu_offload", "set_device"}
_OPTIONS = {"load_in_8bit", "load_in_4bit", "use_flash_attention_2"}
_GPU_KERNELS = {"flash_attention_2", "flash_attention_3"}  # values of attn_implementation


_HINT = Pattern(
    r"cuda|gpu|load_in_|offload|flash_attention|set_device|parallel|vllm|tensorrt|bitsandbytes|exllama|cupy",
    re.IGNORECASE,
)
"""Without any of these words no rule below can hold; most code is done with here."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What kind of GPU code asks for.

    Attributes:
        count: how many it names; 0 where it names none by its number.
        compute_capability: the least that what it turns on can run with; ``(0, 0)`` for any.
        text: what that is, as the beginning of a sentence; empty for any.
        bfloat16: whether it computes in that dtype, which GPUs before 8.0 can't but slowly.
    """

    count: int = 0
    compute_capability: tuple[int, int] = (0, 0)
    text: str = ""
    bfloat16: bool = False


NO_DEMAND = Demand()

# Source: the README of flash-attn, "NVIDIA CUDA Support": Ampere or newer; FlashAttention-3 wants Hopper
_FLASH_2 = Demand(compute_capability=(8, 0), text="flash attention 2 needs compute capability 8.0")
_FLASH_3 = Demand(compute_capability=(9, 0), text="flash attention 3 needs compute capability 9.0")
_BFLOAT16 = "bfloat16"
_LONG = 6  # characters of a GPU's number: no machine has so many
_DEMANDS = {"flash_attention_2": _FLASH_2, "flash_attention_3": _FLASH_3}


def demanded(trees: Sequence[ast.AST | None]) -> Demand:
    """What kind of GPU the code of several blocks together asks for."""
    each = [_demand(node) for tree in trees if tree is not None for node in _unguarded(tree)]
    return reduce(_together, filter(None, each), NO_DEMAND)


def _demand(node: ast.AST) -> Demand | None:
    if _BFLOAT16 in (getattr(node, "attr", ""), getattr(node, "value", "")):
        return Demand(bfloat16=True)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found = _DEVICE.match(node.value)
        return Demand(count=int(found[1][1:]) + 1) if found and found[1] and len(found[1]) < _LONG else None
    if not isinstance(node, ast.keyword) or not isinstance(node.value, ast.Constant):
        return None
    value = node.value.value
    if node.arg == "tensor_parallel_size" and isinstance(value, int):
        return Demand(count=value)
    if node.arg == "use_flash_attention_2" and value is True:
        return _FLASH_2
    return _DEMANDS.get(str(value)) if node.arg == "attn_implementation" else None


def _together(one: Demand, other: Demand) -> Demand:
    newer = max(one, other, key=lambda demand: demand.compute_capability)
    return Demand(
        count=max(one.count, other.count),
        compute_capability=newer.compute_capability,
        text=newer.text,
        bfloat16=one.bfloat16 or other.bfloat16,
    )


def is_needed(reading: Reading, devices: Collection[str]) -> bool:
    """Whether a block's own code demands a GPU.

    Args:
        reading: the block.
        devices: the names that blocks it needs bind to a device (:func:`named_devices`).
    """
    if any(_command_needs(command) for command in reading.script.commands):
        return True
    if reading.code.tree is None or not (devices or _HINT.search(reading.code.text)):
        return False
    return any(_needs(node, devices) for node in _unguarded(reading.code.tree)) or _imports_gpu_only(reading)


def named_devices(reading: Reading) -> frozenset[str]:
    """The names that code binds to a fixed CUDA device."""
    if reading.code.tree is None or not _NAMES_DEVICE.search(reading.code.text):
        return frozenset()
    return frozenset(
        target.id
        for node in _unguarded(reading.code.tree)
        if isinstance(node, ast.Assign) and _is_device(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


_NAMES_DEVICE = Pattern(r"=\s*['\"]cuda")


def _imports_gpu_only(reading: Reading) -> bool:
    return any(module.partition(".")[0] in _MODULES for module in reading.names.modules)


def _unguarded(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that run only where a GPU was found, or that choose between devices."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If | ast.IfExp) and _is_guard(node.test):
            continue
        if isinstance(node, ast.Compare | ast.BoolOp):
            continue
        waiting.extend(ast.iter_child_nodes(node))


def _is_guard(test: ast.expr) -> bool:
    """Whether a condition asks for a GPU."""
    names = (getattr(node, "attr", "") or getattr(node, "id", "") for node in ast.walk(test))
    return any(_GUARD.search(name) for name in names)


def _is_device(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_DEVICE.match(node.value))


_SETTINGS = Pattern(r"(cuda_version|cuda_device|gpu_ids?|num_gpus|n_gpus?|tensor_parallel_size)$")


def _sets_gpu(name: str | None, value: ast.expr | None) -> bool:
    """Whether a setting that only a GPU has gets a number: ``gpu_id=0``, ``num_gpus=2``."""
    if name is None or not _SETTINGS.match(name) or not isinstance(value, ast.Constant):
        return False
    least = 0 if name.startswith("gpu_id") else 1
    return isinstance(value.value, int | float) and value.value >= least


def _needs(node: ast.AST, devices: Collection[str]) -> bool:
    if _is_device(node):
        return True
    if isinstance(node, ast.keyword):
        is_on = isinstance(node.value, ast.Constant) and node.value.value is True
        return (node.arg in _OPTIONS and is_on) or _sets_gpu(node.arg, node.value) or _picks_gpu_kernel(node)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return _sets_gpu(node.targets[0].id, node.value)
    if isinstance(node, ast.Name):
        return re.search(r"(Single|Multi)GPU", node.id) is not None
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            return True
        arguments = [*node.args, *(word.value for word in node.keywords)]
        return any(isinstance(value, ast.Name) and value.id in devices for value in arguments)
    return False


def _picks_gpu_kernel(node: ast.keyword) -> bool:
    return (
        node.arg == "attn_implementation"
        and isinstance(node.value, ast.Constant)
        and node.value.value in _GPU_KERNELS
    )


_COMMAND = Pattern(
    r"--gpus\b|\bvllm serve\b|\bvllm\.entrypoints\b|\btrtllm|trt_export|tensorrt|_trt\.|\bnvidia-smi\b|"
    r"--device[ =]cuda|nproc[-_]per[-_]node[ =]([2-9]|\d\d|gpu)|--runtime[ =]nvidia|"
    r"tensor[-_]parallel[-_]size|load_in_8bit|load_in_4bit|sglang\.launch_server"
)
_VISIBLE = Pattern(r"(CUDA|HIP)_VISIBLE_DEVICES=['\"]?[\d$]")


def _command_needs(command: Command) -> bool:
    if any(_VISIBLE.match(variable) for variable in command.variables):
        return True
    return not command.sets_up and bool(_COMMAND.search(command.source))

"""What a repo's files say of the model, without its weights. Pure.

Sources: the safetensors header (https://huggingface.co/docs/safetensors), ``config.json`` of transformers.
"""

import json
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from verify_snippets.pattern import Pattern

# how a safetensors file begins: with the length of its header, which the library itself bounds, too
HEADER_LENGTH = struct.Struct("<Q")
HEADER_LIMIT_BYTES = 100_000_000

# bytes of one parameter, by the names that safetensors headers have
DTYPE_BYTES: dict[str, float] = {
    "F64": 8, "I64": 8, "U64": 8,
    "F32": 4, "I32": 4, "U32": 4,
    "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1, "I8": 1, "U8": 1, "BOOL": 1,
    "F4": 0.5, "I4": 0.5,
}  # fmt: skip

# the names that people and configs use
DTYPE_NAMES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I8": "int8",
    "U8": "uint8",
    "F8_E4M3": "float8",
    "F8_E5M2": "float8",
}

_WEIGHTS = Pattern(r"\.(safetensors|bin|pt|pth|ckpt|h5|msgpack|onnx|gguf|tflite|pkl|model_weights)$")
_NOT_WEIGHTS = Pattern(
    r"(^|/)(training_args|optimizer|scheduler|rng_state\w*|random_states\w*)\.(bin|pt|pth|pkl)$"
)
_SET_ASIDE = Pattern(
    r"(^|/)(original|consolidated[^/]*|onnx|openvino|coreml|tflite|flax|checkpoint-\d+|runs)(/|$)"
)
_VARIANT = Pattern(r"\.(fp16|bf16|fp32|non_ema|ema)(-\d+-of-\d+)?\.\w+$")
NOTEBOOK_ENDING = ".ipynb"
MAIN_CONFIG = "config.json"
# sentence-transformers cuts its input at the second one's length, whatever the model itself could take
CONFIGS = (MAIN_CONFIG, "sentence_bert_config.json", "tokenizer_config.json")
_CONTEXT_KEYS = (
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "max_seq_length",
    "max_sequence_length",
    "seq_length",
    "n_ctx",
    "model_max_length",
    "max_target_positions",
)


@dataclass(frozen=True, kw_only=True)
class RepoFacts:
    """What a repo's files say.

    Attributes:
        parameters: dtype as safetensors names it -> number of parameters; empty where no header was read.
        component_parameters: folder of the repo -> number of parameters; several in diffusers repos.
        weight_bytes: of the weights that are loaded by default, on disk; None where there are none.
        disk_bytes: of all files.
        context_lengths: file that says so -> tokens.
        stretched: whether the config says that positions are scaled beyond its own number.
        dtype: as the config names it; None where it doesn't say.
        transformers_version: that saved the model, as the config says; empty where it doesn't.
        notebooks: path of each notebook -> bytes.
    """

    parameters: Mapping[str, int] = field(default_factory=dict)
    weight_bytes: int | None = None
    disk_bytes: int | None = None
    component_parameters: Mapping[str, int] = field(default_factory=dict)
    context_lengths: Mapping[str, int] = field(default_factory=dict)
    stretched: bool = False
    dtype: str | None = None
    transformers_version: str = ""
    notebooks: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_parameters(self) -> int | None:
        """All parameters; None where no header was read."""
        return sum(self.parameters.values()) or None


def facts_from(
    sizes: Mapping[str, int],
    configs: Mapping[str, Mapping[str, Any]],
    parameters: Mapping[str, Mapping[str, int]],
) -> RepoFacts:
    """Put together what a listing, configs and safetensors headers say.

    Args:
        sizes: path in the repo -> bytes.
        configs: file name, of ``CONFIGS`` -> what is in it.
        parameters: folder of the repo -> dtype -> number of parameters.
    """
    loaded = [sizes[path] for path in loaded_by_default(sizes)]
    config = configs.get(MAIN_CONFIG, {})
    lengths = {name: context_length(content) for name, content in configs.items()}
    return RepoFacts(
        parameters=add_up(parameters.values()),
        component_parameters={folder: sum(table.values()) for folder, table in parameters.items()},
        weight_bytes=sum(loaded) or None,
        disk_bytes=sum(sizes.values()) or None,
        context_lengths={name: length for name, length in lengths.items() if length},
        stretched=any(part.get("rope_scaling") for part in _text_parts(config)),
        dtype=str(config.get("dtype") or config.get("torch_dtype") or "").removeprefix("torch.") or None,
        transformers_version=str(config.get("transformers_version") or ""),
        notebooks={path: size for path, size in sizes.items() if path.endswith(NOTEBOOK_ENDING)},
    )


def loaded_by_default(paths: Iterable[str]) -> tuple[str, ...]:
    """The weight files that ``from_pretrained`` loads: a format a folder, safetensors first, no variant.

    GGUF repos hold many versions of one model; the smallest set that stands for it is not known, so none is
    chosen there unless it is the only one.
    """
    by_folder: dict[PurePosixPath, list[str]] = defaultdict(list)
    for path in paths:
        if _WEIGHTS.search(path) and not _NOT_WEIGHTS.search(path) and not _SET_ASIDE.search(path):
            by_folder[PurePosixPath(path).parent].append(path)
    chosen: list[str] = []
    for files in by_folder.values():
        plain = [path for path in files if not _VARIANT.search(path)] or files
        for ending in (".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".h5", ".gguf"):
            fitting = [path for path in plain if path.endswith(ending)]
            if fitting:
                chosen += fitting if ending != ".gguf" or len(fitting) == 1 else []
                break
    return tuple(sorted(chosen))


def context_length(config: Mapping[str, Any]) -> int | None:
    """How many tokens a model takes, from a config, or from that of the text model nested in it."""
    for part in _text_parts(config):
        for key in _CONTEXT_KEYS:
            value = part.get(key)
            if isinstance(value, int) and 0 < value < 10**9:
                return value
    return None


def _text_parts(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    nested = (config.get(name) for name in ("text_config", "llm_config", "language_config"))
    return [config, *(part for part in nested if isinstance(part, Mapping))]


def parameters_in(header: bytes) -> dict[str, int]:
    """Parameters by dtype, from the JSON header of one safetensors file.

    Raises:
        ValueError: it is no such header.
    """
    try:
        tensors = json.loads(header)
        counted: Counter[str] = Counter()
        for name, tensor in tensors.items():
            if name != "__metadata__":
                counted[str(tensor["dtype"])] += _product(tensor["shape"])
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError(f"not a safetensors header: {error}") from error
    return dict(counted)


def _product(shape: Iterable[int]) -> int:
    product = 1
    for length in shape:
        product *= int(length)
    return product


def add_up(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Parameters of several files together."""
    total: Counter[str] = Counter()
    for table in tables:
        total.update(table)
    return dict(total)

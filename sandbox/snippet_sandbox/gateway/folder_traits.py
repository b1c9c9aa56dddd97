"""What the Hub infers of a repo from its files: the library that loads it, and the pipeline that it is for.

Libraries ask for these: ``pipeline(model=...)`` without a task takes it from the Hub. Read from the Hub's own
behaviour; a card's metadata goes before all of it.
"""

import json
from collections.abc import Collection
from typing import Any

from snippet_sandbox.gateway.view import Content

_CONFIG_LIMIT_BYTES = 1_000_000

# A repo that holds this file is loaded by this library; the first that fits.
_LIBRARY_FILES = (
    ("modules.json", "sentence-transformers"),
    ("model_index.json", "diffusers"),
    ("adapter_config.json", "peft"),
)

# Architectures that end so are for this pipeline.
_PIPELINES = (
    ("ForCausalLM", "text-generation"),
    ("LMHeadModel", "text-generation"),
    ("ForMaskedLM", "fill-mask"),
    ("ForSequenceClassification", "text-classification"),
    ("ForTokenClassification", "token-classification"),
    ("ForQuestionAnswering", "question-answering"),
    ("ForImageClassification", "image-classification"),
    ("ForObjectDetection", "object-detection"),
    ("ForSpeechSeq2Seq", "automatic-speech-recognition"),
    ("ForCTC", "automatic-speech-recognition"),
    ("ForAudioClassification", "audio-classification"),
)


def library_of(paths: Collection[str], config: dict[str, Any]) -> str | None:
    """The library that loads a repo with these files and this ``config.json``."""
    for path, library in _LIBRARY_FILES:
        if path in paths:
            return library
    return "transformers" if "model_type" in config or "architectures" in config else None


def pipeline_tag_of(library: str | None, config: dict[str, Any]) -> str | None:
    """The pipeline that a repo of this library and with this ``config.json`` is for."""
    if library == "sentence-transformers":
        return "sentence-similarity"
    for architecture in config.get("architectures") or ():
        for ending, pipeline in _PIPELINES:
            if isinstance(architecture, str) and architecture.endswith(ending):
                return pipeline
    return None


def read_json(content: Content | None) -> dict[str, Any]:
    """The object in a JSON file; empty if there is none, or none that can be read."""
    if content is None or content.size > _CONFIG_LIMIT_BYTES:
        return {}
    try:
        value = json.loads(content.file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}

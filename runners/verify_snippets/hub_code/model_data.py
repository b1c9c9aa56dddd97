"""What the Hub would know of a model, from its card's metadata and its files: ``ModelData``. Pure.

The Hub reads a repo when it is pushed and tells what it found under ``GET /api/models/{repo}``; its generator
of code starts from that (``ModelData`` in ``@huggingface/tasks``). For a folder that is not there yet it is
worked out here, by the rules that https://huggingface.co/docs/hub/models-adding-libraries and
https://huggingface.co/docs/hub/models-widgets tell: what the card's metadata say goes before what the files
show. ``transformersInfo`` comes on the Hub from a table of every architecture; here from the end of the
architecture's name, which names the same class for all but a few of the architectures.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

# the files that are read, by their path in the repo
READ = (
    "config.json",
    "tokenizer_config.json",
    "processor_config.json",
    "preprocessor_config.json",
    "adapter_config.json",
    "model_index.json",
)
CHAT_TEMPLATE = "chat_template.jinja"

LIBRARY_SIGNS = {
    "config_setfit.json": "setfit",
    "modules.json": "sentence-transformers",
    "config_sentence_transformers.json": "sentence-transformers",
    "model_index.json": "diffusers",
    "adapter_config.json": "peft",
    "config_span_marker.json": "span-marker",
    "gliner_config.json": "gliner",
}  # a file that only one library writes; the more special one first

AUTO_CLASSES = {
    "ForCausalLM": ("AutoModelForCausalLM", "text-generation"),
    "LMHeadModel": ("AutoModelForCausalLM", "text-generation"),
    "ForMaskedLM": ("AutoModelForMaskedLM", "fill-mask"),
    "ForSequenceClassification": ("AutoModelForSequenceClassification", "text-classification"),
    "ForTokenClassification": ("AutoModelForTokenClassification", "token-classification"),
    "ForQuestionAnswering": ("AutoModelForQuestionAnswering", "question-answering"),
    "ForMultipleChoice": ("AutoModelForMultipleChoice", "multiple-choice"),
    "ForImageClassification": ("AutoModelForImageClassification", "image-classification"),
    "ForObjectDetection": ("AutoModelForObjectDetection", "object-detection"),
    "ForSemanticSegmentation": ("AutoModelForSemanticSegmentation", "image-segmentation"),
    "ForDepthEstimation": ("AutoModelForDepthEstimation", "depth-estimation"),
    "ForAudioClassification": ("AutoModelForAudioClassification", "audio-classification"),
    "ForSpeechSeq2Seq": ("AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"),
    "ForCTC": ("AutoModelForCTC", "automatic-speech-recognition"),
    "ForVideoClassification": ("AutoModelForVideoClassification", "video-classification"),
}
_CONDITIONAL = "ForConditionalGeneration"
_AUTO_OF_TASK = {
    "automatic-speech-recognition": "AutoModelForSpeechSeq2Seq",
    "image-text-to-text": "AutoModelForImageTextToText",
    "image-to-text": "AutoModelForImageTextToText",
    "any-to-any": "AutoModelForMultimodalLM",
    "text-to-speech": "AutoModelForTextToWaveform",
    "text-to-audio": "AutoModelForTextToWaveform",
}  # what a model "for conditional generation" is, by its task
_TASK_OF_TYPE = {"whisper": "automatic-speech-recognition", "clip": "zero-shot-image-classification"}
_TASK_OF_LIBRARY = {
    "sentence-transformers": "sentence-similarity",
    "diffusers": "text-to-image",
    "setfit": "text-classification",
    "span-marker": "token-classification",
}
_CHAT_TASKS = ("text-generation", "image-text-to-text")


def from_files(
    repo_id: str, metadata: Mapping[str, Any], paths: Sequence[str], configs: Mapping[str, Mapping[str, Any]]
) -> Json:
    """A model as the Hub would tell it.

    Args:
        repo_id: of the model.
        metadata: the card's front matter.
        paths: of all files of the repo.
        configs: path, of ``READ`` -> what is in it; ``CHAT_TEMPLATE`` -> ``{"text": ...}``.
    """
    config = configs.get("config.json", {})
    library = _text(metadata.get("library_name")) or _library(paths, config)
    info = _transformers_info(metadata, paths, config)
    task = (
        _text(metadata.get("pipeline_tag"))
        or (info or {}).get("pipeline_tag")
        or _TASK_OF_LIBRARY.get(library)
    )
    told: Json = {
        "id": repo_id,
        "library_name": library or None,
        "pipeline_tag": task or None,
        "config": _config(configs),
        "cardData": dict(metadata),
        "transformersInfo": info,
        "widgetData": _widget(metadata.get("widget")),
        "mask_token": _token(configs.get("tokenizer_config.json", {}).get("mask_token")),
        "siblings": [{"rfilename": path} for path in sorted(paths)],
    }
    told["tags"] = list(dict.fromkeys(_tags(metadata, told, paths, configs)))
    return {name: value for name, value in told.items() if value is not None}


def _library(paths: Sequence[str], config: Mapping[str, Any]) -> str:
    present = set(paths)
    for path, library in LIBRARY_SIGNS.items():
        if path in present:
            return library
    return "transformers" if config.get("model_type") or config.get("architectures") else ""


def _transformers_info(
    metadata: Mapping[str, Any], paths: Sequence[str], config: Mapping[str, Any]
) -> Json | None:
    """The class that loads it, its task and its processor; None where no config of transformers says."""
    model_type = _text(config.get("model_type"))
    architectures = config.get("architectures")
    named = _text(architectures[0]) if isinstance(architectures, list) and architectures else ""
    if not model_type and not named:
        return None
    said = _text(metadata.get("pipeline_tag")) or _TASK_OF_TYPE.get(model_type, "")
    auto, task = _auto_class(named, said)
    told: Json = {"auto_model": auto, "pipeline_tag": task, "processor": _processor(paths)}
    custom = config.get("auto_map")
    if isinstance(custom, Mapping) and auto in custom:
        told["custom_class"] = custom[auto]
    return {name: value for name, value in told.items() if value}


def _auto_class(architecture: str, task: str) -> tuple[str, str]:
    if architecture.endswith(_CONDITIONAL):
        return _AUTO_OF_TASK.get(task, "AutoModelForSeq2SeqLM"), task
    for ending, (auto, usual) in AUTO_CLASSES.items():
        if architecture.endswith(ending):
            return auto, usual
    return "AutoModel", task or "feature-extraction"


def _processor(paths: Sequence[str]) -> str:
    present = set(paths)
    has_tokenizer = bool(
        present & {"tokenizer_config.json", "tokenizer.json", "vocab.txt", "tokenizer.model", "spiece.model"}
    )
    if "processor_config.json" in present or ("preprocessor_config.json" in present and has_tokenizer):
        return "AutoProcessor"
    if "preprocessor_config.json" in present:
        return "AutoImageProcessor"
    return "AutoTokenizer" if has_tokenizer else ""


def _config(configs: Mapping[str, Mapping[str, Any]]) -> Json:
    """Of each config the part that the Hub keeps."""
    config, adapter = configs.get("config.json", {}), configs.get("adapter_config.json", {})
    tokenizer, index = configs.get("tokenizer_config.json", {}), configs.get("model_index.json", {})
    kept = ("architectures", "model_type", "auto_map", "quantization_config", "sklearn")
    told: Json = {name: config[name] for name in kept if config.get(name) is not None}
    if tokenizer:
        tokens = ("chat_template", "bos_token", "eos_token", "unk_token", "pad_token", "mask_token")
        told["tokenizer_config"] = {name: tokenizer[name] for name in tokens if name in tokenizer}
    if processor := configs.get("processor_config.json", {}).get("chat_template"):
        told["processor_config"] = {"chat_template": processor}
    if CHAT_TEMPLATE in configs:
        told["chat_template_jinja"] = configs[CHAT_TEMPLATE].get("text", "")
    if index.get("_class_name"):
        told["diffusers"] = {"_class_name": index["_class_name"]}
    if adapter.get("peft_type") or adapter.get("base_model_name_or_path"):
        told["peft"] = {
            name: adapter[name] for name in ("base_model_name_or_path", "task_type") if name in adapter
        }
    if adapter.get("model_name"):
        told["adapter_transformers"] = {
            name: adapter[name] for name in ("model_name", "model_class") if name in adapter
        }
    return told


def _tags(
    metadata: Mapping[str, Any],
    told: Mapping[str, Any],
    paths: Sequence[str],
    configs: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    """The card's own tags, and those that the Hub adds."""
    own = metadata.get("tags")
    written = [own] if isinstance(own, str) else own if isinstance(own, list) else []
    yield from (tag for tag in written if isinstance(tag, str))
    yield from filter(None, (told.get("library_name"), told.get("pipeline_tag")))
    config = configs.get("config.json", {})
    if model_type := _text(config.get("model_type")):
        yield model_type
    if config.get("auto_map"):
        yield "custom_code"
    if name := _text(configs.get("model_index.json", {}).get("_class_name")):
        yield from (f"diffusers:{name}", name)
    if any(path.endswith(".gguf") for path in paths):
        yield "gguf"
    if told.get("pipeline_tag") in _CHAT_TASKS and _has_chat_template(configs):
        yield "conversational"


def _has_chat_template(configs: Mapping[str, Mapping[str, Any]]) -> bool:
    holders = (configs.get("tokenizer_config.json", {}), configs.get("processor_config.json", {}))
    return CHAT_TEMPLATE in configs or any(holder.get("chat_template") for holder in holders)


def _widget(written: Any) -> list[Json] | None:
    """The examples for the Hub's own form."""
    if not isinstance(written, list):
        return None
    return [example for example in written if isinstance(example, dict)] or None


def _token(written: Any) -> str | None:
    """A special token, which tokenizers write as text or with how it is stripped."""
    content = written.get("content") if isinstance(written, Mapping) else written
    return content if isinstance(content, str) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

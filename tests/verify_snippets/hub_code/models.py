"""Models as the Hub would tell them, for each pair of library and task what its generator looks at."""

from typing import Any

_CHAT = {"tokenizer_config": {"chat_template": "{{ messages }}"}}


def _model(library: str, task: str | None = None, *tags: str, **more: Any) -> dict[str, Any]:
    named = {} if task is None else {"pipeline_tag": task}
    return {"id": "acme/tiny-model", "library_name": library, "tags": [library, *tags], **named, **more}


def _transformers(task: str, auto: str, processor: str, *tags: str, **more: Any) -> dict[str, Any]:
    info = {"auto_model": auto, "pipeline_tag": task, "processor": processor}
    return _model("transformers", task, *tags, transformersInfo=info, **more)


MODELS: dict[str, dict[str, Any]] = {
    "transformers text-generation": _transformers("text-generation", "AutoModelForCausalLM", "AutoTokenizer"),
    "transformers chat": _transformers(
        "text-generation", "AutoModelForCausalLM", "AutoTokenizer", "conversational", config=_CHAT
    ),
    "transformers custom code": _transformers(
        "text-generation", "AutoModelForCausalLM", "AutoTokenizer", "custom_code"
    ),
    "transformers image-text-to-text": _transformers(
        "image-text-to-text",
        "AutoModelForImageTextToText",
        "AutoProcessor",
        "conversational",
        "image-text-to-text",
        config=_CHAT,
    ),
    "transformers text-classification": _transformers(
        "text-classification", "AutoModelForSequenceClassification", "AutoTokenizer"
    ),
    "transformers fill-mask": _transformers("fill-mask", "AutoModelForMaskedLM", "AutoTokenizer"),
    "transformers feature-extraction": _transformers("feature-extraction", "AutoModel", "AutoTokenizer"),
    "transformers zero-shot-classification": _transformers(
        "zero-shot-classification", "AutoModelForSequenceClassification", "AutoTokenizer"
    ),
    "transformers image-classification": _transformers(
        "image-classification", "AutoModelForImageClassification", "AutoImageProcessor"
    ),
    "transformers speech recognition": _transformers(
        "automatic-speech-recognition", "AutoModelForSpeechSeq2Seq", "AutoProcessor"
    ),
    "transformers translation": _transformers("translation", "AutoModelForSeq2SeqLM", "AutoTokenizer"),
    "transformers without a config": _model("transformers", "text-generation"),
    "sentence-transformers": _model("sentence-transformers", "sentence-similarity"),
    "sentence-transformers widget": _model(
        "sentence-transformers",
        "sentence-similarity",
        widgetData=[{"source_sentence": 'A "quoted" cat', "sentences": ["a dog", "ein Hund: größer"]}],
    ),
    "sentence-transformers cross-encoder": _model("sentence-transformers", "text-ranking"),
    "diffusers text-to-image": _model("diffusers", "text-to-image", cardData={"instance_prompt": "a cat"}),
    "diffusers lora": _model("diffusers", "text-to-image", "lora", cardData={"base_model": "acme/base"}),
    "diffusers image-to-image": _model("diffusers", "image-to-image"),
    "diffusers inpainting": _model("diffusers", "image-to-image", "StableDiffusionInpaintPipeline"),
    "diffusers controlnet": _model("diffusers", None, "controlnet", cardData={"base_model": ["acme/base"]}),
    "peft": _model(
        "peft",
        "text-generation",
        config={"peft": {"base_model_name_or_path": "acme/base", "task_type": "CAUSAL_LM"}},
    ),
    "adapters": _model(
        "adapter-transformers", config={"adapter_transformers": {"model_name": "bert-base-uncased"}}
    ),
    "timm": _model("timm", "image-classification"),
    "setfit": _model("setfit", "text-classification"),
    "spacy": _model("spacy", "token-classification"),
    "keras": _model("keras"),
    "fastai": _model("fastai"),
    "sklearn": _model(
        "sklearn",
        "tabular-classification",
        "skops",
        config={"sklearn": {"model": {"file": "model.pkl"}, "model_format": "pickle"}},
    ),
    "llama-cpp-python": _model("llama-cpp-python", "text-generation", "gguf", "conversational"),
    "mlx": _model("mlx", "text-generation", "conversational"),
    "flair": _model("flair", "token-classification"),
    "span-marker": _model("span-marker", "token-classification"),
    "gliner": _model("gliner", "token-classification"),
    "model2vec": _model("model2vec"),
    "two libraries": _model(
        "sentence-transformers",
        "feature-extraction",
        "transformers",
        transformersInfo={"auto_model": "AutoModel", "processor": "AutoTokenizer"},
    ),
}

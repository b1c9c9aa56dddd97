"""What was renamed or removed in which version of the libraries that model cards use.

Every row was checked against published wheels: the old name is there in the version before ``since`` and gone
(or, where it is not ``removed``, only warned about) in ``since`` itself. Compared were transformers
4.40-5.23, diffusers 0.22-0.42, huggingface_hub 0.19-2.4, datasets 2.14-5.2, numpy 1.26-2.4,
pillow 9.5 and 10.0, pandas 1.5 and 2.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial


class ChangeKind(StrEnum):
    """What of a library changed."""

    ARGUMENT = "argument"  # of a function or a class
    NAME = "name"  # importable: a class, a function, a constant
    METHOD = "method"  # of the library's objects, or an attribute
    MODULE = "module"
    TASK = "task"  # of transformers.pipeline


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that a library no longer knows by its old name.

    Attributes:
        library: the package that changed.
        kind: what of it.
        old: the old name; a ``*`` stands for anything.
        new: what does the same in its place: put there, the code works; empty where nothing does.
        since: the first version without the old name; where it is not ``removed``, the first to warn.
        new_since: the first version with the new name; empty where every version in use has it.
        removed: whether the old name fails; False where it still works and a warning says to change it.
        where: what takes the argument, or has the method: the last part of its name; empty for anything.
        advice: what to do where no single word does it.
    """

    library: str
    kind: ChangeKind
    old: str
    new: str = ""
    since: str
    new_since: str = ""
    removed: bool = True
    where: tuple[str, ...] = ()
    advice: str = ""

    @property
    def sentence(self) -> str:
        """For a maintainer: what happened in which version, and what to use."""
        return self.said()

    def said(self, installed: str = "") -> str:
        """The same, with the version that is installed."""
        what = f"the pipeline {self.old!r}" if self.kind is ChangeKind.TASK else f"`{self.old}`"
        happened = "was removed in" if self.removed else "is deprecated since"
        here = f" ({installed} is installed)" if installed not in ("", self.since) else ""
        use = self.advice or (f"use `{self.new}`" if self.new else "")
        return f"{what} {happened} {self.library} {self.since}{here}" + (f"; {use}" if use else "")


def rows() -> Iterator[Change]:
    """Every change that is known."""
    yield from _arguments()
    yield from _names()
    yield from _methods()
    yield from _modules()
    yield from _tasks()


_LOADING = ("from_pretrained", "pipeline", "from_config")
_PIPELINES = ("from_pretrained", "from_single_file", "from_pipe")
_DOWNLOADING = ("hf_hub_download", "snapshot_download")
_TRAINERS = ("Trainer", "Seq2SeqTrainer")
_TRAINING = ("TrainingArguments", "Seq2SeqTrainingArguments")
_ATTENTION = 'use `attn_implementation="{}"`'
_QUANTIZED = "pass `quantization_config=BitsAndBytesConfig({}=True)`"


_UNUSED = (
    "overwrite_output_dir use_mps_device save_safetensors tpu_num_cores fp16_backend half_precision_backend "
    "jit_mode_eval include_inputs_for_metrics"
)
_LEAVE_OUT = "leave it out"


def _arguments() -> Iterator[Change]:
    def of(where: tuple[str, ...], old: str, new: str, since: str, **more: object) -> Change:
        plain = Change(
            library="transformers", kind=ChangeKind.ARGUMENT, old=old, new=new, since=since, where=where
        )
        return replace(plain, **more)  # type: ignore[arg-type]  # fields by name

    warned, pipeline = {"removed": False}, ("pipeline",)
    yield of(_LOADING, "use_auth_token", "token", "5.0.0")
    yield of(_LOADING, "torch_dtype", "dtype", "4.56.0", new_since="4.56.0", **warned)
    yield of(_LOADING, "load_in_4bit", "", "5.0.0", advice=_QUANTIZED.format("load_in_4bit"))
    yield of(_LOADING, "load_in_8bit", "", "5.0.0", advice=_QUANTIZED.format("load_in_8bit"))
    yield of(_LOADING, "resume_download", "", "5.0.0", advice=_LEAVE_OUT)
    yield of(_LOADING, "use_flash_attention_2", "", "4.53.0", advice=_ATTENTION.format("flash_attention_2"))
    yield of(pipeline, "framework", "", "5.0.0", advice=_LEAVE_OUT)
    yield of(pipeline, "return_all_scores", "", "5.2.0", advice="use `top_k=None`")
    yield of(pipeline, "grouped_entities", "", "5.0.0", advice='use `aggregation_strategy="simple"`')
    yield of(_TRAINING, "evaluation_strategy", "eval_strategy", "4.51.0", new_since="4.41.0")
    yield of(_TRAINING, "no_cuda", "use_cpu", "5.0.0", new_since="4.32.0")
    yield of(_TRAINING, "push_to_hub_token", "hub_token", "5.0.0")
    yield of(_TRAINING, "per_gpu_train_batch_size", "per_device_train_batch_size", "5.0.0")
    yield of(_TRAINING, "per_gpu_eval_batch_size", "per_device_eval_batch_size", "5.0.0")
    yield from (of(_TRAINING, old, "", "5.0.0", advice=_LEAVE_OUT) for old in _UNUSED.split())
    yield of(_TRAINING, "group_by_length", "", "5.2.0")
    yield of(_TRAINING, "logging_dir", "", "5.15.0")
    yield of(_TRAINING, "warmup_ratio", "", "5.15.0")
    yield of(_TRAINERS, "tokenizer", "processing_class", "5.0.0", new_since="4.46.1")

    diffusers = {"library": "diffusers"}
    yield of(_PIPELINES, "use_auth_token", "token", "0.25.0", **diffusers)
    yield of(_PIPELINES, "torch_dtype", "dtype", "0.40.0", new_since="0.40.0", **diffusers, **warned)
    hub = {"library": "huggingface_hub", "since": "1.0.0"}
    yield of((), "use_auth_token", "token", **hub)
    for old in ("resume_download", "local_dir_use_symlinks", "force_filename"):
        yield of(_DOWNLOADING, old, "", **hub, advice=_LEAVE_OUT)
    datasets = {"library": "datasets", "since": "3.0.0"}
    yield of(("load_dataset", "load_dataset_builder"), "use_auth_token", "token", **datasets)
    yield of(("load_dataset",), "ignore_verifications", "", **datasets)
    yield of((), "use_auth_token", "token", "2.3.0", library="sentence-transformers", **warned)


_FEATURE_EXTRACTORS = (
    "Beit CLIP ChineseCLIP ConditionalDetr ConvNext DPT DeformableDetr DeiT Detr Donut Flava GLPN ImageGPT "
    "LayoutLMv2 LayoutLMv3 Levit MaskFormer MobileNetV1 MobileNetV2 MobileViT OwlViT Perceiver PoolFormer "
    "Segformer ViT VideoMAE Vilt Yolos"
)
"""Of pictures: each became an image processor that does the same."""
_GONE_MODELS = (
    "Deta EfficientFormer ErnieM GPTSanJapanese Graphormer Jukebox MCTCT MMBT Mega Nat Nezha OpenLlama "
    "QDQBert Realm RetriBert Speech2Text2 Tapex TrajectoryTransformer TransfoXL Tvlt Van ViTHybrid "
    "XLMProphetNet"
)
"""Whole model families that transformers 5 left behind."""
_GONE_FROM_TRANSFORMERS = {
    "5.0.0": (
        "SummarizationPipeline TranslationPipeline Text2TextGenerationPipeline ImageToTextPipeline "
        "TRANSFORMERS_CACHE PYTORCH_TRANSFORMERS_CACHE TextDataset LineByLineTextDataset ModelCard "
        "AdamWeightDecay create_optimizer is_tf_available is_flax_available KerasMetricCallback "
        "PushToHubCallback OffloadedCache HybridCache SinkCache HQQQuantizedCache SpecialTokensMixin "
        "Wav2Vec2ForMaskedLM LEDForSequenceClassification load_tf_weights_in_*"
    ),
    "5.3.0": "QuestionAnsweringPipeline VisualQuestionAnsweringPipeline ImageToImagePipeline",
    "5.8.0": "BeamScorer ConstrainedBeamSearchScorer",
    "5.20.0": "SquadDataset glue_compute_metrics DataCollatorForWholeWordMask",
}
_GONE_FROM_HUGGINGFACE_HUB = {
    "0.24.0": "ModelFilter DatasetFilter",
    "1.0.0": (
        "InferenceApi Repository KerasModelHubMixin from_pretrained_keras push_to_hub_keras "
        "save_pretrained_keras configure_http_backend get_token_permission update_repo_visibility"
    ),
    "2.0.0": "upload_large_folder duplicate_space repo_type_and_id_from_hf_id",
}
_ADVICE = {
    "InferenceApi": "use `InferenceClient`",
    "Repository": "use `HfApi.upload_folder` and `snapshot_download`",
}


def _names() -> Iterator[Change]:
    def of(library: str, since: str, old: str, new: str = "", **more: object) -> Change:
        plain = Change(library=library, kind=ChangeKind.NAME, old=old, new=new, since=since)
        return replace(plain, **more)  # type: ignore[arg-type]  # fields by name

    transformers = "transformers"
    yield of(
        transformers,
        "5.0.0",
        "AutoModelForVision2Seq",
        "AutoModelForImageTextToText",
        new_since="4.46.1",
    )
    yield of(
        transformers,
        "5.0.0",
        "AutoModelWithLMHead",
        advice="use `AutoModelForCausalLM`, `AutoModelForMaskedLM` or `AutoModelForSeq2SeqLM`",
    )
    yield of(transformers, "5.0.0", "Wav2Vec2Tokenizer", "Wav2Vec2CTCTokenizer")
    yield of(transformers, "4.50.0", "AdamW", advice="use `torch.optim.AdamW`")
    for model in _FEATURE_EXTRACTORS.split():
        yield of(transformers, "5.0.0", f"{model}FeatureExtractor", f"{model}ImageProcessor")
    for model in _GONE_MODELS.split():
        yield of(transformers, "5.0.0", f"{model}[A-Z]*", advice="the model itself was removed")
    for framework in ("TF", "Flax"):
        yield of(transformers, "5.0.0", f"{framework}[A-Z]*", advice="only its PyTorch classes are left")
    yield from (
        of(transformers, since, old)
        for since, names in _GONE_FROM_TRANSFORMERS.items()
        for old in names.split()
    )
    yield of("huggingface_hub", "0.26.0", "cached_download", advice="use `hf_hub_download`")
    yield of("huggingface_hub", "1.0.0", "HfFolder", advice="use `get_token`, `login` and `logout`")
    yield from (
        of("huggingface_hub", since, old, advice=_ADVICE.get(old, ""))
        for since, names in _GONE_FROM_HUGGINGFACE_HUB.items()
        for old in names.split()
    )
    yield of("diffusers", "0.40.0", "Flax[A-Z]*", advice="only its PyTorch classes are left")
    yield of("diffusers", "0.41.0", "LuminaText2ImgPipeline", "LuminaPipeline")
    yield of("diffusers", "0.41.0", "Lumina2Text2ImgPipeline", "Lumina2Pipeline")
    for old in ("load_metric", "list_metrics", "inspect_metric"):
        yield of("datasets", "3.0.0", old, advice="metrics are in the package `evaluate` now")
    yield of("datasets", "3.0.0", "list_datasets", advice="use `huggingface_hub.list_datasets`")


_NUMPY_TYPES = ("float", "int", "object", "complex")  # np.bool came back in 2.0
_NUMPY_2 = {
    "float_": "float64",
    "complex_": "complex128",
    "unicode_": "str_",
    "string_": "bytes_",
    "NaN": "nan",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "mat": "asmatrix",
    "round_": "round",
    "alltrue": "all",
    "sometrue": "any",
    "product": "prod",
    "cumproduct": "cumprod",
}


def _methods() -> Iterator[Change]:
    def of(library: str, since: str, old: str, new: str = "", advice: str = "", where: str = "") -> Change:
        kind, owners = ChangeKind.METHOD, tuple(where.split())
        return Change(library=library, kind=kind, old=old, new=new, since=since, advice=advice, where=owners)

    for old in ("encode_plus", "batch_encode_plus"):
        yield of("transformers", "5.0.0", old, "__call__", "call the tokenizer itself")
    yield of("transformers", "5.0.0", "prepare_seq2seq_batch", "", "call the tokenizer with `text_target=`")
    yield of("transformers", "5.0.0", "as_target_tokenizer", "", "call the tokenizer with `text_target=`")
    yield of("transformers", "5.0.0", "to_bettertransformer", "", _ATTENTION.format("sdpa"))
    yield of("transformers", "5.0.0", "prune_heads")
    yield of("diffusers", "0.40.0", "enable_vae_slicing", "vae.enable_slicing")
    yield of("diffusers", "0.40.0", "enable_vae_tiling", "vae.enable_tiling")
    for old in _NUMPY_TYPES:
        yield of("numpy", "1.24.0", old, "", f"use Python's `{old}`", "numpy")
    for old, new in _NUMPY_2.items():
        yield of("numpy", "2.0.0", old, new, where="numpy")
    yield of("pillow", "10.0.0", "ANTIALIAS", "LANCZOS", where="Image")
    yield of("pandas", "2.0.0", "append", "", "use `pandas.concat`", "DataFrame Series")
    hub = partial(of, "huggingface_hub", where="InferenceClient")
    yield hub("0.31.0", "post")
    yield hub("0.25.0", "conversational", "", "use `chat_completion`")
    yield hub("0.35.0", "list_deployed_models")
    yield hub("0.35.0", "get_model_status")


def _modules() -> Iterator[Change]:
    def of(library: str, since: str, old: str, advice: str = "") -> Change:
        return Change(library=library, kind=ChangeKind.MODULE, old=old, since=since, advice=advice)

    yield of("transformers", "5.0.0", "transformers.onnx", "use the package `optimum`")
    yield of("transformers", "5.0.0", "transformers.tf_utils")
    yield of("transformers", "5.0.0", "transformers.keras_callbacks")
    yield of("huggingface_hub", "1.0.0", "huggingface_hub.inference_api", "use `InferenceClient`")
    yield of("huggingface_hub", "1.0.0", "huggingface_hub.repository")
    yield of("huggingface_hub", "1.0.0", "huggingface_hub.keras_mixin")


_CHAT = "use `text-generation` with a chat model"
_SEQ2SEQ = "load `AutoModelForSeq2SeqLM` and call its `generate`"


def _tasks() -> Iterator[Change]:
    def of(since: str, old: str, advice: str, *, new: str = "", removed: bool = True) -> Change:
        return Change(
            library="transformers",
            kind=ChangeKind.TASK,
            old=old,
            new=new,
            since=since,
            removed=removed,
            advice=advice,
            where=("pipeline",),
        )

    for old in ("summarization", "text2text-generation", "translation", "translation_*"):
        yield of("5.0.0", old, f"{_SEQ2SEQ}, or {_CHAT}")
    yield of("5.3.0", "question-answering", f"load `AutoModelForQuestionAnswering`, or {_CHAT}")
    for old in ("visual-question-answering", "vqa"):
        yield of("5.3.0", old, "use `image-text-to-text` with a vision-language model")
    yield of("5.3.0", "image-to-image", "use diffusers")
    yield of("5.0.0", "image-to-text", "use `image-text-to-text`, which also wants a text", removed=False)

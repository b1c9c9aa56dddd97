"""Which package brings which module, as far as model cards use them."""

import re
import sys
from collections.abc import Iterable
from functools import lru_cache

from verify_snippets.pattern import Pattern

_MODULES_OF = {
    "accelerate": "accelerate",
    "autoawq": "awq",
    "beautifulsoup4": "bs4",
    "biopython": "Bio",
    "faiss-cpu": "faiss",
    "faiss-gpu": "faiss",
    "fair-esm": "esm",
    "faster-whisper": "faster_whisper",
    "flash-attn": "flash_attn",
    "funasr": "funasr",
    "gguf": "gguf",
    "huggingface-sb3": "huggingface_sb3",
    "lightning": "lightning",
    "nemo-toolkit": "nemo",
    "onnxruntime-gpu": "onnxruntime",
    "open-clip-torch": "open_clip",
    "openai-whisper": "whisper",
    "opencv-contrib-python": "cv2",
    "opencv-python": "cv2",
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "protobuf": "google",
    "pyaudio": "pyaudio",
    "pycryptodome": "Crypto",
    "pymupdf": "fitz",
    "python-dotenv": "dotenv",
    "pytorch-transformers": "pytorch_transformers",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tf-keras": "tf_keras",
}
_KNOWN_MODULES = frozenset(
    word
    for row in (
        "PIL accelerate adapters aiohttp anthropic asteroid audiocraft autogluon awq auto_gptq",
        "bert_score bitsandbytes bs4 chromadb coremltools ctranslate2 cv2 datasets deepspeed",
        "diffusers docling easyocr einops espnet2 espnet_model_zoo evaluate faiss fairseq fastai",
        "fastapi faster_whisper fasttext flair flash_attn flax funasr gensim gguf gliner google",
        "gradio gym gymnasium haystack httpx huggingface_hub huggingface_sb3 imageio ipywidgets jax",
        "jaxlib jieba joblib keras keras_hub langchain langchain_community langchain_core",
        "langchain_huggingface librosa lightning litellm llama_cpp llama_index matplotlib mlx",
        "mlx_lm mlx_vlm modelscope monai mteb nemo nltk numpy ollama onnx onnxruntime open_clip",
        "openai openvino optimum outlines pandas peft pkg_resources plotly polars pyannote pyarrow",
        "pydantic pydub pytorch_lightning pytesseract qwen_vl_utils ray requests rl_zoo3",
        "rouge_score s3prl sacremoses safetensors scipy seaborn sentence_transformers sentencepiece",
        "setfit sglang shap skimage skops sklearn skl2onnx snntorch soundfile spacy speechbrain",
        "stable_baselines3 stanza streamlit supervision tensorboard tensorflow tensorflow_hub",
        "tf_keras tflite_runtime thinc tiktoken timm tokenizers torch torch_geometric torchaudio",
        "torchmetrics torchvision tqdm transformers trl tts ultralytics umap unsloth vllm wandb",
        "whisper whisperx xformers xgboost yaml",
    )
    for word in row.split()
)
_PACKAGE_OF = {
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "auto_gptq": "auto-gptq",
    "awq": "autoawq",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dotenv": "python-dotenv",
    "esm": "fair-esm",
    "espnet2": "espnet",
    "faiss": "faiss-cpu",
    "fitz": "pymupdf",
    "llama_cpp": "llama-cpp-python",
    "nemo": "nemo-toolkit",
    "open_clip": "open-clip-torch",
    "pyannote": "pyannote.audio",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
    "whisper": "openai-whisper",
    "yaml": "pyyaml",
}
_OF_SEVERAL = {"google", "haystack", "pkg_resources", "tflite_runtime", "tts"}
"""Modules that no single package is plainly meant by."""
_COMPANIONS = {"extension", "extensions", "extras", "contrib", "plugin", "plugins", "client", "stubs"}
"""``foo-extensions`` comes beside ``foo`` and doesn't bring it."""
_WHEEL_VERSION = Pattern(r"-\d.*$")


@lru_cache(maxsize=4096)
def name(requirement: str) -> str:
    """The package's name, lower-case with hyphens: ``Foo_bar[x]>=1`` is ``foo-bar``."""
    if requirement.startswith(("git+", "http:", "https:")):
        return _plain(_of_address(requirement))
    return _plain(re.split(r"[\[<>=!~@; ]", requirement, maxsplit=1)[0])


def _of_address(address: str) -> str:
    """The repository's name in ``git+https://host/owner/name.git@tag``; a wheel's package."""
    last = address.partition("#")[0].rstrip("/").rpartition("/")[2]
    if last.endswith((".whl", ".zip", ".tar.gz")):
        return _WHEEL_VERSION.sub("", last)
    return last.partition("@")[0].removesuffix(".git")


def _plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower().strip("-")


@lru_cache(maxsize=65536)
def brings(requirement: str, module: str) -> bool:
    """Whether a requirement brings a top-level module, judged by their names.

    A package whose name only begins like a module (``torchmetrics``, ``torch``) counts for modules
    that aren't well known.
    """
    package = name(requirement)
    if _MODULES_OF.get(package) == module:
        return True
    squeezed, wanted = package.replace("-", ""), module.lower().replace("_", "")
    if squeezed == wanted:
        return True
    # chronos-forecasting brings chronos; python-foo and foo-torch bring foo
    parts = package.split("-")
    if module in _KNOWN_MODULES or parts[-1] in _COMPANIONS:
        return False
    if len(wanted) > 4 and squeezed.startswith(wanted):
        return True
    return len(wanted) > 3 and len(parts) > 1 and wanted in {parts[0], squeezed.removeprefix("python")}


def providers(module: str, installed: Iterable[str]) -> tuple[str, ...]:
    """The installed packages (normalized names) that bring a top-level module: by table, else by name."""
    plain = _plain(module)
    return tuple(package for package in installed if _MODULES_OF.get(package) == module or package == plain)


def bringing(module: str) -> str:
    """The package that a reader would install for a top-level module; empty where there is doubt."""
    if module in _PACKAGE_OF:
        return _PACKAGE_OF[module]
    if module not in _KNOWN_MODULES or module in _OF_SEVERAL:
        return ""
    return module.replace("_", "-").lower()


def is_well_known(package: str) -> bool:
    """Whether a package is one that everybody installs from an index, and no other is meant by its name."""
    return package in _PACKAGE_OF.values() or bringing(package.replace("-", "_")) == package


def is_standard(module: str) -> bool:
    """Whether a top-level module comes with Python (or with the notebook that runs it)."""
    return module in sys.stdlib_module_names or module in {"IPython", "__main__", "google.colab"}


def is_package(module: str) -> bool:
    """Whether a name is that of a package everybody installs from an index."""
    return module in _KNOWN_MODULES


def is_known(module: str) -> bool:
    """Whether a top-level module is a package that everybody installs from an index."""
    return is_standard(module) or module in _KNOWN_MODULES

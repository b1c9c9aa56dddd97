"""The words that the Hub knows in metadata.

Source: its documentation of tasks, licenses and model cards (https://huggingface.co/docs/hub), November 2026.
"""

from verify_snippets.hub_code.model_data import AUTO_CLASSES, LIBRARY_SIGNS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PIPELINE_TAGS = _words(
    """
    text-classification token-classification table-question-answering question-answering
    zero-shot-classification translation summarization feature-extraction text-generation
    text2text-generation fill-mask sentence-similarity text-ranking text-to-speech text-to-audio
    automatic-speech-recognition audio-to-audio audio-classification audio-text-to-text
    voice-activity-detection depth-estimation image-classification object-detection image-segmentation
    text-to-image image-to-text image-to-image image-to-video unconditional-image-generation
    video-classification reinforcement-learning robotics tabular-classification tabular-regression
    tabular-to-text table-to-text multiple-choice text-retrieval time-series-forecasting text-to-video
    image-text-to-text visual-question-answering document-question-answering zero-shot-image-classification
    graph-ml mask-generation zero-shot-object-detection text-to-3d image-to-3d image-feature-extraction
    video-text-to-text keypoint-detection visual-document-retrieval any-to-any video-to-video
    image-text-to-image image-text-to-video other
    """
)

SAME_TASK = (
    {"text2text-generation", "summarization", "translation", "text-generation", "conversational"},
    {"text-classification", "sentiment-analysis", "zero-shot-classification", "text-ranking"},
    {"token-classification", "ner"},
    {"sentence-similarity", "feature-extraction"},
    {"image-text-to-text", "image-to-text", "visual-question-answering", "any-to-any", "vqa"},
    {"text-to-speech", "text-to-audio"},
    {"image-feature-extraction", "feature-extraction"},
    {"image-segmentation", "mask-generation"},
)
"""Tasks that the same model may well be called by."""

VISUAL_TASKS = _words(
    """
    text-to-image image-to-image unconditional-image-generation text-to-video image-to-video video-to-video
    image-text-to-image image-text-to-video text-to-3d image-to-3d
    """
)
"""Tasks whose results are looked at."""

LICENSES = _words(
    """
    apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0
    bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda
    cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0
    cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0
    cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0
    etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research
    intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0
    postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license
    fair-noncommercial-research-license
    llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown other
    """
)

LANGUAGES_OF_NONE = frozenset({"code", "multilingual", "mul"})
"""Not languages, and usual where languages are listed."""

IMPORTED_AS: dict[str, frozenset[str]] = {
    "transformers": frozenset({"transformers"}),
    "sentence-transformers": frozenset({"sentence_transformers"}),
    "diffusers": frozenset({"diffusers"}),
    "peft": frozenset({"peft"}),
    "adapter-transformers": frozenset({"adapters"}),
    "timm": frozenset({"timm"}),
    "setfit": frozenset({"setfit"}),
    "span-marker": frozenset({"span_marker"}),
    "flair": frozenset({"flair"}),
    "spacy": frozenset({"spacy"}),
    "stanza": frozenset({"stanza"}),
    "keras": frozenset({"keras", "keras_hub", "tensorflow"}),
    "fastai": frozenset({"fastai"}),
    "sklearn": frozenset({"sklearn", "skops"}),
    "speechbrain": frozenset({"speechbrain"}),
    "espnet": frozenset({"espnet2", "espnet"}),
    "nemo": frozenset({"nemo"}),
    "pyannote-audio": frozenset({"pyannote"}),
    "open_clip": frozenset({"open_clip"}),
    "ultralytics": frozenset({"ultralytics"}),
    "gliner": frozenset({"gliner"}),
    "model2vec": frozenset({"model2vec"}),
    "mlx": frozenset({"mlx", "mlx_lm", "mlx_vlm"}),
    "gguf": frozenset({"llama_cpp", "gguf"}),
    "stable-baselines3": frozenset({"stable_baselines3", "huggingface_sb3"}),
    "asteroid": frozenset({"asteroid"}),
    "fasttext": frozenset({"fasttext"}),
    "bertopic": frozenset({"bertopic"}),
}
"""The Hub's libraries, and the modules by which Python code knows them."""

SERVES_FOR = {
    "peft": "transformers",
    "adapter-transformers": "transformers",
    "setfit": "sentence-transformers",
}
"""A library whose models other code may load through the one that it builds upon."""

LIBRARY_BY_FILE = {**LIBRARY_SIGNS, "config.json": "transformers"}
"""What a file in a repo's root says of its library; the first that is there decides."""

TASK_BY_CLASS = {
    **{ending: task for ending, (_, task) in AUTO_CLASSES.items()},
    "ForImageTextToText": "image-text-to-text",
}
"""The end of a class that code loads the model with, and the task that it is for."""

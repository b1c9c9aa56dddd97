"""Versions of libraries and of Python: ``transformers >= 4.50``, ``Python 3.8 or above``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.pattern import Pattern

_SPELLING = {
    "pytorch": "torch", "py-torch": "torch", "sklearn": "scikit-learn", "cuda": "CUDA", "cudnn": "cuDNN",
    "tensorrt": "TensorRT",
    "flash attention": "flash-attn", "flash-attention": "flash-attn", "flashattention": "flash-attn",
    "huggingface transformers": "transformers",
    "cuda toolkit": "CUDA", "cudatoolkit": "CUDA", "tf": "tensorflow",
    "hugging face transformers": "transformers",
}  # fmt: skip
# What is known to be a library may go without the word "version"; any other name needs it, or a comparison.
_KNOWN = (
    r"(?:hugging ?face )?transformers|pytorch|torch|torchvision|torchaudio|"
    r"pytorch[- ]lightning|lightning|diffusers|accelerate|tokenizers|datasets|tensorflow|tf|"
    r"keras|"
    r"jax|flax|optax|cuda(?: toolkit)?|cudatoolkit|cudnn|tensorrt(?:-llm)?|torch-tensorrt|"
    r"vllm|sglang|lmdeploy|llama\.cpp|ollama|onnx ?runtime(?:-gpu)?|onnx|"
    r"sentence[- _]transformers|"
    r"timm|peft|trl|bitsandbytes|auto-?gptq|autoawq|optimum|flash[- ]?attn|"
    r"flash[- ]?attention(?:[- ]2)?|xformers|deepspeed|megatron(?:-lm)?|nemo(?: toolkit)?|"
    r"monai|spacy|scikit-learn|sklearn|"
    r"numpy|pandas|scipy|stable[- ]baselines3|sb3|gymnasium|gym|fairseq|espnet|speechbrain|"
    r"gradio|mlx(?:-lm|-vlm)?|openvino|triton|safetensors|huggingface[_-]hub|unsloth|axolotl|"
    r"paddlepaddle|paddlenlp|mindspore|ultralytics|opencv(?:-python)?|librosa|einops|"
    r"sentencepiece|protobuf|stanza|flair|setfit|coremltools|rkllm[- ]runtime|rknn\w*|"
    r"mamba-ssm|causal-conv1d|"
    r"haystack|farm-haystack|langchain|llama-?index|ctransformers|llama-cpp-python|exllamav2|"
    r"text-generation-inference|tgi|xgboost|lightgbm|skops|rllib|sample-factory"
)
_VERSION = r"v?(\d{1,4}(?:\.(?:\d{1,6}|[xX*])){1,3}(?:\.?(?:rc|a|b|dev|post)\d*)?(?:\+\w{2,12})?)"
_OPERATOR = r"(>=|==|<=|~=|=>|>|<|≥|≤|=)"
_KNOWN_VERSION = Pattern(
    (
        rf"(?<![\w./+-])({_KNOWN})(?:[- ]?(?:library|package|toolkit))?\s?(?:\((?=\s?(?:version|v|"
        rf">|=|≥|\d)))?(?:[- ]?(?:versions?|ver\.?|version of|版本|バージョン|버전))?\s?[:=]?\s?"
        rf"(?:is |of |at |both |为|是)*{_OPERATOR}?\s?(?:(?:at least|from version|from|version|"
        rf"newer than|higher than|or)\s)*{_VERSION}(?![\w%]|\.\d)"
    ),
    re.IGNORECASE | re.ASCII,
)
_KNOWN_NAME = Pattern(rf"(?<![\w./-])({_KNOWN})(?!\w)", re.IGNORECASE | re.ASCII)
_ANY_COMPARED = Pattern(
    (
        rf"(?<![\w./-])([A-Za-z][\w.+-]{{1,30}})(?:\s?\[[\w,-]{{1,20}}\])?\s?(?:versions?\s?)?(>=|"
        rf"==|<=|~=|≥)\s?{_VERSION}(?![\w%]|\.\d)"
    ),
    re.IGNORECASE | re.ASCII,
)
_ANY_VERSION = Pattern(
    (
        rf"(?<![\w./-])([A-Za-z][\w.+-]{{1,30}})[- ](?:versions?|(?:pip |python |conda )?package|"
        rf"ver\.)\s?[:=]?\s?(?:is |of )?{_OPERATOR}?\s?{_VERSION}(?![\w%]|\.\d)"
    ),
    re.IGNORECASE | re.ASCII,
)
# A version in three parts, of what something is said to rest on, needs no such word.
_RESTS_ON = Pattern(
    rf"\b(?:tested (?:on|with|against)|requires?|needs?|depends on|relies on) ([A-Za-z][\w+-]{{2,30}}) "
    rf"{_OPERATOR}?(?=v?\d{{1,4}}\.\d{{1,3}}\.\d){_VERSION}(?![\w%]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
# Versions of a C library's symbols, as a loader's message has them: ``GLIBC_2.39``.
_SYMBOL = Pattern(rf"(?<![\w.])((?:GLIBC|GLIBCXX|CXXABI))_{_OPERATOR}?{_VERSION}(?![\w%]|\.\d)", re.ASCII)
_MAJOR = Pattern(
    rf"(?<![\w./+-])({_KNOWN})(?: version)?\s?:?\s?{_OPERATOR}?\s?v?(\d{{1,2}})"
    r"(?=\+|\s?(?:or|and) (?:above|higher|later|newer|up)|\s?(?:及|或)?(?:以上|更高)|이상|"
    r" oder höher| ou plus)",
    re.IGNORECASE | re.ASCII,
)
_FROM_VERSION = Pattern(
    (
        rf"\b(?:from|since|in|as of|starting (?:from|with)|requires?|"
        rf"needs?) (?:at least )?version (?:of )?{_OPERATOR}?\s?{_VERSION}(?![\w%])"
    ),
    re.IGNORECASE | re.ASCII,
)
_VERSION_OF = Pattern(
    rf"\bversion\s?{_OPERATOR}?\s?{_VERSION}\s?(?:or (?:higher|later|newer|above) )?of (?:the )?({_KNOWN})\b",
    re.IGNORECASE | re.ASCII,
)
_PYTHON = Pattern(
    (
        rf"(?<![\w./-])python(?:[- ]?(?:versions?|ver\.?|版本))?\s?(?:\(|:|=(?!=))?\s?(?:is |"
        rf"from )?{_OPERATOR}?\s?(?:at least |version |v\.?\s?)?(\d\.\d{{1,2}}(?:\.(?:\d{{1,2}}|"
        rf"[xX*]))?)(?![\w%]|\.\d)"
    ),
    re.IGNORECASE | re.ASCII,
)
_PLUS = Pattern(
    (
        r"\s?(?:\+|\)?\s?(?:or|and) (?:above|higher|later|newer|up|greater)|及以上|以上|onwards|이상|"
        r"\s?oder höher|\s?ou plus|\s?и выше)"
    ),
    re.IGNORECASE | re.ASCII,
)
_MORE = Pattern(
    r"\s?(?:,|and|or|/|&|-|,?\s?(?:版本)?[,，]推荐)\s?(\d{1,2}(?:\.(?:\d{1,3}|"
    r"[xX])){1,2})(?![\w.]\w|\s?(?:GB|MB|B|M|K|%))",
    re.ASCII,
)
_MEANING = {
    ">=": Comparator.AT_LEAST, "=>": Comparator.AT_LEAST, "≥": Comparator.AT_LEAST,
    "<=": Comparator.AT_MOST, "≤": Comparator.AT_MOST,
    ">": Comparator.MORE, "<": Comparator.LESS, "~=": Comparator.ABOUT, "==": Comparator.EXACTLY,
    "=": Comparator.EXACTLY,
}  # fmt: skip
_NOT_A_LIBRARY = {
    "license", "licence", "apache", "version", "versions", "model", "the", "a", "this", "of", "current",
    "latest", "llama", "gpt", "mistral", "qwen", "gemma", "imagenet",
    "voice", "dataset", "and", "or", "is", "in", "at", "new", "our", "compatible", "final", "v",
    "accuracy", "precision", "recall", "f1", "loss", "score", "resolution", "size",
    "driver", "os", "ubuntu", "gcc",
}  # fmt: skip
_INSTALL = Pattern(
    r"\b(?:pip3?|conda|uv|poetry|apt(?:-get)?|npm)\s+(?:pip\s+)?(?:install|add)\b[^#]{0,400}",
    re.IGNORECASE | re.ASCII,
)
_DOTTED = Pattern(
    r"\d\.[\dxX*]|\d\s?(?:\+|及|或|以上|이상)|"
    r"\d (?:or|and) (?:above|higher|later|newer|up)|\d (?:oder höher|ou plus)",
    re.ASCII,
)
# "If you use torch>=2.0": a case that the text goes on about, and no need.
_SUPPOSED = Pattern(
    r"(?:(?:\b(?:if|when|unless)\s|如果\s?|若\s?)"
    r"(?:(?:you|your|the|are|have|use|using|installed|with|is|on|run|running)\s|"
    r"您|你|使用|安装了?){0,4}|^for )$",
    re.IGNORECASE,
)


# What goes wrong with an older version is no need for it.
_CONDITION = Pattern(r"\b(?:if|error|encounter|fails?|older|before|unless)\b", re.IGNORECASE)


def read(statement: Statement) -> Iterator[Found]:
    """Versions; those pinned inside an install command are no claim."""
    text = statement.text
    if not _DOTTED.search(text):
        return
    if text.endswith("?"):
        return
    closed = [found.span() for found in _INSTALL.finditer(text)]
    taken: list[tuple[int, int]] = list(closed)
    versions = list(_found(text))
    supposed = {found.value for found in versions if _is_supposed(text, found)}
    for found in versions:
        if found.value in supposed:
            continue
        if found.comparator is Comparator.LESS and _CONDITION.search(text):
            continue
        if not any(start < found.end and found.start < end for start, end in taken):
            taken.append((found.start, found.end))
            yield found
            yield from _more(text, found)
    if statement.is_cell and not taken:
        yield from _in_row(statement)


def _is_supposed(text: str, found: Found) -> bool:
    return _SUPPOSED.search(text, max(found.quote_start - 60, 0), found.quote_start) is not None


def _found(text: str) -> Iterator[Found]:
    for match in _PYTHON.finditer(text):
        yield _version(text, ClaimKind.PYTHON_VERSION, "", match.group(1), match, 2)
    for pattern in (_KNOWN_VERSION, _MAJOR, _SYMBOL):
        for match in pattern.finditer(text):
            library = _library(match.group(1))
            yield _version(text, ClaimKind.LIBRARY_VERSION, library, match.group(2), match, 3)
    for match in _VERSION_OF.finditer(text):
        yield _version(text, ClaimKind.LIBRARY_VERSION, _library(match.group(3)), match.group(1), match, 2)
    for pattern in (_ANY_COMPARED, _ANY_VERSION, _RESTS_ON):
        for match in pattern.finditer(text):
            name = match.group(1)
            if name.lower() not in _NOT_A_LIBRARY and name.lower() != "python":
                yield _version(text, ClaimKind.LIBRARY_VERSION, _library(name), match.group(2), match, 3)
    yield from _since(text)


def _since(text: str) -> Iterator[Found]:
    """``in transformers from version 4.31.0``: the library stands apart from its version."""
    for match in _FROM_VERSION.finditer(text):
        names = list(_KNOWN_NAME.finditer(text, max(match.start() - 80, 0), match.start()))
        if names:
            yield _version(
                text,
                ClaimKind.LIBRARY_VERSION,
                _library(names[-1].group(1)),
                match.group(1) or ">=",
                match,
                2,
            )


def _library(written: str) -> str:
    """A library by the name it installs under, where that is known."""
    name = written.strip().removesuffix(".__version__")
    plain = name.lower().replace("sentence transformers", "sentence-transformers").replace("_", "-")
    return _SPELLING.get(plain, plain if _KNOWN_NAME.fullmatch(plain) else name)


def _version(
    text: str, kind: ClaimKind, library: str, operator: str | None, match: re.Match[str], group: int
) -> Found:
    version = match.group(group)
    end = match.end(group)
    plus = _PLUS.match(text, end)
    if operator:
        meaning = _MEANING.get(operator, Comparator.EXACTLY)
    elif plus is not None:
        meaning = Comparator.AT_LEAST
    else:
        meaning = numbers.comparator(
            text, match.start(group), end, numbers.comparator(text, match.start(), end, Comparator.EXACTLY)
        )
    if "+" in version:
        version = version.partition("+")[0]
    return Found(
        kind=kind,
        comparator=meaning,
        value=version,
        unit=library,
        start=match.start(group),
        end=end,
        quote_start=match.start(),
        quote_end=plus.end() if plus is not None else match.end(),
    )


def _more(text: str, found: Found) -> Iterator[Found]:
    """``CUDA 12.1 and 12.4``: further versions of the same library."""
    more = _MORE.match(text, found.quote_end)
    if more is not None:
        yield Found(
            kind=found.kind,
            comparator=found.comparator,
            value=more.group(1),
            unit=found.unit,
            start=more.start(1),
            end=more.end(1),
            quote_start=found.quote_start,
            quote_end=more.end(1),
        )


_ROW_NAME = Pattern(rf"(?:{_KNOWN}|python)(?: version)?$", re.IGNORECASE | re.ASCII)
_CELL_VERSION = Pattern(rf"{_OPERATOR}?\s?{_VERSION}\+?\s?$", re.IGNORECASE | re.ASCII)


def _in_row(statement: Statement) -> Iterator[Found]:
    """``| torch | 2.1.0 |``: the library in the row's first cell, its version in another."""
    name = _ROW_NAME.match(statement.row)
    cell = _CELL_VERSION.match(statement.text)
    if name is None or cell is None:
        return
    library = re.sub(r" version$", "", name.group(), flags=re.IGNORECASE | re.ASCII)
    is_python = library.lower() == "python"
    kind = ClaimKind.PYTHON_VERSION if is_python else ClaimKind.LIBRARY_VERSION
    yield _version(statement.text, kind, "" if is_python else _library(library), cell.group(1), cell, 2)

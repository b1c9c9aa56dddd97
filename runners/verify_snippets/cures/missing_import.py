"""A name that the code uses and nothing in it imports: the import is added."""

import ast
from collections.abc import Iterator

import libcst as cst

from verify_snippets import code as python
from verify_snippets.cures import source
from verify_snippets.cures.model import Patient, Proposal
from verify_snippets.pattern import Pattern

_UNDEFINED = Pattern(r"name '(\w+)' is not defined")
_MODULES = (
    *("argparse", "base64", "collections", "copy", "csv", "cv2", "functools", "io", "itertools", "json"),
    *("librosa", "logging", "math", "os", "pathlib", "random", "re", "requests", "shutil", "string"),
    *("subprocess", "sys", "tempfile", "time", "torch", "torchaudio", "torchvision", "warnings"),
)
_FROM = {
    "PIL": ("Image", "ImageDraw", "ImageFont", "ImageOps"),
    "collections": ("Counter", "OrderedDict", "defaultdict", "deque"),
    "dataclasses": ("dataclass",),
    "datasets": ("load_dataset",),
    "diffusers": ("DiffusionPipeline", "StableDiffusionPipeline", "StableDiffusionXLPipeline"),
    "functools": ("partial",),
    "huggingface_hub": ("hf_hub_download", "snapshot_download"),
    "io": ("BytesIO", "StringIO"),
    "pathlib": ("Path",),
    "peft": ("LoraConfig", "PeftConfig", "PeftModel"),
    "pprint": ("pprint",),
    "sentence_transformers": ("CrossEncoder", "SentenceTransformer"),
    "torch": ("nn",),
    "tqdm": ("tqdm",),
    "transformers": (
        *("AutoConfig", "AutoFeatureExtractor", "AutoImageProcessor", "AutoModel", "AutoModelForCTC"),
        *("AutoModelForCausalLM", "AutoModelForImageClassification", "AutoModelForMaskedLM"),
        *("AutoModelForSeq2SeqLM", "AutoModelForSequenceClassification", "AutoModelForSpeechSeq2Seq"),
        *("AutoModelForTokenClassification", "AutoProcessor", "AutoTokenizer", "BitsAndBytesConfig"),
        *("BertModel", "BertTokenizer", "GenerationConfig", "TextStreamer", "Trainer", "TrainingArguments"),
        *("pipeline", "set_seed"),
    ),
    "typing": ("Any", "Dict", "List", "Optional", "Tuple", "Union"),
}
KNOWN = {
    **{name: f"import {name}" for name in _MODULES},
    **{name: f"from {module} import {name}" for module, names in _FROM.items() for name in names},
    "F": "import torch.nn.functional as F",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sf": "import soundfile as sf",
}
"""What everybody means by a name, and how it is imported."""


def missing_import(patient: Patient) -> Iterator[Proposal]:
    """The card's own way to import the name, or the one that everybody knows."""
    found = _UNDEFINED.search(patient.message)
    if found is None:
        return
    name = found[1]
    statement = _of_card(name, patient) or KNOWN.get(name)
    changed = _with_import(patient.code, statement) if statement else None
    if changed is not None:
        yield Proposal(
            cure="missing-import",
            sentence=f"`{name}` is used and never imported: `{statement}` is added",
            code=changed,
        )


def _of_card(name: str, patient: Patient) -> str:
    """How the card itself imports a name in its other snippets, where it does so in one way only."""
    ways = {
        way
        for snippet in patient.card
        if snippet.kind.is_python and (tree := python.parse(snippet.code)) is not None
        for node in ast.walk(tree)
        for way in _statements(node, name)
    }
    return ways.pop() if len(ways) == 1 else ""


def _statements(node: ast.AST, name: str) -> Iterator[str]:
    """An import of ``name`` alone, for each alias that binds it."""
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                if name == (alias.asname or alias.name):
                    yield f"import {_written(alias)}"
        case ast.ImportFrom(module=str() as module, names=aliases, level=0):
            for alias in aliases:
                if name == (alias.asname or alias.name):
                    yield f"from {module} import {_written(alias)}"


def _written(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _with_import(code: str, statement: str) -> str | None:
    """The code with one more import, beside those that it has; None where it can't be read."""
    tree = source.parse(code)
    if tree is None or not tree.module.body:
        return None
    lines = code.split("\n")
    place = tree.lines()
    first = next((node for node in tree.module.body if _is_import(node)), tree.module.body[0])
    at = place[first][0] - 1
    return "\n".join([*lines[:at], statement, *lines[at:]])


def _is_import(node: cst.CSTNode) -> bool:
    """Whether a statement is an import that others may come before."""
    if not isinstance(node, cst.SimpleStatementLine):
        return False
    match node.body[0]:
        case cst.Import():
            return True
        case cst.ImportFrom(module=cst.Name(value="__future__")):
            return False
        case cst.ImportFrom():
            return True
        case _:
            return False

"""Whose a table's row is: the card's own model's, or one that it is compared with."""

import re
from collections.abc import Callable, Sequence

from verify_snippets.claim_reading.letters import plain
from verify_snippets.claim_reading.tables import Cell
from verify_snippets.pattern import Pattern

_WORD = Pattern(r"[A-Za-z]{3,}")
# Words of titles that many models share.
_COMMON = frozenset({
    "model", "models", "card", "the", "for", "and", "with", "from", "our", "this", "version", "base",
    "large", "small", "tiny", "medium", "mini", "nano", "instruct", "chat", "gguf", "ggml", "gptq",
    "awq", "onnx", "mlx", "int", "bit", "bits", "fine", "tuned", "finetuned", "finetune", "pretrained",
    "pre", "trained", "language", "multilingual", "english", "chinese", "japanese", "korean", "german",
    "french", "spanish", "russian", "vietnamese", "turkish", "arabic", "quantized", "lora", "adapter",
    "text", "image", "video", "audio", "speech", "embedding", "embeddings", "generation",
    "classification", "introduction", "overview", "readme", "description", "details", "summary",
    "pro", "max", "plus", "ultra", "lite", "turbo", "flash", "most", "preview",
    "alpha", "beta", "dev", "llm", "vlm", "open", "source", "official", "hugging", "face",
})  # fmt: skip
_OURS = Pattern(r"\b(?:ours?|this model|this work|current|proposed)\b", re.IGNORECASE)
_SLOGAN = Pattern(r"(?<=\w): | [-|—] ")  # what the model is called stands before it
_FEWEST = 2


def family(title: str) -> tuple[str, ...]:
    """The words of a card's title that tell its model from others: at most two, in small letters."""
    named = _SLOGAN.split(title, maxsplit=1)[0]
    found = dict.fromkeys(word.lower() for word in _WORD.findall(named))
    return tuple(word for word in found if word not in _COMMON)[:2]


def of_others(cells: Sequence[Cell], names: Sequence[str]) -> Callable[[Cell], bool]:
    """Tells the cells that speak of other models, in a table that compares them with the card's own.

    In a table with no row (or column) of the card's own, nothing says whose the others are: they are its own.
    """
    if not names:
        return _nobody
    names_of = {cell.line: plain(cell.names) for cell in cells if cell.header}
    rows = {line: _is_own(text, names) for line, text in names_of.items()}
    if len(rows) >= _FEWEST and any(rows.values()) and not all(rows.values()):
        return lambda cell: bool(cell.header) and not rows.get(cell.line, True)
    headers = dict.fromkeys(cell.header for cell in cells if cell.header and cell.row)
    columns = {header: _is_own(header, names) for header in headers}
    if not any(rows.values()) and any(columns.values()) and not all(columns.values()):
        return lambda cell: bool(cell.row) and not columns.get(cell.header, True)
    return _nobody


def _nobody(cell: Cell) -> bool:
    del cell
    return False


def _is_own(text: str, names: Sequence[str]) -> bool:
    small = text.lower()
    return any(name in small for name in names) or _OURS.search(text) is not None

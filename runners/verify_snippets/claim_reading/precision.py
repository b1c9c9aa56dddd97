"""Number formats of weights: ``in float16 precision``, a column named ``Quantization``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.telling import has
from verify_snippets.claim_reading.vocabulary import words
from verify_snippets.pattern import Pattern

_FORMAT = (
    r"(?:torch\.)?(?:b?float(?:16|32|8\w*)|fp(?:32|16|8(?:_?e\dm\d)?|4)|bf16|f16|f32|tf32|"
    r"half[- ]precision|full[- ]precision|u?int-?(?:8|4)|nf4|nvfp4\w*|mxfp[48]\w*|mxfp4|"
    r"(?:MOSTLY_)?(?:B?F16|F32)|(?:MOSTLY_)?I?Q[2-8](?:_(?:K|[01]))?(?:_(?:XXS|XS|S|M|L|XL|"
    r"NL))?(?:_\d)?|[2348]-?bits?|w\da\d{1,2})"
)
_NAMED = Pattern(rf"(?<![\w./-])({_FORMAT})(?![\w]|-bit|\.\w)", re.IGNORECASE | re.ASCII)
_MEANT_AFTER = Pattern(
    (
        r"[)\"'\s]{0,3}(?:-| )?(?:mixed[- ])?(?:quantized )?(?:precision|checkpoints?|weights|"
        r"format|data ?type|"
        r"dtype|(?:(?:model|weight)[- ])?quanti[sz]ation(?: models?\b|\s?:))(?!\w)|"
        r"-?[\s-](?:quanti[sz]ed )?versions? of\b|"
        r"[\s-]quanti[sz]ed (?:models?|versions?|variants?)\b|"
        r"[)\"'\s]{0,3}(?:的?低?精度|权重|的量化|量化(?:模型|版|权重)|정밀도|양자화|量子化)"
    ),
    re.IGNORECASE | re.ASCII,
)
_MEANT_BEFORE = Pattern(
    (
        r"(?:\bprecision\s?:?|\bd-?type\s?:?|\btensor types?\s?:?|\bdata ?types?\s?:?|"
        r"\bquantization\s?[:=]|\bquantized (?:to|in|with|using)|\bquantised (?:to|in)|\bruns? in|"
        r"\bstored (?:in|as)|"
        r"\bsaved (?:in|as)|\bcast(?:ed)? to|"
        r"\b(?:converted|changed?|switch|set) to|\bweights (?:are )?in|\bprecision of|"
        r"\b(?:model|weights|tensors|parameters|checkpoints?) (?:is |are |will be |was |"
        r"were )?(?:released |published |provided |saved |"
        r"stored |in )?in|\brun the model in|\bload(?:ed|ing)?\b[^.;,]{0,48} in|"
        r"\btrained (?:in|with|using)|精度[为是:]?|"
        r"量化[为至]?|(?:改|设置?|转换?)[为成])\s*(?:the )?(?:training )?$"
    ),
    re.IGNORECASE | re.ASCII,
)
_HEADER = words(
    r"\bprecision\b|\bd-?type\b|\bquant(?:ization|isation)?\b|\bquant (?:type|method)\b|"
    r"\bdata ?type\b|\btensor type\b|\bbits\b|量化|精度"
)
_BEFORE = 64  # characters before a format that say what it is
_INSTEAD = Pattern(
    r"\b(?:instead of|rather than|than|from|not|over|compared (?:to|with)|vs\.?)\s+(?:the )?(?:default )?$|"
    r"\b(?:convert|export)\b[^.;]{0,40}$",
    re.IGNORECASE | re.ASCII,
)


_SIGNS = (
    "bit", "float", "fp", "f16", "f32", "tf32", "half", "full", "int8", "int4", "nf4", "q2", "q3", "q4", "q5",
    "q6", "q8", "w4", "w8",
)  # fmt: skip
_CHOICE = Pattern(rf"{_FORMAT}\)?\s?(?:/|,|or|或|\(or)\s?$", re.IGNORECASE | re.ASCII)
_CHOSEN = Pattern(rf"\s?(?:/|,|or|或|\(or)\s?{_FORMAT}", re.IGNORECASE | re.ASCII)


_FILES = r"(?:GGUF|GGML|MLX|AWQ|GPTQ|ONNX|EXL[23]|safetensors)"
_LIST = rf"(?:{_FORMAT}|{_FILES})(?:\s?[/,|+]\s?(?:{_FORMAT}|{_FILES})){{0,6}}"
# What a release comes in: ``(BF16 / GGUF)``, ``safetensors (float32)``.
_RELEASED = Pattern(rf"({_FILES}\s?)?\(({_LIST})\)", re.IGNORECASE | re.ASCII)
_LED_BY = Pattern(rf"({_LIST})(?![\w./-])", re.IGNORECASE | re.ASCII)
_FILE = Pattern(_FILES, re.IGNORECASE | re.ASCII)


def _listed(statement: Statement) -> list[tuple[int, int]]:
    """Where formats stand that are told as a list: all of them are meant, not one of them."""
    if statement.is_cell:
        led = _LED_BY.match(statement.text)
        return [led.span()] if led is not None and led.end() < len(statement.text) else []
    return [
        found.span(2)
        for found in _RELEASED.finditer(statement.text)
        if found.group(1) or _FILE.search(found.group(2))
    ]


def read(statement: Statement) -> Iterator[Found]:
    """Formats that the words beside them say the weights or the sums are in."""
    if statement.is_heading or statement.block is not None:
        return  # a way to load it, not what it is
    if not has(statement.small, _SIGNS):
        return
    if statement.is_cell and statement.header and not statement.row:
        return  # a row's name: what the row was measured with
    in_column = statement.is_cell and (says(_HEADER, statement.header) or says(_HEADER, statement.row))
    listed = _listed(statement)
    for found in _NAMED.finditer(statement.text):
        before = statement.text[max(found.start() - _BEFORE, 0) : found.start()]
        is_listed = any(start <= found.start() < end for start, end in listed)
        if not is_listed and (
            _INSTEAD.search(before) or _CHOICE.search(before) or _CHOSEN.match(statement.text, found.end())
        ):
            continue
        whole_cell = in_column and len(statement.text) <= 40
        meant = _MEANT_AFTER.match(statement.text, found.end())
        if not (whole_cell or is_listed) and meant is None and not _MEANT_BEFORE.search(before):
            continue
        yield Found(
            kind=ClaimKind.DTYPE,
            comparator=Comparator.EXACTLY,
            value=re.sub(r"^(?:torch\.|MOSTLY_)", "", found.group(1), flags=re.IGNORECASE | re.ASCII),
            start=found.start(),
            end=found.end(),
            quote_start=found.start(),
            quote_end=meant.end() if meant else found.end(),
        )

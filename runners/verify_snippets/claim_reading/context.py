"""How much text a model takes at once: ``context length of 8K``, ``up to 32,768 tokens``, ``上下文长度``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import Cue, nearest, says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.telling import has
from verify_snippets.claim_reading.vocabulary import words

_LENGTH = re.compile(
    rf"{numbers.LONE_NUMBER}\s?(K|M|万|千|천|만)?(?![A-Za-z0-9]|\s?(?:x|\*)\s?\d)"
    r"(?:\s?-?\s?(tokens?|token|word ?-?pieces?|sub-?words?|词元|字符|トークン|토큰|jetons|"
    r"токен\w*))?(?![A-Za-z0-9%]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
_CONTEXT = words(
    r"\bcontext[- ]?(?:length|window|size|ceiling|limit|len|span)s?\b|\bcontext\b(?! manager)",
    (
        r"\b(?:max(?:imum)?|input|sequence|seq|token|text)[- _]+(?:input |token |sequence |seq |"
        r"context |prompt )?(?:length|len|size|limit)s?\b"
    ),
    (
        r"\bmax(?:imum)?[- _](?:number of )?(?:input )?(?:tokens|positions?)\b|"
        r"\bmax_?(?:seq(?:uence)?_?)?len(?:gth)?\b|\bn_ctx\b|\bmodel_max_length\b"
    ),
    r"(?<!sliding )\bwindow (?:size|length)\b|\btruncat\w*\b|\blong[- ]context\b",
    (
        r"\b(?:dialog(?:ue)?|conversation|prompt|document|text) lengths?\b|对话长度|上下文|"
        r"序列长度|输入长度|窗口|"
        r"最大长度|文脈長|コンテキスト|コンテクスト|系列長|컨텍스트|문맥|시퀀스 길이"
    ),
    r"\bkontext\w*|\bcontexte\b|\bcontexto\b|контекст\w*|\bngữ cảnh\b|\blongueur\b|\blongitud\b",
)
_COLUMN = words(
    r"\bcontext\b|max(?:imum)?[\w. -]{0,20}(?:len|length|tokens?|seq)|\b(?:token|input) limit\b|"
    r"\bseq(?:uence)?[ -_]?(?:len|length)\b|\bwindow\b(?! size)",
    r"上下文|序列长度|最大长度|コンテキスト|系列長|컨텍스트|시퀀스|kontext|contexte|contexto|контекст",
)
_TAKES = words(
    (
        r"\b(?:up to|longer than|at most|limit(?:ed)? (?:of|to)|maximum of|support(?:s|ing)?|"
        r"handles?|process(?:es)?|accepts?|extended to|extend(?:s|ed)?)\b[^.;]{0,24}$"
    ),
)
_GENERATES = words(
    r"\bmax_new_tokens\b|\boutput (?:length|tokens|context)\b|\bgenerat\w*|\bvocab\w*|\btrained on\b|"
    r"\bbatch\b|\bdimension\w*|\bembedding dim\w*|\btokens (?:per|/)\b|词表|\bsteps?\b|"
    r"\bheads?\b"
)
_UNITS = {"k": "K tokens", "千": "K tokens", "천": "K tokens", "m": "M tokens"}
_REACH = 44
_SIGNS = (
    "context", "ctx", "token", "length", "len", "window", "truncat", "position", "limit", "size",
    "contex", "kontext",
    "контекст", "longueur", "longitud", "ngữ cảnh", "上下文", "长度", "窗口", "文脈", "コンテ", "系列長",
    "컨텍스트", "문맥", "시퀀스",
)  # fmt: skip


def read(statement: Statement) -> Iterator[Found]:
    """Lengths that the words beside them call a context, a sequence or an input."""
    in_column = statement.is_cell and (says(_COLUMN, statement.header) or says(_COLUMN, statement.row))
    if not in_column and not has(statement.small, _SIGNS):
        return
    lengths = [each for each in _LENGTH.finditer(statement.text) if not _is_former(statement.text, each)]
    starts = [length.start() for length in lengths]
    for length in lengths:
        others = [start for start in starts if start != length.start()]
        cue = _cue(statement, length, others, in_column=in_column)
        amount = numbers.value(length.group(1))
        if cue is not None and _SUPPOSED.search(statement.text, max(cue[0] - 32, 0), cue[0]):
            continue
        if cue is None or amount is None or not _is_a_length(amount, length):
            continue
        yield _found(statement, length, amount, cue)


# "If the context is longer than 20K": a case, not the model's limit.
_SUPPOSED = re.compile(r"\b(?:if|when|where|whose)\b[^.;]*$", re.IGNORECASE)


def _is_a_length(amount: float, length: re.Match[str]) -> bool:
    scale, unit = length.group(2), length.group(3)
    if scale:
        return 0 < amount < 100_000
    return (
        amount == int(amount)
        and amount >= (16 if unit else 64)
        and amount < 100_000_000
        and not (1990 <= amount <= 2035 and not unit)
    )


_LINK = re.compile(
    (
        r"(?:[\s:=|(~,\"-]|\b(?:of|is|are|was|to|by|limited|limit|extended|up|about|around|set|at|"
        r"with|supports?|supported|max(?:imum)?|default|currently|from|has|been|than|over|"
        r"as|long|the|a|an|tokens?|size|length|window|de|von|bis|von|hasta|jusqu'à|до)\b|"
        r"[长長度窗口为為是达達到了至的个の는은이를를は])*$"
    ),
    re.IGNORECASE | re.ASCII,
)
_DIRECTLY = re.compile(
    r"[\s-]*(?:(?:tokens?|of|max(?:imum)?|total|input|long|的|の|native|default)[\s-]*)*$",
    re.IGNORECASE | re.ASCII,
)
_FORMERLY = re.compile(
    r"(?:\b(?:from|earlier|previous(?:ly)?|formerly|old)\b|由|从)[^,.;]{0,24}$", re.IGNORECASE | re.ASCII
)
_NOW = re.compile(r"[^.;]{0,40}(?:\bto\b|到|ceiling)", re.IGNORECASE | re.ASCII)


def _is_former(text: str, length: re.Match[str]) -> bool:
    """Whether a length is what the model had before (``from 4K to 64K``)."""
    before = text[max(length.start() - 30, 0) : length.start()]
    return _FORMERLY.search(before) is not None and _NOW.match(text, length.end()) is not None


def _cue(
    statement: Statement, length: re.Match[str], others: list[int], *, in_column: bool
) -> tuple[int, int] | None:
    text = statement.text
    if in_column and len(text) <= 40:
        return length.span()
    near = nearest(
        text,
        length.start(),
        length.end(),
        {"context": _CONTEXT, "else": _GENERATES},
        others,
        reach=_REACH + 40,
    )
    context, other = near.get("context"), near.get("else")
    if (
        context is not None
        and not (other is not None and other.distance < context.distance)
        and _belongs(text, length, context)
    ):
        return context.start, context.end
    if length.group(3) and other is None:
        takes = _TAKES.search(text, max(length.start() - 40, 0), length.start())
        if takes is not None:
            return takes.start(), length.end()
    return None


def _belongs(text: str, length: re.Match[str], cue: Cue) -> bool:
    """Whether the nearest word for a context is said of this length."""
    if cue.start >= length.end():
        return _DIRECTLY.match(text[length.end() : cue.start]) is not None
    between = text[cue.end : length.start()]
    if length.group(2) or length.group(3):
        return cue.distance <= _REACH
    return len(between) <= _REACH and _LINK.match(between) is not None


def _found(statement: Statement, length: re.Match[str], amount: float, cue: tuple[int, int]) -> Found:
    scale = (length.group(2) or "").lower()
    if scale in {"万", "만"}:
        amount, scale = amount * 10, "k"
    return Found(
        kind=ClaimKind.CONTEXT_LENGTH,
        comparator=numbers.comparator(statement.text, length.start(), length.end(), Comparator.EXACTLY),
        value=numbers.tidy(amount),
        unit=_UNITS.get(scale, "tokens"),
        start=length.start(),
        end=length.end(),
        quote_start=min(cue[0], length.start()),
        quote_end=max(cue[1], length.end()),
    )

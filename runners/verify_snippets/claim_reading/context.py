"""How much text a model takes at once: ``context length of 8K``, ``up to 32,768 tokens``, ``上下文长度``."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import Cue, nearest, says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.telling import has
from verify_snippets.claim_reading.vocabulary import words
from verify_snippets.pattern import Pattern

_TOKENS = r"(?:input )?(?:tokens?|word ?-?pieces?|sub-?words?|词元|令牌|字符|トークン|토큰|jetons|токен\w*)"
_LENGTH = Pattern(
    rf"{numbers.LONE_NUMBER}\s?(K|M|million|thousand|百万|万|千|천|만)?\+?(?![A-Za-z0-9]|\s?(?:x|\*)\s?\d)"
    rf"(?:\s?-?\s?({_TOKENS}))?(?![A-Za-z0-9%]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
# ``a million-token context``, ``百万词元``.
_SPELLED = Pattern(
    rf"(?<![\w.-])(?<!\d )(?:(?:one|a)[\s-]|一)?(million|百万)[\s-]?个?\s?({_TOKENS})(?![A-Za-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_CONTEXT = words(
    r"\bcontext[- ]?(?:length|window|size|ceiling|limit|len|span)s?\b|\bcontext\b(?! manager)|\bctx\b",
    (
        r"\b(?:max(?:imum)?|input|sequence|seq|token|text)[- _]+(?:input |token |sequence |seq |"
        r"context |prompt )?(?:length|len|size|limit)s?\b"
    ),
    (
        r"\bmax(?:imum)?[- _](?:number of )?(?:input )?(?:tokens|positions?)\b|"
        r"\bmax_?(?:seq(?:uence)?_?)?len(?:gth)?\b|\bn_ctx\b|\bmodel_max_length\b|\bmax_position_embeddings\b"
    ),
    r"(?<!sliding )\bwindow (?:size|length)\b|\btruncat\w*\b|\blong[- ]context\b",
    (
        r"\b(?:dialog(?:ue)?|conversation|prompt|document|text) lengths?\b|对话长度|上下文|"
        r"序列长度|训练长度|输入长度|窗口|"
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
_UNITS = {
    "k": "K tokens", "千": "K tokens", "천": "K tokens", "thousand": "K tokens", "m": "M tokens",
    "million": "M tokens", "百万": "M tokens",
}  # fmt: skip
_REACH = 44
_SIGNS = (
    "context", "ctx", "token", "length", "len", "window", "truncat", "position", "limit", "size",
    "contex", "kontext",
    "контекст", "longueur", "longitud", "ngữ cảnh", "上下文", "长度", "窗口", "文脈", "コンテ", "系列長",
    "컨텍스트", "문맥", "시퀀스", "长文本", "词元", "令牌",
)  # fmt: skip


class _Length(NamedTuple):
    """A number that may be a length; ``scale`` in small letters, ``amount`` before it is applied."""

    start: int
    end: int
    amount: float | None
    scale: str
    in_tokens: bool


def read(statement: Statement) -> Iterator[Found]:
    """Lengths that the words beside them call a context, a sequence or an input."""
    in_column = statement.is_cell and (says(_COLUMN, statement.header) or says(_COLUMN, statement.row))
    if not in_column and not has(statement.small, _SIGNS):
        return
    text = statement.text
    lengths = [each for each in _lengths(text) if not _is_former(text, each)]
    before: Found | None = None
    for length in lengths:
        others = [each.start for each in lengths if each != length]
        cue = _cue(statement, length, others, in_column=in_column) or _as_before(text, length, before)
        if cue is None or length.amount is None or not _is_a_length(length.amount, length):
            continue
        if _SUPPOSED.search(text, max(cue[0] - 32, 0), cue[0]) or _AT_LENGTH.match(text, length.end):
            continue
        before = _found(statement, length, length.amount, cue)
        yield before


def _lengths(text: str) -> list[_Length]:
    lengths = [
        _Length(
            found.start(),
            found.end(),
            numbers.value(found.group(1)),
            (found.group(2) or "").lower(),
            bool(found.group(3)),
        )
        for found in _LENGTH.finditer(text)
    ]
    spelled = [
        _Length(found.start(), found.end(), 1, found.group(1).lower(), in_tokens=True)
        for found in _SPELLED.finditer(text)
    ]
    return sorted(lengths + spelled) if spelled else lengths


# "If the context is longer than 20K", "序列长度为 256K 时": a case, not the model's limit.
_SUPPOSED = Pattern(r"\b(?:if|when|where|whose)\b[^.;]*$", re.IGNORECASE)
_AT_LENGTH = Pattern(r"\s?(?:的?(?:上下文)?(?:长度)?)?(?:时|の場合|일 때)")
_AND_ALSO = Pattern(
    r"\W{0,3}(?:\w+ )?(?:and|or|or even|to|和|或|扩展[到至])\s[\w\s(\[]{0,24}$", re.IGNORECASE
)


def _as_before(text: str, length: _Length, before: Found | None) -> tuple[int, int] | None:
    """``32,768 natively and 131,072 tokens with ...``: a second length that shares the first one's words."""
    if before is None or not length.in_tokens or _GENERATES.search(text, length.end, length.end + 24):
        return None
    between = text[before.end : length.start]
    return (before.quote_start, length.end) if _AND_ALSO.match(between) else None


def _is_a_length(amount: float, length: _Length) -> bool:
    if length.scale:
        return 0 < amount < 100_000
    return (
        amount == int(amount)
        and amount >= (16 if length.in_tokens else 64)
        and amount < 100_000_000
        and not (1990 <= amount <= 2035 and not length.in_tokens)
    )


_LINK = Pattern(
    (
        r"(?:[\s:=|(~,\"-]|\b(?:of|is|are|was|to|by|limited|limit|extended|up|about|around|set|at|"
        r"with|supports?|supported|max(?:imum)?|default|currently|from|has|been|than|over|"
        r"as|long|in|config\.json|the|a|an|tokens?|size|length|window|de|von|bis|von|hasta|jusqu'à|до)\b|"
        r"[长長度窗口为為是达達到了至的个の는은이를를は])*$"
    ),
    re.IGNORECASE | re.ASCII,
)
_DIRECTLY = Pattern(
    r"[\s-]*(?:(?:tokens?|of|max(?:imum)?|total|input|long|的|の|超?长|native|default)[\s-]*)*$",
    re.IGNORECASE | re.ASCII,
)
_FORMERLY = Pattern(
    r"(?:\b(?:from|earlier|previous(?:ly)?|formerly|old)\b|由|从)[^,.;]{0,24}$", re.IGNORECASE | re.ASCII
)
_NOW = Pattern(r"[^.;]{0,40}(?:\bto\b|到|ceiling)", re.IGNORECASE | re.ASCII)


def _is_former(text: str, length: _Length) -> bool:
    """Whether a length is what the model had before (``from 4K to 64K``)."""
    before = text[max(length.start - 30, 0) : length.start]
    return _FORMERLY.search(before) is not None and _NOW.match(text, length.end) is not None


_AS_LENGTH = Pattern(r"\s(?:token )?lengths?\b", re.IGNORECASE)
_LONG_TEXT = Pattern(r"\s?的?长文本(?!处理)")


def _cue(
    statement: Statement, length: _Length, others: list[int], *, in_column: bool
) -> tuple[int, int] | None:
    text = statement.text
    if in_column and len(text) <= 40:
        return (length.start, length.end)
    long_text = _LONG_TEXT.match(text, length.end)
    if long_text is not None:
        return length.start, long_text.end()
    near = nearest(
        text,
        length.start,
        length.end,
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
    if (length.in_tokens or _AS_LENGTH.match(text, length.end)) and other is None:
        takes = _TAKES.search(text, max(length.start - 40, 0), length.start)
        if takes is not None:
            return takes.start(), length.end
    return None


def _belongs(text: str, length: _Length, cue: Cue) -> bool:
    """Whether the nearest word for a context is said of this length."""
    if cue.start >= length.end:
        return _DIRECTLY.match(text[length.end : cue.start]) is not None
    between = text[cue.end : length.start]
    if length.scale or length.in_tokens:
        return cue.distance <= _REACH
    return len(between) <= _REACH and _LINK.match(between) is not None


def _found(statement: Statement, length: _Length, amount: float, cue: tuple[int, int]) -> Found:
    scale = length.scale
    if scale in {"万", "만"}:
        amount, scale = amount * 10, "k"
    return Found(
        kind=ClaimKind.CONTEXT_LENGTH,
        comparator=numbers.comparator(statement.text, length.start, length.end, Comparator.EXACTLY),
        value=numbers.tidy(amount),
        unit=_UNITS.get(scale, "tokens"),
        start=length.start,
        end=length.end,
        quote_start=min(cue[0], length.start),
        quote_end=max(cue[1], length.end),
    )

"""What can't carry a claim, known at a glance: most sentences and cells of a card."""

import re
from collections.abc import Sequence

from verify_snippets.claim_reading.nearby import says
from verify_snippets.pattern import Pattern

_DIGIT = Pattern(r"\d")
# The few things that are told without a digit.
_TOLD = (
    "gpu", "cpu", "tpu", "cuda", "nvidia", "显卡", "张", "块", "卡", "half precision", "half-precision",
    "day", "hour", "week", "minute", "second", "illion", "百万", "byte",
)  # fmt: skip
# Each pattern begins with a digit: that is found fast, and what must stand before it is looked up from there.
_MEASURE = Pattern(
    r"\d\s?\+?(?:-|~|to )?\s?(?:[gmtkb](?:i?b|o)?s?(?![a-z])|giga|mega|[bmtr]+illion|"
    r"thousand|tok|tps|word|sub-?word|param|ms\b|msec|milli|"
    r"[sh](?![a-z])|sec|hour|hrs|min|days?(?![a-z])|d\s*$|weeks?|bit|sizes|[^\x00-\x7f])"
)
_VERSION = Pattern(
    r"\d(?:(?<=[a-z)\]=<>≥≤~:_]\d)|(?<=[a-z)\]=<>≥≤~: v][ v]\d))\d{0,8}\.[\dx]|\d\.\d+\s?\+|\d\+(?!\w)"
)
_WORDS: Sequence[str] = (
    "gpu", "cpu", "cuda", "tpu", "nvidia", "rtx", "gtx", "tesla", "titan", "quadro", "radeon", "jetson",
    "ascend", "gaudi", "inferentia",
    "trainium", "apple", "macbook", "a100", "a800", "a10", "a30", "a40", "a16", "a4000", "a5000", "a6000",
    "h100", "h200", "h800", "h20", "b200",
    "gh200", "gb200", "gb300", "v100", "p100", "p40", "k80", "t4", "l4", "l20", "l40", "mi2", "mi3", "rk3",
    "m1", "m2", "m3", "m4", "m5",
    "float", "fp16", "fp32", "fp8", "fp4", "bf16", "f16", "f32", "int8", "int4", "precision", "quant",
    "bit", "_k", "q8_0", "q4_0",
    "context", "length", "window", "token", "param", "trunc", "size", "hours used", "memory", "model",
    "ceiling", "limit",
    "上下文", "参数", "參數", "长度", "パラメータ", "파라미터", "컨텍스트", "コンテキスト", "параметр",
    "контекст", "kontext", "contex",
    "版本", "显存", "內存", "内存", "显卡",
    "days", "weeks", "one ", "two ", "单", "两", "张", "precis", "精度",
)  # fmt: skip


def has(small: str, marks: Sequence[str]) -> bool:
    """Whether a text in small letters has any of the marks in it."""
    for mark in marks:  # noqa: SIM110 - done for each sentence of a card: a generator takes twice as long
        if mark in small:
            return True
    return False


def hints(text: str) -> bool:
    """Whether a paragraph, code line or cell is worth a closer look."""
    return _DIGIT.search(text) is not None or has(text.lower(), _TOLD)


def may_claim(small: str) -> bool:
    """Whether a sentence, in small letters, may carry a claim."""
    return _MEASURE.search(small) is not None or _VERSION.search(small) is not None or has(small, _WORDS)


_NUMBER = Pattern(r"[\s*_~<>=≈±+-]*\d[\d.,\s]{0,20}[\s*_%x×↑↓]*$")
_MEASURED_IN = Pattern(
    r"\b(?:ms|s|sec|seconds?|min|minutes?|hours?|gb|gib|mb|mib|b|m|k|tokens?|tps|"
    r"versions?|context|len|length|params?|"
    r"parameters?|size|sizes|speed|time|latency|throughput|memory|v?ram|usage|window|"
    r"gpus?|python|torch|cuda)\b|[^\x00-\x7f]",
    re.IGNORECASE | re.ASCII,
)


def is_score(text: str, header: str, row: str) -> bool:
    """Whether a cell is a bare number that neither its column nor its row measures in anything known."""
    return _NUMBER.match(text) is not None and not says(_MEASURED_IN, header) and not says(_MEASURED_IN, row)

"""Numbers as people write them, with the words that say how they are meant."""

import re

from verify_snippets.claim_reading.model import Comparator
from verify_snippets.pattern import Pattern

# No possessive repeat is needed: each part begins with a sign that the part before can't hold.
NUMBER = r"\d{1,15}(?:[.,]\d{1,9}){0,5}"
# A number that is no part of a name (``x86``, ``v2``, ``Qwen-7``), in a group of its own. What stands before
# it is looked up behind its first digit: a pattern that begins with a digit is found ten times as fast.
LONE_NUMBER = r"(\d(?<![A-WYZa-wyz0-9_./\\-]\d)(?<![A-Za-z_]x\d)\d{0,14}(?:[.,]\d{1,9}){0,5})"
TO = r"\s?(?:-|~|to|bis|à|до|至|到|から)\s?"

WORDS = {
    "single": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
    "ten": 10, "twelve": 12, "sixteen": 16, "thirty-two": 32, "ein": 1, "eine": 1, "einer": 1, "einem": 1,
    "einzelnen": 1,
    "zwei": 2, "drei": 3, "vier": 4, "acht": 8, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "huit": 8,
    "uno": 1, "una": 1,
    "dos": 2, "tres": 3, "cuatro": 4, "ocho": 8, "одна": 1, "одной": 1, "двух": 2, "две": 2, "четырёх": 4,
    "восьми": 8,
    "一": 1, "单": 1, "單": 1, "两": 2, "二": 2, "双": 2, "三": 3, "四": 4, "八": 8,
}  # fmt: skip

_GROUPED = Pattern(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_POINTS = Pattern(r"\d{1,3}(?:\.\d{3}){2,}$")


def value(text: str) -> float | None:
    """What a written number is worth; None for a version or a list."""
    if _GROUPED.match(text):
        return float(text.replace(",", ""))
    if _POINTS.match(text):
        return float(text.replace(".", ""))
    if text.count(",") + text.count(".") > 1:
        return None
    return float(text.replace(",", "."))


def tidy(number: float) -> float:
    """A number as short as it is: 16.0 is 16."""
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


_AT_LEAST = (
    r"≥|>=|=>|at least|at minimum|minimum(?: of)?|min\.?|no less than|not less than|"
    r"starting (?:from|at)|from version|since|"
    r"或?至少|不低于|不少于|最低|最少|最小|最低でも|최소|mindestens|minimal|au moins|"
    r"minimum de|al menos|(?:como )?mínimo|"
    r"минимум|не менее|от|ít nhất"
)
_AT_MOST = (
    r"≤|<=|<|at most|up to|a? ?maximum(?: of)?|max\.?|no more than|within|fits? (?:in|into|on|"
    r"within)|inside|limited to|"
    r"as (?:little|low) as|under|below|less than|fewer than|最多|最高|不超过|低于|"
    r"小于|最大|以内|최대|"
    r"höchstens|maximal|bis zu|weniger als|unter|au plus|jusqu'à|moins de|como máximo|hasta|menos de|"
    r"не более|до|менее|меньше"
)
_ONLY = r"only|just|merely|仅需|只需|nur|seulement|solo|только|всего"
_MORE = (
    r"more than|over|above|greater than|>|exceed(?:s|ing)?|超过|大于|高于|超え|mehr als|über|plus de|"
    r"más de|более|больше|свыше"
)
_ABOUT = (
    r"~|about|around|approx(?:imately|\.)?|roughly|nearly|almost|circa|ca\.?|some|约|大约|約|大概|"
    r"左右|약|대략|etwa|ungefähr|"
    r"environ|aproximadamente|unos|alrededor de|около|примерно|khoảng"
)


def _ahead(pattern: str) -> Pattern:
    """A pattern that must end where the number begins, small words apart."""
    small = r"(?:(?:an?|the|of|only|just|of only|about|around|roughly|approximately)\s)?"
    return Pattern(rf"(?<![A-Za-zА-Яа-я])(?:{pattern})[\s:(,]*{small}$", re.IGNORECASE)


_IS_ONLY = _ahead(_ONLY)  # "only 8 GB" is a limit, "only 2B parameters" a fact
_BEFORE = (
    (_ahead(_AT_LEAST), Comparator.AT_LEAST),
    (_ahead(_AT_MOST), Comparator.AT_MOST),
    (_IS_ONLY, Comparator.AT_MOST),
    (_ahead(_MORE), Comparator.MORE),
    (_ahead(_ABOUT), Comparator.ABOUT),
)
_OR_MORE = (
    r"\+|or (?:more|higher|above|later|newer|greater|better)|and (?:up|above|later|higher)|及以上|以上|이상|"
    r"oder (?:mehr|höher)|ou plus|o más|и (?:более|выше)|onwards|minimum|trở lên"
)
_OR_LESS = (
    r"or (?:less|fewer|lower|below)|以下|以内|이하|oder weniger|ou moins|o menos|и менее|max(?:imum)?\b"
)
_AFTER = (
    (Pattern(rf"\s?(?:{_OR_MORE})", re.IGNORECASE), Comparator.AT_LEAST),
    (Pattern(rf"\s?(?:{_OR_LESS})", re.IGNORECASE), Comparator.AT_MOST),
    (Pattern(r"\s?(?:左右|前後|정도|程度)"), Comparator.ABOUT),
)
_FAR = 32  # characters before a number in which its comparator stands


def comparator(text: str, start: int, end: int, default: Comparator) -> Comparator:
    """How the number between ``start`` and ``end`` is meant."""
    after = text[end : end + _FAR]
    for pattern, meaning in _AFTER:
        if pattern.match(after):
            return meaning
    before = text[max(start - _FAR, 0) : start]
    for pattern, meaning in _BEFORE:
        if pattern.search(before):
            return default if pattern is _IS_ONLY and default is Comparator.EXACTLY else meaning
    return default

"""One way to write each sign, character for character: offsets stay those of the card's line."""

import re

from verify_snippets.pattern import Pattern

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200C), 0x202F, 0x205F, 0x3000, 0xFEFF], " ")
_SIGNS = {
    "*": " ",
    "`": " ",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "−": "-",
    "×": "x",
    "✕": "x",
    "╳": "x",
    "≈": "~",
    "∼": "~",
    "〜": "~",
    "≥": "≥",
    "⩾": "≥",
    "≧": "≥",
    "≤": "≤",
    "⩽": "≤",
    "≦": "≤",
    "、": ",",
    "\t": " ",
    **dict.fromkeys("¹²³⁴⁵⁶⁷⁸⁹⁰†‡™®", " "),
}
_TABLE = str.maketrans(
    {**{chr(k): chr(v) for k, v in _FULL_WIDTH.items()}, **{chr(k): v for k, v in _SPACES.items()}, **_SIGNS}
)

_SILENT = Pattern(
    r"<!--.*?(?:-->|$)|</?[A-Za-z][^<>]{0,2000}>|"
    r"\]\([^()\s]{0,2000}(?:\s+\"[^\"]{0,200}\")?\)|https?://[^\s)>\]\"']+|"
    r"\\{1,2}[()\[\]]|&(?:nbsp|ensp|emsp|thinsp);"
)
_ENTITY = Pattern(r"&(gt|lt|ge|le|times|asymp|sim|amp|quot|ndash|mdash);|\\(geq?|leq?|sim|times|approx)\b|\$")
_MEANING = {
    "gt": ">", "lt": "<", "ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "times": "x", "asymp": "~",
    "sim": "~",
    "approx": "~", "ndash": "-", "mdash": "—", "amp": "&", "quot": '"',
}  # fmt: skip


def plain(line: str) -> str:
    """A line without its markup and addresses, as long as before, each sign in its plainest form."""
    text = line.translate(_TABLE)
    if "<" in text or "](" in text or "://" in text or "&" in text or "\\" in text:
        text = _SILENT.sub(_blank, text)
    if "&" in text or "\\" in text or "$" in text:
        text = _ENTITY.sub(_sign, text)
    return text


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _sign(found: re.Match[str]) -> str:
    name = found.group(1) or found.group(2) or ""
    return _MEANING.get(name, " ").ljust(len(found.group()))

r"""What an output says, in words, numbers and marks: the form in which two outputs are compared.

Left out is how it is said: spaces and line ends, quotes, the commas of lists, ``tensor(...)`` and
``np.float32(...)`` around a value, what a tensor tells beside its values (``device=...``, ``grad_fn=...``).
What differs from run to run becomes one word each: addresses, dates, times, durations, versions, folders of
somebody's machine. The items of sets and dicts are put in order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from verify_snippets.comparison.lines import Line
from verify_snippets.pattern import Pattern

ANYTHING: Final = "…"
"""What stands for whatever the author left out."""


class Token(NamedTuple):
    """One word, number or mark; a tuple, because there may be hundreds of thousands.

    Attributes:
        text: what is compared where it is no number.
        line: the place of its line in the whole text, 0-based.
        value: of a number.
        half_unit: half of the last digit that is written, for a number with a decimal point; else 0.
        scale: the largest number of the list that it stands in.
        is_anything: whether it stands for whatever was left out.
        is_cut: whether the rest of the word was left out.
    """

    text: str
    line: int
    value: float | None = None
    half_unit: float = 0.0
    scale: float = 0.0
    is_anything: bool = False
    is_cut: bool = False


_OWN_FOLDERS = "tmp|home|root|Users|var|mnt|data|content|workspace|opt|usr|kaggle"
_TOKEN = Pattern(
    rf"""
    (?P<left>(?<=defaultdict\()<class\s'[\w.]+'>,\s*|,\s*(?:device=(?:'[^']*'|"[^"]*"|[\w:]+)|grad_fn=<[^>]{{0,200}}>|requires_grad=\w+|dtype=[\w.]+))
    | (?P<wrap>(?:(?:np|numpy|torch)\.)?(?:tensor|array|Tensor|Array)(?=\()|(?:np|numpy)\.\w+(?=\()|
        (?:torch\.Size|TensorShape|OrderedDict|Counter|defaultdict)(?=\())
    | (?P<anything>\[\s*(?:\.{{3,}}|…)\s*\]|\.{{3,}}|…)
    | (?P<gap>\\+[nrt]|\\+(?=['"])|['"‘’“”«»])
    | (?P<address>(?<=at\s)0x[0-9a-fA-F]+|0x[0-9a-fA-F]{{4,}}|0x(?=\.\.\.|…))
    | (?P<id>\b[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}\b|\b[0-9a-f]{{32,64}}\b)
    | (?P<date>\b\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?\b)
    | (?P<time>(?<![\d:])\d{{1,2}}:\d\d(?::\d\d)?(?:[.,]\d+)?(?![\d:]))
    | (?P<version>(?<![\w.])v?\d+\.\d+\.\d+[\w.+-]*)
    | (?P<folder>(?<![\w.])(?:/(?:{_OWN_FOLDERS})/[^\s'",)\]}}]*|~/[^\s'",)\]}}]*|[A-Z]:\\[^\s'"]*))
    | (?P<duration>(?<![\w.])\d+(?:\.\d+)?\s?(?:ms|[µμu]s|ns|s|secs?|(?:it|s|tokens?|tok)/s(?:ec)?)(?![\w/])|
        (?<![\w.])\d+\.\d+\s?(?:seconds?|minutes?|mins?|hours?)\b)
    | (?P<number>(?:(?<![\w.)\]])[-+])?(?<![\w.])(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![^\W_]))
    | (?P<word>[぀-ヿ㐀-䶿一-鿿]|(?:(?![぀-ヿ㐀-䶿一-鿿])\w)+)
    | (?P<mark>\S)
    """,
    re.VERBOSE,
)
_VARYING = frozenset({"address", "id", "date", "time", "version", "folder", "duration"})
_SAME_WORD = {"true": "True", "false": "False", "null": "None"}
_OPEN, _CLOSE = "([{", ")]}"
_AFTER_CUT = Pattern(r"""['"’”\])},>]""")
_MAX_DEPTH = 64  # of brackets; what nests deeper is no value that anybody printed to be read


def read(lines: Sequence[Line], *, with_gaps: bool = False) -> tuple[Token, ...]:
    """Take an output apart.

    Args:
        lines: those that say something.
        with_gaps: let ``...`` stand for whatever was left out, as it does where people show an output.
    """
    last = lines[-1].number if lines else 0
    tokens = [
        token for line in lines for token in _tokens(line, with_gaps=with_gaps, is_last=line.number == last)
    ]
    return tuple(_scaled(_shapes_alike([*_without_commas(_in_order(_unwrapped(tokens)))])))


def _tokens(line: Line, *, with_gaps: bool, is_last: bool) -> Iterator[Token]:
    previous: Token | None = None
    for match in _TOKEN.finditer(line.text):
        kind = match.lastgroup or ""
        if kind in ("left", "gap"):
            continue
        token = _token(kind, match.group(), line.number)
        if kind == "anything" and with_gaps:
            after = line.text[match.end() :].strip()
            is_attached = match.start() > 0 and line.text[match.start() - 1].isalnum()
            if not is_attached or _AFTER_CUT.match(after) or (is_last and not after):
                token = token._replace(is_anything=True)
                previous = previous._replace(is_cut=True) if previous and is_attached else previous
        if previous is not None:
            yield previous
        previous = token
    if previous is not None:
        yield previous


def _token(kind: str, text: str, line: int) -> Token:
    if kind in _VARYING:
        return Token(text=f"<{kind}>", line=line)
    if kind == "wrap":
        return Token(text="<wrap>", line=line)
    if kind == "anything":
        return Token(text=ANYTHING, line=line)
    if kind == "number":
        return _number(text, line)
    return Token(text=_SAME_WORD.get(text, text), line=line)


def _number(text: str, line: int) -> Token:
    """A number; ``1.`` is as exact as ``1.0``."""
    mantissa, _, exponent = text.lower().partition("e")
    _, point, decimals = mantissa.partition(".")
    power = int(exponent[:6] or 0) if exponent else 0
    digits = max(len(decimals), 1) if point else 0
    half_unit = 0.5 * 10.0 ** max(min(power - digits, 300), -300) if point or exponent else 0.0
    return Token(text=text, line=line, value=float(text), half_unit=half_unit)


def _unwrapped(tokens: Iterable[Token]) -> Iterator[Token]:
    """Leave ``tensor(`` and its like out, with the bracket that closes it."""
    is_wrap: list[bool] = []
    wraps_next = False
    for token in tokens:
        if token.text == "<wrap>":
            wraps_next = True
            continue
        if token.text == "(":
            is_wrap.append(wraps_next)
        drops = wraps_next or (token.text == ")" and bool(is_wrap) and is_wrap.pop())
        wraps_next = False
        if not drops:
            yield token


def _in_order(tokens: Iterable[Token]) -> list[Token]:
    """Put the items of every ``{...}`` in order; brackets that don't match leave all as it is."""
    given = list(tokens)
    stack: list[list[Token]] = [[]]
    openers: list[str] = []
    for token in given:
        if token.text in _OPEN:
            if len(openers) == _MAX_DEPTH:
                return given
            openers.append(token.text)
            stack.append([token])
        elif token.text in _CLOSE:
            if not openers or _OPEN.index(openers.pop()) != _CLOSE.index(token.text):
                return given
            group = stack.pop()
            items = _sorted_items(group) if token.text == "}" else group
            stack[-1].extend([*items, token])
        else:
            stack[-1].append(token)
    return stack[0] if not openers else given


def _sorted_items(group: list[Token]) -> list[Token]:
    opener, *inside = group
    items: list[list[Token]] = [[]]
    depth = 0
    for token in inside:
        depth += (token.text in _OPEN) - (token.text in _CLOSE)
        if token.text == "," and depth == 0:
            items.append([])
        else:
            items[-1].append(token)
    comma = Token(text=",", line=opener.line)
    ordered = [opener]
    for item in sorted(filter(None, items), key=_place):
        ordered += [*item, comma]
    return ordered[:-1] if len(ordered) > 1 else ordered


def _place(item: Sequence[Token]) -> tuple[bool, float, str]:
    """Where an item of a dict or a set belongs: by its key, what was left out at the end."""
    colon = next((n for n, token in enumerate(item) if token.text == ":"), len(item))
    value = item[0].value if colon == 1 else None
    name = "" if value is not None else " ".join(token.text for token in item[:colon])
    return item[0].is_anything, value or 0.0, name


def _without_commas(tokens: Sequence[Token]) -> Iterator[Token]:
    """Leave out the commas between values: one library prints them and another doesn't."""
    for number, token in enumerate(tokens):
        if token.text == "," and number > 0:
            before, after = tokens[number - 1], tokens[number + 1] if number + 1 < len(tokens) else token
            if before.value is not None or before.text in _CLOSE or after.text in _OPEN:
                continue
            if before.is_anything or after.is_anything:
                continue
        yield token


def _shapes_alike(tokens: list[Token]) -> list[Token]:
    """Write ``(3, 384)`` as ``[3, 384]``: authors don't tell shapes of one library from another's."""
    opener: int | None = None
    for number, token in enumerate(tokens):
        if token.text == "(":
            opener = number
        elif token.text == ")" and opener is not None and number > opener + 1:
            tokens[opener] = tokens[opener]._replace(text="[")
            tokens[number] = token._replace(text="]")
            opener = None
        elif token.value is None or token.half_unit:
            opener = None
    return tokens


def _scaled(tokens: Iterable[Token]) -> list[Token]:
    """Tell each number of a list how large the largest one beside it is."""
    scaled = list(tokens)
    groups: list[list[int]] = []
    for number, token in enumerate(scaled):
        if token.text == "[":
            groups.append([])
        elif token.text == "]" and groups:
            members = groups.pop()
            scale = max((abs(scaled[member].value or 0.0) for member in members), default=0.0)
            for member in members:
                scaled[member] = scaled[member]._replace(scale=scale)
        elif groups and token.value is not None and token.half_unit:
            groups[-1].append(number)
    return scaled

"""Parameter counts: ``1.3 billion parameters``, ``62亿参数``, a column named ``Params``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.passages import Statement
from verify_snippets.claim_reading.vocabulary import words

# A unit, and what one of it is in B or M.
_UNITS: dict[str, tuple[float, str]] = {
    "b": (1, "B"), "bn": (1, "B"), "billion": (1, "B"), "billions": (1, "B"), "milliarden": (1, "B"),
    "mrd": (1, "B"), "milliards": (1, "B"),
    "млрд": (1, "B"), "миллиардов": (1, "B"), "миллиарда": (1, "B"), "tỷ": (1, "B"),
    "mil millones": (1, "B"), "十亿": (1, "B"), "십억": (1, "B"),
    "m": (1, "M"), "mm": (1, "M"), "mio": (1, "M"), "million": (1, "M"), "millions": (1, "M"),
    "millionen": (1, "M"), "millones": (1, "M"),
    "млн": (1, "M"), "миллионов": (1, "M"), "triệu": (1, "M"), "百万": (1, "M"), "백만": (1, "M"),
    "k": (0.001, "M"), "thousand": (0.001, "M"), "t": (1000, "B"), "trillion": (1000, "B"),
    "亿": (0.1, "B"), "億": (0.1, "B"), "억": (0.1, "B"), "万": (0.01, "M"), "萬": (0.01, "M"),
    "만": (0.01, "M"),
}  # fmt: skip
_COUNT = re.compile(
    rf"{numbers.BEFORE_NUMBER}({numbers.NUMBER}|(?<![\w-])(?:one|two|three|four|five|six|seven|"
    rf"eight|ten|twelve))(?:{numbers.TO}{numbers.NUMBER})?[\s-]?"
    rf"({'|'.join(sorted(_UNITS, key=len, reverse=True))})\.?\+?(?![A-Za-z0-9а-я]|-?bit)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"(?<![\w.,])(\d{1,3}(?:[, ]\d{3}){1,4}|\d{4,13})(?![\w.,]\w)")
_NAME = words(
    r"\bparam(?:s|eters?|eter)?\b(?! ?(?:efficient|sharing|values?|tuning|settings?))",
    r"参数|參數|パラメータ|パラメーター|파라미터|매개변수|매개 변수",
    r"\bparameters?n?\b|\bparamètres?\b|\bparámetros?\b|\bparâmetros?\b|\bпараметр\w*|\btham số\b",
)
_SIZE_HEADER = words(
    r"\bmodel size\b|\bsizes?\b|^#?\s*(?:total |active |activated )?params?\b|模型大小|规模|参数量"
)
_ACTIVE = words(r"\bactiv(?:e|ated)\b|激活")
_AFTER, _BEFORE = 48, 40


def read(statement: Statement) -> Iterator[Found]:
    """Counts that the words beside them, or the column's header, call parameters."""
    named_column = statement.is_cell and bool(_NAME.search(statement.header) or _NAME.search(statement.row))
    sized_column = statement.is_cell and bool(_SIZE_HEADER.search(statement.header))
    if not (named_column or sized_column or _NAME.search(statement.text)):
        return
    last_end = -1
    found_any = False
    for count in _COUNT.finditer(statement.text):
        if named_column or sized_column:
            whole = len(statement.text) <= 60
            cue = (count.start(), count.end()) if whole else _cue(statement.text, count, last_end)
        else:
            cue = _cue(statement.text, count, last_end)
        if cue is not None:
            found_any = True
            last_end = count.end()
            yield from _found(statement, count, cue)
    if not found_any:
        yield from _plain(statement, named_column=named_column)


def _cue(text: str, count: re.Match[str], last_end: int) -> tuple[int, int] | None:
    """The word for parameters that belongs to a count."""
    after = _NAME.search(text, count.end(), min(count.end() + _AFTER, len(text)))
    if after is not None and _is_near(text[count.end() : after.start()]):
        return count.start(), after.end()
    names = list(_NAME.finditer(text, max(count.start() - _BEFORE, last_end, 0), count.start()))
    before = names[-1] if names else None
    if before is not None and _leads_to(text[before.end() : count.start()]):
        return before.start(), count.end()
    return None


_APART = re.compile(
    r"[;:—|]|\d|\btokens?\b|\btrained\b|\bdata\b|\bpairs\b|\bimages?\b|\bsamples?\b", re.IGNORECASE
)


def _is_near(between: str) -> bool:
    """Whether ``7B [Llama] parameters`` belong together: only a few words between."""
    return len(between) <= 2 or (not _APART.search(between) and between.count(" ") <= 5)


_LEADING = re.compile(
    r"(?:[\s:=|)(~,-]|\b(?:of|is|are|count|counts|size|sizes|total|number|about|around|"
    r"approx\w*|roughly|up to|量|数量|规模|数|約|约|为|有|は|が|"
    r"의|수|는|with|ranging|from|over|has|have|budget|non-embedding|only|trainable|"
    r"model)\b|[量数规模为约共有는수는はが約])*$",
    re.IGNORECASE,
)


def _leads_to(between: str) -> bool:
    return len(between) <= _BEFORE and _LEADING.match(between) is not None


def _found(statement: Statement, count: re.Match[str], cue: tuple[int, int]) -> Iterator[Found]:
    written = count.group(1).lower()
    amount = float(numbers.WORDS[written]) if written in numbers.WORDS else numbers.value(written)
    if amount is None:
        return
    scale, unit = _UNITS[count.group(2).lower()]
    yield Found(
        kind=ClaimKind.PARAMETERS,
        comparator=numbers.comparator(statement.text, count.start(), count.end(), Comparator.EXACTLY),
        value=numbers.tidy(amount * scale),
        unit=unit,
        start=count.start(),
        end=count.end(),
        quote_start=min(cue[0], count.start()),
        quote_end=max(cue[1], count.end()),
    )


def _plain(statement: Statement, *, named_column: bool) -> Iterator[Found]:
    """``124,439,808 parameters``: counts written out."""
    for count in _PLAIN.finditer(statement.text):
        cue = count.span() if named_column and len(statement.text) <= 24 else _cue(statement.text, count, -1)
        amount = float(re.sub(r"[, ]", "", count.group(1)))
        if cue is None or amount < 1000:
            continue
        yield Found(
            kind=ClaimKind.PARAMETERS,
            comparator=Comparator.EXACTLY,
            value=numbers.tidy(amount),
            unit="",
            start=count.start(),
            end=count.end(),
            quote_start=min(cue[0], count.start()),
            quote_end=max(cue[1], count.end()),
        )

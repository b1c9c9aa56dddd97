"""Parameter counts: ``1.3 billion parameters``, ``30亿参数``, a column named ``Params``."""

import re
from collections.abc import Iterator, Sequence

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.telling import has
from verify_snippets.claim_reading.vocabulary import words
from verify_snippets.pattern import Pattern

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
_UNIT = rf"[\s-]?({'|'.join(sorted(_UNITS, key=len, reverse=True))})\.?\+?(?![A-Za-z0-9а-я]|-?bit)"
_COUNT = Pattern(rf"{numbers.LONE_NUMBER}(?:{numbers.TO}{numbers.NUMBER})?{_UNIT}", re.IGNORECASE)
_SPELLED_COUNT = Pattern(
    rf"(?<![\w-])(one|two|three|four|five|six|seven|eight|ten|twelve){_UNIT}", re.IGNORECASE
)
_PLAIN = Pattern(r"(?<![\w.,])(\d{1,3}(?:[, ]\d{3}){1,4}|\d{4,13})(?![\w.,]\w)")
_NAME = words(
    r"(?<![A-Za-z])param(?:s|[ae]t[ae]rs?)?(?![A-Za-z])(?! ?(?:efficient|sharing|values?|tuning|settings?))",
    r"参数|參數|パラメータ|パラメーター|파라미터|매개변수|매개 변수",
    r"\bparameters?n?\b|\bparamètres?\b|\bparámetros?\b|\bparâmetros?\b|параметр\w*|\btham số",
)
_SIZE_HEADER = words(
    r"\b(?:model|llm|lm|backbone|network) sizes?\b|^\W*sizes?\W*$|^#?\s*(?:total |active |"
    r"activated )?params?\b|模型大小|模型规模|参数量"
)
_MODEL_HEADER = words(r"^\W*(?:models?|variants?|versions?|模型|モデル|모델)\W*$")
# A size said of a model without the word "parameters": "a 300M model", "in sizes of 1B and 9B".
_SIZED_MODEL = Pattern(
    r"[\s-](?:[\w-]{1,16} ){0,2}(?:model|variant|version|checkpoint|transformer)(?![\w-])|"
    r"\s?[\u4e00-\u9fff]{0,6}\s?(?:模型|transformer)(?!上|中)",
    re.IGNORECASE,
)
_PRESENTS = Pattern(
    r"(?:(?:\b(?:an?|is|as|(?:releas|introduc|present|announc|provid|open-?sourc)\w+ (?:the|our))|"
    r"^(?!(?:the|for|our|this|with|in|on)\b))\s?(?:\w[\w-]{0,20}\s){0,2}|:\s|的\s?)$",
    re.IGNORECASE,
)
# A size that stands behind what it is the size of: ``Acme-XL (4.3B)``, ``two models (1B and 14B)``.
_SIZE_BEHIND = Pattern(r"(?:\bmodels|\b[A-Z]\w*[-.]\w[\w.-]{0,30})\s?\($")
_NO_SIZE = Pattern(r"[^()]{0,40}(?:tokens?|data|pairs|images|samples|\$|download)", re.IGNORECASE)
_SIZES_OF = Pattern(
    r"[\s-](?:[\w-]{1,16} ){0,4}(?:sizes|versions|variants)\b|规模(?!的?模型[上中])", re.IGNORECASE
)
_IN_SIZES = Pattern(
    r"\b(?:model sizes|sizes|scales|variants)(?: of|:| from| ranging from| \()?\s?$", re.IGNORECASE
)
_SIGNS = (
    "param", "parám", "paràm", "parâm", "парам", "参数", "參數", "パラメ", "파라", "매개", "tham số",
    "model", "sizes", "scales", "version", "variant", "规模", "模型", "モデル", "모델",
)  # fmt: skip
_AFTER, _BEFORE = 48, 40


def read(statement: Statement) -> Iterator[Found]:
    """Counts that the words beside them, or the column's header, call parameters."""
    named = statement.is_cell and (says(_NAME, statement.header) or says(_NAME, statement.row))
    sized = statement.is_cell and (says(_SIZE_HEADER, statement.header) or says(_SIZE_HEADER, statement.row))
    names_row = statement.is_cell and not statement.row and says(_MODEL_HEADER, statement.header)
    if not (
        named
        or sized
        or names_row
        or (not statement.is_cell and "b" in statement.small and "(" in statement.text)
        or has(statement.small, _SIGNS)
    ):
        return
    counts = _counts(statement)
    fills_cell = (named or sized) and len(statement.text) <= 60
    cues = [
        each.span() if fills_cell or (names_row and each.group() == statement.text) else None
        for each in counts
    ]
    cues = [
        cue or _cue(statement.text, count) or _sized(statement, count)
        for cue, count in zip(cues, counts, strict=True)
    ]
    for count, cue in zip(counts, _chained(statement.text, counts, cues), strict=True):
        if cue is not None and _COMPARED.search(statement.text, max(count.start() - 80, 0), count.start()):
            continue
        if cue is not None and not (count.group(2).lower() in {"k", "t"} and not named):
            yield from _listed(statement, count, cue)
            yield from _found(statement, count, cue)
    yield from _labelled(statement)
    if not any(cues):
        yield from _plain(statement, named_column=named)


def _counts(statement: Statement) -> list[re.Match[str]]:
    counts = list(_COUNT.finditer(statement.text))
    if "illion" in statement.small:
        counts += _SPELLED_COUNT.finditer(statement.text)
        counts.sort(key=lambda count: count.start())
    return counts


_LABELLED = Pattern(
    rf"(?<![A-Za-z])param(?:eter)?s?\s?\((?:in )?(M|B|millions?|"
    rf"billions?)\)\s?[:=]\s?({numbers.NUMBER})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def _labelled(statement: Statement) -> Iterator[Found]:
    """``Params (M): 28.6``."""
    for found in _LABELLED.finditer(statement.text):
        amount = numbers.value(found.group(2))
        if amount is not None:
            yield _made(statement, found.span(2), amount, found.group(1), found.span())


Spans = list[tuple[int, int] | None]
_AND = Pattern(
    r"\s?(?:,|/|\||and|or|&|to|-|和|与|及|や|と|및|,\s?(?:and|or))\s?(?:an?\s|the\s)?$", re.IGNORECASE
)
_OF_WHICH = Pattern(r"[^.;]{0,40}\b(?:of which|with|including|only)\s[^\d]{0,12}$", re.IGNORECASE)
_ACTIVATED = Pattern(r"\s(?:\w+ ){0,2}(?:activ(?:e|ated)|non-embedding)\b", re.IGNORECASE)


# "better than models with 90 billion parameters": another model's.
_COMPARED = Pattern(
    r"\b(?:outperform\w*|surpass\w*|beats?|exceed\w*|compar(?:ed|able|ing)|rival\w*|than|"
    r"versus|vs\.?|unlike|match(?:es|ing))\b[^.;]*$",
    re.IGNORECASE,
)


def _chained(text: str, counts: Sequence[re.Match[str]], cues: Spans) -> Spans:
    """Counts that stand in one list with a count of parameters are parameters too."""
    cues = list(cues)
    for place in range(len(counts) - 2, -1, -1):
        if cues[place] is None and cues[place + 1] is not None and _AND.match(_between(text, counts, place)):
            cues[place] = (counts[place].start(), (cues[place + 1] or (0, 0))[1])
    for place in range(1, len(counts)):
        if cues[place] is None and cues[place - 1] is not None and _follows(text, counts, place):
            cues[place] = ((cues[place - 1] or (0, 0))[0], counts[place].end())
    return cues


def _between(text: str, counts: Sequence[re.Match[str]], place: int) -> str:
    return text[counts[place].end() : counts[place + 1].start()]


def _follows(text: str, counts: Sequence[re.Match[str]], place: int) -> bool:
    between = _between(text, counts, place - 1)
    if _AND.match(between):
        return True
    return _OF_WHICH.match(between) is not None and _ACTIVATED.match(text, counts[place].end()) is not None


_BARE_BEFORE = Pattern(
    r"(?<![\w.,-])(\d{1,3}(?:\.\d{1,2})?)\s?(?:,\s?(\d{1,3}(?:\.\d{1,2})?)\s?)?,?\s?(?:and|or|/|和)\s?$",
    re.IGNORECASE,
)


def _listed(statement: Statement, count: re.Match[str], cue: tuple[int, int]) -> Iterator[Found]:
    """``1, 3 and 9 billion parameters``: numbers that share the last one's unit."""
    bare = _BARE_BEFORE.search(statement.text, max(count.start() - 24, 0), count.start())
    for group in (1, 2):
        if bare is not None and bare.group(group):
            amount = numbers.value(bare.group(group))
            if amount is not None:
                yield _made(statement, bare.span(group), amount, count.group(2), cue)


def _cue(text: str, count: re.Match[str]) -> tuple[int, int] | None:
    """The word for parameters that belongs to a count."""
    after = _NAME.search(text, count.end(), min(count.end() + _AFTER, len(text)))
    if after is not None and _is_near(text[count.end() : after.start()]):
        return count.start(), after.end()
    names = list(_NAME.finditer(text, max(count.start() - _BEFORE, 0), count.start()))
    if names and _leads_to(text[names[-1].end() : count.start()]):
        return names[-1].start(), count.end()
    return None


def _sized(statement: Statement, count: re.Match[str]) -> tuple[int, int] | None:
    """The words that make a count a model's size, without naming parameters."""
    text = statement.text
    if count.group(2).lower() not in _MODEL_UNITS:
        return None
    sized = _SIZED_MODEL.match(text, count.end())
    if sized is not None and _PRESENTS.search(text, max(count.start() - 50, 0), count.start()):
        return count.start(), sized.end()
    behind = _SIZE_BEHIND.search(text, max(count.start() - 40, 0), count.start())
    if behind is not None and not statement.is_cell and not _NO_SIZE.match(text, count.end()):
        return behind.start(), count.end()
    sizes = _SIZES_OF.match(text, count.end())
    if sizes is not None:
        return count.start(), sizes.end()
    leading = _IN_SIZES.search(text, max(count.start() - 24, 0), count.start())
    return (leading.start(), count.end()) if leading is not None else None


_MODEL_UNITS = {"b", "m", "billion", "million", "亿", "億"}
_APART = Pattern(
    r"[,;:—|]|\d|\btokens?\b|\btrained\b|\bdata\b|\bpairs\b|\bimages?\b|\bsamples?\b", re.IGNORECASE
)


def _is_near(between: str) -> bool:
    """Whether ``7B [Llama] parameters`` belong together: only a few words between."""
    return len(between) <= 2 or (not _APART.search(between) and between.count(" ") <= 5)


_LEADING = Pattern(
    r"(?:[\s:=|)(~,-]|\b(?:of|is|are|count|counts|size|sizes|total|number|about|around|"
    r"approx\w*|roughly|up to|量|数量|规模|数|約|约|为|有|は|が|"
    r"의|수|는|with|ranging|from|over|has|have|budget|non-embedding|only|trainable|"
    r"model)\b|[量数规模为约共有는수はが約의的版本])*$",
    re.IGNORECASE,
)


def _leads_to(between: str) -> bool:
    return len(between) <= _BEFORE and _LEADING.match(between) is not None


def _found(statement: Statement, count: re.Match[str], cue: tuple[int, int]) -> Iterator[Found]:
    written = count.group(1).lower()
    amount = float(numbers.WORDS[written]) if written in numbers.WORDS else numbers.value(written)
    if amount is not None:
        yield _made(statement, count.span(), amount, count.group(2), cue)


def _made(
    statement: Statement, span: tuple[int, int], amount: float, written_unit: str, cue: tuple[int, int]
) -> Found:
    scale, unit = _UNITS[written_unit.lower()]
    return Found(
        kind=ClaimKind.PARAMETERS,
        comparator=numbers.comparator(statement.text, span[0], span[1], Comparator.EXACTLY),
        value=numbers.tidy(amount * scale),
        unit=unit,
        start=span[0],
        end=span[1],
        quote_start=min(cue[0], span[0]),
        quote_end=max(cue[1], span[1]),
    )


_HEADER_UNIT = Pattern(r"[(/\[]\s?(?:in )?(B|M|K|billions?|millions?)\b", re.IGNORECASE)
_BARE = Pattern(rf"[~<>≤]?\s?({numbers.NUMBER})\s?$")


def _plain(statement: Statement, *, named_column: bool) -> Iterator[Found]:
    """``124,439,808 parameters``: counts written out; and numbers under a header that names their unit."""
    unit = _HEADER_UNIT.search(statement.header) if named_column else None
    bare = _BARE.match(statement.text) if unit is not None else None
    if unit is not None and bare is not None:
        amount = numbers.value(bare.group(1))
        if amount is not None:
            yield _made(statement, bare.span(1), amount, unit.group(1), bare.span(1))
        return
    for count in _PLAIN.finditer(statement.text):
        cue = count.span() if named_column and len(statement.text) <= 24 else _cue(statement.text, count)
        amount = float(re.sub(r"[, ]", "", count.group(1)))
        if cue is None or amount < (1_000_000 if named_column else 1000):
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

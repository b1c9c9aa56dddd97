"""How long something takes and how fast it goes: ``28.9 s load``, ``trained for 6 days``, ``149.5 tok/s``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found, Scope
from verify_snippets.claim_reading.nearby import nearest
from verify_snippets.claim_reading.passages import Statement
from verify_snippets.claim_reading.vocabulary import TRAINING, words

_RATE = re.compile(
    rf"{numbers.BEFORE_NUMBER}({numbers.NUMBER})(?:{numbers.TO}{numbers.NUMBER})?\s?-?(?:(?:generated |"
    rf"output )?(?:tokens?|tok|t)\s?(?:/|per|-per-)\s?(?:s|sec|second)s?\b|tps\b|"
    r"(?:个)?(?:tokens?|词元)\s?/\s?秒|トークン/秒|토큰/초)",
    re.IGNORECASE,
)
_RATE_HEADER = words(
    r"\b(?:tokens?|tok|t)\s?(?:/|per|\()\s?(?:s|sec|second)s?\b|\btps\b|"
    r"\bgeneration speed\b|token/秒|tokens/秒"
)
_DURATION = re.compile(
    rf"(?:{numbers.BEFORE_NUMBER}({numbers.NUMBER})(?:{numbers.TO}({numbers.NUMBER}))?|\b(one|"
    rf"two|three|four|five|six|seven|eight|ten))\s?-?"
    r"(ms|msec|milliseconds?|毫秒|ミリ秒|밀리초|seconds?|secs?|s|秒|초|sekunden?|secondes?|segundos?|"
    r"секунд\w*|minutes?|mins?|分钟|分|분|minuten?|minutos?|"
    r"минут\w*|hours?|hrs?|h|小时|小時|時間|시간|stunden?|heures?|horas?|час\w*|days?|天|日間|일간|tage?n?|"
    r"jours?|días?|дн\w*|weeks?|周|週間|недел\w*)"
    r"(?![A-Za-z0-9/]|-(?:long|level)|時)",
    re.IGNORECASE,
)
_PROCESSOR_HOURS = re.compile(
    rf"{numbers.BEFORE_NUMBER}({numbers.NUMBER})\s?([KM]|k|million|"
    rf"thousand)?\s?(?:[A-Z]\d{{2,3}}(?:[- ]\d+GB)?[- ])?(?:[\w-]{{1,12}} )?(GPU|TPU|A100|H100|"
    rf"H800|V100)[- ]?(hours?|hrs|days?|h\b)",
    re.IGNORECASE,
)
_UNIT = (
    (re.compile(r"ms|milli|毫秒|ミリ秒|밀리초", re.IGNORECASE), 1.0, "ms"),
    (re.compile(r"s$|sec|秒|초|sek|seg|сек", re.IGNORECASE), 1.0, "s"),
    (re.compile(r"min|分|분|мин", re.IGNORECASE), 1.0, "min"),
    (re.compile(r"h|小|時|시간|stun|час", re.IGNORECASE), 1.0, "hours"),
    (re.compile(r"d|天|日|일|tag|jour|дн", re.IGNORECASE), 1.0, "days"),
    (re.compile(r"w|周|週|нед", re.IGNORECASE), 7.0, "days"),
)
_TAKES = words(
    r"\b(?:takes?|took|taking|taken)\b|\blatenc(?:y|ies)\b|\b(?:inference|training|generation|"
    r"load(?:ing)?|startup|run|running|processing|response|execution|wall[- ]?clock|compile|"
    r"conversion|prediction|decod\w+|total|elapsed|avg|average|median) ?-?(?:time|speed)?\b",
    r"\bhours used\b|\bfinish(?:es|ed)?\b|\bcomplet(?:es|ed)\b|\btrained\b|\bfine-?tuned\b|"
    r"\bgenerates?\b|\bfaster\b|\bruns?\b|\bloads?\b|\bwithin\b|\btime\b|\bduration\b|"
    r"\bruntime\b",
    r"耗时|用时|时间|延迟|训练了|需要|速度|かか|時間|レイテンシ|걸리|소요|지연|학습 시간|"
    r"\bdauer\w*|\bdurée\b|\btemps\b|"
    r"\btiempo\b|\btard[aó]\b|\bзаня\w*|\bвремя\b|\bдлил\w*|\bв течение\b",
)
_MEDIA = words(
    r"\baudios?\b|\bvideos?\b|\bclips?\b|\bspeech\b|\bspoken\b|\bspeakers?\b|\brecord\w*|"
    r"\bsongs?\b|\bmusic\b|\bsamples?\b|\bsegments?\b|\bchunks?\b|\bwaveforms?\b|"
    r"\butterances?\b|\bsound\b|\bvoices?\b|\blong[- ]form\b|\bframes?\b|\bfps\b|"
    r"\bof (?:data|labell?ed|unlabell?ed|transcribed|text)\b|\bdataset\b|\bcorpus\b|\bdata\b|"
    r"\bhz\b|\bepisodes?\b|\bwindows?\b|\bdelay|\btimeout\b|\bsleep\b|\bforecast\w*|"
    r"\bprompt\b|\bago\b|\bper (?:day|hour|minute)\b|"
    r"音频|视频|语音|数据|音声|動画|음성|비디오|\bаудио\b|\bвидео\b|\blast\b|\bnext\b|\bevery\b"
)
_TIME_HEADER = re.compile(
    r"\((ms|s|sec|seconds?|min|minutes?|hours?|h|µs|us)\)|\b(ms|milliseconds|seconds|minutes|"
    r"hours)\b|\[(ms|s)\]",
    re.IGNORECASE,
)
_TIME_NAME = words(
    r"\blatency\b|\btime\b|\bduration\b|\bspeed\b|耗时|延迟|用时|时间|時間|\bms\b|\(s(?:ec)?\)|fp\d\d|"
    r"amp|\bhours used\b"
)
_BARE_NUMBER = re.compile(rf"[~<>≤]?\s?({numbers.NUMBER})\s?$")


def read(statement: Statement) -> Iterator[Found]:
    """Throughputs and durations."""
    rates = list(_rates(statement))
    yield from rates
    taken = [(rate.start, rate.end) for rate in rates]
    processor = list(_processor_hours(statement))
    yield from processor
    taken += [(hours.start, hours.end) for hours in processor]
    yield from _durations(statement, taken)


def _rates(statement: Statement) -> Iterator[Found]:
    found_any = False
    for rate in _RATE.finditer(statement.text):
        found_any = True
        yield from _one(statement, ClaimKind.THROUGHPUT, rate.group(1), "tokens/s", rate.span(), rate.span())
    if not found_any and statement.is_cell and _RATE_HEADER.search(statement.header):
        bare = _BARE_NUMBER.match(statement.text)
        if bare is not None:
            yield from _one(
                statement, ClaimKind.THROUGHPUT, bare.group(1), "tokens/s", bare.span(1), bare.span(1)
            )


def _one(
    statement: Statement,
    kind: ClaimKind,
    written: str,
    unit: str,
    span: tuple[int, int],
    quote: tuple[int, int],
    scale: float = 1.0,
    scope: Scope | None = None,
) -> Iterator[Found]:
    amount = (
        float(numbers.WORDS[written.lower()]) if written.lower() in numbers.WORDS else numbers.value(written)
    )
    if amount is None:
        return
    yield Found(
        kind=kind,
        comparator=numbers.comparator(statement.text, span[0], span[1], Comparator.ABOUT),
        value=numbers.tidy(amount * scale),
        unit=unit,
        start=span[0],
        end=span[1],
        quote_start=min(quote[0], span[0]),
        quote_end=max(quote[1], span[1]),
        scope=scope,
    )


_THOUSANDS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


def _processor_hours(statement: Statement) -> Iterator[Found]:
    for found in _PROCESSOR_HOURS.finditer(statement.text):
        processor = "TPU" if found.group(3).upper() == "TPU" else "GPU"
        unit = f"{processor}-{'days' if found.group(4).lower().startswith('d') else 'hours'}"
        scale = _THOUSANDS.get((found.group(2) or "").lower(), 1.0)
        yield from _one(
            statement,
            ClaimKind.LATENCY,
            found.group(1),
            unit,
            found.span(),
            found.span(),
            scale,
            Scope.TRAINING,
        )


def _durations(statement: Statement, taken: list[tuple[int, int]]) -> Iterator[Found]:
    text = statement.text
    durations = [
        found for found in _DURATION.finditer(text) if not any(a <= found.start() < b for a, b in taken)
    ]
    starts = [found.start() for found in durations]
    for found in durations:
        cue = _cue(statement, found, [start for start in starts if start != found.start()])
        if cue is None:
            continue
        scale, unit = _unit(found.group(4))
        yield from _one(
            statement, ClaimKind.LATENCY, found.group(1) or found.group(3), unit, found.span(), cue, scale
        )
    if not durations:
        yield from _bare(statement)


_FOR = re.compile(
    r"\b(?:for|in|within|over|dur|pendant|während|durante)\s(?:a total of |about |around |"
    r"approximately |roughly |~ ?|over |nearly |only )*$",
    re.IGNORECASE,
)


def _unit(written: str) -> tuple[float, str]:
    return next(((scale, unit) for pattern, scale, unit in _UNIT if pattern.match(written)), (1.0, "s"))


def _cue(statement: Statement, found: re.Match[str], others: list[int]) -> tuple[int, int] | None:
    text = statement.text
    if (
        statement.is_cell
        and not _MEDIA.search(statement.header)
        and _TIME_NAME.search(f"{statement.header} {statement.row}")
    ):
        return found.span()
    near = nearest(text, found.start(), found.end(), {"takes": _TAKES, "media": _MEDIA}, others, reach=90)
    if (
        _FOR.search(text, max(found.start() - 24, 0), found.start())
        and TRAINING.search(text)
        and not _MEDIA.match(text, found.end() + 1)
    ):
        return found.span()
    takes, media = near.get("takes"), near.get("media")
    if takes is None or (media is not None and media.distance <= takes.distance + 4):
        return None
    return takes.start, takes.end


_LABELLED_HOURS = re.compile(
    rf"\b(?:hours used|training time \(hours?\)|gpu hours)\s?:\s?({numbers.NUMBER})\s?([KM])?(?![\w.])",
    re.IGNORECASE,
)


def _bare(statement: Statement) -> Iterator[Found]:
    """Numbers whose unit stands in the column's header, or in the label before them."""
    for found in _LABELLED_HOURS.finditer(statement.text):
        scale = _THOUSANDS.get((found.group(2) or "").lower(), 1.0)
        yield from _one(
            statement, ClaimKind.LATENCY, found.group(1), "hours", found.span(1), found.span(), scale
        )
    if not statement.is_cell:
        return
    header = _TIME_HEADER.search(statement.header)
    bare = _BARE_NUMBER.match(statement.text)
    if header is None or bare is None or _MEDIA.search(statement.header):
        return
    scale, unit = _unit(next(group for group in header.groups() if group))
    yield from _one(statement, ClaimKind.LATENCY, bare.group(1), unit, bare.span(1), bare.span(1), scale)

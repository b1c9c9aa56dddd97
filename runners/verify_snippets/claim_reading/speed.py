"""How long something takes and how fast it goes: ``loads in 20 s``, ``trained for a week``, ``50 tok/s``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found, Scope
from verify_snippets.claim_reading.nearby import nearest, says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.telling import has
from verify_snippets.claim_reading.vocabulary import TRAINING, words
from verify_snippets.pattern import Pattern

_RATE = Pattern(
    rf"{numbers.LONE_NUMBER}(?:{numbers.TO}{numbers.NUMBER})?\s?-?(?:(?:generated |"
    rf"output )?(?:tokens?|tok|t)\s?(?:/|per|-per-)\s?(?:s|sec|second)s?\b|tps\b|"
    r"(?:个)?(?:tokens?|词元)\s?/\s?秒|トークン/秒|토큰/초)",
    re.IGNORECASE,
)
_RATE_HEADER = words(
    r"\b(?:tokens?|tok|t)\s?(?:/|per|\()\s?(?:s|sec|second)s?\b|\btps\b|"
    r"\bgeneration speed\b|token/秒|tokens/秒"
)
_TIME_UNIT = (
    r"\s?-?(ms|msec|milliseconds?|毫秒|ミリ秒|밀리초|seconds?|secs?|s|秒|초|sekunden?|secondes?|segundos?|"
    r"секунд\w*|minutes?|mins?|分钟|分|분|minuten?|minutos?|"
    r"минут\w*|hours?|hrs?|h|小时|小時|時間|시간|stunden?|heures?|horas?|час\w*|days?|天|"
    r"日間|일간|d(?=\s?$)|tage?n?|"
    r"jours?|días?|дн\w*|weeks?|周|週間|недел\w*)"
    r"(?![A-Za-z0-9]|/(?!(?:it|iter|iteration|step|image|img|frame|request|query|token|sample)\b)|"
    r"-(?:long|level)|時| of (?:seconds|minutes|hours)\b)"
)
_DURATION = Pattern(rf"{numbers.LONE_NUMBER}(?:{numbers.TO}{numbers.NUMBER})?{_TIME_UNIT}", re.IGNORECASE)
_SPELLED_DURATION = Pattern(rf"\b(one|two|three|four|five|six|seven|eight|ten){_TIME_UNIT}", re.IGNORECASE)
_SPELLED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "ten")
_PROCESSOR_HOURS = Pattern(
    rf"{numbers.LONE_NUMBER}\s?([KM]|k|million|"
    rf"thousand)?\s?(?:[A-Z]\d{{2,3}}(?:[- ]\d+GB)?[- ])?(?:[\w-]{{1,12}} )?(GPU|TPU|A100|H100|"
    rf"H800|V100)[- ]?(hours?|hrs|days?|h\b)",
    re.IGNORECASE,
)
_UNIT = (
    (Pattern(r"ms|milli|毫秒|ミリ秒|밀리초", re.IGNORECASE), 1.0, "ms"),
    (Pattern(r"s$|sec|秒|초|sek|seg|сек", re.IGNORECASE), 1.0, "s"),
    (Pattern(r"min|分|분|мин", re.IGNORECASE), 1.0, "min"),
    (Pattern(r"h|小|時|시간|stun|час", re.IGNORECASE), 1.0, "hours"),
    (Pattern(r"d|天|日|일|tag|jour|дн", re.IGNORECASE), 1.0, "days"),
    (Pattern(r"w|周|週|нед", re.IGNORECASE), 7.0, "days"),
)
_TAKES = words(
    r"\b(?:takes?|took|taking|taken)\b|\blatenc(?:y|ies)\b|\b(?:inference|training|generation|"
    r"load(?:ing)?|startup|run|running|processing|response|execution|wall[- ]?clock|compile|"
    r"conversion|prediction|decod\w+|total|elapsed|avg|average|median) ?-?(?:time|speed)?\b",
    r"\bhours used\b|\bfinish(?:es|ed)?\b|\bcomplet(?:es|ed)\b|\btrained\b|\bfine-?tuned\b|"
    r"\bfaster\b|\bruns?\b|\bloads?\b|\brespon(?:d|se|ses|ds)\b|\bwithin\b|"
    r"\btime\b|"
    r"\bruntime\b",
    r"耗时|花费|历时|耗费|用时|时间|延迟|训练了|需要|速度|かか|時間|レイテンシ|걸리|소요|지연|학습 시간|"
    r"\bdauer\w*|\bdurée\b|\btemps\b|"
    r"\btiempo\b|\btard[aó]\b|заня\w*|время|длил\w*|в течение",
)
_MEDIA = words(
    r"\baudios?\b|\bvideos?\b|\bclips?\b|\bspeech\b|\bspoken\b|\bspeakers?\b|\brecord\w*|"
    r"\bsongs?\b|\bmusic\b|\bsamples?\b|\bsegments?\b|\bchunks?\b|\bwaveforms?\b|"
    r"\butterances?\b|\bsound\b|\bvoices?\b|\blong[- ]form\b|\bframes?\b|\bfps\b|"
    r"\bof (?:data|labell?ed|unlabell?ed|transcribed|text)\b|\bdataset\b|\bcorpus\b|\bdata\b|"
    r"\bhz\b|\bepisodes?\b|\bwindows?\b|\bdelay|\btimeout\b|\bsleep\b|\bforecast\w*|"
    r"\bprompt\b|\bago\b|\bper (?:day|hour|minute)\b|"
    r"音频|视频|语音|数据|音声|動画|음성|비디오|аудио|видео|\blast\b|\bnext\b|\bevery\b"
)
_TIME_HEADER = Pattern(
    r"\(((?:GPU |TPU )?hours?|ms|s|sec|seconds?|min|minutes?|h)\)|\b(ms|milliseconds|seconds|minutes|"
    r"hours)\b|\[(ms|s)\]",
    re.IGNORECASE,
)
_TIME_NAME = words(
    r"\blatency\b|\btime\b|\bspeed\b|耗时|延迟|用时|时间|時間|\bms\b|\(s(?:ec)?\)|fp\d\d|"
    r"amp|\bhours used\b"
)
_BARE_NUMBER = Pattern(rf"[~<>≤]?\s?({numbers.NUMBER})\s?([KM])?\s?(?:\([^()]{{0,30}}\)\s?)?$", re.IGNORECASE)


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
    if not found_any and statement.is_cell and _is_rate_column(statement):
        bare = _BARE_NUMBER.match(statement.text)
        if bare is not None:
            yield from _one(
                statement, ClaimKind.THROUGHPUT, bare.group(1), "tokens/s", bare.span(1), bare.span(1)
            )


def _is_rate_column(statement: Statement) -> bool:
    """Whether a column holds tokens a second: its header, or what introduces the table, says so."""
    if says(_RATE_HEADER, statement.header):
        return True
    around = f"{statement.header} {statement.lead}"
    return says(_SPEED_HEADER, statement.header) and "token" in around.lower()


_SPEED_HEADER = words(
    r"\b(?:inference |generation |decoding |decode )?(?:speed|throughput)\b(?! ?-?up)|推理速度|生成速度"
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
    written = list(_DURATION.finditer(text))
    if has(statement.small, _SPELLED):
        written += _SPELLED_DURATION.finditer(text)
    durations = [found for found in written if not any(a <= found.start() < b for a, b in taken)]
    starts = sorted(found.start() for found in durations)
    for found in durations:
        cue = _cue(statement, found, [start for start in starts if start != found.start()])
        if cue is None:
            continue
        scale, unit = _unit(found.group(2))
        yield from _one(statement, ClaimKind.LATENCY, found.group(1), unit, found.span(), cue, scale)
    if not durations:
        yield from _bare(statement)


_FOR = Pattern(
    r"\b(?:for|in|within|over|dur|pendant|während|durante)\s(?:a total of |about |around |"
    r"approximately |roughly |~ ?|over |nearly |only )*$",
    re.IGNORECASE,
)


def _unit(written: str) -> tuple[float, str]:
    return next(((scale, unit) for pattern, scale, unit in _UNIT if pattern.match(written)), (1.0, "s"))


_TIME_COLUMN = words(r"\blatency\b|\btime\b|耗时|延迟|用时|时间|時間")
_DAYS = Pattern(r"d|weeks?|天|日|周|週|tag|jour|día|дн|нед", re.IGNORECASE)
_QUICKLY = Pattern(
    r"\b(?:in|within|under)\s(?:just |only |about |around |less than |under |"
    r"approximately |~ ?|as little as |a mere )+$",
    re.IGNORECASE,
)


# A cell that holds nothing but times, such as "about 45 s (1.75 s/it)".
_ALL_TIME = Pattern(
    rf"[\s~<>≤≥]*(?:约|大约|about |around |approx\.? |ca\. ?)?\s?{numbers.NUMBER}{_TIME_UNIT}\s?"
    rf"(?:[(/]\s?~?\s?{numbers.NUMBER}{_TIME_UNIT}(?:/\w{{1,9}})?\s?\)?)?\s?$",
    re.IGNORECASE,
)
_HOW_LONG_IT_IS = words(r"\bdurations?\b|\blengths?\b|时长|长度|長さ|길이")


def _is_in_table_of_times(statement: Statement) -> bool:
    """Whether a cell holds a time alone, in a table that is introduced as one of times."""
    introduced = (statement.lead, *statement.headings[-1:])
    return (
        _ALL_TIME.match(statement.text) is not None
        and not says(_MEDIA, statement.header)
        and not says(_HOW_LONG_IT_IS, statement.header)
        and any(says(_TIME_NAME, around) for around in introduced)
    )


_EACH = Pattern(r"\s?/\s?[a-z]", re.IGNORECASE)  # 4.8 s/it
_CLOCK = Pattern(r"\d\s?[时時点点:]\s?$")
_INPUT_LENGTH = Pattern(
    r"\b(?:input|clip|context|segment|window|chunk|mean|average|maximum|max)\w*\s(?:\w+\s)?"
    r"(?:lengths?|durations?)\s(?:\w+[\s-]){0,4}$",
    re.IGNORECASE,
)
_INPUTS = Pattern(r"[\s-](?:long )?inputs?\b", re.IGNORECASE)


def _is_of_input(text: str, found: re.Match[str]) -> bool:
    """Whether a duration says how long the input is."""
    before = _INPUT_LENGTH.search(text, max(found.start() - 70, 0), found.start())
    return before is not None or _INPUTS.match(text, found.end()) is not None


def _cue(statement: Statement, found: re.Match[str], others: list[int]) -> tuple[int, int] | None:
    """The words that make a duration the time that something takes, rather than how long a sound is."""
    text = statement.text
    if statement.is_cell and (_is_time_column(statement) or _is_in_table_of_times(statement)):
        return found.span()
    if _CLOCK.search(text, max(found.start() - 4, 0), found.start()) or _is_of_input(text, found):
        return None
    if _EACH.match(text, found.end()):
        return found.span()
    is_of_media = _MEDIA.match(text, found.end() + 1) is not None
    before = text[max(found.start() - 32, 0) : found.start()]
    if not is_of_media and (
        _is_done_in(text, found)
        or _QUICKLY.search(before)
        or (says(TRAINING, text) and _spans_training(found, before))
    ):
        return found.span()
    near = nearest(text, found.start(), found.end(), {"takes": _TAKES, "media": _MEDIA}, others, reach=90)
    takes, media = near.get("takes"), near.get("media")
    if takes is None or (media is not None and media.distance <= takes.distance + 4):
        return None
    return takes.start, takes.end


_DOES = Pattern(
    r"\b(?:generat|render|process|synthesi|transcrib|produc|creat|respon|"
    r"infer)\w*\b[^.;]*\bin\s(?:~ ?|about |around )?$",
    re.IGNORECASE,
)


def _is_done_in(text: str, found: re.Match[str]) -> bool:
    """``generates an image in 4 s``."""
    return _DOES.search(text, max(found.start() - 120, 0), found.start()) is not None


def _spans_training(found: re.Match[str], before: str) -> bool:
    """Whether a duration in a sentence about training is the training's own."""
    return _DAYS.match(found.group(2)) is not None or _FOR.search(before) is not None


def _is_time_column(statement: Statement) -> bool:
    if _TIME_COLUMN.search(statement.header):
        return True
    return not _MEDIA.search(statement.header) and bool(
        _TIME_NAME.search(f"{statement.header} {statement.row}")
    )


_LABELLED_HOURS = Pattern(
    rf"\b(?:hours used|training time \(hours?\)|gpu hours)\s?:\s?({numbers.NUMBER})\s?([KM])?(?![\w.])",
    re.IGNORECASE,
)


def _bare(statement: Statement) -> Iterator[Found]:
    """Numbers whose unit stands in the column's header, or in the label before them."""
    for found in _LABELLED_HOURS.finditer(statement.text) if "hours" in statement.small else ():
        scale = _THOUSANDS.get((found.group(2) or "").lower(), 1.0)
        yield from _one(
            statement, ClaimKind.LATENCY, found.group(1), "hours", found.span(1), found.span(), scale
        )
    if not statement.is_cell:
        return
    bare = _BARE_NUMBER.match(statement.text)
    header = _TIME_HEADER.search(statement.header) if bare is not None else None
    if header is None or bare is None or says(_MEDIA, statement.header):
        return
    named = next(group for group in header.groups() if group)
    scale, unit = _unit(named)
    if named.upper().startswith(("GPU", "TPU")):
        scale, unit = _THOUSANDS.get((bare.group(2) or "").lower(), 1.0), f"{named[:3].upper()}-hours"
    yield from _one(statement, ClaimKind.LATENCY, bare.group(1), unit, bare.span(1), bare.span(1), scale)

"""Memory and disk: ``needs 16 GB of VRAM``, ``6G 显存``, a column named ``Size``."""

import re
from collections.abc import Iterator, Sequence

from verify_snippets.claim_reading import numbers, vocabulary
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import Cue, nearest, says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.vocabulary import words
from verify_snippets.pattern import Pattern

_UNITS = {
    "gib": "GiB", "gb": "GB", "gbs": "GB", "g": "GB", "gigabyte": "GB", "gigabytes": "GB", "go": "GB",
    "гб": "GB", "гиб": "GiB",
    "기가": "GB", "gigas": "GB", "mib": "MiB", "mb": "MB", "mbs": "MB", "megabytes": "MB", "mo": "MB",
    "мб": "MB", "tb": "TB", "tib": "TB",
    "m": "MB",
}  # fmt: skip
_SIZE = Pattern(
    rf"{numbers.LONE_NUMBER}(?:{numbers.TO}({numbers.NUMBER}))?\s?-?"
    r"(GiB|GBs?|Gigabytes?|Gigas|G|MiB|MBs?|Megabytes|M|TB|TiB|Go|Mo|ГБ|ГиБ|МБ|"
    r"기가)\+?(?![A-Za-z0-9]|\s?/\s?s|ps|-?bit)",
    re.IGNORECASE,
)
_BARE = {"g", "m", "go", "mo"}

_CORES, _DEVICE, _DATA = "cores", "device", "data"
_CUES: dict[str, Pattern] = {
    ClaimKind.VRAM: vocabulary.VIDEO_MEMORY,
    ClaimKind.RAM: vocabulary.MEMORY,
    ClaimKind.DISK_SIZE: vocabulary.DISK,
    _CORES: vocabulary.CORES,
    _DEVICE: vocabulary.DEVICE,
    _DATA: vocabulary.DATA,
}
_NOT_MEMORY = words(r"\bbandwidth\b|\bper second\b|\bcache size\b|\bl2\b|带宽")
_FILE = words(r"\b(?:file|disk|download|checkpoint|package)\b|文件|ファイル|파일")
_HEADER_RATIO = words(r"\bspeed-?up\b|\breduction\b|\bsaving|\bdata ?set\b|\bcorpus\b|\btraining data\b")
_NEEDS = words(
    r"\brequir\w*|\bneed(?:s|ed)?\b|\bmust have\b|\bnecessary\b|\bprerequisites?\b|"
    r"\brecommend\w*|需要|要求|必要|推奨|필요|권장|"
    r"\bbenötig\w*|\bbraucht\b|\bnécessite\w*|\brequi(?:s|ert)\b|\brequiere\w*|\bnecesita\w*|"
    r"требу\w*|нужн\w*|необходим\w*|\bcần\b"
)
_REACH = 70
_BESIDE = 60


def read(statement: Statement, taken: Sequence[tuple[int, int]]) -> Iterator[Found]:
    """Memory and disk sizes of a statement; ``taken`` are the pieces that name a GPU (``A100 80GB``)."""
    sizes = [size for size in _SIZE.finditer(statement.text) if not _inside(size, taken)]
    if statement.is_cell and not sizes:
        yield from _bare(statement)
    starts = [size.start() for size in sizes]
    for size in sizes:
        amount = numbers.value(size.group(1))
        if amount is None:
            continue
        kind, cue = _kind(statement, size, starts)
        if kind is None:
            continue
        begin = min(size.start(), cue.start) if cue and cue.distance < _REACH else size.start()
        finish = max(size.end(), cue.end) if cue and cue.distance < _REACH else size.end()
        yield Found(
            kind=kind,
            comparator=_comparator(statement, size, kind),
            value=numbers.tidy(amount),
            unit=_UNITS[size.group(3).lower()],
            start=size.start(),
            end=size.end(),
            quote_start=begin,
            quote_end=finish,
        )


_HEADER_UNIT = Pattern(r"[(/\[]\s?(?:in )?(GiB|GB|MiB|MB|G)\s?[)\]]?", re.IGNORECASE)
_BARE_NUMBER = Pattern(rf"[~<>≤≥]?\s?({numbers.NUMBER})\+?\s?(?:\([^()]{{0,30}}\)\s?)?$")


def _bare(statement: Statement) -> Iterator[Found]:
    """A number under a header that names its unit, such as ``GPU memory (GB)``."""
    number = _BARE_NUMBER.match(statement.text)
    unit = _HEADER_UNIT.search(statement.header) if number is not None else None
    amount = numbers.value(number.group(1)) if number is not None else None
    if unit is None or number is None or amount is None:
        return
    kind, _ = _in_cell(statement, {}, unit.group(1).lower())
    if kind is not None:
        yield Found(
            kind=kind,
            comparator=_comparator(statement, number, kind),
            value=numbers.tidy(amount),
            unit=_UNITS[unit.group(1).lower()],
            start=number.start(1),
            end=number.end(1),
            quote_start=number.start(1),
            quote_end=number.end(1),
        )


def _inside(size: re.Match[str], taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= size.start() < end for start, end in taken)


def _kind(
    statement: Statement, size: re.Match[str], starts: Sequence[int]
) -> tuple[ClaimKind | None, Cue | None]:
    text, unit = statement.text, size.group(3).lower()
    others = [start for start in starts if start != size.start()]
    if _NOT_MEMORY.search(text, max(size.start() - 20, 0), size.end() + 20):
        return None, None
    near = nearest(text, size.start(), size.end(), _CUES, others)
    if statement.is_cell:
        return _in_cell(statement, near, unit)
    if unit in _BARE:
        near = {key: cue for key, cue in near.items() if cue.distance < 16 and key != ClaimKind.DISK_SIZE}
    if unit == "m":
        return None, None
    return _nearest_kind(statement, near)


def _nearest_kind(statement: Statement, near: dict[str, Cue]) -> tuple[ClaimKind | None, Cue | None]:
    if not near:
        return _by_surroundings(statement), None
    key = min(near, key=lambda each: (near[each].distance, each != ClaimKind.VRAM))
    cue = near[key]
    if key == _DATA:
        return None, None
    if key == _DEVICE:
        return ClaimKind.VRAM, cue
    if key == _CORES:  # a machine's memory stands beside its cores: "2 CPU cores, 16 GB"
        return ClaimKind.RAM, cue
    if key == ClaimKind.RAM:
        by_device = any(key in near and near[key].distance < _BESIDE for key in (ClaimKind.VRAM, _DEVICE))
        return (
            ClaimKind.VRAM if by_device and not _is_plainly_ram(statement.text, cue) else ClaimKind.RAM
        ), cue
    return (ClaimKind(key), cue)


_PLAIN_RAM = words(
    r"\b(?:d|lpd|s)?ram\b|\b(?:system|cpu|host|main|unified) memory\b|内存|運存|ОЗУ|"
    r"оператив\w*|\barbeitsspeicher\b|\bmémoire vive\b|램"
)


def _is_plainly_ram(text: str, cue: Cue) -> bool:
    return (
        _PLAIN_RAM.match(text, cue.start) is not None
        or _PLAIN_RAM.search(text, max(cue.start - 12, 0), cue.end) is not None
    )


def _in_cell(statement: Statement, near: dict[str, Cue], unit: str) -> tuple[ClaimKind | None, Cue | None]:
    if _HEADER_RATIO.search(statement.header) or (unit == "m" and not _FILE.search(statement.header)):
        return None, None
    for kind, pattern in (
        (ClaimKind.VRAM, vocabulary.VIDEO_MEMORY),
        (ClaimKind.RAM, vocabulary.MEMORY),
        (ClaimKind.DISK_SIZE, vocabulary.DISK),
    ):
        for place in (statement.header, statement.row):
            if pattern.search(place):
                if kind is ClaimKind.DISK_SIZE and _is_of_data(statement):
                    return None, None
                if kind is ClaimKind.RAM and not _PLAIN_RAM.search(place) and _speaks_of_gpu(statement):
                    return ClaimKind.VRAM, None
                return kind, None
    if says(vocabulary.DEVICE, statement.header) or says(vocabulary.DEVICE, statement.row):
        return ClaimKind.VRAM, None
    return _nearest_kind(statement, near)


def _is_of_data(statement: Statement) -> bool:
    """Whether the table lists what the model was trained on."""
    return any(
        says(vocabulary.DATA, text) for text in (statement.header, statement.row, *statement.headings[-1:])
    )


def _speaks_of_gpu(statement: Statement) -> bool:
    around = (statement.header, statement.row, statement.lead, statement.before, *statement.headings[-2:])
    return any(says(vocabulary.VIDEO_MEMORY, text) or says(vocabulary.DEVICE, text) for text in around)


def _by_surroundings(statement: Statement) -> ClaimKind | None:
    """What a bare size is, where its own statement doesn't say."""
    for text in (statement.before, statement.lead, *reversed(statement.headings[-2:])):
        if says(vocabulary.DATA, text):
            return None
        if says(vocabulary.VIDEO_MEMORY, text) or says(vocabulary.DEVICE, text):
            return ClaimKind.VRAM
        if says(vocabulary.MEMORY, text):
            return ClaimKind.RAM
        if says(vocabulary.DISK, text):
            return ClaimKind.DISK_SIZE
    return None


def _comparator(statement: Statement, size: re.Match[str], kind: ClaimKind) -> Comparator:
    if kind is ClaimKind.DISK_SIZE:
        default = Comparator.EXACTLY
    elif not statement.is_cell and says(_NEEDS, statement.text):
        default = Comparator.AT_LEAST
    else:
        default = Comparator.ABOUT
    return numbers.comparator(statement.text, size.start(), size.end(), default)

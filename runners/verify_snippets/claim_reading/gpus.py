"""GPUs and other accelerators by name, and how many: ``8x A100 80GB``, ``a single GPU``, ``TPU v3-8``."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from verify_snippets.claim_reading import numbers
from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.telling import has
from verify_snippets.pattern import Pattern

_MEMORY = r"(?:\s?[-(]?\s?(?:x\s?)?\d{1,3}\s?-?(?:GiB|GB|G)\b\)?(?! (?:of )?(?:v?ram|memory|gpu memory)))"
_FORM = r"(?:[ -](?:PCI-?e|SXM\d?|NVL\d*|HBM\w*|Tensor Core|NVLink|Ada|Ti|SUPER|Max-Q|Laptop))"
_SERIES = (
    r"(?:A(?:100|800|10G?|16|30|40|4000|4500|5000|5500|6000)D?|H(?:100|200|800|20)|GH200|"
    r"GB[23]00|B(?:100|200|300)|V100S?|P100|P40|K80|M60|T4|"
    r"L4|L20|L40S?|GB10)"
)
_MODEL = Pattern(
    r"(?<![A-WYZa-wyz0-9_.-])(?<![A-Za-z_]x)(?:(?:NVIDIA|AMD|Intel|Apple|Google|Huawei|"
    r"Nvidia)['’]?s?[ -])?(?:DGX[ -])?(?:"
    rf"(?:(?:Tesla|GeForce|Quadro|Ampere|Hopper)[ -])*{_SERIES}"
    r"|(?:GeForce[ -])?(?:RTX|GTX)[ -]?(?:PRO[ -])?A?\d{3,4}(?:[ -]?(?:Ti|SUPER|Ada(?: Generation)?|D\b))*"
    r"|(?:GeForce[ -])?Tesla[ -][A-Z]\d{1,3}|Quadro[ -](?:RTX[ -])?\w{2,6}|Titan[ -](?:RTX|Xp?|V)\b"
    r"|(?:Instinct[ -])?MI\d{2,3}[XA]?|Radeon[ -](?:RX|Pro|VII)[ -]?\w{0,8}(?: XTX?)?|"
    r"RX[ -]\d{4}(?:[ -]?XTX?)?"
    r"|(?:Cloud )?TPUs?(?:[ -]?(?:Pod|VM))?(?:s)?[ -]?v\d[a-z]?(?:-\d{1,4})?|"
    r"v\d[a-z]?-\d{1,4}[ -](?:Cloud )?TPUs?"
    r"|(?:GeForce|NVIDIA)[ -](?:\d{3}|[1-5]0[5-9]0)(?: ?Ti| ?D\b)?(?!%)|CS-[23]\b|"
    r"Apple[ -]Silicon(?![ -]M\d)|"
    r"M[1-5](?=[ -](?:chips?|Macs?|MacBook|iMac))|(?:Apple[ -](?:Silicon[ -])?|"
    r"i?Mac(?:Book)?\w*[ -](?:Pro |Air |mini |Studio )?(?:with (?:an? )?)?\(?(?:Apple )?)"
    r"M[1-5](?:[ -](?:Pro|Max|Ultra))?|M[1-5][ -](?:Pro|Max|Ultra)"
    r"|Jetson(?:[ -](?:Nano|Orin|Xavier|AGX|NX|TX2)){0,3}|RK3[35]\d\d|Ascend[ -]?\d{3}\w{0,3}|"
    r"Gaudi[ -]?[23]?|(?:AWS )?(?:Inferentia|Trainium)\d?|Arc A\d{3}|DGX-[12]|"
    r"iPhone \d{1,2}(?: Pro)?(?: Max)?|Raspberry Pi(?: \d)?|"
    r"Snapdragon(?: X| \d\w{0,3})(?: Gen ?\d| Elite)?"
    rf")s?(?![A-Za-z0-9_]){_FORM}*(?: GPUs?(?= with| \())?{_MEMORY}?",
    re.IGNORECASE | re.ASCII,
)
_SIZED_BEFORE = Pattern(r"(\d{1,3}\s?-?(?:GiB|GB|G))[ -](?:of )?(?:NVIDIA )?$", re.IGNORECASE | re.ASCII)
_HEADED_BARE = Pattern(
    r"(?:(?<![\w.,$-])|(?<=\dx))(?:10[678]0|20[678]0|30[6789]0|40[6789]0|50[6789]0)(?: ?Ti| ?D)?(?![\w.,%])"
)
_NEEDS_CUE = Pattern(
    r"GPU|NVIDIA|GeForce|显卡|单卡|卡|graphic|그래픽|グラ|видеокарт|grafik", re.IGNORECASE | re.ASCII
)
_VENDOR = Pattern(
    r"\b(NVIDIA|AMD|CUDA)[- ](?:(?:CUDA|enabled|capable|compatible|based)[- ])*(?:GPUs?|graphics cards?)\b",
    re.IGNORECASE | re.ASCII,
)
_IF = Pattern(r"\bif\b|\bwhether\b|\bplan to\b|如果|wenn\b|если", re.IGNORECASE)
_ARCHITECTURE = Pattern(
    r"\bNVIDIA (?:Ampere|Hopper|Blackwell|Volta|Turing|Pascal|Lovelace|Ada Lovelace)\b|"
    r"\b(?:Ampere|Hopper|Blackwell|Volta|Turing|Pascal|Ada Lovelace)"
    r"(?=[- ](?:architectures?|GPUs?|or newer|or later|and newer|and later|series|generation))",
    re.IGNORECASE | re.ASCII,
)
_JOINED = Pattern(
    r"\)?\s?(?:,|/|\(|or|and|&|as well as|vs\.?|或|和|及|と|또는|oder|ou|o|y|und|и|или)?[\s,]*(?:or|"
    r"and)?\s?(?:an?|the|multiple|several|NVIDIA|GPUs?|Nvidia)?\s?\(?\s?$",
    re.IGNORECASE | re.ASCII,
)


class Named(NamedTuple):
    """One or more models named in one breath; ``text`` is how a reader would write them."""

    text: str
    start: int
    end: int


# What stands in every name of a model, in small letters; the pattern for the names themselves is slow.
_SERIES_SIGN = Pattern(r"\d(?<=[abghiklmptv]\d)")
_BRANDS = (
    "gpu", "tpu", "nvidia", "rtx", "gtx", "rx ", "tesla", "quadro", "titan", "radeon", "geforce", "apple",
    "jetson", "ascend", "gaudi", "inferentia", "trainium", "arc a", "dgx", "cs-", "iphone", "raspberry",
    "snapdragon", "ampere", "hopper", "blackwell", "volta", "turing", "pascal", "lovelace", "card", "卡",
    "グラ",
)  # fmt: skip


def named(statement: Statement) -> list[Named]:
    """The models that a statement names; alternatives (``A100 or H100``) are one."""
    text = statement.text
    if not (
        _SERIES_SIGN.search(statement.small)
        or has(statement.small, _BRANDS)
        or (statement.header and says(_NEEDS_CUE, statement.header))
    ):
        return []
    spans = [_grow(text, found.start(), found.end()) for found in _MODEL.finditer(text)]
    spans += [found.span() for found in _ARCHITECTURE.finditer(text)]
    if _NEEDS_CUE.search(text) or says(_NEEDS_CUE, statement.header):
        spans += [found.span() for found in _HEADED_BARE.finditer(text)]
    spans = _without_overlaps(sorted(spans))
    if not spans:
        spans = (
            []
            if _IF.search(text)
            else [found.span(1) for found in _VENDOR.finditer(text) if found.group(1).upper() != "CUDA"][:1]
        )
    return [_named(text, start, end) for start, end in _join(text, spans)]


_DENIED = Pattern(
    r"(?:(?:\bnot|n't|\bwithout|unlike|instead of|other than|rather than|than)\s(?:use |using |"
    r"have |having |an? |the )*|不)$",
    re.IGNORECASE | re.ASCII,
)


_UNSUPPORTED = Pattern(
    r"(?:不支持|不兼容|(?:\bnot|n't) (?:support|work (?:on|with)|run on)|"
    r"\bunsupported (?:on|by)|\bincompatible with)[^;。；]{0,40}$",
    re.IGNORECASE,
)


def _is_denied(text: str, model: Named) -> bool:
    """Whether a model is named as one that isn't meant."""
    return (
        _DENIED.search(text, max(model.start - 24, 0), model.start) is not None
        or _UNSUPPORTED.search(text, max(model.start - 60, 0), model.start) is not None
    )


def _distinct(models: Sequence[Named]) -> list[Named]:
    """The models, none named twice (``an A100 server: 4x A100``)."""
    return [
        model
        for place, model in enumerate(models)
        if not any(
            model.text.lower() in other.text.lower()
            and (model.text.lower() != other.text.lower() or later < place)
            for later, other in enumerate(models)
            if later != place
        )
    ]


_SHARES_MEMORY = Pattern(r"M[1-5]\b|Apple|i?Mac|iPhone", re.IGNORECASE)


def _grow(text: str, start: int, end: int) -> tuple[int, int]:
    if _SHARES_MEMORY.match(text, start):
        return start, end
    before = _SIZED_BEFORE.search(text, max(start - 16, 0), start)
    return (before.start() if before else start), end


def _without_overlaps(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _join(text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= 24 and _JOINED.match(text[joined[-1][1] : start]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


_SHARED = Pattern(
    r"(?:Apple|i?Mac|M[1-5]|iPhone).*?M?[1-5](?: (?:Pro|Max|Ultra))?(?=[ (-]*\d+ ?G)", re.IGNORECASE
)


# An Apple chip, which people also call by its machine (``MacBook M2 Max``) or by its number alone.
_APPLE_CHIP = Pattern(r"(?:[A-Za-z (-]{1,40}[ (-])?(M[1-5](?: (?:Pro|Max|Ultra))?)$", re.IGNORECASE)
_AND_SIGN = Pattern(r"\s?(?:&|和|与|及|と|및|、)\s?")


def _named(text: str, start: int, end: int) -> Named:
    written = text[start:end].strip()
    if "(" in written and ")" not in written:
        written = written.replace("(", "")
    written = re.sub(r"(?<=\d)s\b", "", re.sub(r" GPUs?$", "", written))
    pod = re.match(r"(v\d[a-z]?-\d{1,4})[ -](?:Cloud )?TPUs?$", written, re.IGNORECASE | re.ASCII)
    if pod:
        written = f"TPU {pod.group(1)}"
    written = re.sub(r"^TPUs ", "TPU ", written)
    written = re.sub(r"\s?x\s?(?=\d+\s?G)", " ", written)
    written = _AND_SIGN.sub(", ", written)
    shared = _SHARED.match(written)
    if shared is not None:  # the memory of these is the whole machine's: a claim of its own
        end -= len(written) - shared.end()
        written = shared.group()
    chip = _APPLE_CHIP.match(written)
    if chip is not None:
        written = f"Apple {chip.group(1)}"
    return Named(written, start, end)


def read(statement: Statement, models: Sequence[Named]) -> Iterator[Found]:
    """Models and counts."""
    meant = [model for model in models if not _is_denied(statement.text, model)]
    for model in _distinct(meant):
        if statement.is_heading and not any(sign.isdigit() for sign in model.text):
            continue  # "On Apple Silicon": a way to run, not a need
        yield Found(
            kind=ClaimKind.GPU_MODEL,
            comparator=Comparator.EXACTLY,
            value=model.text,
            start=model.start,
            end=model.end,
            quote_start=model.start,
            quote_end=model.end,
        )
    if models or has(statement.small, _COUNTED):
        yield from _counts(statement, models)


_COUNTED = ("gpu", "tpu", "graphics card", "cards", "卡")

_COUNT_WORD = "|".join(sorted((word for word in numbers.WORDS if word.isascii()), key=len, reverse=True))
_CJK_COUNT = "|".join(sorted((word for word in numbers.WORDS if not word.isascii()), key=len, reverse=True))
_FILLER = (
    r"(?:(?:x|of|NVIDIA|Nvidia|AMD|Intel|Google|Cloud|Tesla|GeForce|Ampere|Hopper|consumer|"
    r"data[ -]?center|enterprise|modern|local|free|"
    r"individual|identical|parallel|high-end|Colab|the|nodes?|\d{1,3}\s?-?G(?:i?B)?(?:[ -]memory)?|"
    r"张|块|個|块|卡|枚|基|장|대|台|消费级|高端)[ -]?){0,4}"
)
_COUNT_BEFORE = Pattern(
    rf"(?<![\w.,/-])(?:(\d{{1,4}})\s?x\s?)?(?:(\d{{1,3}}(?:,\d{{3}})?(?!\d)|\d{{1,5}}(?!\d))|"
    rf"({_COUNT_WORD})|({_CJK_COUNT}))(?:\s|-(?=\d|x))?(?:x|\*)?\s?(?:\((?:\d{{1,4}}|"
    rf"{_COUNT_WORD})\)\s?)?{_FILLER}$",
    re.IGNORECASE | re.ASCII,
)
_COUNT_AFTER = Pattern(
    r"\s?(?:GPUs?\s?)?\)?\s?(?:x|\*)\s?(\d{1,4})(?![\w.]|\s?G)|\s?\((\d{1,4})x?\)|:\s?(\d{1,4})$",
    re.IGNORECASE | re.ASCII,
)
_UNIT = Pattern(
    r"(?<![A-WYZa-wyz0-9_])(?<![A-Za-z_]x)(?:GPUs?|TPUs?(?: cores?)?|graphics cards?|"
    r"gpu cards?)(?![A-Za-z0-9-])|显卡|GPU",
    re.IGNORECASE | re.ASCII,
)
_LABELLED = Pattern(
    r"\b(?:number of|num(?:ber)?|#|no\. of|nr\. of) ?(?:GPUs?|TPUs?|"
    r"cards)\s?[:=]?\s?(\d{1,5})\b|\bGPUs?(?: count)?\s?[:=]\s?(\d{1,4})(?=\s?$|[,;)])",
    re.IGNORECASE | re.ASCII,
)
_MULTI = Pattern(
    r"\bmulti(?:ple)?[- ](?:GPUs?|graphics cards)\b[^.;]{0,40}\b(?:required|needed|necessary|"
    r"must)\b|\b(?:requires?|needs?) (?:a )?multi(?:ple)?[- ]GPUs?\b",
    re.IGNORECASE | re.ASCII,
)
_CARDS = Pattern(rf"(?<![\w.])(\d{{1,3}}|{_CJK_COUNT})\s?(?:张|块|個|个)?(?:卡|显卡|GPU)(?![A-Za-z])")


def _counts(statement: Statement, models: Sequence[Named]) -> Iterator[Found]:
    text = statement.text
    done: list[tuple[int, int]] = []
    anchors = [(model.start, model.end) for model in models]
    inside = [(start, end) for start, end in anchors]
    anchors += [
        found.span()
        for found in _UNIT.finditer(text)
        if not any(start <= found.start() < end for start, end in inside)
    ]
    if statement.is_heading and not models and statement.headings:
        return  # "Single GPU": a way to run, not a need; only the card's own title promises
    for start, end in sorted(anchors):
        hit = _count_at(text, start, end, inside)
        if hit is not None and not any(left <= hit.start < right for left, right in done):
            done.append((hit.start, hit.end))
            yield hit
    for pattern in (_LABELLED, _CARDS):
        for found in pattern.finditer(text):
            number = _number(next((group for group in found.groups() if group), ""))
            if number and not any(
                left <= found.start() < right or left < found.end() <= right for left, right in done
            ):
                done.append(found.span())
                yield _count(text, number, found.start(), found.end(), found.start(), found.end())
    for found in _MULTI.finditer(text):
        yield _count(text, 2, *found.span(), *found.span(), comparator=Comparator.AT_LEAST)


_HOURS = Pattern(r"[\s-]?(?:GPU|TPU)?[\s-]?(?:hours?|hrs|days?)\b", re.IGNORECASE | re.ASCII)


def _count_at(text: str, start: int, end: int, inside: Sequence[tuple[int, int]]) -> Found | None:
    """The count of what is named between ``start`` and ``end``."""
    low = max(start - 60, 0)
    before = _COUNT_BEFORE.search(text, low, start)
    if before is not None and not _HOURS.match(text, end):
        factor = int(before.group(1) or 1)
        number = _number(before.group(2) or before.group(3) or before.group(4) or "")
        if number and not _is_size(text, before) and not any(a < before.end(2) <= b for a, b in inside):
            return _count(
                text,
                number * factor,
                before.start(),
                before.start() + len(before.group().rstrip()),
                before.start(),
                end,
            )
    after = _COUNT_AFTER.match(text, end)
    if after is not None:
        number = _number(next((group for group in after.groups() if group), ""))
        if number:
            return _count(text, number, after.start(), after.end(), start, after.end())
    return None


def _is_size(text: str, found: re.Match[str]) -> bool:
    """Whether the number is the memory's (``80 GB A100``)."""
    tail = text[found.end(2) if found.group(2) else found.end() :]
    return bool(found.group(2)) and re.match(r"\s?-?G(?:i?B)?\b", tail, re.IGNORECASE | re.ASCII) is not None


def _number(written: str) -> int:
    written = written.lower().replace(",", "")
    return int(written) if written.isdigit() else numbers.WORDS.get(written, 0)


def _count(
    text: str,
    number: int,
    start: int,
    end: int,
    quote_start: int,
    quote_end: int,
    comparator: Comparator | None = None,
) -> Found:
    return Found(
        kind=ClaimKind.GPU_COUNT,
        comparator=comparator or numbers.comparator(text, start, end, Comparator.EXACTLY),
        value=number,
        start=start,
        end=end,
        quote_start=min(start, quote_start),
        quote_end=max(end, quote_end),
    )

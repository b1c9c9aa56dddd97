"""Whether a CPU is enough: ``runs on CPUs too``, ``needs a GPU``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.vocabulary import words

_ENOUGH = words(
    (
        r"\b(?:works?|runs?|run|running|usable|executed?|inference|deploy(?:ed|able)?|supported|"
        r"support|fast|efficient(?:ly)?|even)\b[^.;:]{0,40}?\bon (?:both |either |a |the |your |"
        r"any |standard |modern |regular |consumer |commodity |single |just |"
        r"multi-core )*(?:GPUs? (?:and|or) (?:on )?(?:a |the )?)?CPUs?\b"
    ),
    (
        r"\b(?:supports?|support for|efficient|fast|"
        r"optimized for) (?:\w+ ){0,2}CPU inference\b|\bCPU[- ](?:only|friendly|"
        r"compatible)\b(?! torch)|\bno GPU (?:is )?(?:required|needed|"
        r"necessary)\b|\bwithout (?:a |any |the need for a |needing a |requiring a )?GPUs?\b|"
        r"\bdoes(?: not|n't) (?:require|need) (?:a )?GPUs?\b"
    ),
    (
        r"(?:可以?在|支持|仅需) ?CPU ?(?:上|推理|运行|部署)|CPU(?:上)?(?:でも|で)(?:動|"
        r"実行)|CPU에서(?:도)? ?(?:실행|동작|"
        r"작동|구동)|auf (?:der |einer )?CPU (?:läuft|lauffähig)|fonctionne sur (?:le )?CPU|"
        r"funciona en (?:la )?CPU|работает на (?:CPU|процессоре)|на CPU"
    ),
)
_NEEDED = words(
    r"\bno CPU support\b|\b(?:must|have to|has to|need to) (?:be |have )?(?:loaded|run|executed|on|"
    r"the model)\b[^.;]{0,20}\b(?:GPUs?|CUDA device)\b|\b(?:tested|runs?|"
    r"works?) (?:on only|only on) (?:\w+ )?GPUs?\b|\bCPU support (?:is )?(?:to be added|"
    r"coming|planned|not)\b|\b(?:requires?|"
    r"needs?)\s(?:a |an |at least (?:a|one|1) )?(?:\w+ )?GPUs?\b(?! (?:memory|with))|"
    r"(?<!\d )(?<!\dG )\bGPUs? (?:is|are) (?:required|needed|necessary|mandatory)\b|\bonly (?:works?|runs?|"
    r"supports?) (?:on )?(?:\w+ )?GPUs?\b|"
    r"\bCPU (?:inference )?(?:is )?(?:not|un)[- ]?(?:yet )?supported\b|\bdoes(?: not|"
    r"n't) (?:work|run) on (?:a )?CPUs?\b|\bcan(?:not|'t) (?:be )?run on (?:a )?CPUs?\b|"
    r"必须.{0,6}GPU|GPUが必要|GPU가 필요|nécessite un GPU|requiere una GPU|требуется GPU|"
    r"benötigt eine GPU"
)
_DENIED = re.compile(
    r"\b(?:if|when|allow|for|whether|not|n't|slow|slower|cannot|longer|unlike)\b", re.IGNORECASE
)


def read(statement: Statement) -> Iterator[Found]:
    """At most one claim a statement."""
    text = statement.text
    if statement.block is not None or statement.is_heading:
        return  # a comment says how to switch, not what works
    if "PU" not in text.upper() and "CUDA" not in text.upper():
        return
    needed = _NEEDED.search(text)
    if needed is not None:
        yield _found(needed, works=False)
        return
    enough = _ENOUGH.search(text)
    if enough is not None and not _DENIED.search(text, max(enough.start() - 24, 0), enough.end()):
        yield _found(enough, works=True)


def _found(match: re.Match[str], *, works: bool) -> Found:
    start, end = match.span()
    return Found(
        kind=ClaimKind.CPU_OK,
        comparator=Comparator.EXACTLY,
        value=works,
        start=start,
        end=end,
        quote_start=start,
        quote_end=end,
    )

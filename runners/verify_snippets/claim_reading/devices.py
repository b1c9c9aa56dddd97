"""Whether a CPU is enough: ``runs on CPUs too``, ``needs a GPU``."""

import re
from collections.abc import Iterator

from verify_snippets.claim_reading.model import ClaimKind, Comparator, Found
from verify_snippets.claim_reading.nearby import says
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.claim_reading.vocabulary import INFERENCE, RUNNING, words
from verify_snippets.pattern import Pattern

_ENOUGH = words(
    (
        r"\b(?:works?|runs?|run|running|usable|executed?|processe[sd]|inference|deploy(?:ed|able)?|supported|"
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
# "CPU or GPU", and no "CPU and GPU memory": what either has, or what passes between them.
_AND_OR = r"\s?(?:/|\+|&|,|,? ?(?:and|or)|和|或|及|と|や|또는|와|und|oder|et|ou|y|o|и|или)\s?"
_ITS_OWN = r"(?![- ](?:memory|ram|offload|usage|utili|time|hours)|内存|显存)"
_EITHER = words(
    rf"\bCPUs?{_AND_OR}(?:on )?(?:an? |the |NVIDIA |CUDA )*GPUs?\b{_ITS_OWN}",
    rf"\bGPUs?{_AND_OR}(?:on )?(?:an? |the |any )*CPUs?\b{_ITS_OWN}",
)
_BETWEEN = words(
    r"\b(?:between|across|from|to|offload\w*|split\w*|distribut\w*|transfer\w*|mov(?:e|es|ing))\b|之间|分配|卸载"
)
_RUNS = words(r"\bexecut\w*|\bworks?\b|\bsupport\w*")
_A_NEED = words(
    r"\b(?:requirements?|prerequisites?|requires?|you(?:'ll| will)? need)\b|要求|前提|必要|요구|"
    r"\bvoraussetzung\w*|\bprérequis\b|\brequisitos\b|требовани\w*"
)
_JUST_A_GPU = words(
    r"^\W*(?:an? |one |at least one )?(?:(?:modern|dedicated|recent|CUDA|NVIDIA|AMD|ROCm)[- ])*"
    r"(?:(?:CUDA|ROCm)[- ])?(?:compatible |capable |enabled |supported )?(?:GPU|graphics card)s?"
    r"(?: (?:with|supporting) CUDA(?: support)?)?\W*$"
)
_DENIED = Pattern(r"\b(?:if|when|allow|whether|not|n't|slow|slower|cannot|longer|unlike)\b", re.IGNORECASE)
_FOR = Pattern(r"\bfor\b", re.IGNORECASE)


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
    only = _JUST_A_GPU.match(text)
    if only is not None and _is_listed_as_need(statement):
        yield _found(only, works=False)
        return
    enough = _ENOUGH.search(text) or _either(text)
    if enough is not None and not _is_denied(text, enough):
        yield _found(enough, works=True)


def _is_listed_as_need(statement: Statement) -> bool:
    return any(says(_A_NEED, around) for around in (statement.lead, *statement.headings[-1:]))


def _either(text: str) -> re.Match[str] | None:
    """``inference on GPU or CPU``: both are told as places where the model runs."""
    either = _EITHER.search(text)
    if either is None or says(_BETWEEN, text):
        return None
    return either if any(says(words_, text) for words_ in (INFERENCE, RUNNING, _RUNS)) else None


def _is_denied(text: str, enough: re.Match[str]) -> bool:
    before = max(enough.start() - 24, 0)
    return (
        _DENIED.search(text, before, enough.end()) is not None
        or _FOR.search(text, before, enough.start()) is not None
    )


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

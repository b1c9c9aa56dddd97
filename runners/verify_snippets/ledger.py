"""The claim ledger: what the repo's files alone say of each claim, before anything runs. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from snippet_sandbox.profile import GB
from verify_snippets.amounts import PARAMETER_UNITS, TOKEN_UNITS, amount_of
from verify_snippets.claims import Claim, ClaimKind, Comparator, Scope
from verify_snippets.facts import DTYPE_NAMES, RepoFacts
from verify_snippets.hardware import memory_bytes
from verify_snippets.pattern import Pattern
from verify_snippets.snippets import Snippet

_BINARY_TOKEN_UNITS = {"tokens": 1, "K tokens": 1024, "M tokens": 1024**2, "": 1}

# How far a rounded figure may be from the real one. "7B" is said of 6.7 and of 7.6 billion parameters; "32K"
# of 32,768 tokens; sizes are given in GB and GiB alike.
TOLERANCE = {ClaimKind.PARAMETERS: 0.1, ClaimKind.CONTEXT_LENGTH: 0.05, ClaimKind.DISK_SIZE: 0.1}

_FROM_FILES = "from the repo's files"
NEARBY_LINES = 3  # around a claim: a table's header, or the sentence before, says what its numbers are of

_SPELLINGS = {
    "fp32": "float32", "f32": "float32", "full precision": "float32",
    "fp16": "float16", "f16": "float16", "half": "float16", "half precision": "float16",
    "bf16": "bfloat16", "fp8": "float8", "int 8": "int8", "8-bit": "int8", "8bit": "int8",
    "4-bit": "int4", "4bit": "int4",
}  # fmt: skip
# Ways to hold less than the weights' own bytes in memory
_LIGHTER = Pattern(
    r"quantiz|bitsandbytes|load_in_[48]bit|offload|int[48]|\b[48]-?bit|gguf|gptq|awq|nf4|fp8|max_memory|hqq",
    re.IGNORECASE,
)


class ClaimVerdict(StrEnum):
    """What is said of a claim."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNTESTED = "untested"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger.

    Attributes:
        claim: the claim.
        verdict: what is said of it.
        reason: how it was found out, or why it wasn't.
        found: the measured or read value, for people; empty if there is none.
        claimed: what the claim promises, in ``measure``; None where that is no number.
        measured: what was measured or read, in ``measure``; None where nothing was.
        measure: ``bytes``, ``seconds``, ``per second``, ``parameters``, ``tokens``, ``GPUs``; empty for none.
        how: how it was measured: where, how often, what was counted.
    """

    claim: Claim
    verdict: ClaimVerdict
    reason: str
    found: str = ""
    claimed: float | None = None
    measured: float | None = None
    measure: str = ""
    how: str = ""


def open_ledger(
    claims: Sequence[Claim], facts: RepoFacts | None, snippets: Sequence[Snippet], card_text: str
) -> tuple[Entry, ...]:
    """An entry for every claim, judged where the files are enough."""
    evidence = _Evidence(facts=facts or RepoFacts(), snippets=snippets, lines=card_text.splitlines())
    entries = tuple(_numbered(_judge(claim, evidence, known=facts is not None)) for claim in claims)
    return tuple(_spare_variants(entry, entries) for entry in entries)


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    """What a claim is held against."""

    facts: RepoFacts
    snippets: Sequence[Snippet]
    lines: Sequence[str]


def _judge(claim: Claim, evidence: _Evidence, *, known: bool) -> Entry:
    if claim.scope is not Scope.INFERENCE:
        return _untested(claim, f"speaks of {_SCOPES[claim.scope]}, which is not run here")
    by_files = _BY_FILES.get(claim.kind)
    if by_files is None:
        return _untested(claim, "needs a run")
    if not known:
        return _untested(claim, "the repo's files are not known")
    return by_files(claim, evidence)


def _numbered(entry: Entry) -> Entry:
    """An entry with the number that its claim promises."""
    promised = amount_of(entry.claim)
    return replace(entry, claimed=promised.value, measure=promised.measure) if promised else entry


def _spare_variants(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """A family's card tells several sizes: where one fits this repo, the others speak of its siblings."""
    if entry.claim.kind is not ClaimKind.PARAMETERS or entry.verdict is not ClaimVerdict.CONTRADICTED:
        return entry
    fits = any(e.verdict is ClaimVerdict.CONFIRMED and e.claim.kind is entry.claim.kind for e in entries)
    if not fits:
        return entry
    reason = "another size that the card tells fits this repo"
    return replace(entry, verdict=ClaimVerdict.UNTESTED, reason=reason)


_SCOPES = {Scope.TRAINING: "training", Scope.OTHER: "something else than this model"}


def _parameters(claim: Claim, evidence: _Evidence) -> Entry:
    facts = evidence.facts
    total = facts.total_parameters
    if total is None:
        return _untested(claim, "the repo has no safetensors header that counts its parameters")
    if _holds_packed_weights(facts):
        return _untested(claim, "the weights are packed: their headers count something else than parameters")
    where = "counted in safetensors headers"
    whole = _compared(claim, PARAMETER_UNITS, total, f"{_short(total)} parameters", where)
    if whole.verdict is not ClaimVerdict.CONTRADICTED or len(facts.component_parameters) < 2:
        return whole
    for folder, count in facts.component_parameters.items():
        part = _compared(claim, PARAMETER_UNITS, count, f"{_short(count)} parameters in {folder}", where)
        if part.verdict is ClaimVerdict.CONFIRMED:
            return part
    return _untested(claim, "the repo has several models, and none has this many parameters", whole.found)


def _disk_size(claim: Claim, evidence: _Evidence) -> Entry:
    facts = evidence.facts
    sizes = [size for size in (facts.weight_bytes, facts.disk_bytes) if size]
    claimed = memory_bytes(claim)
    if not sizes or claimed is None:
        return _untested(claim, "the sizes of the repo's files are not known")
    nearest = min(sizes, key=lambda size: abs(size - claimed))
    what = "the weights" if nearest == facts.weight_bytes else "all files"
    found = f"{nearest / GB:.2f} GB" if nearest >= GB else f"{nearest / 10**6:.3g} MB"
    return _decided(claim, claimed, nearest, found, f"{what} on disk")


def _context_length(claim: Claim, evidence: _Evidence) -> Entry:
    """A card may well tell readers to use less than a model could take; more is what can't be."""
    known = evidence.facts.context_lengths
    if not known:
        return _untested(claim, "no config says")
    for file, length in known.items():
        for units in (TOKEN_UNITS, _BINARY_TOKEN_UNITS):
            entry = _compared(claim, units, length, f"{length:,} tokens", f"in {file}")
            if entry.verdict is ClaimVerdict.CONFIRMED:
                return entry
    longest = max(known.values())
    found = f"{longest:,} tokens"
    if evidence.facts.stretched or isinstance(claim.value, bool | str):
        return _untested(claim, "the config scales positions beyond its own number", found)
    claimed = claim.value * TOKEN_UNITS.get(claim.unit, 1)
    if claimed > longest * (1 + TOLERANCE[ClaimKind.CONTEXT_LENGTH]):
        reason = "more than any config of the repo says"
        return Entry(
            claim=claim,
            verdict=ClaimVerdict.CONTRADICTED,
            reason=reason,
            found=found,
            measured=longest,
            how=_FROM_FILES,
        )
    return _untested(claim, "less than the configs allow, as a card may well advise", found)


def _dtype(claim: Claim, evidence: _Evidence) -> Entry:
    facts = evidence.facts
    stored = {DTYPE_NAMES[name] for name in facts.parameters if name in DTYPE_NAMES} | {facts.dtype or ""}
    stored.discard("")
    if not stored:
        return _untested(claim, "neither safetensors headers nor config.json say the dtype")
    wanted = str(claim.value).lower().strip()
    found = ", ".join(sorted(stored))
    if _SPELLINGS.get(wanted, wanted) in stored:
        return Entry(
            claim=claim, verdict=ClaimVerdict.CONFIRMED, reason="as the weights are stored", found=found
        )
    # a snippet may well ask for another dtype than the weights are stored in
    return _untested(claim, f"stored as {found}; what snippets load them as is not measured", found)


def _memory(claim: Claim, evidence: _Evidence) -> Entry:
    """A model doesn't fit in less than its weights, unless they are quantized or offloaded."""
    claimed, facts = memory_bytes(claim), evidence.facts
    if claimed is None or facts.weight_bytes is None:
        return _untested(claim, "needs a run")
    code = "\n".join(s.code for s in evidence.snippets if not claim.snippets or s.id in claim.snippets)
    around = "\n".join(evidence.lines[max(0, claim.line - 1 - NEARBY_LINES) : claim.line + NEARBY_LINES])
    lighter = _LIGHTER.search(f"{code}\n{around}")
    upper_bound = claim.comparator is not Comparator.MORE
    if upper_bound and not lighter and claimed * (1 + TOLERANCE[ClaimKind.DISK_SIZE]) < facts.weight_bytes:
        found = f"{facts.weight_bytes / GB:.1f} GB of weights"
        reason = "less than the weights' own bytes, and nothing in the snippets makes them smaller"
        return Entry(
            claim=claim,
            verdict=ClaimVerdict.CONTRADICTED,
            reason=reason,
            found=found,
            measured=facts.weight_bytes,
            how=_FROM_FILES,
        )
    return _untested(claim, "needs a run")


_BY_FILES: dict[ClaimKind, Callable[[Claim, _Evidence], Entry]] = {
    ClaimKind.PARAMETERS: _parameters,
    ClaimKind.DISK_SIZE: _disk_size,
    ClaimKind.CONTEXT_LENGTH: _context_length,
    ClaimKind.DTYPE: _dtype,
    ClaimKind.VRAM: _memory,
    ClaimKind.RAM: _memory,
}


def _compared(claim: Claim, units: dict[str, int], real: int, found: str, where: str) -> Entry:
    scale = units.get(claim.unit)
    if scale is None or isinstance(claim.value, bool | str):
        return _untested(claim, f"{claim.value} {claim.unit} can't be compared", found)
    return _decided(claim, claim.value * scale, real, found, where)


def _decided(claim: Claim, claimed: float, real: int, found: str, where: str) -> Entry:
    slack = TOLERANCE[claim.kind] * claimed
    holds = {
        Comparator.AT_LEAST: real >= claimed - slack,
        Comparator.MORE: real > claimed - slack,
        Comparator.AT_MOST: real <= claimed + slack,
        Comparator.LESS: real < claimed + slack,
        Comparator.ABOUT: abs(real - claimed) <= slack,
        Comparator.EXACTLY: abs(real - claimed) <= slack,
    }[claim.comparator]
    verdict = ClaimVerdict.CONFIRMED if holds else ClaimVerdict.CONTRADICTED
    reason = f"{where}, within {TOLERANCE[claim.kind]:.0%}"
    return Entry(claim=claim, verdict=verdict, reason=reason, found=found, measured=real, how=_FROM_FILES)


def _holds_packed_weights(facts: RepoFacts) -> bool:
    """Whether most of what is stored are integers, into which GPTQ, AWQ and bitsandbytes pack weights."""
    packed = sum(
        count for dtype, count in facts.parameters.items() if dtype in {"I32", "U8", "I8", "U32", "I64"}
    )
    return packed * 2 > sum(facts.parameters.values())


def _short(count: int) -> str:
    for unit, scale in (("B", 10**9), ("M", 10**6)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count:,}"


def _untested(claim: Claim, reason: str, found: str = "") -> Entry:
    return Entry(claim=claim, verdict=ClaimVerdict.UNTESTED, reason=reason, found=found)

"""The hardware that a snippet is run under: the smallest that its card and its files ask for. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from snippet_sandbox.profile import DEFAULT_PROFILE, GB, PROFILES, Host, Profile, shortfall
from verify_snippets.claims import Claim, ClaimKind, Comparator, Scope
from verify_snippets.facts import RepoFacts

BYTES = {"TB": 10**12, "GB": 10**9, "G": 10**9, "GiB": 2**30, "MB": 10**6, "MiB": 2**20, "KB": 10**3}

# 24 GB and 24 GiB of GPU memory name the same card
SAME_CARD = 1.08
# What a model needs beside its weights: activations, buffers; and the libraries, which take 0.25-0.45 GB.
OVER_WEIGHTS = 1.2
BESIDE_WEIGHTS_BYTES = GB

# GPU memory by model, in GB, for cards that no flavor is named after: the makers' data sheets
GPU_MEMORY_GB = {
    "t4": 16, "p100": 16, "v100": 16, "l4": 24, "a10": 24, "a10g": 24, "a30": 24, "p40": 24, "rtx 3090": 24,
    "rtx 4090": 24, "rtx 5090": 32, "rtx 3080": 10, "rtx 4080": 16, "rtx 3060": 12, "rtx 4060": 8,
    "rtx 2080 ti": 11, "rtx a4000": 16, "rtx a5000": 24, "rtx a6000": 48, "a6000": 48, "l40": 48, "l40s": 48,
    "a40": 48, "a100": 40, "h100": 80, "h800": 80, "a800": 80, "h200": 141, "h20": 96, "b200": 180,
    "mi250": 128, "mi300x": 192,
}  # fmt: skip

_NEEDED = {Comparator.AT_LEAST, Comparator.ABOUT, Comparator.EXACTLY, Comparator.MORE}
_FITS = {Comparator.AT_MOST, Comparator.LESS}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A profile and why.

    Attributes:
        profile: what the snippet is to be run under, its memory lowered to what the card says it fits in.
        reason: one sentence, with the card's own where that decides.
        missing: why this host can't give it; empty if it can.
        roomier: the same profile with all its memory, where the card's words lowered it; else None.
    """

    profile: Profile
    reason: str
    missing: str = ""
    roomier: Profile | None = None


def asked_for(profile: Profile) -> Choice:
    """What the user named."""
    return Choice(profile=profile, reason=f"{profile.name} was asked for")


def choose(
    *,
    snippet_ids: Collection[str],
    needs_gpu: bool,
    claims: Iterable[Claim],
    facts: RepoFacts | None,
    host: Host,
    catalogue: Mapping[str, Profile] = PROFILES,
) -> Choice:
    """The smallest profile that satisfies what is claimed and what the files say.

    Args:
        snippet_ids: the snippet and those that run before it.
        needs_gpu: whether their code demands one.
        claims: the card's.
        facts: of the card's repo, if known.
        host: what could be given here.
        catalogue: the profiles there are.
    """
    own = [c for c in claims if _speaks_of(c, snippet_ids)]
    on_cpu = any(c.kind is ClaimKind.CPU_OK and c.value is True for c in own)
    on_gpu = needs_gpu or (
        not on_cpu and any(c.kind is ClaimKind.VRAM and c.comparator in _NEEDED for c in own)
    )
    profiles = tuple(catalogue.values())
    choice = (
        _gpu_choice(own, facts, profiles, needs_gpu=needs_gpu)
        if on_gpu
        else _cpu_choice(own, facts, profiles, host)
    )
    return replace(choice, missing=shortfall(choice.profile, host) or "")


def memory_bytes(claim: Claim) -> int | None:
    """The memory that a claim speaks of; None if it doesn't."""
    if isinstance(claim.value, bool) or not isinstance(claim.value, int | float):
        return None
    scale = BYTES.get(claim.unit)
    return round(claim.value * scale) if scale else None


def gpu_memory_of(model: str) -> int | None:
    """Memory of a GPU by its name, in bytes: what the name says (A100 80GB), else the data sheet's."""
    said = re.search(r"(\d{1,3})\s*(?:GB|GiB|G)\b", model, flags=re.IGNORECASE)
    if said:
        return int(said[1]) * GB
    plain = re.sub(r"\b(nvidia|geforce|tesla|quadro|amd|instinct|gpus?|graphics card)\b", " ", model.lower())
    plain = " ".join(re.sub(r"[-_()]", " ", plain).split())
    for name in sorted(GPU_MEMORY_GB, key=len, reverse=True):
        if re.search(rf"\b{re.escape(name)}\b", plain):
            return GPU_MEMORY_GB[name] * GB
    return None


def _speaks_of(claim: Claim, snippet_ids: Collection[str]) -> bool:
    return claim.scope is Scope.INFERENCE and (
        not claim.snippets or any(identifier in snippet_ids for identifier in claim.snippets)
    )


def _gpu_choice(
    claims: Sequence[Claim], facts: RepoFacts | None, profiles: Sequence[Profile], *, needs_gpu: bool
) -> Choice:
    wish = _gpu_wish(claims, facts, needs_gpu=needs_gpu)
    count = max([1, *(int(c.value) for c in claims if _is_gpu_count(c))])
    candidates = [profile for profile in profiles if profile.gpus >= count] or profiles
    choice = _smallest(candidates, wish, lambda profile: profile.gpu_memory_bytes)
    limit = _limit(claims, ClaimKind.VRAM, wish.bytes, choice.profile.gpu_memory_bytes)
    if limit is None:
        return choice
    return Choice(
        profile=replace(choice.profile, gpu_memory_bytes=limit.bytes),
        reason=f"{choice.reason}; GPU memory is limited to {limit.bytes / GB:g} GB: {limit.why}",
    )


def _gpu_wish(claims: Sequence[Claim], facts: RepoFacts | None, *, needs_gpu: bool) -> "_Wish":
    wishes = [_Wish(bytes=0, why="its code asks for a GPU")]
    for claim in claims:
        amount = _claimed_gpu_memory(claim)
        if amount and claim.comparator in _NEEDED:
            wishes.append(_Wish(bytes=amount, why=_quoted(claim)))
    if needs_gpu:
        wishes += _wish_of_weights(facts)
    return max(wishes, key=lambda wish: wish.bytes)


def _claimed_gpu_memory(claim: Claim) -> int | None:
    if claim.kind is ClaimKind.VRAM:
        return memory_bytes(claim)
    return gpu_memory_of(str(claim.value)) if claim.kind is ClaimKind.GPU_MODEL else None


def _is_gpu_count(claim: Claim) -> bool:
    return (
        claim.kind is ClaimKind.GPU_COUNT
        and isinstance(claim.value, int | float)
        and claim.comparator in _NEEDED
    )


def _cpu_choice(
    claims: Sequence[Claim], facts: RepoFacts | None, profiles: Sequence[Profile], host: Host
) -> Choice:
    needs = [
        _Wish(bytes=amount, why=_quoted(claim))
        for claim in claims
        if claim.kind is ClaimKind.RAM and claim.comparator in _NEEDED and (amount := memory_bytes(claim))
    ]
    wishes = [_Wish(bytes=0, why="its code asks for no GPU"), *_wish_of_weights(facts), *needs]
    wish = max(wishes, key=lambda wish: wish.bytes)
    candidates = [profile for profile in profiles if not profile.gpus]
    choice = _smallest(candidates, wish, lambda profile: profile.memory_bytes)
    if (
        choice.profile.name == DEFAULT_PROFILE
        and shortfall(choice.profile, host)
        and wish.bytes <= host.memory_bytes
    ):
        all_of_it = Profile(name="this-host", cpus=host.cpus, memory_bytes=host.memory_bytes)
        choice = Choice(
            profile=all_of_it, reason=f"this host has less than {DEFAULT_PROFILE}: {choice.reason}"
        )
    weights = facts.weight_bytes or 0 if facts else 0
    asked = max((need.bytes for need in needs), default=0)
    limit = _limit(claims, ClaimKind.RAM, max(asked, weights), choice.profile.memory_bytes)
    if limit is None:
        return choice
    return Choice(
        profile=replace(choice.profile, memory_bytes=limit.bytes),
        reason=f"memory is limited to {limit.bytes / GB:g} GB: {limit.why}",
        roomier=choice.profile,
    )


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """An amount of memory, and what asks for it."""

    bytes: int
    why: str


def _smallest(candidates: Sequence[Profile], wish: _Wish, memory: Callable[[Profile], int]) -> Choice:
    """The smallest profile that grants a wish; the biggest there is where none does."""
    fitting = [profile for profile in candidates if memory(profile) * SAME_CARD >= wish.bytes]
    if fitting:
        return Choice(
            profile=min(fitting, key=lambda p: (memory(p), p.gpus, p.memory_bytes, p.cpus)), reason=wish.why
        )
    biggest = max(candidates, key=memory)
    return Choice(profile=biggest, reason=f"{wish.why}: more than any profile has, so the biggest")


def _limit(claims: Sequence[Claim], kind: ClaimKind, asked_bytes: int, available: int) -> _Wish | None:
    """The least memory, below what a profile has, that the card says the model fits in: to be refuted.

    Less than what is asked for elsewhere, or than the weights themselves, is said of a lighter variant, such
    as a quantized one.
    """
    amounts = [(memory_bytes(c), c) for c in claims if c.kind is kind and c.comparator in _FITS]
    fits = [
        _Wish(bytes=amount, why=_quoted(c))
        for amount, c in amounts
        if amount and asked_bytes <= amount < available
    ]
    return min(fits, key=lambda wish: wish.bytes, default=None)


def _wish_of_weights(facts: RepoFacts | None) -> list[_Wish]:
    """What loading the repo's weights as they are asks for."""
    if facts is None or facts.weight_bytes is None:
        return []
    amount = round(facts.weight_bytes * OVER_WEIGHTS) + BESIDE_WEIGHTS_BYTES
    return [_Wish(bytes=amount, why=f"the repo's weights ask for about {amount / GB:.1f} GB")]


def _quoted(claim: Claim) -> str:
    return f"line {claim.line} says “{claim.quote}”"

"""What a choice of hardware is made of: wishes, what grants them, the limit that is tried. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from snippet_sandbox.profile import GB, Profile
from verify_snippets.claims import Claim, ClaimKind, Comparator
from verify_snippets.facts import RepoFacts

BYTES = {"TB": 10**12, "GB": 10**9, "G": 10**9, "GiB": 2**30, "MB": 10**6, "MiB": 2**20, "KB": 10**3}

# 24 GB and 24 GiB of GPU memory name the same card
SAME_CARD = 1.08
# What a model needs beside its weights: activations, buffers; and the libraries, which take 0.25-0.45 GB.
OVER_WEIGHTS = 1.2
BESIDE_WEIGHTS_BYTES = GB

THIS_HOST = "this-host"  # name of the profile that is all that a host has

NEEDED = {Comparator.AT_LEAST, Comparator.ABOUT, Comparator.EXACTLY, Comparator.MORE}
_FITS = {Comparator.AT_MOST, Comparator.LESS}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A profile and why.

    Attributes:
        profile: what the snippet is to be run under, its memory lowered to what the card says it fits in.
        reason: one sentence, with the card's own where that decides.
        missing: why this host can't give it; empty if it can.
        roomier: what it is run under once more where this turns out too small: the same profile with all its
            memory where the card's words lowered that, or with a larger GPU's; None where there is no more.
    """

    profile: Profile
    reason: str
    missing: str = ""
    roomier: Profile | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An amount of memory, and what asks for it."""

    bytes: int
    why: str


def memory_bytes(claim: Claim) -> int | None:
    """The memory that a claim speaks of; None if it doesn't."""
    if isinstance(claim.value, bool) or not isinstance(claim.value, int | float):
        return None
    scale = BYTES.get(claim.unit)
    return round(claim.value * scale) if scale else None


def smallest(candidates: Sequence[Profile], wish: Wish, memory: Callable[[Profile], int]) -> Choice:
    """The smallest profile that grants a wish; the biggest there is where none does."""
    fitting = [profile for profile in candidates if memory(profile) * SAME_CARD >= wish.bytes]
    if fitting:
        return Choice(
            profile=min(fitting, key=lambda p: (memory(p), p.gpus, p.memory_bytes, p.cpus)), reason=wish.why
        )
    biggest = max(candidates, key=memory)
    return Choice(profile=biggest, reason=f"{wish.why}: more than any profile has, so the biggest")


def limit(claims: Sequence[Claim], kind: ClaimKind, asked_bytes: int, available: int) -> Wish | None:
    """The least memory, below what a profile has, that the card says the model fits in: to be refuted.

    Less than what is asked for elsewhere, or than the weights themselves, is said of a lighter variant, such
    as a quantized one.
    """
    amounts = [(memory_bytes(c), c) for c in claims if c.kind is kind and c.comparator in _FITS]
    fits = [
        Wish(bytes=amount, why=quoted(c))
        for amount, c in amounts
        if amount and asked_bytes <= amount < available
    ]
    return min(fits, key=lambda wish: wish.bytes, default=None)


def wish_of_weights(facts: RepoFacts | None) -> list[Wish]:
    """What loading the repo's weights as they are asks for."""
    if facts is None or facts.weight_bytes is None:
        return []
    amount = round(facts.weight_bytes * OVER_WEIGHTS) + BESIDE_WEIGHTS_BYTES
    return [Wish(bytes=amount, why=f"the repo's weights ask for about {amount / GB:.1f} GB")]


def quoted(claim: Claim) -> str:
    """A claim as a reason."""
    return f"line {claim.line} says “{claim.quote}”"

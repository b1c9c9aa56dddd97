"""The hardware that a snippet is run under: the smallest that its card and its files ask for. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from snippet_sandbox.profile import PROFILES, Host, Profile, shortfall
from verify_snippets.claims import Claim, ClaimKind, Scope
from verify_snippets.facts import RepoFacts
from verify_snippets.gpu import NO_DEMAND, Demand
from verify_snippets.hardware.choosing import BYTES, NEEDED, THIS_HOST, Choice, memory_bytes
from verify_snippets.hardware.on_cpu import cpu_choice
from verify_snippets.hardware.on_gpu import GpuWishes, gpu_choice, obstacle

__all__ = ["BYTES", "THIS_HOST", "Choice", "asked_for", "choose", "memory_bytes"]


def asked_for(profile: Profile, demand: Demand, host: Host) -> Choice:
    """What the user named.

    Args:
        profile: that.
        demand: what kind of GPU the code asks for.
        host: what could be given here.
    """
    missing = shortfall(profile, host) or (obstacle(profile, demand, host) if profile.gpus else "")
    return Choice(profile=profile, reason=f"{profile.name} was asked for", missing=missing)


def choose(
    *,
    snippet_ids: Collection[str],
    needs_gpu: bool,
    claims: Iterable[Claim],
    facts: RepoFacts | None,
    host: Host,
    demand: Demand = NO_DEMAND,
    catalogue: Mapping[str, Profile] = PROFILES,
) -> Choice:
    """The smallest profile that satisfies what is claimed and what the files say.

    Args:
        snippet_ids: the snippet and those that run before it.
        needs_gpu: whether their code demands one.
        claims: the card's.
        facts: of the card's repo, if known.
        host: what could be given here.
        demand: what kind of GPU their code asks for, if any.
        catalogue: the profiles there are.
    """
    own = [c for c in claims if _speaks_of(c, snippet_ids)]
    profiles = tuple(catalogue.values())
    if needs_gpu or _ask_for_gpu(own):
        wishes = GpuWishes(claims=own, facts=facts, weighs=needs_gpu or bool(host.gpus), demand=demand)
        return gpu_choice(wishes, profiles, host)
    if host.gpus and _speak_of_gpu(own):
        on_gpu = gpu_choice(GpuWishes(claims=own, facts=facts, weighs=True, demand=demand), profiles, host)
        if not on_gpu.missing:
            return replace(on_gpu, reason=f"its card speaks of a GPU, and this host has one: {on_gpu.reason}")
    choice = cpu_choice(own, facts, profiles, host)
    return replace(choice, missing=shortfall(choice.profile, host) or "")


def _speaks_of(claim: Claim, snippet_ids: Collection[str]) -> bool:
    return claim.scope is Scope.INFERENCE and (
        not claim.snippets or any(identifier in snippet_ids for identifier in claim.snippets)
    )


def _runs_on_cpu(claims: Sequence[Claim]) -> bool:
    return any(c.kind is ClaimKind.CPU_OK and c.value is True for c in claims)


def _ask_for_gpu(claims: Sequence[Claim]) -> bool:
    """Whether the card demands a GPU of code that doesn't."""
    needed = any(c.kind is ClaimKind.VRAM and c.comparator in NEEDED for c in claims)
    return needed and not _runs_on_cpu(claims)


def _speak_of_gpu(claims: Sequence[Claim]) -> bool:
    """Whether a run on a GPU would show more than one without, of code that takes either."""
    kinds = {c.kind for c in claims}
    if ClaimKind.VRAM in kinds or _runs_on_cpu(claims):
        return ClaimKind.VRAM in kinds
    demanded = any(c.kind is ClaimKind.CPU_OK and c.value is False for c in claims)
    return demanded or ClaimKind.GPU_MODEL in kinds

"""The smallest profile with GPUs, and what a host gives in its place. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from snippet_sandbox.profile import GB, Host, HostGpu, Profile, devices_for, devices_text, shortfall
from verify_snippets.claims import Claim, ClaimKind
from verify_snippets.facts import RepoFacts
from verify_snippets.gpu import NO_DEMAND, Demand
from verify_snippets.gpu_models import compute_capability_of, gpu_memory_of
from verify_snippets.hardware.choosing import (
    NEEDED,
    SAME_CARD,
    THIS_HOST,
    Choice,
    Wish,
    limit,
    memory_bytes,
    quoted,
    smallest,
    wish_of_weights,
)

_BFLOAT16_SINCE = (8, 0)  # compute capability; "CUDA C++ Programming Guide", "Arithmetic Instructions"


@dataclass(frozen=True, kw_only=True)
class GpuWishes:
    """What is known of the GPUs that a snippet wants.

    Attributes:
        claims: the card's, of this snippet or the model, at inference.
        facts: of the card's repo, if known.
        weighs: whether what the weights take counts.
        demand: what kind of GPU its code asks for.
    """

    claims: Sequence[Claim]
    facts: RepoFacts | None
    weighs: bool
    demand: Demand = NO_DEMAND

    @cached_property
    def count(self) -> int:
        """How many."""
        claimed = (int(claim.value) for claim in self.claims if _is_count(claim))
        return max([1, self.demand.count, *claimed])

    @cached_property
    def memory(self) -> Wish:
        """The most that is asked for: GPUs that are named count as what they have."""
        named = [
            Wish(bytes=amount, why=quoted(claim))
            for claim in self.claims
            if claim.kind is ClaimKind.GPU_MODEL
            and claim.comparator in NEEDED
            and (amount := gpu_memory_of(str(claim.value)))
        ]
        return max([self.need, *named], key=lambda wish: wish.bytes)

    @cached_property
    def need(self) -> Wish:
        """The most that is needed, whichever GPU the card's author had; 0 bytes where nothing says."""
        claimed = [
            Wish(bytes=memory_bytes(claim) or 0, why=quoted(claim))
            for claim in self.claims
            if claim.kind is ClaimKind.VRAM and claim.comparator in NEEDED
        ]
        weights = wish_of_weights(self.facts) if self.weighs else []
        nothing = Wish(bytes=0, why="it asks for a GPU")
        return max([nothing, *weights, *claimed], key=lambda wish: wish.bytes)


def gpu_choice(wishes: GpuWishes, profiles: Sequence[Profile], host: Host) -> Choice:
    """The smallest profile with GPUs that satisfies what is wished for.

    Where this host can't give that one and its GPUs are enough all the same, it is what they are, by name.
    """
    choice = _named(wishes, profiles)
    missing = shortfall(choice.profile, host) or obstacle(choice.profile, wishes.demand, host)
    if missing:
        own = _of_this_host(wishes, choice.profile, host)
        if own is None:
            return replace(_limited(choice, wishes), missing=missing)
        reason = f"{devices_text(own.devices)} of this host, as {missing}: {choice.reason}"
        choice = Choice(profile=own.profile, reason=reason)
    return _with_room(_warned(_limited(choice, wishes), wishes.demand, host), host)


def obstacle(profile: Profile, demand: Demand, host: Host) -> str:
    """Why a profile's GPUs, or those that serve it here, can't run what code asks for; empty if they can."""
    known = compute_capability_of(profile.gpu_model)
    if known and known < demand.compute_capability:
        return f"{demand.text}, and {profile.name}'s {profile.gpu_model} has {_version(known)}"
    if profile.gpus < demand.count:
        return f"its code asks for {demand.count} GPUs, and {profile.name} has {profile.gpus}"
    weak = [gpu for gpu in devices_for(profile, host) if not _can_run(gpu, demand)]
    if not weak:
        return ""
    return f"{demand.text}, and this host's {weak[0].name} has {_version(weak[0].compute_capability)}"


def _named(wishes: GpuWishes, profiles: Sequence[Profile]) -> Choice:
    most = max((profile.gpus for profile in profiles), default=0)
    with_gpus = [profile for profile in profiles if profile.gpus >= min(wishes.count, most)]
    capable = [
        profile
        for profile in with_gpus
        if (compute_capability_of(profile.gpu_model) or (99, 0)) >= wishes.demand.compute_capability
    ]
    return smallest(capable or with_gpus, wishes.memory, lambda profile: profile.gpu_memory_bytes)


@dataclass(frozen=True, kw_only=True)
class _Own:
    """GPUs of the host and the profile that they make."""

    profile: Profile
    devices: tuple[HostGpu, ...]


def _of_this_host(wishes: GpuWishes, instead_of: Profile, host: Host) -> _Own | None:
    """What this host has in place of a flavor: no less GPU memory than is known to be needed.

    Where nothing says how much that is, no less than the flavor's own: a snippet that runs out of memory on a
    small GPU would say nothing of its card.
    """
    needed = wishes.need.bytes or instead_of.gpu_memory_bytes
    large = [
        device
        for device in sorted(host.gpu_devices, key=lambda device: device.memory_bytes)
        if device.memory_bytes * SAME_CARD * wishes.count >= needed and _can_run(device, wishes.demand)
    ]
    if len(large) < wishes.count:
        return None
    devices = tuple(large[: wishes.count])
    profile = Profile(
        name=THIS_HOST,
        cpus=min(instead_of.cpus, host.cpus),
        memory_bytes=min(instead_of.memory_bytes, host.memory_bytes),
        gpus=wishes.count,
        gpu_memory_bytes=wishes.count * devices[0].memory_bytes,
    )
    return _Own(profile=profile, devices=devices)


def _limited(choice: Choice, wishes: GpuWishes) -> Choice:
    """A choice with its GPU memory lowered to what the card says the model fits in."""
    fits = limit(wishes.claims, ClaimKind.VRAM, wishes.need.bytes, choice.profile.gpu_memory_bytes)
    if fits is None:
        return choice
    return replace(
        choice,
        profile=replace(choice.profile, gpu_memory_bytes=fits.bytes),
        reason=f"{choice.reason}; GPU memory is limited to {fits.bytes / GB:g} GB: {fits.why}",
    )


def _warned(choice: Choice, demand: Demand, host: Host) -> Choice:
    """A choice that says where its GPUs compute what the code asks for in another way than newer ones."""
    old = [
        gpu for gpu in devices_for(choice.profile, host) if (0, 0) < gpu.compute_capability < _BFLOAT16_SINCE
    ]
    if not demand.bfloat16 or not old:
        return choice
    return replace(choice, reason=f"{choice.reason}; bfloat16 is emulated on {old[0].name}, which is slow")


def _with_room(choice: Choice, host: Host) -> Choice:
    """A choice with what this host's largest GPUs have, for what turns out to need more than was thought."""
    profile = choice.profile
    largest = sorted((device.memory_bytes for device in host.gpu_devices), reverse=True)[: profile.gpus]
    whole = profile.gpus * min(largest)
    if whole <= profile.gpu_memory_bytes * SAME_CARD:
        return choice
    return replace(choice, roomier=replace(profile, gpu_memory_bytes=whole))


def _can_run(device: HostGpu, demand: Demand) -> bool:
    """Whether a GPU is new enough, or doesn't say how new it is."""
    known = device.compute_capability
    return known == (0, 0) or known >= demand.compute_capability


def _version(capability: tuple[int, int]) -> str:
    return ".".join(map(str, capability))


def _is_count(claim: Claim) -> bool:
    return (
        claim.kind is ClaimKind.GPU_COUNT
        and isinstance(claim.value, int | float)
        and claim.comparator in NEEDED
    )

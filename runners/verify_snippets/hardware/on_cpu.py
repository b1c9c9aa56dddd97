"""The smallest profile without a GPU. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from snippet_sandbox.profile import DEFAULT_PROFILE, GB, Host, Profile, shortfall
from verify_snippets.claims import Claim, ClaimKind
from verify_snippets.facts import RepoFacts
from verify_snippets.hardware.choosing import (
    NEEDED,
    THIS_HOST,
    Choice,
    Wish,
    limit,
    memory_bytes,
    quoted,
    smallest,
    wish_of_weights,
)


def cpu_choice(
    claims: Sequence[Claim], facts: RepoFacts | None, profiles: Sequence[Profile], host: Host
) -> Choice:
    """The smallest profile without a GPU that satisfies what is claimed and what the files say."""
    needs = [
        Wish(bytes=amount, why=quoted(claim))
        for claim in claims
        if claim.kind is ClaimKind.RAM and claim.comparator in NEEDED and (amount := memory_bytes(claim))
    ]
    wishes = [Wish(bytes=0, why="its code asks for no GPU"), *wish_of_weights(facts), *needs]
    wish = max(wishes, key=lambda wish: wish.bytes)
    candidates = [profile for profile in profiles if not profile.gpus]
    choice = smallest(candidates, wish, lambda profile: profile.memory_bytes)
    if (
        choice.profile.name == DEFAULT_PROFILE
        and shortfall(choice.profile, host)
        and wish.bytes <= host.memory_bytes
    ):
        all_of_it = Profile(name=THIS_HOST, cpus=host.cpus, memory_bytes=host.memory_bytes)
        choice = Choice(
            profile=all_of_it, reason=f"this host has less than {DEFAULT_PROFILE}: {choice.reason}"
        )
    weights = facts.weight_bytes or 0 if facts else 0
    asked = max((need.bytes for need in needs), default=0)
    fits = limit(claims, ClaimKind.RAM, max(asked, weights), choice.profile.memory_bytes)
    if fits is None:
        return choice
    return Choice(
        profile=replace(choice.profile, memory_bytes=fits.bytes),
        reason=f"memory is limited to {fits.bytes / GB:g} GB: {fits.why}",
        roomier=choice.profile,
    )

"""How far a measured number may be from the claimed one. One table, and why."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from verify_snippets.claims import Claim, ClaimKind, Comparator

ABOUT_MEMORY = 0.2
"""Of "about 6 GB", either way: a figure of one digit is rounded by up to a tenth, and another version of a
library or another allocator moves a peak by as much again."""

ABOUT_TIME = 0.3
"""Of "about 2 s" on the very processor that is named, either way: from run to run and version to version."""

ABOUT_TIME_ON_A_PROFILE = 1.0
"""Of "about 2 s on cpu-basic", which names cores and memory and no processor: up to twice, down to half."""

UNIT = {"GB": 2**30 / 10**9 - 1, "G": 2**30 / 10**9 - 1, "MB": 2**20 / 10**6 - 1, "KB": 2**10 / 10**3 - 1}
"""Of every bound on memory, by its unit: GB is written for GiB as often as not, and the reader can't tell."""

CUDA_CONTEXT_BYTES = 800 * 10**6
"""Of "about 6 GB" of GPU memory, up, for each GPU: CUDA's context and the libraries' workspaces take 0.3 to
0.8 GB, by the GPU's size, and cards that tell what torch counts leave them out."""

FAR_TOO_MUCH = 2.0
"""A need that is more than so many times what was measured is worth a remark: half of it would do."""


class Side(Enum):
    """Where a measured number lies from what is claimed."""

    WITHIN = auto()
    ABOVE = auto()
    BELOW = auto()


@dataclass(frozen=True, kw_only=True)
class Band:
    """The numbers that a claim allows.

    Attributes:
        low: the lowest one; 0 where any is low enough.
        high: the highest one; infinite where any is high enough.
        said: the tolerance in words, for the reason; empty where there is none.
    """

    low: float = 0.0
    high: float = float("inf")
    said: str = ""

    def side(self, measured: float) -> Side:
        """Where a number lies."""
        if measured > self.high:
            return Side.ABOVE
        return Side.BELOW if measured < self.low else Side.WITHIN


def memory_band(claim: Claim, claimed: float) -> Band:
    """What a claim of memory allows to be measured.

    "Needs 16 GB" allows no more than that either: a snippet that takes more needs more.
    """
    slack = UNIT.get(claim.unit, 0.0)
    if claim.comparator in (Comparator.ABOUT, Comparator.EXACTLY):
        return Band(
            low=claimed * (1 - ABOUT_MEMORY),
            high=claimed * (1 + ABOUT_MEMORY),
            said=f"“about” is within {ABOUT_MEMORY:.0%}",
        )
    return Band(high=claimed * (1 + slack))


def gpu_memory_band(claim: Claim, claimed: float, gpus: int) -> Band:
    """What a claim of GPU memory allows to be measured, contexts included.

    Args:
        claim: the claim.
        claimed: its number, in bytes.
        gpus: how many it was measured on.
    """
    band = memory_band(claim, claimed)
    if not band.low:
        return band
    context = f"{gpus * CUDA_CONTEXT_BYTES / 10**9:.1f} GB for CUDA's own"
    return replace(
        band, high=band.high + gpus * CUDA_CONTEXT_BYTES, said=f"{band.said}, and {context} beside"
    )


def time_band(claim: Claim, claimed: float, *, named: bool) -> Band:
    """What a claim of seconds, or of something per second, allows to be measured.

    Args:
        claim: the claim.
        claimed: its number.
        named: whether it names this very processor, rather than a profile.
    """
    match claim.comparator:
        case Comparator.AT_MOST | Comparator.LESS:
            return Band(high=claimed)
        case Comparator.AT_LEAST | Comparator.MORE:
            return Band(low=claimed)
        case _:
            slack = ABOUT_TIME if named else ABOUT_TIME_ON_A_PROFILE
            why = "" if named else ", as a profile names no processor"
            said = f"“about” is within a factor of {1 + slack:g}{why}"
            return Band(low=claimed / (1 + slack), high=claimed * (1 + slack), said=said)


def is_need(claim: Claim) -> bool:
    """Whether a claim of memory says what is needed, rather than what is taken."""
    of_memory = claim.kind in (ClaimKind.RAM, ClaimKind.VRAM)
    return of_memory and claim.comparator in (Comparator.AT_LEAST, Comparator.MORE)

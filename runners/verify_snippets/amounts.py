"""What a claim promises as a number in one unit, so that it can stand beside what was measured. Pure."""

from dataclasses import dataclass

from verify_snippets.claims import Claim, ClaimKind
from verify_snippets.hardware import BYTES

PARAMETER_UNITS = {"B": 10**9, "M": 10**6, "K": 10**3, "": 1}
TOKEN_UNITS = {"tokens": 1, "K tokens": 1000, "M tokens": 10**6, "": 1}
SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "hours": 3600.0, "days": 86400.0}

_MEASURES: dict[ClaimKind, tuple[str, dict[str, float]]] = {
    ClaimKind.RAM: ("bytes", {**BYTES}),
    ClaimKind.VRAM: ("bytes", {**BYTES}),
    ClaimKind.DISK_SIZE: ("bytes", {**BYTES}),
    ClaimKind.LATENCY: ("seconds", SECONDS),
    ClaimKind.THROUGHPUT: ("per second", {"tokens/s": 1.0}),
    ClaimKind.PARAMETERS: ("parameters", {**PARAMETER_UNITS}),
    ClaimKind.CONTEXT_LENGTH: ("tokens", {**TOKEN_UNITS}),
    ClaimKind.GPU_COUNT: ("GPUs", {"": 1.0}),
}


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A number and what it counts.

    Attributes:
        value: the number.
        measure: ``bytes``, ``seconds``, ``per second``, ``parameters``, ``tokens`` or ``GPUs``.
    """

    value: float
    measure: str


def amount_of(claim: Claim) -> Amount | None:
    """What a claim promises; None where that is no number, or in a unit that says nothing of one run."""
    measure, units = _MEASURES.get(claim.kind, ("", {}))
    scale = units.get(claim.unit)
    if scale is None or isinstance(claim.value, bool | str):
        return None
    return Amount(value=claim.value * scale, measure=measure)

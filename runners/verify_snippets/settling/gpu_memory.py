"""Claims of GPU memory against what the driver counted. Pure.

What counts is all that the snippet's processes took, the CUDA context included: a reader's GPU must have it.
What torch says of its own tensors is told beside it and decides nothing, as it comes out of the container.
"""

from collections.abc import Sequence
from dataclasses import replace

from verify_snippets.causes import Cause
from verify_snippets.ledger import ClaimVerdict, Entry
from verify_snippets.report.model import GpuMemoryReport
from verify_snippets.report.quantities import bytes_text
from verify_snippets.settling.evidence import (
    Evidence,
    Seen,
    Settled,
    Witnesses,
    confirmed,
    contradicted,
    untested,
)
from verify_snippets.settling.memory import OWN_LIMIT, more_than
from verify_snippets.settling.tolerance import (
    FAR_TOO_MUCH,
    Band,
    Side,
    gpu_memory_band,
    is_need,
)


def settle_gpu_memory(entry: Entry, evidence: Evidence) -> Settled:
    """One claim of GPU memory."""
    witnesses = evidence.witnesses(entry.claim)
    if entry.claimed is None:
        return untested(entry, f"{entry.claim.value} {entry.claim.unit} can't be compared")
    on_gpu = [seen for seen in witnesses.seen if seen.run.gpu is not None]
    if not on_gpu:
        return (
            _without_gpu(entry, witnesses) if entry.verdict is ClaimVerdict.UNTESTED else Settled(entry=entry)
        )
    ended = [seen for seen in on_gpu if _is_ended_by(seen, entry.claimed)]
    if ended:
        return _too_little(entry, ended[0], witnesses)
    measured = [seen for seen in on_gpu if seen.gpu_bytes]
    if not measured:
        return _unmeasured(entry, on_gpu)
    largest = max(measured, key=lambda seen: seen.gpu_bytes)
    return _judged(_with_numbers(entry, largest, len(on_gpu)), entry.claimed, measured, witnesses)


def _judged(entry: Entry, claimed: float, measured: Sequence[Seen], witnesses: Witnesses) -> Settled:
    largest = max(measured, key=lambda seen: seen.gpu_bytes)
    gpus = len(_gpu(largest).models) or 1
    band = gpu_memory_band(entry.claim, claimed, gpus)
    side = band.side(largest.gpu_bytes)
    tolerance = f" ({band.said})" if band.said else ""
    if side is Side.ABOVE:
        if gpus > 1 and band.side(largest.gpu_bytes / gpus) is not Side.ABOVE:
            return untested(entry, f"it took that on {gpus} GPUs together, and may mean each of them")
        over = [seen.name for seen in measured if seen.through and band.side(seen.gpu_bytes) is Side.ABOVE]
        reason = f"{largest.name} took {more_than(largest.gpu_bytes, claimed)}{tolerance}"
        return contradicted(entry, reason, over if witnesses.spoken_of else ())
    if witnesses.missing:
        return untested(entry, witnesses.missing)
    if side is Side.BELOW:
        reason = f"{largest.name}, the most that was measured, took far less{tolerance}"
        return contradicted(entry, reason, [largest.name] if witnesses.spoken_of else ())
    return _within(entry, claimed, largest, band)


def _within(entry: Entry, claimed: float, largest: Seen, band: Band) -> Settled:
    took, outgrown = largest.gpu_bytes, _gpu(largest).outgrown_bytes or 0
    if took < claimed and outgrown >= claimed * OWN_LIMIT:
        return untested(
            entry, f"{largest.name} could not do with this limit, and took less under a higher one"
        )
    if is_need(entry.claim):
        return _enough(entry, claimed, largest)
    beyond = f", which is within {entry.claim.unit} written for its binary cousin" if took > claimed else ""
    reason = (
        f"{largest.name} took the most ({band.said})" if band.said else f"{largest.name} took no more{beyond}"
    )
    return confirmed(entry, reason)


def _enough(entry: Entry, claimed: float, largest: Seen) -> Settled:
    """A need that was enough, or far too much."""
    took = largest.gpu_bytes
    if took * FAR_TOO_MUCH >= claimed:
        return confirmed(entry, f"it is enough: {largest.name} took the most")
    asks = f"line {entry.claim.line} asks for {bytes_text(round(claimed))} of GPU memory"
    reason = f"it is enough, and far more than {largest.name} took: half of it would do"
    settled = confirmed(entry, reason)
    return replace(settled, remarks={largest.name: f"{asks}, and it took {bytes_text(took)}"})


def _is_ended_by(seen: Seen, claimed: float) -> bool:
    """Whether a run ended with its GPU memory full, although it had all that is claimed, and never more."""
    gpu, cause = _gpu(seen), seen.run.cause
    if seen.through or cause is None or cause.kind is not Cause.OUT_OF_MEMORY:
        return False
    return "device" in cause.subjects and (gpu.limit_bytes or 0) >= claimed * OWN_LIMIT


def _too_little(entry: Entry, seen: Seen, witnesses: Witnesses) -> Settled:
    limit = _gpu(seen).limit_bytes or 0
    shown = replace(
        _with_numbers(entry, seen, len(witnesses.seen)),
        measured=None,
        found=f"more than {bytes_text(limit)} in {seen.name}",
    )
    return contradicted(shown, f"{seen.name} ran out of GPU memory under {bytes_text(limit)}")


def _with_numbers(entry: Entry, seen: Seen, count: int) -> Entry:
    took = seen.gpu_bytes
    found = f"{bytes_text(took)} in {seen.name}"
    return replace(entry, measured=float(took), found=found, how=_how(seen, count))


def _how(seen: Seen, count: int) -> str:
    gpu = _gpu(seen)
    limit = f" under {bytes_text(gpu.limit_bytes)}" if gpu.limit_bytes else ""
    of = f", the most of {count} snippets" if count > 1 else ""
    torch = [
        f"{bytes_text(amount)} {what}"
        for what, amount in (("reserved", gpu.reserved_bytes), ("in tensors", gpu.allocated_bytes))
        if amount
    ]
    said = f"; torch itself says {', '.join(torch)}" if torch else ""
    again = f"; first ended by {bytes_text(gpu.outgrown_bytes)}" if gpu.outgrown_bytes else ""
    where = ", ".join(dict.fromkeys(gpu.models)) or seen.run.profile
    return f"peak as the driver counts it, CUDA context included, on {where}{limit}{of}{said}{again}"


def _without_gpu(entry: Entry, witnesses: Witnesses) -> Settled:
    """What runs without a GPU can't show."""
    through = witnesses.through
    if not through:
        return untested(entry, f"claimed for a GPU, and {witnesses.missing or 'nothing ran'}")
    largest = max(through, key=lambda seen: seen.anonymous_bytes)
    found = f"{bytes_text(largest.anonymous_bytes)} of RAM in {largest.name}"
    return untested(
        entry, f"claimed for a GPU, measured on {largest.run.profile}, which has none", found=found
    )


def _unmeasured(entry: Entry, on_gpu: Sequence[Seen]) -> Settled:
    """Where the driver saw nothing, or could not tell."""
    unseen = any(_gpu(seen).used_bytes is None for seen in on_gpu)
    said = "its GPU memory could not be seen" if unseen else "nothing that it speaks of used its GPU"
    return untested(entry, said)


def _gpu(seen: Seen) -> GpuMemoryReport:
    return seen.run.gpu or GpuMemoryReport()

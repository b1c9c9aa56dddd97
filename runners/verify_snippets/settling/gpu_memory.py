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
    contradicted,
    untested,
)
from verify_snippets.settling.peaks import OWN_LIMIT, Peaks, judge
from verify_snippets.settling.tolerance import Side, gpu_memory_band


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
    gpus = len(_gpu(largest).models) or 1
    band = gpu_memory_band(entry.claim, entry.claimed, gpus)
    peaks = Peaks(
        seen=measured,
        took=lambda seen: seen.gpu_bytes,
        band=band,
        outgrown_bytes=_gpu(largest).outgrown_bytes or 0,
        outgrown_by="could not do with this limit, and took less under a higher one",
        kind="of GPU memory",
    )
    told = _with_numbers(entry, largest, len(on_gpu))
    took = largest.gpu_bytes
    if gpus > 1 and band.side(took) is Side.ABOVE and band.side(took / gpus) is not Side.ABOVE:
        return untested(told, f"it took that on {gpus} GPUs together, and may mean each of them")
    return judge(told, entry.claimed, peaks, witnesses)


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

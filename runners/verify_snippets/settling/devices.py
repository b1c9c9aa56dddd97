"""Claims of where a model runs: on a CPU, on which and how many GPUs. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from verify_snippets import gpu_models
from verify_snippets.claims import ClaimKind, Comparator
from verify_snippets.ledger import Entry
from verify_snippets.settling.evidence import Evidence, Seen, Settled, Witnesses, confirmed, untested


def settle_cpu(entry: Entry, evidence: Evidence) -> Settled:
    """That a CPU is enough, or that it isn't."""
    witnesses = evidence.witnesses(entry.claim)
    on_cpu = [seen for seen in witnesses.through if not seen.step.hardware.gpus]
    if not on_cpu:
        return untested(entry, witnesses.missing or "nothing that it speaks of ran on a CPU alone")
    where = f"{on_cpu[0].name} ran to its end on {on_cpu[0].run.profile}"
    found = f"runs on {on_cpu[0].run.profile}"
    if entry.claim.value is True:
        return confirmed(entry, where, found=found)
    # how slow is too slow, a card may well decide for itself
    return untested(entry, f"{where}, which has no GPU: it asks for more than that needs", found=found)


def settle_gpu(entry: Entry, evidence: Evidence) -> Settled:
    """Which GPU, and how many."""
    witnesses = evidence.witnesses(entry.claim)
    on_gpu = [seen for seen in witnesses.seen if seen.gpu_bytes]
    if not on_gpu:
        return _without_gpu(entry, evidence, witnesses)
    if entry.claim.kind is ClaimKind.GPU_COUNT:
        return _count(entry, on_gpu)
    return _model(entry, on_gpu)


def _model(entry: Entry, on_gpu: Sequence[Seen]) -> Settled:
    """A larger card under a cap shows what fits in a smaller one's memory, and not that this one runs it."""
    claimed = str(entry.claim.value)
    same = [seen for seen in on_gpu if all(gpu_models.is_same(claimed, model) for model in _models(seen))]
    found = ", ".join(dict.fromkeys(model for seen in same or on_gpu for model in _models(seen)))
    through = next((seen for seen in same if seen.through), None)
    if through is not None:
        return confirmed(entry, f"{through.name} ran to its end on one", found=found)
    if same:
        return untested(
            entry, f"{same[0].name} ran on one and came to no end: {same[0].run.verdict}", found=found
        )
    return untested(entry, f"what it speaks of ran on {found}", found=found)


def _count(entry: Entry, on_gpu: Sequence[Seen]) -> Settled:
    through = [seen for seen in on_gpu if seen.through]
    if not through or entry.claimed is None:
        return untested(entry, f"{on_gpu[0].name} ran on a GPU and came to no end")
    largest = max(through, key=lambda seen: len(_models(seen)))
    had = len(_models(largest))
    shown = replace(entry, measured=float(had), found=f"{largest.name} ran on {had}")
    at_most = entry.claim.comparator in (Comparator.AT_MOST, Comparator.LESS)
    if had == entry.claimed or (at_most and had < entry.claimed):
        return confirmed(shown, f"{largest.name} ran to its end on {had}")
    if had < entry.claimed:
        return untested(shown, f"{largest.name} ran to its end on {had}: it asks for more than that needs")
    return untested(shown, f"{largest.name} ran on {had}, which is more than it says")


def _without_gpu(entry: Entry, evidence: Evidence, witnesses: Witnesses) -> Settled:
    profiles = ", ".join(dict.fromkeys(seen.run.profile for seen in witnesses.through))
    count = evidence.host.gpus
    has = f"this host has {count}, which no snippet used" if count else "this host has none"
    ran = f"; what it speaks of ran on {profiles}" if profiles else ""
    return untested(entry, f"claimed for a GPU, and {has}{ran}")


def _models(seen: Seen) -> tuple[str, ...]:
    return seen.run.gpu.models if seen.run.gpu else ()

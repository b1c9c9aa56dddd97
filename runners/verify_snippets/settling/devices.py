"""Claims of where a model runs: on a CPU, on which and how many GPUs. Pure."""

from verify_snippets.ledger import Entry
from verify_snippets.settling.evidence import Evidence, Settled, confirmed, untested


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
    """Which GPU, and how many: nothing here ran on one."""
    through = evidence.witnesses(entry.claim).through
    profiles = ", ".join(dict.fromkeys(seen.run.profile for seen in through))
    count = evidence.host.gpus
    has = f"this host has {count}, which no snippet was given" if count else "this host has none"
    ran = f"; what it speaks of ran on {profiles}" if profiles else ""
    return untested(entry, f"claimed for a GPU, and {has}{ran}")

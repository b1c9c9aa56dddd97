"""Claims of RAM against what the runs took. Pure.

What counts is anonymous memory, which a reader must have; a memory-mapped file is told apart, because the
system can drop it at any time.
"""

from collections.abc import Sequence
from dataclasses import replace

from verify_snippets.ledger import ClaimVerdict, Entry
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
from verify_snippets.settling.tolerance import FAR_TOO_MUCH, Side, is_need, memory_band

WORTH_TELLING_BYTES = 10**6  # of files in memory
OWN_LIMIT = 0.99  # a limit is this near to a claim whose own it is: both were rounded to bytes


def settle_memory(entry: Entry, evidence: Evidence) -> Settled:
    """One claim of RAM."""
    witnesses = evidence.witnesses(entry.claim)
    if entry.claimed is None:
        return untested(entry, f"{entry.claim.value} {entry.claim.unit} can't be compared")
    measured = [seen for seen in witnesses.seen if seen.run.memory.anonymous_bytes is not None]
    if not measured:
        return _unseen(entry, witnesses) if entry.verdict is ClaimVerdict.UNTESTED else Settled(entry=entry)
    largest = max(measured, key=lambda seen: seen.anonymous_bytes)
    return _judged(_with_numbers(entry, largest, witnesses), entry.claimed, measured, largest, witnesses)


def _judged(
    entry: Entry, claimed: float, measured: Sequence[Seen], largest: Seen, witnesses: Witnesses
) -> Settled:
    band = memory_band(entry.claim, claimed)
    side = band.side(largest.anonymous_bytes)
    tolerance = f" ({band.said})" if band.said else ""
    if side is Side.ABOVE:
        over = [seen for seen in measured if band.side(seen.anonymous_bytes) is Side.ABOVE and seen.through]
        reason = f"{largest.name} took {more_than(largest.anonymous_bytes, claimed)}{tolerance}"
        return contradicted(entry, reason, (seen.name for seen in over if witnesses.spoken_of))
    if witnesses.missing:
        return untested(entry, witnesses.missing)
    if side is Side.BELOW:
        reason = f"{largest.name}, the most that was measured, took far less{tolerance}"
        return contradicted(entry, reason, [largest.name] if witnesses.spoken_of else ())
    return _within(entry, claimed, largest, tolerance)


def _within(entry: Entry, claimed: float, largest: Seen, tolerance: str) -> Settled:
    took, name = largest.anonymous_bytes, largest.name
    outgrown = largest.run.memory.outgrown_bytes or 0
    if took < claimed and outgrown >= claimed * OWN_LIMIT:
        return untested(entry, f"{name} was ended by this limit for other memory than its own, such as files")
    if is_need(entry.claim):
        return _enough(entry, claimed, largest)
    beyond = f", which is within {entry.claim.unit} written for its binary cousin" if took > claimed else ""
    reason = f"{name} took the most{tolerance}" if tolerance else f"{name} took no more{beyond}"
    return confirmed(entry, reason)


def _enough(entry: Entry, claimed: float, largest: Seen) -> Settled:
    """A need that was enough, or far too much."""
    took, claim = largest.anonymous_bytes, entry.claim
    if took * FAR_TOO_MUCH >= claimed:
        return confirmed(entry, f"it is enough: {largest.name} took the most")
    remark = f"line {claim.line} asks for {bytes_text(round(claimed))}, and it took {bytes_text(took)}"
    reason = f"it is enough, and far more than {largest.name} took: half of it would do"
    return replace(confirmed(entry, reason), remarks={largest.name: remark})


def _with_numbers(entry: Entry, largest: Seen, witnesses: Witnesses) -> Entry:
    took = largest.anonymous_bytes
    return replace(
        entry,
        measured=float(took),
        found=f"{bytes_text(took)} in {largest.name}",
        how=_how(largest, witnesses),
    )


def _how(largest: Seen, witnesses: Witnesses) -> str:
    memory = largest.run.memory
    limit = f" under {bytes_text(memory.limit_bytes)}" if memory.limit_bytes else ""
    files = memory.file_bytes or 0
    mapped = f"; files in memory apart: {bytes_text(files)}" if files >= WORTH_TELLING_BYTES else ""
    again = (
        f"; first ended by {bytes_text(memory.outgrown_bytes)}, which the card says it fits in"
        if memory.outgrown_bytes
        else ""
    )
    count = len(witnesses.seen)
    of = f", the most of {count} snippets" if count > 1 else ""
    return f"peak of anonymous memory on {largest.run.profile}{limit}{of}{mapped}{again}"


def _unseen(entry: Entry, witnesses: Witnesses) -> Settled:
    """Where the kinds of memory can't be told apart, or nothing ran."""
    whole = [seen for seen in witnesses.through if seen.run.memory.cgroup_bytes is not None]
    if witnesses.missing or not whole:
        return untested(entry, witnesses.missing or "its memory could not be seen")
    largest = max(whole, key=lambda seen: seen.run.memory.cgroup_bytes or 0)
    total = largest.run.memory.cgroup_bytes or 0
    reason = f"anonymous memory could not be told apart; everything together was {bytes_text(total)}"
    return untested(entry, reason, found=f"at most {bytes_text(total)} in {largest.name}")


def more_than(took: int, claimed: float) -> str:
    """How much more than claimed something took, in words."""
    times = took / claimed
    return f"{times:.1f} times as much" if times >= 1.1 else f"{times - 1:.0%} more"

"""Claims of RAM against what the runs took. Pure.

What counts is anonymous memory, which a reader must have; a memory-mapped file is told apart, because the
system can drop it at any time.
"""

from dataclasses import replace

from verify_snippets.ledger import ClaimVerdict, Entry
from verify_snippets.report.quantities import bytes_text
from verify_snippets.settling.evidence import (
    Evidence,
    Seen,
    Settled,
    Witnesses,
    untested,
)
from verify_snippets.settling.peaks import Peaks, judge
from verify_snippets.settling.tolerance import memory_band

WORTH_TELLING_BYTES = 10**6  # of files in memory


def settle_memory(entry: Entry, evidence: Evidence) -> Settled:
    """One claim of RAM."""
    witnesses = evidence.witnesses(entry.claim)
    if entry.claimed is None:
        return untested(entry, f"{entry.claim.value} {entry.claim.unit} can't be compared")
    measured = [seen for seen in witnesses.seen if seen.run.memory.anonymous_bytes is not None]
    if not measured:
        return _unseen(entry, witnesses) if entry.verdict is ClaimVerdict.UNTESTED else Settled(entry=entry)
    largest = max(measured, key=lambda seen: seen.anonymous_bytes)
    peaks = Peaks(
        seen=measured,
        took=lambda seen: seen.anonymous_bytes,
        band=memory_band(entry.claim, entry.claimed),
        outgrown_bytes=largest.run.memory.outgrown_bytes or 0,
        outgrown_by="was ended by this limit for other memory than its own, such as files",
    )
    return judge(_with_numbers(entry, largest, witnesses), entry.claimed, peaks, witnesses)


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

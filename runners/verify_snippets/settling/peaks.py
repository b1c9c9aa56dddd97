"""A claim of memory, of whatever kind, against the peaks that runs had. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from verify_snippets.ledger import Entry
from verify_snippets.report.quantities import bytes_text
from verify_snippets.settling.evidence import Seen, Settled, Witnesses, confirmed, contradicted, untested
from verify_snippets.settling.tolerance import FAR_TOO_MUCH, Band, Side, is_need

OWN_LIMIT = 0.99  # a limit is this near to a claim whose own it is: both were rounded to bytes


@dataclass(frozen=True, kw_only=True)
class Peaks:
    """The peaks of one kind of memory.

    Attributes:
        seen: the runs that have one; at least one.
        took: each one's, in bytes.
        band: how near to the claim is as claimed.
        outgrown_bytes: the limit that ended the largest of them when it first ran; 0 if none did.
        outgrown_by: why it may have outgrown that for another reason, a clause about it.
        kind: as it follows an amount: ``of GPU memory``; empty where it goes without saying.
    """

    seen: Sequence[Seen]
    took: Callable[[Seen], int]
    band: Band
    outgrown_bytes: int
    outgrown_by: str
    kind: str = ""

    @property
    def largest(self) -> Seen:
        """The run with the highest peak."""
        return max(self.seen, key=self.took)


def judge(entry: Entry, claimed: float, peaks: Peaks, witnesses: Witnesses) -> Settled:
    """Whether the peaks are as claimed.

    Args:
        entry: the claim's line, with the largest peak in it.
        claimed: bytes.
        peaks: what was measured.
        witnesses: whose they are.
    """
    largest, took = peaks.largest, peaks.took(peaks.largest)
    side = peaks.band.side(took)
    tolerance = f" ({peaks.band.said})" if peaks.band.said else ""
    if side is Side.ABOVE:
        over = [s.name for s in peaks.seen if s.through and peaks.band.side(peaks.took(s)) is Side.ABOVE]
        reason = f"{largest.name} took {_more_than(took, claimed)}{tolerance}"
        return contradicted(entry, reason, over if witnesses.spoken_of else ())
    if witnesses.missing:
        return untested(entry, witnesses.missing)
    if side is Side.BELOW:
        reason = f"{largest.name}, the most that was measured, took far less{tolerance}"
        return contradicted(entry, reason, [largest.name] if witnesses.spoken_of else ())
    if took < claimed and peaks.outgrown_bytes >= claimed * OWN_LIMIT:
        return untested(entry, f"{largest.name} {peaks.outgrown_by}")
    if is_need(entry.claim):
        return _enough(entry, claimed, peaks)
    beyond = f", which is within {entry.claim.unit} written for its binary cousin" if took > claimed else ""
    words = f"took the most{tolerance}" if tolerance else f"took no more{beyond}"
    return confirmed(entry, f"{largest.name} {words}")


def _enough(entry: Entry, claimed: float, peaks: Peaks) -> Settled:
    """A need that was enough, or far too much."""
    name, took = peaks.largest.name, peaks.took(peaks.largest)
    if took * FAR_TOO_MUCH >= claimed:
        return confirmed(entry, f"it is enough: {name} took the most")
    asked = " ".join((bytes_text(round(claimed)), peaks.kind)).strip()
    remark = f"line {entry.claim.line} asks for {asked}, and it took {bytes_text(took)}"
    settled = confirmed(entry, f"it is enough, and far more than {name} took: half of it would do")
    return replace(settled, remarks={name: remark})


def _more_than(took: int, claimed: float) -> str:
    """How much more than claimed something took, in words."""
    times = took / claimed
    return f"{times:.1f} times as much" if times >= 1.1 else f"{times - 1:.0%} more"

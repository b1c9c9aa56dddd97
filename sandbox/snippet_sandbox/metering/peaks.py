"""What the highest was, from readings with gaps between them. Pure.

A burst can come and go between two readings. Where the kernel keeps a high-water mark of everything that is
charged, it saw the burst: whatever the mark rose above the files and the kernel's own memory was anonymous.
Both ends of the gap say how much those others were; the greater of the two is taken off, so that a file that
grew or went in the gap is not taken for memory of the job's. Only a file that came *and* went in one gap is.
"""

from dataclasses import dataclass, field

from snippet_sandbox.metering.readings import NOTHING, Reading


@dataclass(kw_only=True)
class Peaks:
    """The highest of each kind so far, in bytes.

    Attributes:
        resting: what was in use before the job: of the agent, not of the job. The gap to the first reading
            begins there.
        anonymous_bytes: the agent's included.
        file_bytes: likewise.
        charged_bytes: everything, by the kernel's mark; None where it keeps none.
        uncounted_bytes: readings that see no more anonymous memory than this are left out; 0 to count all.
    """

    resting: Reading = NOTHING
    anonymous_bytes: int = 0
    file_bytes: int = 0
    charged_bytes: int | None = None
    uncounted_bytes: int = 0
    _before: Reading = field(init=False)
    _mark_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self._before = self.resting
        self._mark_bytes = self.resting.high_water_bytes or 0

    def take(self, reading: Reading) -> int:
        """Take in the next reading.

        Returns:
            The highest that anonymous memory must have been since the one before, the agent's included.
        """
        highest = max(reading.anonymous_bytes, _between(self._before, reading, self._mark_bytes))
        if highest > self.uncounted_bytes:
            self.anonymous_bytes = max(self.anonymous_bytes, highest)
            self.file_bytes = max(self.file_bytes, reading.file_bytes)
        if reading.high_water_bytes is not None:
            self.charged_bytes = max(self.charged_bytes or 0, reading.high_water_bytes)
            self._mark_bytes = reading.high_water_bytes
        self._before = reading
        return highest

    def could_hide_more(self) -> bool:
        """Whether a burst above the anonymous peak could stay under the mark, where nobody would see it."""
        other = self._before.other_bytes
        return other is not None and self._mark_bytes > self.anonymous_bytes + other

    def mark_was_lowered(self) -> None:
        """From here on the mark is of what comes."""
        self._mark_bytes = 0


def _between(before: Reading, after: Reading, mark_bytes: int) -> int:
    """The highest that anonymous memory must have been between two readings; 0 if nothing says so.

    Args:
        before: the reading before.
        after: this one.
        mark_bytes: where the high-water mark stood; only if it rose does it tell of this gap.
    """
    high_water, other = after.high_water_bytes, after.other_bytes
    if high_water is None or other is None or high_water <= mark_bytes:
        return 0
    return high_water - max(other, before.other_bytes or 0)

"""The one place that reads a meter again and again."""

import threading
import time
from collections.abc import Callable

from snippet_sandbox.job import TIMELINE_POINTS, Memory
from snippet_sandbox.metering.meters import Meter
from snippet_sandbox.metering.peaks import Peaks
from snippet_sandbox.metering.readings import NOTHING, Reading
from snippet_sandbox.metering.timeline import Timeline

INTERVAL_S, LONGEST_INTERVAL_S = 0.005, 0.02
SHARE_OF_A_CORE = 0.5  # that reading may take; a meter that is slow to read is read less often
LONG_GAP_S = 0.05  # a burst as short as this can lie in a gap as long


class Sampler:
    """Keeps the peaks of a meter, and their course, until it is stopped. A context manager.

    Args:
        meter: what to read; closed at the end.
        resting: a reading of the container before its job had begun: what serves the job is no memory of it.
        limit_bytes: call ``over_limit`` once more than this is in use that only memory holds; for engines
            without a cgroup.
        over_limit: what to do then.
    """

    def __init__(
        self,
        meter: Meter,
        *,
        resting: Reading | None = None,
        limit_bytes: int | None = None,
        over_limit: Callable[[], None] | None = None,
    ) -> None:
        self._meter = meter
        self._limit_bytes = limit_bytes
        self._over_limit = over_limit
        self._ours_bytes = 0
        self._peaks = Peaks(resting=resting or NOTHING)
        self._timeline = Timeline(most=TIMELINE_POINTS - 1)  # one more when it is counted from its beginning
        self._stretch_bytes = 0
        self._read_anything = False
        self._began = self._taken_at = time.monotonic()
        self._longest_gap_s = 0.0
        self._turn = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory-sampler", daemon=True)
        self.over = False

    def __enter__(self) -> "Sampler":
        self._take()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> Memory:
        """Take a last reading, stop, and return the peaks."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._thread.join()
            self._take()
            self._meter.close()
        return self._memory()

    def leave_out(self, more_bytes: int) -> None:
        """From here on leave out anonymous memory up to so much above what is in use now; count the rest.

        Args:
            more_bytes: what is ours and not the job's, nor against its limit; 0 to count everything again.
        """
        with self._turn:
            reading = self._meter.read()
            self._take_in(reading)
            held_bytes = reading.anonymous_bytes if reading else 0
            self._peaks.uncounted_bytes = held_bytes + more_bytes if more_bytes else 0
            self._ours_bytes = more_bytes

    def end_stretch(self) -> int:
        """The most anonymous memory of the job's since this was last asked, or since the beginning; bytes."""
        with self._turn:
            self._take_in(self._meter.read())
            highest, self._stretch_bytes = self._stretch_bytes, 0
            return highest

    def _sample(self) -> None:
        cost_s = 0.0
        while not self._stopped.wait(_pause_s(cost_s)):
            began = time.thread_time()
            self._take()
            cost_s = time.thread_time() - began

    def _take(self) -> None:
        with self._turn:
            self._take_in(self._meter.read())

    def _take_in(self, reading: Reading | None) -> None:
        now = time.monotonic()
        gap_s, self._taken_at = now - self._taken_at, now
        self._longest_gap_s = max(self._longest_gap_s, gap_s)
        if reading is None:
            return
        self._read_anything = True
        highest_bytes = self._peaks.take(reading)
        if highest_bytes > reading.anonymous_bytes:
            self._note(now - gap_s / 2, highest_bytes)
        self._note(now, reading.anonymous_bytes)
        if self._peaks.could_hide_more() and self._meter.lower_mark():
            self._peaks.mark_was_lowered()
        self._watch(reading)

    def _note(self, moment: float, anonymous_bytes: int) -> None:
        if anonymous_bytes <= self._peaks.uncounted_bytes:
            return
        own_bytes = max(0, anonymous_bytes - self._peaks.resting.anonymous_bytes)
        self._stretch_bytes = max(self._stretch_bytes, own_bytes)
        self._timeline.add(moment - self._began, own_bytes)

    def _watch(self, reading: Reading) -> None:
        held_bytes = reading.anonymous_bytes + reading.kept_bytes
        if self._limit_bytes and held_bytes > self._limit_bytes + self._ours_bytes and not self.over:
            self.over = True
            if self._over_limit:
                self._over_limit()

    def _memory(self) -> Memory:
        if not self._read_anything:
            return Memory(method=self._method())
        peaks = self._peaks
        return Memory(
            anonymous_bytes=max(0, peaks.anonymous_bytes - peaks.resting.anonymous_bytes),
            file_bytes=max(0, peaks.file_bytes - peaks.resting.file_bytes),
            cgroup_bytes=peaks.charged_bytes,
            method=self._method(),
            timeline=self._timeline.points(),
        )

    def _method(self) -> str:
        gap = self._longest_gap_s
        late = f", once not for {gap * 1000:.0f} ms" if gap > LONG_GAP_S else ""
        return f"{self._meter.method}, read every {INTERVAL_S * 1000:.0f} ms{late}"


def _pause_s(cost_s: float) -> float:
    """How long to wait after a reading that took so long."""
    return min(max(INTERVAL_S, cost_s / SHARE_OF_A_CORE), LONGEST_INTERVAL_S)

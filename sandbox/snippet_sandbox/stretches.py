"""The memory of a notebook's cells apart: of each from when it is heard to begin until it is heard to end."""

from snippet_sandbox.heard import Heard
from snippet_sandbox.metering import Sampler


class Stretches:
    """Cuts a job's time where its cells begin and end.

    Attributes:
        peaks: the most anonymous memory of the job's while a cell ran, in bytes, by its part's name.
    """

    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self._running = ""

    def note(self, heard: Heard, sampler: Sampler) -> None:
        """Something was heard: if a cell has begun or ended by that, its stretch has, too."""
        begun = next(reversed(heard.begun), "")
        running = begun if begun and begun not in heard.done and heard.end is None else ""
        if running == self._running:
            return
        highest = sampler.end_stretch()
        if self._running:
            self.peaks[self._running] = highest
        self._running = running

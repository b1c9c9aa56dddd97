"""See one step through: attempt after attempt, until all is known that the card's promises ask about it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from snippet_sandbox.errors import InfrastructureError
from snippet_sandbox.job import Again, Repeat
from snippet_sandbox.profile import Profile
from verify_snippets import warm
from verify_snippets.capacity import CancelledError, Capacity
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.room import Place
from verify_snippets.run import Ready, Runner

REPEATS, REPEATED_WITHIN_S = 5, 60.0  # of work whose time is to be judged
PAUSES_S = (2.0, 10.0)  # before our own trouble is tried again: an engine that restarts is back by then


@dataclass(kw_only=True)
class Attempts:
    """All attempts at one step.

    Attributes:
        first: the place that its first attempt waits at.
        capacity: what of the host is taken.
        runner: gives what prepares and runs the step.
        announce: told when it first runs: a further attempt is no other step.
        cancel: ends what waits and what runs.
        pauses_s: before each further attempt at a step that our own trouble kept from its end.
    """

    first: Place
    capacity: Capacity
    runner: Callable[[], Runner]
    announce: Callable[[], None]
    cancel: threading.Event
    pauses_s: Sequence[float] = PAUSES_S
    _announced: bool = field(default=False, init=False)

    def until_known(self, step: Step) -> Ran:
        """The step, with all that the card's promises ask to be found out about it.

        Raises:
            CancelledError: the user interrupted.
        """
        ran = self._to_its_end(step, self.first)
        if step.roomier and ran.wants_more_room:
            ran = self._with_more_room(ran, step.roomier)
        if step.timed and ran.can_be_repeated:
            ran = replace(ran, repeats=self._timed(step))
        return ran

    def _with_more_room(self, outgrown: Ran, roomier: Profile) -> Ran:
        """A step that outgrew what it was given first, under more."""
        step = outgrown.step
        roomy = replace(step, hardware=roomier)
        ran = self._to_its_end(roomy, self._further_place(roomy))
        self._stay_whole()
        if ran.measurement is None or ran.trouble:
            return outgrown  # which is known for sure
        if outgrown.outgrew_gpu:
            return replace(ran, step=step, outgrown_gpu_bytes=step.hardware.gpu_memory_bytes)
        return replace(ran, step=step, outgrown_bytes=step.hardware.memory_bytes)

    def _timed(self, step: Step) -> tuple[Repeat, ...]:
        """The seconds of a step's work alone.

        In a container of its own, so that what was seen of the snippet stays what one run of it does: its
        output comes once, and its memory has not been filled twice. Its first run there is the warm-up.
        """
        lines = warm.after_loading(step.codes, step.snippet.block.text_line)
        if lines is None:
            return ()
        roomy = replace(step, hardware=step.roomier or step.hardware)
        again = Again(first_line=lines.first, times=REPEATS, within_s=REPEATED_WITHIN_S)
        ran = self._once(roomy, self._further_place(roomy), again)
        self._stay_whole()
        return ran.measurement.repeats if ran.measurement else ()

    def _stay_whole(self) -> None:
        """Say nothing of a step whose further run was interrupted: half of what is asked would be kept.

        Raises:
            CancelledError: the user interrupted.
        """
        if self.cancel.is_set():
            raise CancelledError

    def _to_its_end(self, step: Step, place: Place) -> Ran:
        """One step, again after our own trouble or a download that took its time."""
        ran = self._once(step, place)
        for pause_s in self.pauses_s:
            if not ran.wants_another_try or self.capacity.pause(pause_s):
                break
            ran = self._once(step, self._further_place(step))
        return ran

    def _further_place(self, step: Step) -> Place:
        """A place that goes on where the first attempt ended."""
        place = self.capacity.place_for(
            step.hardware, alone=step.timed, turn=self.first.turn, expected_s=self.first.expected_s
        )
        self.capacity.come(place)
        return place

    def _once(self, step: Step, place: Place, again: Again | None = None) -> Ran:
        """One attempt, by one whose container may stand ahead of its turn."""
        try:
            with self.capacity.starting(place):
                ready = self._prepared(step, again)
            if isinstance(ready, Ran):
                return ready
            with ready:  # which outlasts its place: what is thrown away needs nothing of the host
                self.capacity.begin(place)
                self._announce_once()
                ran = ready.run()
                self.capacity.leave(place)
                return ran
        finally:
            self.capacity.leave(place)

    def _prepared(self, step: Step, again: Again | None) -> Ready | Ran:
        try:
            runner = self.runner()
        except InfrastructureError as error:
            return Ran(step=step, memory_limit_bytes=step.hardware.memory_bytes, trouble=error.message)
        return runner.prepare(step, again)

    def _announce_once(self) -> None:
        if not self._announced:
            self._announced = True
            self.announce()

"""Who runs when: containers are prepared ahead, and snippets run side by side as far as the host reaches."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import psutil

from snippet_sandbox.job import Again, Repeat
from snippet_sandbox.profile import GB, Host, Profile
from verify_snippets import warm
from verify_snippets.capacity import CancelledError, Capacity
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.run import Runner

STANDING_BYTES = 2 * GB  # what a container takes that has done its imports, generously
REPEATS, REPEATED_WITHIN_S = 5, 60.0  # of work whose time is to be judged
PAUSES_S = (2.0, 10.0)  # before our own trouble is tried again: an engine that restarts is back by then


@dataclass(frozen=True, kw_only=True)
class Scheduler:
    """Drives one runner through many steps.

    Attributes:
        runner: prepares and runs one step.
        host: whose cores and memory are handed out.
        announce: told when a step begins, from any thread.
        pauses_s: before each further attempt at a step that our own trouble kept from its end.
    """

    runner: Runner
    host: Host
    announce: Callable[[Step], None]
    pauses_s: Sequence[float] = PAUSES_S

    def run_all(self, steps: Sequence[Step]) -> Iterator[Ran]:
        """Run steps, in their order where nothing holds one up, and hand each over as it ends.

        It stops early where the user interrupts.
        """
        quick = {turn for turn, step in enumerate(steps) if self.runner.is_quickly_ready(step)}
        ahead = containers_ahead(self.host)
        work = _Work(self, Capacity(self.host, self.runner.cancel, in_order=quick), ahead)
        with ThreadPoolExecutor(self.host.cpus + ahead + 1, thread_name_prefix="step") as threads:
            threads.submit(work.hand_out, steps, threads)
            for _ in steps:
                came = work.ended.get()
                if isinstance(came, BaseException):
                    self.runner.cancel.set()
                    raise came
                if came is not None:
                    yield came


class _Work:
    """The steps of one run, on their way from one thread to another.

    Args:
        scheduler: whose work it is.
        capacity: what of the host is taken.
        ahead: how many containers may stand ready.
    """

    def __init__(self, scheduler: Scheduler, capacity: Capacity, ahead: int) -> None:
        self._runner = scheduler.runner
        self._announce = scheduler.announce
        self._pauses_s = scheduler.pauses_s
        self._capacity = capacity
        self._standing = threading.Semaphore(ahead)
        self._announced: set[int] = (
            set()
        )  # steps that began, by their turn: a further attempt is no other step
        self.ended: queue.SimpleQueue[Ran | BaseException | None] = queue.SimpleQueue()

    def hand_out(self, steps: Sequence[Step], threads: ThreadPoolExecutor) -> None:
        """Start work on each step once it may have a container, the first one first."""
        for turn, step in enumerate(steps):
            self._standing.acquire()
            threads.submit(self._see_through, step, turn)

    def _see_through(self, step: Step, turn: int) -> None:
        """Do one step and say what came of it."""
        try:
            self.ended.put(self._until_known(step, turn))
        except CancelledError:
            self.ended.put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            self.ended.put(error)

    def _until_known(self, step: Step, turn: int) -> Ran:
        """One step, with all that the card's promises ask to be found out about it."""
        ran = self._to_its_end(step, turn)
        if step.roomier and ran.wants_more_room:
            ran = self._with_more_room(ran, step.roomier, turn)
        if step.timed and ran.can_be_repeated:
            ran = replace(ran, repeats=self._timed(step, turn))
        return ran

    def _with_more_room(self, outgrown: Ran, roomier: Profile, turn: int) -> Ran:
        """A step that outgrew what the card says it fits in, under its profile's own memory."""
        step = outgrown.step
        self._standing.acquire()
        ran = self._to_its_end(replace(step, hardware=roomier), turn)
        self._stay_whole()
        if ran.measurement is None or ran.trouble:
            return outgrown  # which is known for sure
        return replace(ran, step=step, outgrown_bytes=step.hardware.memory_bytes)

    def _timed(self, step: Step, turn: int) -> tuple[Repeat, ...]:
        """The seconds of a step's work alone.

        In a container of its own, so that what was seen of the snippet stays what one run of it does: its
        output comes once, and its memory has not been filled twice. Its first run there is the warm-up.
        """
        lines = warm.after_loading(step.codes, step.snippet.block.text_line)
        if lines is None:
            return ()
        roomy = replace(step, hardware=step.roomier or step.hardware)
        again = Again(first_line=lines.first, times=REPEATS, within_s=REPEATED_WITHIN_S)
        ran = self._further(roomy, turn, again)
        self._stay_whole()
        return ran.measurement.repeats if ran.measurement else ()

    def _stay_whole(self) -> None:
        """Say nothing of a step whose further run was interrupted: half of what is asked would be kept.

        Raises:
            CancelledError: the user interrupted.
        """
        if self._runner.cancel.is_set():
            raise CancelledError

    def _to_its_end(self, step: Step, turn: int) -> Ran:
        """One step, again after our own trouble or a download that took its time.

        Its first attempt may have a container ahead already.
        """
        ran = self._once(step, turn)
        for pause_s in self._pauses_s:
            if not ran.wants_another_try or self._runner.cancel.wait(pause_s):
                break
            ran = self._further(step, turn)
        return ran

    def _further(self, step: Step, turn: int, again: Again | None = None) -> Ran:
        self._standing.acquire()
        return self._once(step, turn, again)

    def _once(self, step: Step, turn: int, again: Again | None = None) -> Ran:
        """One attempt, by one who may have a container ahead; that right is given back once it runs."""
        with ExitStack() as stack:
            try:
                with self._capacity.starting():
                    ready = self._runner.prepare(step, again)
                if isinstance(ready, Ran):
                    return ready
                stack.enter_context(ready)
                turned = self._capacity.running(step.hardware, alone=step.timed, turn=turn)
                stack.enter_context(turned)
            finally:
                self._capacity.pass_over(turn)
                self._standing.release()
            if turn not in self._announced:
                self._announced.add(turn)
                self._announce(step)
            return ready.run()


def containers_ahead(host: Host) -> int:
    """How many containers may stand ready before their turn: one a core, if memory is free for them."""
    return max(1, min(host.cpus, psutil.virtual_memory().available // 2 // STANDING_BYTES))

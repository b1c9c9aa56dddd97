"""Who runs when: containers are prepared ahead, and snippets run side by side as far as the host reaches."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import psutil

from snippet_sandbox.profile import GB, Host
from verify_snippets.capacity import CancelledError, Capacity
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.run import Runner

STANDING_BYTES = 2 * GB  # what a container takes that has done its imports, generously
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
        """Run steps, the first ones first, and hand each over as it ends, until the user interrupts."""
        capacity = Capacity(self.host, self.runner.cancel)
        standing = threading.Semaphore(containers_ahead(self.host))
        ended: queue.SimpleQueue[Ran | BaseException | None] = queue.SimpleQueue()

        def work(step: Step) -> None:
            try:
                ended.put(self._until_known(step, capacity, standing))
            except CancelledError:
                ended.put(None)
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                ended.put(error)

        side_by_side = self.host.cpus + containers_ahead(self.host)
        with ThreadPoolExecutor(side_by_side, thread_name_prefix="step") as threads:
            for step in steps:
                threads.submit(work, step)
            for _ in steps:
                came = ended.get()
                if isinstance(came, BaseException):
                    self.runner.cancel.set()
                    raise came
                if came is not None:
                    yield came

    def _until_known(self, step: Step, capacity: Capacity, standing: threading.Semaphore) -> Ran:
        """One step, again after our own trouble or a download that took its time."""
        ran = self._once(step, capacity, standing, self.announce)
        for pause_s in self.pauses_s:
            if not ran.wants_another_try or self.runner.cancel.wait(pause_s):
                break
            ran = self._once(step, capacity, standing, lambda _: None)
        return ran

    def _once(
        self,
        step: Step,
        capacity: Capacity,
        standing: threading.Semaphore,
        announce: Callable[[Step], None],
    ) -> Ran:
        with ExitStack() as stack:
            with standing:
                with capacity.starting():
                    ready = self.runner.prepare(step)
                if isinstance(ready, Ran):
                    return ready
                stack.enter_context(ready)
                stack.enter_context(capacity.running(step.hardware, alone=step.timed))
            announce(step)
            return ready.run()


def containers_ahead(host: Host) -> int:
    """How many containers may stand ready before their turn: one a core, if memory is free for them."""
    return max(1, min(host.cpus, psutil.virtual_memory().available // 2 // STANDING_BYTES))

"""Steps of many cards in one stream: they come while others run, and what came of each is handed over."""

import itertools
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

from snippet_sandbox.profile import GB, Host
from verify_snippets.attempts import PAUSES_S, Attempts
from verify_snippets.capacity import POLL_S, CancelledError, Capacity
from verify_snippets.plan import Step
from verify_snippets.ran import Ran
from verify_snippets.room import Order, Place
from verify_snippets.run import Runner
from verify_snippets.turns import LongestFirst

STANDING_BYTES = 2 * GB  # what a container takes that has done its imports, generously
WAITING_AT_MOST = (
    512  # assignments: enough to choose the longest from, few enough that cards are planned late
)


class LateRunner:
    """What runs the steps of one card: opened when the first of them begins, closed after the last.

    Args:
        opener: gives the runner, together with all that is closed with it.
    """

    def __init__(self, opener: Callable[[], AbstractContextManager[Runner]]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._holders = 0
        self._stack = ExitStack()
        self._runner: Runner | None = None

    @classmethod
    def of(cls, runner: Runner) -> Self:
        """One that is open already, and that somebody else closes."""
        return cls(lambda: nullcontext(runner))

    def get(self) -> Runner:
        """The runner, open.

        Raises:
            InfrastructureError: it can't be opened; another time it may.
        """
        with self._lock:
            if self._runner is None:
                self._runner = self._stack.enter_context(self._opener())
            return self._runner

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep it open meanwhile, once it is."""
        self.hold()
        try:
            yield
        finally:
            self.release()

    def hold(self) -> None:
        """Keep it open, once it is, until as many have released it as hold it."""
        with self._lock:
            self._holders += 1

    def release(self) -> None:
        """One of those who hold it needs it no longer."""
        with self._lock:
            self._holders -= 1
            if not self._holders:
                self._runner = None
                self._stack.close()


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """A step that is to run, and what runs it. Each is one of its own, whatever it holds.

    Attributes:
        step: the step, one that runs.
        runner: that of its card, shared by all its steps.
        expected_s: how long it took last time; None where nobody knows.
        quick: whether its container can be made at once; not where packages must be installed first.
    """

    step: Step
    runner: LateRunner
    expected_s: float | None = None
    quick: bool = True


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What came of an assignment.

    Attributes:
        assignment: which one.
        ran: what was found out; None where this program itself failed.
        error: how it did.
    """

    assignment: Assignment
    ran: Ran | None = None
    error: BaseException | None = None


class Stream:
    """Runs what is added, side by side as far as the host reaches, and hands over what came of it.

    One thread adds and, at last, closes; another iterates. A context manager: who leaves it before it is over
    cancels what is left.

    Args:
        host: whose cores and memory are handed out.
        cancel: ends what waits and what runs; the runners' own.
        announce: told when an assignment begins, from any thread.
        order: who begins next; the longest by default.
        ahead: how many containers may stand ready before their turn; as many as there is room for by default.
        at_most: how many may wait; who adds more, waits until one of them begins.
        pauses_s: before each further attempt at a step that our own trouble kept from its end.
    """

    def __init__(
        self,
        host: Host,
        cancel: threading.Event,
        announce: Callable[[Assignment], None],
        *,
        order: Order | None = None,
        ahead: int | None = None,
        at_most: int = WAITING_AT_MOST,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        ahead = containers_ahead(host) if ahead is None else ahead
        self._cancel = cancel
        self._announce = announce
        self._at_most = at_most
        self._pauses_s = pauses_s
        # who runs, stands ready, pauses, and clears away what it had
        self._threads = ThreadPoolExecutor(4 * (host.cpus + ahead), thread_name_prefix="step")
        self._capacity = Capacity(host, cancel, order or LongestFirst(), ahead, self._take_in_hand)
        self._turns = itertools.count()
        self._changed = threading.Condition()
        self._waiting: dict[Place, Assignment] = {}
        self._under_way = 0  # how many were added and have not ended
        self._closed = False
        self._ended: queue.SimpleQueue[Ended | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        with self._changed:
            is_over = not self._under_way
        if not is_over:
            self._cancel.set()
            self._drop_waiting()
        self._threads.shutdown()

    def add(self, assignment: Assignment) -> None:
        """Let one more run; wait while enough others do.

        Raises:
            CancelledError: nothing more begins.
        """
        assignment.runner.hold()  # until it has ended, in whichever thread
        try:
            place = self._queued(assignment)
        except CancelledError:
            assignment.runner.release()
            raise
        self._capacity.come(place)

    def _queued(self, assignment: Assignment) -> Place:
        with self._changed:
            while len(self._waiting) >= self._at_most and not self._is_stopped():
                self._changed.wait(POLL_S)
            if self._is_stopped():
                raise CancelledError
            place = self._place_for(assignment)
            self._waiting[place] = assignment
            self._under_way += 1
            return place

    def _is_stopped(self) -> bool:
        return self._closed or self._cancel.is_set()

    def close(self) -> None:
        """Nothing more is added."""
        with self._changed:
            if not self._closed:
                self._closed = True
                self._tell_if_over()
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Ended]:
        """What came of each, as they end, until the stream is closed and empty.

        Once cancelled, it gives what came of those that were running.
        """
        while True:
            try:
                ended = self._ended.get(timeout=POLL_S)
            except queue.Empty:
                if self._cancel.is_set():
                    self.close()
                    self._drop_waiting()
                continue
            if ended is None:
                return
            yield ended

    def _place_for(self, assignment: Assignment) -> Place:
        step, quick = assignment.step, assignment.quick
        return self._capacity.place_for(
            step.hardware,
            alone=step.timed,
            turn=next(self._turns),
            expected_s=assignment.expected_s,
            ready=quick,
            in_order=quick,
            in_hand=False,
        )

    def _take_in_hand(self, place: Place) -> None:
        with self._changed:
            assignment = self._waiting.pop(place, None)
            self._changed.notify_all()
        if assignment is not None:
            self._threads.submit(self._see_through, assignment, place)

    def _see_through(self, assignment: Assignment, place: Place) -> None:
        """Do one step and say what came of it."""
        attempts = Attempts(
            first=place,
            capacity=self._capacity,
            runner=assignment.runner.get,
            announce=lambda: self._announce(assignment),
            cancel=self._cancel,
            pauses_s=self._pauses_s,
        )
        ended = None
        try:
            ended = Ended(assignment=assignment, ran=attempts.until_known(assignment.step))
        except CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001 - it is for whoever iterates to judge
            ended = Ended(assignment=assignment, error=error)
        self._end(assignment, ended)

    def _drop_waiting(self) -> None:
        with self._changed:
            dropped, self._waiting = self._waiting, {}
        for place, assignment in dropped.items():
            self._capacity.leave(place)
            self._end(assignment, None)

    def _end(self, assignment: Assignment, ended: Ended | None) -> None:
        """Hand over what came of an assignment, if anything did."""
        if ended is not None:
            self._ended.put(ended)
        try:
            assignment.runner.release()
        finally:
            with self._changed:
                self._under_way -= 1
                self._tell_if_over()

    def _tell_if_over(self) -> None:
        if self._closed and not self._under_way:
            self._ended.put(None)


def containers_ahead(host: Host) -> int:
    """How many containers may stand ready before their turn: one a core, if memory is free for them."""
    return max(1, min(host.cpus, psutil.virtual_memory().available // 2 // STANDING_BYTES))

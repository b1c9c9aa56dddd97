"""Pages of many models, made by as many processes as there are cores; those of a few are made right here."""

import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from snippet_images.errors import InfrastructureError
from verify_snippets.report import html
from verify_snippets.report.model import Report
from verify_snippets.site import pages
from verify_snippets.site.facts import Model
from verify_snippets.site.history import histories
from verify_snippets.store.records import PastRun

_FEW = 60  # pages that are made before other processes would have started
_MOST_PROCESSES = 8


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be made of one model.

    Attributes:
        model: which.
        runs: what its page draws; None where the page is there already.
        report: of its last run; None where there is none, or its page is there already.
        has_report: whether there is one.
        hub: the Hub's address.
    """

    model: Model
    runs: Sequence[PastRun] | None
    report: Report | None
    has_report: bool
    hub: str


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What was made: the texts that were asked for."""

    model: Model
    page: str | None
    report: str | None


def rendered(orders: Iterator[Order]) -> Generator[Rendered, None, None]:
    """Make what is ordered, in no certain order.

    Raises:
        InfrastructureError: a process that made pages was ended by somebody.
    """
    first = list(islice(orders, _FEW))
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)
    if len(first) < _FEW or processes == 1:
        yield from map(_make, chain(first, orders))
    else:
        yield from _made_side_by_side(chain(first, orders), processes)


def _make(order: Order) -> Rendered:
    page = None
    if order.runs is not None:
        past = histories(order.model, order.runs)
        page = pages.model(order.model, past, hub=order.hub, has_report=order.has_report)
    return Rendered(
        model=order.model, page=page, report=html.render(order.report) if order.report is not None else None
    )


def _made_side_by_side(orders: Iterator[Order], processes: int) -> Iterator[Rendered]:
    with ExitStack() as stack:
        idle = [stack.enter_context(_worker()) for _ in range(processes)]
        busy: list[Connection] = []
        for order in orders:
            if not idle:
                ready = _first_ready(busy)
                yield _answer(ready)
                busy.remove(ready)
                idle.append(ready)
            busy.append(idle.pop())
            with _alive():
                busy[-1].send(order)
        for each in busy:
            yield _answer(each)


@contextmanager
def _worker() -> Iterator[Connection]:
    """A process that makes what is sent to it, until this process closes the connection or dies."""
    context = get_context("spawn")  # the new process holds nothing of ours: no lock, no connection
    ours, its = context.Pipe()
    process = context.Process(target=_serve, args=(its,), daemon=True)
    process.start()
    its.close()
    with closing(ours):
        yield ours
    process.join()


def _serve(orders: Connection) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # whoever started us is interrupted, and closes the connection
    while True:
        try:
            orders.send(_make(orders.recv()))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _first_ready(busy: Sequence[Connection]) -> Connection:
    ready = wait(busy)[0]
    assert isinstance(ready, Connection)  # noqa: S101 - one of those given
    return ready


def _answer(worker: Connection) -> Rendered:
    with _alive():
        made = worker.recv()
    if not isinstance(made, Rendered):
        raise TypeError(type(made))
    return made


@contextmanager
def _alive() -> Iterator[None]:
    """Say so where the process at the other end is no more."""
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError) as error:
        raise InfrastructureError(
            "a process that made pages was ended",
            hint="is there enough memory? What stands there still works",
        ) from error

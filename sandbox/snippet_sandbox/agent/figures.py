"""Draws the figures that matplotlib still has open when a job's parts are over.

``plt.show()`` shows nothing where there is no display: what it would have shown is still open at the end.
Each is drawn in a process of its own, so that a figure that can't be drawn, or not in time, or not in the
memory that is left, is nothing that happens to the job. ``driver.py`` runs this file if pyplot was imported.
"""

import contextlib
import os
import resource
import signal
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

FIGURES = "/home/snippet/.verify-snippets/figures"  # where ``album.py`` looks for them
OOM_SCORE = "/proc/self/oom_score_adj"
SMALLER_DPI = 72
MORE_BYTES = 200_000_000  # of memory, for a figure: most take a tenth, and some have taken gigabytes
OPEN_FILES = 4096
POLL_S = 0.002


def keep(say: Callable[..., None], leave: BinaryIO) -> None:
    """Draw what is open, if anything is, once the host has given leave: it then counts none of it.

    Args:
        say: tells the agent when drawing begins and ends.
        leave: where the agent answers: for how many seconds, how many figures, of how many bytes at the most.
    """
    pyplot = sys.modules["matplotlib.pyplot"]
    numbers = pyplot.get_fignums()
    if not numbers:
        return
    say(figures="begin")
    try:
        seconds, most, most_bytes = leave.readline().split()
        until = time.monotonic() + float(seconds)
        for number in numbers[: int(most)]:
            _in_a_child(partial(_draw, pyplot, number, int(most_bytes)), until)
    finally:
        say(figures="end")


def _in_a_child(work: Callable[[], None], until: float) -> None:
    """Do something in a copy of this process and wait until it is done, or for as long as it may take."""
    if time.monotonic() >= until:
        return
    _lose_before(900)  # if memory runs out now, the copy goes first
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a fork beside threads, whose locks nobody in the copy may need
        child = os.fork()
    if child == 0:
        try:
            _lose_before(1000)
            work()
        finally:
            os._exit(0)
    with contextlib.suppress(ChildProcessError):  # a handler of the job's has waited for it
        _wait(child, until)


def _wait(child: int, until: float) -> None:
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if time.monotonic() >= until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(POLL_S)


def _lose_before(score: int) -> None:
    with contextlib.suppress(OSError):
        Path(OOM_SCORE).write_text(str(score))


def _draw(pyplot: Any, number: int, most_bytes: int) -> None:
    """Save a figure as ``savefig`` does by itself; if that takes too much, smaller."""
    _be_silent()
    _be_modest()
    os.makedirs(FIGURES, exist_ok=True)  # noqa: PTH103 - no matter whose pathlib it is by now
    path = f"{FIGURES}/figure-{number}.png"
    figure = pyplot.figure(number)
    with contextlib.suppress(Exception):
        figure.savefig(path)
        if os.path.getsize(path) <= most_bytes:  # noqa: PTH202 - likewise
            return
    figure.savefig(path, dpi=SMALLER_DPI)


def _be_modest() -> None:
    """Take no more memory than a figure may: what is held already, and so much more.

    Kernels that are not Linux (gVisor) may not say what is held, or know no such limit.
    """
    with open("/proc/self/status", encoding="utf-8") as status:  # noqa: PTH123 - likewise
        held_bytes = [int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:")]
    for held in held_bytes:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (held + MORE_BYTES, held + MORE_BYTES))


def _be_silent() -> None:
    """Let go of every file that the job holds open: what is said from here on nobody hears."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(3, OPEN_FILES)

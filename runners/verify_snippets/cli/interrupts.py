"""Ctrl-C and its kin: the first asks for an orderly end, the second ends at once."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from verify_snippets import exit_codes

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHOW_CURSOR = b"\x1b[?25h\n"


@contextmanager
def cancelled_by_signals(say: Callable[[str], None]) -> Iterator[threading.Event]:
    """An event that the first SIGINT, SIGTERM or SIGHUP sets. The second ends the process.

    A SIGHUP that is ignored already (``nohup``) stays ignored; a SIGINT does not, although shells ignore it
    for what they start with ``&``: whoever sends one means it. Works in the main thread only, as signal
    handlers do.

    Args:
        say: told what is going on, from a thread of its own.
    """
    cancel = threading.Event()

    def handle(number: int, _: FrameType | None) -> None:
        if cancel.is_set():
            _leave()
        cancel.set()
        # The interrupted code may be inside the screen's lock: speak from another thread.
        name = signal.Signals(number).name
        text = f"{name}: ending what runs and writing what is known; once more to leave at once"
        threading.Thread(target=say, args=(text,), daemon=True).start()

    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN or number is not signal.SIGHUP:
            signal.signal(number, handle)
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave() -> None:
    """End without any cleaning up; the next run sweeps up what this one leaves behind."""
    if sys.stderr.isatty():
        os.write(2, _SHOW_CURSOR)
    os._exit(exit_codes.INTERRUPTED)

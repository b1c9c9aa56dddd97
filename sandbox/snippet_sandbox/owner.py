"""Who made a thing that may be left behind: a mark by which a later run tells the dead from the living."""

import functools
import os
import socket
from pathlib import Path


@functools.cache
def own_mark() -> str:
    """The mark of this process: machine, process id and start time, which no later process shares."""
    return _mark(os.getpid())


def is_abandoned(mark: str) -> bool:
    """Whether the process of this mark is gone.

    Another machine's mark is never abandoned: it can't be seen from here.
    """
    machine, _, rest = mark.partition("_")
    pid = rest.partition("_")[0]
    if machine != _machine() or not pid.isdigit():
        return False
    import psutil  # as below

    try:
        return _mark(int(pid)) != mark
    except psutil.NoSuchProcess:
        return True


def _mark(pid: int) -> str:
    import psutil  # takes long to import, and what runs nothing needs no mark

    started_ms = round(psutil.Process(pid).create_time() * 1000)
    return f"{_machine()}_{pid}_{started_ms}"


@functools.cache
def _machine() -> str:
    try:
        name = Path("/etc/machine-id").read_text().strip()
    except OSError:
        name = ""
    return "".join(c for c in name or socket.gethostname() if c.isalnum())[:32]

"""Running a program of the host: bounded in time, its words heard as they come, nothing of it left behind."""

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

_TAIL_LINES = 60
_TICK_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Finished:
    """How a program ended.

    Attributes:
        returncode: its exit status; negative for a signal.
        output: the last lines that it wrote to stdout or stderr.
        timed_out: whether it was ended because it took too long.
    """

    returncode: int
    output: str
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether it ended by itself and says that all went well."""
        return self.returncode == 0 and not self.timed_out


def _ignore_line(_: str) -> None:
    return None


def _ignore_tick() -> None:
    return None


def run(
    argv: Sequence[str],
    *,
    limit_s: float,
    on_line: Callable[[str], None] = _ignore_line,
    on_tick: Callable[[], None] = _ignore_tick,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program to its end.

    Whatever ends this call (an exception in a callback, Ctrl-C), the program and its children end with it.

    Args:
        argv: the program and its arguments.
        limit_s: after so many seconds it is ended.
        on_line: called with each line of its output.
        on_tick: called about twice a second.
        environment: its environment; ours where None.

    Raises:
        OSError: it could not be started.
    """
    with subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment,
        umask=0o022,  # what is built must be readable for the users that containers run as
        start_new_session=True,
    ) as process:
        try:
            return _follow(process, limit_s, on_line, on_tick)
        finally:
            _end(process)


def _follow(
    process: subprocess.Popen[str],
    limit_s: float,
    on_line: Callable[[str], None],
    on_tick: Callable[[], None],
) -> Finished:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    end = time.monotonic() + limit_s
    next_tick = time.monotonic() + _TICK_S
    while (now := time.monotonic()) < end:
        if now >= next_tick:
            on_tick()
            next_tick = now + _TICK_S
        try:
            line = lines.get(timeout=max(0.01, next_tick - now))
        except queue.Empty:
            continue
        if line is None:
            return _ended(process, tail, limit_s=end - now)
        tail.append(line)
        on_line(line)
    return Finished(returncode=-signal.SIGKILL, output="\n".join(tail), timed_out=True)


def _ended(process: subprocess.Popen[str], tail: Iterable[str], *, limit_s: float) -> Finished:
    output = "\n".join(tail)
    try:
        return Finished(returncode=process.wait(max(1.0, limit_s)), output=output)
    except subprocess.TimeoutExpired:  # it closed its output and lives on
        return Finished(returncode=-signal.SIGKILL, output=output, timed_out=True)


def _read(stream: IO[str], lines: "queue.SimpleQueue[str | None]") -> None:
    with contextlib.suppress(ValueError):  # closed under us when the program was ended
        for line in stream:
            lines.put(line.rstrip("\n"))
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

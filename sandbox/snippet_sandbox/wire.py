"""How the host and an agent talk: lines, over whatever an engine has of a container's stdin and stdout."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Protocol

from snippet_sandbox.errors import EngineError, EngineTimeoutError
from snippet_sandbox.gpus.allocation import Grant
from snippet_sandbox.metering import Meter

START_LIMIT_S = 60.0  # from asking the engine until the agent says that it is ready
POLL_S = 0.05  # how soon a cancellation or a deadline is noticed
LINE_LIMIT_BYTES = 64_000_000  # an agent that says more in one line is no agent of ours


class Container(Protocol):
    """A started container whose agent is process 1."""

    memory_limit_bytes: int | None  # to be watched from here; None where the kernel enforces it
    own_kernel: bool  # whether its memory is that of a kernel inside, which the host can't tell apart
    root_pid: int  # on the host, of a process that all of its own descend from
    grant: Grant | None  # the GPUs that it was given
    environment: Mapping[str, str]  # what its engine adds to a job's

    def send(self, data: bytes) -> None:
        """Write to the agent's stdin; raises OSError once it is gone."""

    def receive(self, timeout_s: float) -> bytes | None:
        """Bytes from the agent's stdout; None if none came in time, empty once it is closed."""

    def meter(self) -> Meter:
        """Where this container's memory can be read."""

    def kill(self) -> None:
        """End it, with everything in it; a no-op once it has ended."""

    def oom_killed(self) -> bool:
        """Whether the engine itself saw an out-of-memory kill; asked after the end."""


class Silence(Enum):
    """Why the agent is no longer listened to."""

    LAST_WORD = auto()
    DEADLINE = auto()
    CANCELLED = auto()
    CLOSED = auto()


class Wire:
    """Cuts what an agent sends into lines."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._pending = bytearray()
        self._searched = 0  # how much of it is known to hold no end of a line: a picture's is long in coming

    def listen(self, hear: Callable[[bytes], bool], deadline: float, cancel: threading.Event) -> Silence:
        """Hand every line to ``hear`` until it returns True, or for as long as there is reason to.

        Raises:
            EngineError: a line without an end.
        """
        while True:
            while (end := self._pending.find(b"\n", self._searched)) >= 0:
                line = bytes(self._pending[:end])
                del self._pending[: end + 1]
                self._searched = 0
                if hear(line):
                    return Silence.LAST_WORD
            self._searched = len(self._pending)
            if cancel.is_set():
                return Silence.CANCELLED
            if time.monotonic() >= deadline:
                return Silence.DEADLINE
            data = self._container.receive(POLL_S)
            if data == b"":
                return Silence.CLOSED
            self._pending += data or b""
            if len(self._pending) > LINE_LIMIT_BYTES:
                raise EngineError(
                    "the container's agent sent a line without an end", hint="please report this"
                )


def wait_until_ready(wire: Wire, cancel: threading.Event) -> str:
    """Wait for the agent; return the container's Python version, empty if cancelled.

    Raises:
        EngineTimeoutError: it did not come up in time.
        EngineError: it ended, or said something else.
    """
    said: list[bytes] = []

    def hear(line: bytes) -> bool:
        said.append(line)
        return True

    silence = wire.listen(hear, time.monotonic() + START_LIMIT_S, cancel)
    if silence is Silence.CANCELLED:
        return ""
    if silence is Silence.DEADLINE:
        raise EngineTimeoutError(f"the container was not ready after {START_LIMIT_S:.0f} s")
    if silence is Silence.CLOSED:
        raise EngineError("the container ended before its agent was ready")
    try:
        return str(json.loads(said[0])["ready"]["python"])
    except (ValueError, KeyError, TypeError) as error:
        text = said[0].decode(errors="replace")[:300]
        raise EngineError(f"the container did not start its agent: {text}") from error

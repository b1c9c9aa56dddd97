"""The host's end of the conversation with an agent: one job, from handing it in to its measurement.

Engines start containers in their own ways; from there on all of them come through here.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, auto
from typing import Any, Protocol

from snippet_sandbox.environment import environment_of
from snippet_sandbox.errors import EngineError, EngineTimeoutError
from snippet_sandbox.failure import Facts, ending
from snippet_sandbox.job import Again, Ending, Job, Measurement, Memory, PartError, PartMeasurement, Repeat
from snippet_sandbox.metering import Meter, Sampler, counted_from
from snippet_sandbox.removal import Removals

START_LIMIT_S = 60.0  # from asking the engine until the agent says that it is ready
LAST_WORD_S = 5.0  # from telling an agent to stop until it has said how the job ended
POLL_S = 0.05  # how soon a cancellation or a deadline is noticed
LINE_LIMIT_BYTES = 64_000_000  # an agent that says more in one line is no agent of ours


class Container(Protocol):
    """A started container whose agent is process 1."""

    memory_limit_bytes: int | None  # to be watched from here; None where the kernel enforces it
    own_kernel: bool  # whether its memory is that of a kernel inside, which the host can't tell apart

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


@dataclass(frozen=True, kw_only=True)
class _Preload:
    """What was imported ahead of the job.

    Attributes:
        seconds: how long the imports took; None if there were none.
        done_s: when the process was ready for its parts, in seconds since the job was handed in.
    """

    seconds: float | None = None
    done_s: float = 0.0

    @property
    def correction_s(self) -> float:
        """What to add to a time since the handing-in, so that it counts the imports once and in full."""
        return 0.0 if self.seconds is None else self.seconds - self.done_s


@dataclass
class _Heard:
    """What the agent has said so far."""

    nonce: str
    preload: _Preload = _Preload()
    head: dict[str, bytearray] = field(default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()})
    begun: dict[str, float] = field(default_factory=dict)
    done: dict[str, tuple[float, str, dict[str, Any] | None]] = field(default_factory=dict)
    again_at: float | None = None
    repeats: list[Repeat] = field(default_factory=list)
    end: dict[str, Any] | None = None

    def hear(self, line: bytes) -> bool:
        """Take in one line; anything without the nonce was not said by the agent.

        Returns:
            Whether it was the agent's last word.
        """
        prefix, _, body = line.partition(b" ")
        if prefix.decode(errors="replace") != self.nonce:
            return False
        message = json.loads(body)
        if "output" in message:
            self.head[message["output"]] += base64.b64decode(message["data"])
        elif "preloaded" in message and not self.begun:
            self.preload = _Preload(seconds=float(message["preloaded"]), done_s=float(message["at"]))
        elif "part" in message and message["state"] == "started":
            self.begun[message["part"]] = message["at"]
        elif "part" in message:
            self.done[message["part"]] = (message["at"], message["state"], message.get("error"))
        elif "again" in message:
            self._hear_again(message)
        elif "end" in message:
            self.end = message["end"]
        return self.end is not None

    def _hear_again(self, message: dict[str, Any]) -> None:
        if message["again"] == "started":
            self.again_at = float(message["at"])
        elif self.again_at is not None:
            seconds, tokens = float(message["at"]) - self.again_at, message.get("tokens")
            self.again_at = None
            self.repeats.append(Repeat(seconds=seconds, tokens=None if tokens is None else int(tokens)))


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

    def listen(self, hear: Callable[[bytes], bool], deadline: float, cancel: threading.Event) -> Silence:
        """Hand every line to ``hear`` until it returns True, or for as long as there is reason to.

        Raises:
            EngineError: a line without an end.
        """
        while True:
            *lines, rest = self._pending.split(b"\n")
            self._pending = bytearray(rest)
            for number, line in enumerate(lines):
                if hear(bytes(line)):
                    self._pending = bytearray(b"\n".join([*lines[number + 1 :], rest]))
                    return Silence.LAST_WORD
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


@dataclass(frozen=True, kw_only=True)
class _Watched:
    """What was seen of a job from outside, beside what its agent said.

    Attributes:
        silence: why it was no longer listened to.
        duration_s: from handing it in until then, stopping it included.
        memory: peaks.
        oom_kills: by the kernel.
        over_memory: our own watcher ended it.
    """

    silence: Silence
    duration_s: float
    memory: Memory
    oom_kills: int
    over_memory: bool


class Supervised:
    """A started container with one job before it: ``Standing``, as all engines have it.

    Args:
        started: starts the container on entering, its agent not yet spoken to, and removes it on leaving.
        job: what it will run.
        asked_at: ``time.monotonic()`` when the engine was asked.
        image: the image's full name, for the measurement.
        removals: by which the container goes once its job has ended.
        cancel: stops waiting for the agent.

    Raises:
        EngineError: the container did not come up.
    """

    def __init__(
        self,
        started: AbstractContextManager[Container],
        job: Job,
        *,
        asked_at: float,
        image: str,
        removals: Removals,
        cancel: threading.Event | None = None,
    ) -> None:
        self._job = job
        self._image = image
        self._removals = removals
        with ExitStack() as stack:
            self._container = stack.enter_context(started)
            self._wire = Wire(self._container)
            self._python_version = wait_until_ready(self._wire, cancel or threading.Event())
            self._start_s = time.monotonic() - asked_at
            self._meter = self._container.meter()
            stack.callback(self._meter.close)
            self._resting = self._meter.read()  # of the agent alone
            if job.parts:
                _send(self._container, _ahead_line(job))
            self._holding = stack.pop_all()

    def run(self, *, cancel: threading.Event | None = None) -> Measurement:
        """See ``Standing``."""
        with self._holding.pop_all() as stack:
            measurement = self._run(cancel or threading.Event())
            self._removals.begin(stack.pop_all())
            return measurement

    def close(self) -> None:
        """See ``Standing``."""
        self._holding.close()

    def _run(self, cancel: threading.Event) -> Measurement:
        heard = _Heard(secrets.token_hex(16))
        watched = self._watch(heard, cancel)
        how = ending(_facts(watched, heard))
        if how is Ending.VANISHED and self._job.parts and not heard.begun:
            raise EngineError("the container ended before the job had begun")
        end = heard.end or {}
        correction_s = heard.preload.correction_s
        duration_s = float(end.get("at", watched.duration_s)) + correction_s
        return Measurement(
            ending=how,
            exit_code=end.get("exit_code"),
            signal=end.get("signal"),
            parts=tuple(_parts(self._job, heard, watched.duration_s)),
            start_s=self._start_s,
            duration_s=duration_s,
            preload_s=heard.preload.seconds,
            stdout=_output("stdout", heard),
            stderr=_output("stderr", heard),
            stdout_bytes=int(end.get("stdout_bytes", len(heard.head["stdout"]))),
            stderr_bytes=int(end.get("stderr_bytes", len(heard.head["stderr"]))),
            memory=_by_the_jobs_clock(watched.memory, correction_s, duration_s),
            repeats=_repeats(self._job.again, heard),
            modules=tuple(end.get("modules", ())),
            image=self._image,
            python_version=self._python_version,
        )

    def _watch(self, heard: _Heard, cancel: threading.Event) -> _Watched:
        """Hand the job in, listen to its agent and sample its memory until the end; then it is over."""
        container = self._container
        began = time.monotonic()
        with Sampler(
            self._meter,
            resting=self._resting,
            limit_bytes=container.memory_limit_bytes,
            over_limit=container.kill,
        ) as sampler:
            _send(container, _job_line(self._job, heard.nonce))
            silence = self._wire.listen(heard.hear, began + self._job.time_limit_s, cancel)
            if silence in (Silence.DEADLINE, Silence.CANCELLED):
                _stop(container, self._wire, heard)
            duration_s = time.monotonic() - began
            memory = _told_apart(sampler.stop(), container)
            oom_kills = self._meter.oom_kills() or 0  # while the agent waits: the cgroup ends with it
            if heard.end is None:
                container.kill()
                oom_kills = oom_kills or int(container.oom_killed())
        return _Watched(
            silence=silence,
            duration_s=duration_s,
            memory=memory,
            oom_kills=oom_kills,
            over_memory=sampler.over,
        )


def _ahead_line(job: Job) -> bytes:
    message = {
        "preload": list(job.preload),
        "environment": environment_of(job),
        "python": str(job.python),
    }
    return json.dumps(message).encode() + b"\n"


def _by_the_jobs_clock(memory: Memory, shift_s: float, end_s: float) -> Memory:
    """Its course in the seconds that the measurement counts: imports that were done ahead come first."""
    if not memory.timeline:
        return memory
    return replace(memory, timeline=counted_from(memory.timeline, shift_s=shift_s, end_s=end_s))


def _told_apart(memory: Memory, container: Container) -> Memory:
    """What is known of each kind of memory: nothing but the sum, where a kernel inside holds it all."""
    if not container.own_kernel:
        return memory
    method = f"{memory.method}; all of the sandbox, with a kernel of its own: kinds can't be told apart"
    return Memory(cgroup_bytes=memory.cgroup_bytes, method=method)


def _facts(watched: _Watched, heard: _Heard) -> Facts:
    return Facts(
        cancelled=watched.silence is Silence.CANCELLED,
        past_deadline=watched.silence is Silence.DEADLINE,
        oom_kills=watched.oom_kills,
        over_memory=watched.over_memory,
        heard_end=heard.end is not None,
        signal=heard.end["signal"] if heard.end else None,
    )


def _job_line(job: Job, nonce: str) -> bytes:
    parts = [
        {"name": p.name, "source": p.source, "filename": p.filename, "first_line": p.first_line}
        for p in job.parts
    ]
    message = {
        "nonce": nonce,
        "parts": parts,
        "environment": environment_of(job),
        "python": str(job.python),
        "output_limit_bytes": job.output_limit_bytes,
        **({"command": list(job.command)} if job.command else {}),
        **({"again": asdict(job.again)} if job.again else {}),
    }
    return json.dumps(message).encode() + b"\n"


def _send(container: Container, data: bytes) -> None:
    try:
        container.send(data)
    except OSError as error:
        raise EngineError(f"the container ended before it took its job: {error}") from error


def _stop(container: Container, wire: Wire, heard: _Heard) -> None:
    """Tell the agent to end the job; a container that doesn't listen is ended by the caller."""
    try:
        container.send(b"stop\n")
    except OSError:
        return
    wire.listen(heard.hear, time.monotonic() + LAST_WORD_S, threading.Event())


def _parts(job: Job, heard: _Heard, ended_s: float) -> Iterator[PartMeasurement]:
    """What is known of each part; imports done ahead count for the first, whose they are."""
    ahead_s = heard.preload.seconds or 0.0
    for part in job.parts:
        if part.name not in heard.begun:
            yield PartMeasurement(name=part.name)
            continue
        at, state, error = heard.done.get(part.name, (ended_s, "unfinished", None))
        yield PartMeasurement(
            name=part.name,
            started=True,
            completed=state == "completed",
            duration_s=max(0.0, at - heard.begun[part.name]) + ahead_s,
            error=_error(error) if error else None,
        )
        ahead_s = 0.0


def _repeats(again: Again | None, heard: _Heard) -> tuple[Repeat, ...]:
    return tuple(heard.repeats[: again.times]) if again else ()


def _error(said: Mapping[str, Any]) -> PartError:
    line = said.get("line")
    return PartError(
        type=str(said.get("type", "")),
        message=str(said.get("message", "")),
        line=line if isinstance(line, int) else None,
        traceback=str(said.get("traceback", "")),
        chain=tuple(str(name) for name in said.get("chain", ())),
    )


def _output(name: str, heard: _Heard) -> str:
    """One stream, with the cut in its middle marked."""
    head = bytes(heard.head[name])
    if heard.end is None:
        return head.decode(errors="replace")
    tail = base64.b64decode(heard.end.get(f"{name}_tail", ""))
    cut = int(heard.end.get(f"{name}_bytes", 0)) - len(head) - len(tail)
    mark = f"\n[... {cut:,} bytes cut ...]\n" if cut > 0 else ""
    return head.decode(errors="replace") + mark + tail.decode(errors="replace")

"""The host's end of the conversation with an agent: one job, from handing it in to its measurement.

Engines start containers in their own ways; from there on all of them come through here.
"""

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, replace

from snippet_sandbox.environment import environment_of
from snippet_sandbox.errors import EngineError
from snippet_sandbox.failure import Facts, ending
from snippet_sandbox.heard import Heard, output_of, parts_of, repeats_of
from snippet_sandbox.job import (
    PICTURE_BYTES,
    PICTURES,
    Ending,
    GpuMemory,
    Job,
    Measurement,
    Memory,
    Picture,
)
from snippet_sandbox.metering import GpuSampler, Sampler, counted_from
from snippet_sandbox.pictures import Album
from snippet_sandbox.removal import Removals
from snippet_sandbox.stretches import Stretches
from snippet_sandbox.wire import Container, Silence, Wire, wait_until_ready

LAST_WORD_S = 5.0  # from telling an agent to stop until it has said how the job ended
DRAWING_S = 10.0  # for all figures that a job has left open
DRAWING_BYTES = 256_000_000  # that drawing one may take and does not count as the job's: see agent/figures.py
ALBUM_S = 5.0  # for the agent to find and send what a job has drawn


@dataclass(frozen=True, kw_only=True)
class _Watched:
    """What was seen of a job from outside, beside what its agent said.

    Attributes:
        silence: why it was no longer listened to.
        duration_s: from handing it in until then, stopping it included.
        memory: peaks.
        oom_kills: by the kernel.
        over_memory: our own watcher ended it.
        gpu: peaks of GPU memory; None where it was given none.
        over_gpu_memory: our own watcher ended it for that.
        pictures: what it drew.
        part_peaks: the most anonymous memory while each cell of a notebook ran, by its part's name.
    """

    silence: Silence
    duration_s: float
    memory: Memory
    oom_kills: int
    over_memory: bool
    gpu: GpuMemory | None
    over_gpu_memory: bool
    pictures: tuple[Picture, ...]
    part_peaks: Mapping[str, int]


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
                _send(self._container, _ahead_line(job, self._container))
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
        heard = Heard(secrets.token_hex(16))
        watched = self._watch(heard, cancel)
        how = ending(_facts(watched, heard))
        if how is Ending.VANISHED and self._job.parts and not heard.taken:
            raise EngineError("the container ended before the job had begun")
        if self._job.kernel and not heard.begun and how in (Ending.EXITED, Ending.SIGNALED):
            why = _last_line(output_of("stderr", heard))
            raise EngineError(f"the notebook's kernel did not start: {why}")
        end = heard.end or {}
        correction_s = heard.preload.correction_s
        duration_s = float(end.get("at", watched.duration_s)) + correction_s
        return Measurement(
            ending=how,
            exit_code=end.get("exit_code"),
            signal=end.get("signal"),
            parts=tuple(parts_of(self._job, heard, watched.duration_s, watched.part_peaks)),
            start_s=self._start_s,
            duration_s=duration_s,
            preload_s=heard.preload.seconds,
            stdout=output_of("stdout", heard),
            stderr=output_of("stderr", heard),
            stdout_bytes=int(end.get("stdout_bytes", len(heard.head["stdout"]))),
            stderr_bytes=int(end.get("stderr_bytes", len(heard.head["stderr"]))),
            memory=_by_the_jobs_clock(watched.memory, correction_s, duration_s),
            gpu=_gpu_memory(watched.gpu, heard),
            pictures=self._all_pictures(watched, heard),
            repeats=repeats_of(self._job.again, heard),
            modules=tuple(end.get("modules", ())),
            image=self._image,
            python_version=self._python_version,
        )

    def _all_pictures(self, watched: _Watched, heard: Heard) -> tuple[Picture, ...]:
        """Those that cells showed, then those that lie in files, as many as are kept."""
        shown = [picture for part in self._job.parts for picture in heard.cells.pictures(part.name)]
        return (*shown, *watched.pictures)[:PICTURES]

    def _watch(self, heard: Heard, cancel: threading.Event) -> _Watched:
        """Hand the job in, listen to its agent and sample its memory until the end; then it is over."""
        container = self._container
        began = time.monotonic()
        stretches = Stretches()
        with (
            _gpus_watched(container) as gpus,
            Sampler(
                self._meter,
                resting=self._resting,
                limit_bytes=container.memory_limit_bytes,
                over_limit=container.kill,
            ) as sampler,
        ):
            _send(container, _job_line(self._job, container, heard.nonce, gpus))
            silence = self._listen(heard, sampler, cancel, stretches)
            if silence in (Silence.DEADLINE, Silence.CANCELLED):
                _stop(container, self._wire, heard)
            duration_s = time.monotonic() - began
            stretches.note(heard, sampler)
            memory = _told_apart(sampler.stop(), container)
            gpu = gpus.stop() if gpus else None
            oom_kills = self._meter.oom_kills() or 0  # while the agent waits: the cgroup ends with it
            if heard.end is None:
                container.kill()
                oom_kills = oom_kills or int(container.oom_killed())
        may_send = bool(heard.end and heard.end.get("left")) and silence is not Silence.CANCELLED
        return _Watched(
            silence=silence,
            duration_s=duration_s,
            memory=memory,
            oom_kills=oom_kills,
            over_memory=sampler.over,
            gpu=gpu,
            over_gpu_memory=bool(gpus and gpus.over),
            pictures=self._pictures(heard, cancel) if may_send else (),
            part_peaks=stretches.peaks if memory.anonymous_bytes is not None else {},
        )

    def _listen(
        self, heard: Heard, sampler: Sampler, cancel: threading.Event, stretches: Stretches
    ) -> Silence:
        """Listen until the job's process has ended, or for as long as it may take.

        Figures that it left open are drawn in its last moment; what that takes is none of the job's memory,
        nor of its time.
        """
        deadline = time.monotonic() + self._job.time_limit_s
        granted_s = stopped_at = 0.0

        def hear(line: bytes) -> bool:
            wants_more = heard.hear(line)
            if self._job.kernel:
                stretches.note(heard, sampler)
            return wants_more

        while True:
            silence = self._wire.listen(hear, deadline, cancel)
            if silence is not Silence.LAST_WORD or heard.end is not None:
                return silence
            now = time.monotonic()
            if heard.figures == "begin":
                sampler.leave_out(DRAWING_BYTES)
                granted_s, stopped_at = max(0.0, min(DRAWING_S, deadline - now)), now
                self._wish(f"draw {granted_s:.3f} {PICTURES} {PICTURE_BYTES}")
                deadline += granted_s
            else:
                sampler.leave_out(0)
                deadline -= max(0.0, granted_s - (now - stopped_at))

    def _pictures(self, heard: Heard, cancel: threading.Event) -> tuple[Picture, ...]:
        """What the job drew, as far as its agent can still tell; everything else of it is known by now."""
        album = Album()
        self._wish(f"pictures {PICTURES} {PICTURE_BYTES}")
        with contextlib.suppress(EngineError, ValueError):
            deadline = time.monotonic() + ALBUM_S
            self._wire.listen(lambda line: album.hear(heard.read(line)), deadline, cancel)
        return tuple(album.pictures)

    def _wish(self, words: str) -> None:
        """Tell the agent something; one that is gone is noticed where it is listened to."""
        with contextlib.suppress(OSError):
            self._container.send(words.encode() + b"\n")


def _gpus_watched(container: Container) -> AbstractContextManager[GpuSampler | None]:
    if container.grant is None:
        return contextlib.nullcontext()
    return GpuSampler(container.grant, root_pid=container.root_pid, over_cap=container.kill)


def _gpu_memory(seen: GpuMemory | None, heard: Heard) -> GpuMemory | None:
    """What the host saw, and what torch says of itself beside it."""
    if seen is None:
        return None
    said = heard.gpu
    return replace(seen, reserved_bytes=said.get("reserved"), allocated_bytes=said.get("allocated"))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _of_container(container: Container) -> dict[str, str]:
    """What a job's environment has by its container: of the engine, and for the GPUs that it was given."""
    return {**(container.grant.environment if container.grant else {}), **container.environment}


def _ahead_line(job: Job, container: Container) -> bytes:
    message = {
        "preload": list(job.imports) if job.preload else [],
        "kernel": job.kernel,
        "environment": environment_of(job, _of_container(container)),
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


def _facts(watched: _Watched, heard: Heard) -> Facts:
    return Facts(
        cancelled=watched.silence is Silence.CANCELLED,
        past_deadline=watched.silence is Silence.DEADLINE,
        oom_kills=watched.oom_kills,
        over_memory=watched.over_memory,
        over_gpu_memory=watched.over_gpu_memory,
        heard_end=heard.end is not None,
        signal=heard.end["signal"] if heard.end else None,
    )


def _job_line(job: Job, container: Container, nonce: str, gpus: GpuSampler | None) -> bytes:
    message = {
        "nonce": nonce,
        "parts": [asdict(part) for part in job.parts],
        "environment": environment_of(job, _of_container(container)),
        "python": str(job.python),
        "output_limit_bytes": job.output_limit_bytes,
        **({"command": list(job.command)} if job.command else {}),
        **({"imports": list(job.imports)} if job.imports and not job.preload else {}),
        **({"again": asdict(job.again)} if job.again else {}),
        **({"gpu": _told_of(gpus)} if gpus else {}),
    }
    return json.dumps(message).encode() + b"\n"


def _told_of(gpus: GpuSampler) -> dict[str, int | None]:
    """What a driver holds libraries to; all caps of a job are its profile's share, and one number will do."""
    return {
        "limit_bytes": min(gpus.grant.caps.values(), default=None),
        "before_bytes": max(gpus.before.values(), default=0),
    }


def _send(container: Container, data: bytes) -> None:
    try:
        container.send(data)
    except OSError as error:
        raise EngineError(f"the container ended before it took its job: {error}") from error


def _stop(container: Container, wire: Wire, heard: Heard) -> None:
    """Tell the agent to end the job; a container that doesn't listen is ended by the caller."""
    try:
        container.send(b"stop\n")
    except OSError:
        return
    wire.listen(heard.hear_end, time.monotonic() + LAST_WORD_S, threading.Event())

"""What the sandbox is asked to run, and what it saw. A job has never heard of cards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from snippet_sandbox.profile import Profile

IMAGE_PYTHON = PurePosixPath("/opt/venv/bin/python")
DEFAULT_TIME_LIMIT_S = 600.0
DEFAULT_OUTPUT_LIMIT_BYTES = 1_000_000
MediaType = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]
TIMELINE_POINTS = 240
PICTURES, PICTURE_BYTES = 8, 2_000_000  # how many of a job's pictures are kept, and how big each may be


@dataclass(frozen=True, kw_only=True)
class Mount:
    """A file or folder of the host that the job sees at ``target``, read-only unless said otherwise."""

    source: Path
    target: PurePosixPath
    writable: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """Python code that runs in the job's one process, after the parts before it and in their namespace.

    Attributes:
        name: what measurements call it; unique in its job.
        source: the code.
        filename: the document that tracebacks name.
        first_line: the document's line that holds the first line of ``source``, 1-based.
        echoes: print the value of every expression that stands alone, as an interactive session does.
    """

    name: str
    source: str
    filename: str = "snippet.py"
    first_line: int = 1
    echoes: bool = False


@dataclass(frozen=True, kw_only=True)
class Again:
    """What is run again once the last part has come to its end, so that it can be timed warm.

    Attributes:
        first_line: the document's line from which the last part's statements are run again, 1-based.
        times: how often.
        within_s: no further time once so much has gone into them.
    """

    first_line: int
    times: int
    within_s: float


@dataclass(frozen=True, kw_only=True)
class Job:
    """One fresh container: either Python ``parts`` in one process, or a ``command``.

    Attributes:
        image: name of an image in ``snippet_images.catalogue.IMAGES``.
        profile: the hardware to run under.
        parts: Python code, run in order in one process. Exclusive with ``command``.
        kernel: whether the parts are cells of a notebook, which an IPython kernel runs: ``!`` and ``%`` lines
            and a last expression's value work as they do there.
        command: a program and its arguments. Exclusive with ``parts``.
        environment: variables added to the container's own small set.
        mounts: what of the host can be seen.
        gateway_dir: the folder that holds the gateway's socket; None for no way out at all.
        time_limit_s: wall time from the moment the container is started.
        output_limit_bytes: how much of stdout, and of stderr, is kept.
        python: the container's Python that runs the parts: the image's own, or that of a layer upon it.
        imports: import statements with which the first part begins. They are run before it, in the same
            process, while Python looks for garbage among young objects only: what libraries make stays.
        preload: whether a container that waits for its job runs its imports meanwhile.
        again: what of the last part is run again; None to run nothing twice.
        run_id: labels everything that the engine makes for this job.
    """

    image: str
    profile: Profile
    parts: tuple[Part, ...] = ()
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    gateway_dir: Path | None = None
    time_limit_s: float = DEFAULT_TIME_LIMIT_S
    output_limit_bytes: int = DEFAULT_OUTPUT_LIMIT_BYTES
    python: PurePosixPath = IMAGE_PYTHON
    imports: tuple[str, ...] = ()
    preload: bool = False
    again: Again | None = None
    kernel: bool = False
    run_id: str = ""

    def __post_init__(self) -> None:
        if bool(self.parts) == bool(self.command):
            raise ValueError("a job has either parts or a command")
        if self.imports and not self.parts:
            raise ValueError("only a job with parts can have its imports done before")
        if self.again and not self.parts:
            raise ValueError("only a job with parts can be run again")
        if self.kernel and (not self.parts or self.imports or self.again):
            raise ValueError("a kernel runs parts, without imports before them and not again")


class Ending(StrEnum):
    """How a job came to its end, as the host saw it."""

    EXITED = "exited"  # the process ended by itself; see exit_code
    SIGNALED = "signaled"  # a signal ended the process; see signal
    TIME_LIMIT = "time-limit"  # we ended it
    MEMORY_LIMIT = "memory-limit"  # the kernel, or our watcher, ended it for its memory
    GPU_MEMORY_LIMIT = "gpu-memory-limit"  # our watcher ended it for its GPU memory
    VANISHED = "vanished"  # the container ended and its agent never said how
    CANCELLED = "cancelled"  # the user interrupted


@dataclass(frozen=True, kw_only=True)
class PartError:
    """The exception that ended a part.

    Attributes:
        type: the exception's qualified name without ``builtins.``.
        message: ``str(exception)``.
        line: the document's line where the part's own code was, or None.
        traceback: as Python prints it, without the agent's own frames.
        chain: types of the exceptions it was raised from, nearest first.
    """

    type: str
    message: str
    line: int | None = None
    traceback: str = ""
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartMeasurement:
    """What happened to one part.

    Attributes:
        name: the part's name.
        started: whether it was begun.
        completed: whether it ran to its last line; an error or an early exit leaves it False.
        duration_s: wall time; None if it was not begun. Imports that were done ahead count.
        error: the exception that ended it, if one did.
        peak_anonymous_bytes: the highest anonymous memory of the job while it ran; None if it wasn't looked
            at part by part, which it is in a kernel.
        stdout: what it printed, where that is known part by part, as it is in a kernel.
        stderr: likewise.
        outputs: what it gave, as nbformat 4 has a cell's outputs; bounded, and none without a kernel.
        pictures: those among them.
    """

    name: str
    started: bool = False
    completed: bool = False
    duration_s: float | None = None
    error: PartError | None = None
    peak_anonymous_bytes: int | None = None
    stdout: str = ""
    stderr: str = ""
    outputs: tuple[Mapping[str, Any], ...] = ()
    pictures: "tuple[Picture, ...]" = ()


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """One more run of what ``Job.again`` asks for.

    Attributes:
        seconds: wall time, by the clock of the agent's side.
        tokens: how many new ones transformers generated meanwhile, one sequence at a time; None if it did
            not, or if they can't be counted.
    """

    seconds: float
    tokens: int | None = None


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Peaks over the job's life, in bytes; None where it could not be seen.

    Attributes:
        anonymous_bytes: memory of the processes that no file backs: what a user must have.
        file_bytes: page cache and memory-mapped files, tmpfs included.
        cgroup_bytes: the cgroup's own high-water mark, everything included.
        method: where the numbers come from.
        timeline: seconds of ``Measurement.duration_s`` and anonymous bytes then, from nothing at 0 to the
            end: of each stretch the highest, at most ``TIMELINE_POINTS``. Nothing was read while imports
            were done ahead: they are the way from the first point to the second.
    """

    anonymous_bytes: int | None = None
    file_bytes: int | None = None
    cgroup_bytes: int | None = None
    method: str = ""
    timeline: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class GpuMemory:
    """Peaks of GPU memory over the job's life, in bytes, all of its GPUs together; None where not seen.

    Attributes:
        used_bytes: of the job's processes, as the driver counts it (NVML): contexts and libraries included.
        reserved_bytes: what torch's allocator held, as torch says.
        allocated_bytes: what tensors took of that, as torch says.
        method: where ``used_bytes`` comes from.
        models: the name of each GPU that the job was given.
        driver: version of the driver.
        cuda: the newest CUDA version that the driver serves.
    """

    used_bytes: int | None = None
    reserved_bytes: int | None = None
    allocated_bytes: int | None = None
    method: str = ""
    models: tuple[str, ...] = ()
    driver: str = ""
    cuda: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that a job made.

    Attributes:
        name: the file's name, or one of ours for a figure that was left open; no folder.
        media_type: as its first bytes say.
        data: its bytes.
    """

    name: str
    media_type: MediaType
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What the sandbox saw of one job.

    Attributes:
        ending: how it ended, as the host saw it.
        exit_code: of the job's process; None if a signal ended it or nobody could see.
        signal: name of the signal that ended it, such as ``SIGSEGV``.
        parts: one for each part of the job, in order; empty for a command.
        start_s: from asking the engine until the container was ready for the job.
        duration_s: from then until the job's process had ended; of a preloaded one, as if it had begun
            with its imports: ``preload_s`` and what came after.
        preload_s: how long the imports took that were done ahead; None if none were.
        stdout: decoded as UTF-8, at most the job's limit; the cut is marked in the text.
        stderr: likewise.
        stdout_bytes: how much was written, kept or not.
        stderr_bytes: likewise.
        memory: peaks.
        gpu: peaks of GPU memory; None where the job was given no GPU.
        pictures: what it drew, as far as it is kept.
        repeats: of what was run again; the one that did not come to its end, and those after it, are missing.
        modules: top-level modules that were imported when the process ended.
        image: the image's full name, with its content key.
        python_version: of the container.
    """

    ending: Ending
    exit_code: int | None = None
    signal: str | None = None
    parts: tuple[PartMeasurement, ...] = ()
    start_s: float = 0.0
    duration_s: float = 0.0
    preload_s: float | None = None
    stdout: str = ""
    stderr: str = ""
    stdout_bytes: int = 0
    stderr_bytes: int = 0
    memory: Memory = field(default_factory=Memory)
    gpu: GpuMemory | None = None
    pictures: tuple[Picture, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    modules: tuple[str, ...] = ()
    image: str = ""
    python_version: str = ""

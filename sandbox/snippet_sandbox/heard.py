"""What an agent has said of a job, line by line, and what a measurement makes of it. Pure."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from snippet_sandbox.cells import Cells
from snippet_sandbox.job import Again, Job, PartError, PartMeasurement, Repeat

MOST_GPU_BYTES = 1 << 50  # more than any host's GPUs have together


@dataclass(frozen=True, kw_only=True)
class Preload:
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
class Heard:
    """What the agent has said so far.

    Attributes:
        nonce: that its lines begin with.
        preload: what was imported ahead.
        taken: whether it had the job; what went wrong before is not the job's doing.
        head: the beginnings of both streams.
        begun: the parts that began, and when.
        done: the parts that came to an end: when, how, and by which error.
        repeats: what was run again.
        gpu: the most of GPU memory that torch says it had, in bytes: ``reserved`` and ``allocated``.
        figures: how far the drawing of open figures is: None, ``begin``, ``end``.
        end: its last word of the job's process.
    """

    nonce: str
    preload: Preload = Preload()
    taken: bool = False
    head: dict[str, bytearray] = field(default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()})
    begun: dict[str, float] = field(default_factory=dict)
    done: dict[str, tuple[float, str, dict[str, Any] | None]] = field(default_factory=dict)
    cells: Cells = field(default_factory=Cells)
    repeats: list[Repeat] = field(default_factory=list)
    gpu: dict[str, int] = field(default_factory=dict)
    figures: str | None = None
    end: dict[str, Any] | None = None
    _again_at: float | None = None

    def read(self, line: bytes) -> dict[str, Any]:
        """What a line says; nothing if it lacks the nonce: then it was not said by the agent."""
        prefix, _, body = line.partition(b" ")
        if prefix.decode(errors="replace") != self.nonce:
            return {}
        message: dict[str, Any] = json.loads(body)
        return message

    def hear(self, line: bytes) -> bool:
        """Take in one line.

        Returns:
            Whether there is something to do: figures begin or end to be drawn, or the job's process ended.
        """
        message = self.read(line)
        if "output" in message:
            self.head[message["output"]] += base64.b64decode(message["data"])
        elif "preloaded" in message and not self.begun:
            self.preload = Preload(seconds=float(message["preloaded"]), done_s=float(message["at"]))
        elif "part" in message and message["state"] == "started":
            self.begun[message["part"]] = message["at"]
        elif "part" in message:
            self.done[message["part"]] = (message["at"], message["state"], message.get("error"))
        elif "output_of" in message or "printed_by" in message:
            self.cells.hear(message)
        elif "taken" in message:
            self.taken = True
        elif "again" in message or "gpu" in message:
            self._hear_aside(message)
        elif "figures" in message:
            return self._hear_figures(message["figures"])
        elif "end" in message:
            self.end = message["end"]
        return self.end is not None

    def hear_end(self, line: bytes) -> bool:
        """Take in one line; whether the job's process has ended."""
        self.hear(line)
        return self.end is not None

    def _hear_aside(self, message: dict[str, Any]) -> None:
        if "gpu" in message:
            self._hear_gpu(message["gpu"])
        elif message["again"] == "started":
            self._again_at = float(message["at"])
        elif self._again_at is not None:
            seconds, tokens = float(message["at"]) - self._again_at, message.get("tokens")
            self._again_at = None
            self.repeats.append(Repeat(seconds=seconds, tokens=None if tokens is None else int(tokens)))

    def _hear_gpu(self, peaks: Mapping[str, Any]) -> None:
        """A part may have had torch forget the peaks of those before it, or say what no GPU has."""
        for name in ("reserved", "allocated"):
            said = int(peaks[name])
            if 0 <= said <= MOST_GPU_BYTES:
                self.gpu[name] = max(self.gpu.get(name, 0), said)

    def _hear_figures(self, state: str) -> bool:
        """They are drawn once; more than that can't be true."""
        if state != {None: "begin", "begin": "end"}.get(self.figures):
            return False
        self.figures = state
        return True


def parts_of(
    job: Job, heard: Heard, ended_s: float, peaks: Mapping[str, int] | None = None
) -> Iterator[PartMeasurement]:
    """What is known of each part; imports done ahead count for the first, whose they are.

    Args:
        job: whose parts.
        heard: what the agent said.
        ended_s: when the job was over.
        peaks: the most anonymous memory while a part ran, by its name, where that was looked at.
    """
    ahead_s = heard.preload.seconds or 0.0
    for part in job.parts:
        if part.name not in heard.begun:
            yield PartMeasurement(name=part.name)
            continue
        stdout, stderr = heard.cells.printed.get(part.name, ("", ""))
        at, state, error = heard.done.get(part.name, (ended_s, "unfinished", None))
        yield PartMeasurement(
            name=part.name,
            started=True,
            completed=state == "completed",
            duration_s=max(0.0, at - heard.begun[part.name]) + ahead_s,
            error=_error(error) if error else None,
            peak_anonymous_bytes=(peaks or {}).get(part.name),
            stdout=stdout,
            stderr=stderr,
            outputs=tuple(heard.cells.outputs.get(part.name, ())),
            pictures=heard.cells.pictures(part.name),
        )
        ahead_s = 0.0


def repeats_of(again: Again | None, heard: Heard) -> tuple[Repeat, ...]:
    """As many as were asked for."""
    return tuple(heard.repeats[: again.times]) if again else ()


def output_of(name: str, heard: Heard) -> str:
    """One stream, with the cut in its middle marked."""
    head = bytes(heard.head[name])
    if heard.end is None:
        return head.decode(errors="replace")
    tail = base64.b64decode(heard.end.get(f"{name}_tail", ""))
    cut = int(heard.end.get(f"{name}_bytes", 0)) - len(head) - len(tail)
    mark = f"\n[... {cut:,} bytes cut ...]\n" if cut > 0 else ""
    return head.decode(errors="replace") + mark + tail.decode(errors="replace")


def _error(said: Mapping[str, Any]) -> PartError:
    line = said.get("line")
    return PartError(
        type=str(said.get("type", "")),
        message=str(said.get("message", "")),
        line=line if isinstance(line, int) else None,
        traceback=str(said.get("traceback", "")),
        chain=tuple(str(name) for name in said.get("chain", ())),
    )

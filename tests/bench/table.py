"""What is compared with what, and how it is shown."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

HEAD = ("what", "engine", "anchor", "median", "ours", "median", "ratio", "reach", "reached?")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One row: ours beside an anchor that was timed in the same run.

    Attributes:
        what: the work.
        engine: the engine under ours.
        anchor: how others do it.
        anchor_s: the seconds of each run of the anchor.
        ours: how we do it.
        ours_s: likewise.
        reach: the ratio of medians that is to be reached; None where the row is for information.
    """

    what: str
    engine: str
    anchor: str
    anchor_s: tuple[float, ...]
    ours: str
    ours_s: tuple[float, ...]
    reach: float | None = None

    @property
    def ratio(self) -> float:
        """Ours by the anchor's, of medians."""
        return median(self.ours_s) / median(self.anchor_s)

    @property
    def reached(self) -> bool | None:
        """Whether the ratio is what was to be reached; None where nothing was."""
        return None if self.reach is None else self.ratio <= self.reach

    def cells(self) -> tuple[str, ...]:
        """For the table."""
        return (
            self.what,
            self.engine,
            self.anchor,
            _median(self.anchor_s),
            self.ours,
            _median(self.ours_s),
            f"{self.ratio:.3f}",
            "" if self.reach is None else f"<= {self.reach}",
            {None: "", True: "yes", False: "NO"}[self.reached],
        )

    def to_json(self) -> dict[str, Any]:
        """All of it, with what follows from it."""
        return asdict(self) | {"ratio": self.ratio, "reached": self.reached}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where it was measured.

    Attributes:
        cpus: cores that this process may use.
        processor: as the kernel names it.
        memory_bytes: RAM.
        kernel: name and release.
        python: version of the benchmark's own Python.
        load_average: of the last minute, before anything was run.
        engines: version of each.
    """

    cpus: int
    processor: str
    memory_bytes: int
    kernel: str
    python: str
    load_average: float
    engines: Mapping[str, str]

    def __str__(self) -> str:
        engines = "".join(f", {name} {version}" for name, version in self.engines.items())
        return (
            f"{self.cpus} cores ({self.processor}), {self.memory_bytes / 1e9:.0f} GB, {self.kernel}, "
            f"Python {self.python}{engines}; load average before: {self.load_average:.2f}"
        )


def this_machine(engines: Mapping[str, str]) -> Machine:
    """The machine that this runs on, now."""
    return Machine(
        cpus=len(os.sched_getaffinity(0)),
        processor=_processor(),
        memory_bytes=psutil.virtual_memory().total,
        kernel=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load_average=os.getloadavg()[0],
        engines=dict(engines),
    )


def as_text(comparisons: Sequence[Comparison]) -> str:
    """A Markdown table whose columns line up."""
    lines = [HEAD, *(comparison.cells() for comparison in comparisons)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rows = ["| " + " | ".join(_padded(line, widths)) + " |" for line in lines]
    rows.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(rows)


def as_json(machine: Machine, comparisons: Sequence[Comparison]) -> str:
    """Everything that was measured."""
    told = {"machine": asdict(machine), "comparisons": [c.to_json() for c in comparisons]}
    return json.dumps(told, indent=2) + "\n"


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]


def _median(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.3f} s ({len(seconds)})"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()

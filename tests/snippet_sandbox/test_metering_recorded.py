"""Both meters, on what kernels really said of one program: Linux 6.18 for cgroup v1, Linux 6.1 for cgroup v2.

The program wrote a file of 20 MiB, held 100 MiB, let go of it, and took 200 MiB that were gone again before
anybody looked. Each step of a recording holds every file that is read, whole.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from snippet_sandbox.metering import CgroupV1Meter, CgroupV2Meter, Meter
from snippet_sandbox.metering.peaks import Peaks
from snippet_sandbox.metering.readings import Reading

MIB = 1 << 20
NEAR_BYTES = MIB
RECORDED = Path(__file__).parents[1] / "data" / "metering"
HEADING = re.compile(r"^=== (?P<step>\w+) (?P<file>\S+)\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What one version of the controller said, and who reads it."""

    name: str
    meter: Callable[[Path], Meter]


RECORDINGS = (
    Recording(name="cgroup-v1", meter=CgroupV1Meter),
    Recording(name="cgroup-v2", meter=CgroupV2Meter),
)


@pytest.fixture(params=RECORDINGS, ids=lambda recording: recording.name)
def replayed(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Reading]:
    """What the meter reads at each step."""
    recording: Recording = request.param
    meter = recording.meter(tmp_path)
    readings = {}
    for step, files in _steps(RECORDED / f"{recording.name}.txt"):
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        reading = meter.read()
        assert reading
        readings[step] = reading
    assert meter.oom_kills() == 0
    meter.close()
    return readings


def _steps(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    _, *pieces = HEADING.split(path.read_text())
    steps: dict[str, dict[str, str]] = {}
    for step, file, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        steps.setdefault(step, {})[file] = text
    yield from steps.items()


def test_files_are_no_memory_of_the_programs(replayed: dict[str, Reading]) -> None:
    """20 MiB of tmpfs stay, whatever the program holds."""
    assert all(abs(reading.file_bytes - 20 * MIB) < NEAR_BYTES for reading in replayed.values())


def test_what_is_held_is_read(replayed: dict[str, Reading]) -> None:
    """100 MiB more, then as before."""
    held, freed = (
        replayed[step].anonymous_bytes - replayed["file"].anonymous_bytes for step in ("held", "freed")
    )
    assert abs(held - 100 * MIB) < NEAR_BYTES
    assert abs(freed) < NEAR_BYTES


def test_what_nobody_read_is_inferred(replayed: dict[str, Reading]) -> None:
    """The 200 MiB are in no reading, and in the kernel's mark."""
    resting, *rest = replayed.values()
    assert max(reading.anonymous_bytes for reading in rest) - resting.anonymous_bytes < 101 * MIB
    peaks = Peaks(resting=resting)
    for reading in rest:
        peaks.take(reading)
    assert abs(peaks.anonymous_bytes - resting.anonymous_bytes - 200 * MIB) < NEAR_BYTES

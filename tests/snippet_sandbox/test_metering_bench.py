"""The benchmark of metering calls a miss a miss."""

import json

import pytest

from snippet_sandbox.job import Ending, Measurement, Memory, PartMeasurement
from tests.bench.metering import MB, Program, compare

pytestmark = pytest.mark.alone

PROGRAM = Program(name="hold", source="held = take(50_000_000)")


def _measured(*, anonymous_mb: int | None, outside_s: float, exit_code: int = 0) -> Measurement:
    """Of a program that says that it held 100 MB and took a second."""
    said = {"anonymous_bytes": 100 * MB, "file_bytes": None, "mapped_bytes": None, "inside_s": 1.0}
    return Measurement(
        ending=Ending.EXITED,
        exit_code=exit_code,
        stdout=f"\n{json.dumps(said)}\n",
        parts=(PartMeasurement(name="program", started=True, completed=True, duration_s=outside_s),),
        memory=Memory(anonymous_bytes=None if anonymous_mb is None else anonymous_mb * MB),
    )


@pytest.mark.parametrize(
    ("anonymous_mb", "outside_s", "ok"),
    [
        (100, 1.0, [True, True]),
        (103, 1.019, [True, True]),
        (97, 0.981, [True, True]),
        (105, 1.0, [False, True]),
        (95, 1.0, [False, True]),
        (100, 1.021, [True, False]),
        (100, 0.9, [True, False]),
        (None, 1.0, [False, True]),
    ],
)
def test_what_is_off_is_said(anonymous_mb: int | None, outside_s: float, ok: list[bool]) -> None:
    """More than 4 MB of 100 MB, or 20 ms, to either side."""
    rows = compare(PROGRAM, "any", _measured(anonymous_mb=anonymous_mb, outside_s=outside_s))
    assert [row.ok for row in rows] == ok


def test_a_program_that_failed_is_off() -> None:
    """What it said counts for nothing."""
    rows = compare(PROGRAM, "any", _measured(anonymous_mb=100, outside_s=1.0, exit_code=1))
    assert [row.ok for row in rows] == [False]

"""The memory's course keeps its peaks and its room, however long a job takes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.metering.timeline import TICK_S, Timeline, counted_from

GAPS = st.lists(
    st.tuples(st.floats(0, 3600) | st.floats(0, 0.02), st.integers(0, 10**12)), min_size=1, max_size=400
)


def _thinned(gaps: list[tuple[float, int]], most: int) -> tuple[list[tuple[float, int]], Timeline]:
    """All points with such gaps before them, and what keeps some of them."""
    everything, timeline, now = [], Timeline(most=most), 0.0
    for gap_s, value in gaps:
        now += gap_s
        everything.append((now, value))
        timeline.add(now, value)
    return everything, timeline


@given(GAPS, st.integers(3, 50))
def test_whatever_comes(gaps: list[tuple[float, int]], most: int) -> None:
    """Few points, each of them true, in order, with the highest and the last of all."""
    everything, timeline = _thinned(gaps, most)
    kept = timeline.points()
    assert len(kept) <= most
    assert set(kept) <= set(everything)
    assert all(before[0] <= after[0] for before, after in pairwise(kept))
    assert max(value for _, value in kept) == max(value for _, value in everything)
    assert kept[-1] == everything[-1]


@given(GAPS, st.floats(-1, 100), st.floats(0, 10**6))
def test_by_another_clock(gaps: list[tuple[float, int]], shift_s: float, end_s: float) -> None:
    """From nothing at 0 to the end, no moment twice, and as high as before."""
    _, timeline = _thinned(gaps, 50)
    moved = counted_from(timeline.points(), shift_s=shift_s, end_s=end_s)
    assert len(moved) <= 51
    assert moved[0] == (0.0, 0)
    assert all(before[0] < after[0] for before, after in pairwise(moved))
    assert moved[-1][0] <= max(round(end_s, 4), TICK_S)
    assert max(value for _, value in moved) == max(value for _, value in timeline.points())


def test_an_hour_has_room_for_a_second() -> None:
    """20 readings a second for an hour; a burst of one reading stays where it was."""
    timeline = Timeline(most=240)
    for number in range(20 * 3600):
        timeline.add(number / 20, 500 if number == 12_345 else 10)
    kept = timeline.points()
    assert 100 < len(kept) <= 240
    assert (12_345 / 20, 500) in kept
    assert kept[-1] == ((20 * 3600 - 1) / 20, 10)


def test_a_short_job_keeps_every_reading() -> None:
    """Until there are too many, nothing is left out."""
    everything, timeline = _thinned([(0.0062, value) for value in range(100, 50, -1)], 240)
    assert timeline.points() == tuple(everything)


def test_imports_that_were_done_ahead_come_first() -> None:
    """Five seconds of imports, then what was read; what was read too late counts as of the end."""
    course = ((0.001, 300), (0.5, 400), (1.2, 20))
    assert counted_from(course, shift_s=5.0, end_s=6.0) == ((0.0, 0), (5.001, 300), (5.5, 400), (6.0, 20))


@pytest.mark.parametrize("shift_s", [-0.03, 0.0])
def test_a_first_reading_at_the_beginning(shift_s: float) -> None:
    """It comes right after nothing."""
    course = counted_from(((0.0, 7), (1.0, 8)), shift_s=shift_s, end_s=2.0)
    assert course == ((0.0, 0), (TICK_S, 7), (1.0 + shift_s, 8))

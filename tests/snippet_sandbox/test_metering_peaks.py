"""What is inferred of the gaps between readings."""

from snippet_sandbox.metering.peaks import Peaks
from snippet_sandbox.metering.readings import Reading

MB = 10**6


def _reading(*, anonymous: int, file: int = 0, kernel: int = 1, high_water: int | None) -> Reading:
    """A reading in megabytes."""
    return Reading(
        anonymous_bytes=anonymous * MB,
        file_bytes=file * MB,
        total_bytes=(anonymous + file + kernel) * MB,
        high_water_bytes=None if high_water is None else high_water * MB,
    )


def _peak(*readings: Reading) -> int:
    """The anonymous peak in megabytes; the first reading is of the agent alone."""
    resting, *rest = readings
    peaks = Peaks(resting=resting)
    for reading in rest:
        peaks.take(reading)
    return peaks.anonymous_bytes // MB


def test_a_burst_between_two_readings_is_seen_by_the_mark() -> None:
    """500 MB came and went; only the kernel's mark knows."""
    quiet = _reading(anonymous=10, file=3, high_water=14)
    assert _peak(quiet, _reading(anonymous=10, file=3, high_water=514)) == 510


def test_a_mark_from_before_the_job_is_not_the_jobs() -> None:
    """Starting the container took more than the agent does."""
    early = _reading(anonymous=10, high_water=90)
    assert _peak(early, _reading(anonymous=11, high_water=90)) == 11


def test_a_file_that_grew_in_the_gap_is_no_memory() -> None:
    """300 MB of a tmpfs file, written between two readings."""
    assert (
        _peak(_reading(anonymous=10, high_water=11), _reading(anonymous=10, file=300, high_water=311)) == 10
    )


def test_a_file_that_went_in_the_gap_is_no_memory() -> None:
    """It grew a little more, then was removed."""
    before = _reading(anonymous=10, file=300, high_water=311)
    assert _peak(before, before, _reading(anonymous=10, file=0, high_water=315)) == 14


def test_without_a_mark_the_readings_count() -> None:
    """Kernels before 5.19, and process trees."""
    assert _peak(_reading(anonymous=10, high_water=None), _reading(anonymous=70, high_water=None)) == 70


def test_a_mark_that_a_file_left_high_hides_a_burst_until_it_is_lowered() -> None:
    """After a 300 MB file has gone, a burst of 200 MB stays under the old mark."""
    peaks = Peaks(resting=_reading(anonymous=10, high_water=11))
    peaks.take(_reading(anonymous=10, file=300, high_water=311))
    assert not peaks.could_hide_more()
    peaks.take(_reading(anonymous=10, high_water=311))
    assert peaks.could_hide_more()
    peaks.mark_was_lowered()
    peaks.take(_reading(anonymous=10, high_water=211))
    assert peaks.anonymous_bytes == 210 * MB
    assert peaks.charged_bytes == 311 * MB


def test_a_mark_that_the_peak_itself_set_hides_nothing() -> None:
    """Lowering it would cost a call and tell nothing new."""
    peaks = Peaks(resting=_reading(anonymous=10, high_water=11))
    peaks.take(_reading(anonymous=10, high_water=511))
    assert not peaks.could_hide_more()


def test_what_is_ours_is_left_out() -> None:
    """As much of it as may be ours; whoever takes more than that is counted with all of it."""
    peaks = Peaks(resting=_reading(anonymous=10, high_water=11))
    peaks.take(_reading(anonymous=50, high_water=51))
    peaks.uncounted_bytes = (50 + 64) * MB
    peaks.take(_reading(anonymous=90, file=70, high_water=161))
    assert (peaks.anonymous_bytes, peaks.file_bytes) == (50 * MB, 0)
    peaks.take(_reading(anonymous=130, high_water=161))
    assert peaks.anonymous_bytes == 130 * MB
    peaks.uncounted_bytes = 0
    peaks.take(_reading(anonymous=60, high_water=161))
    assert peaks.anonymous_bytes == 130 * MB

"""The plot of memory over time."""

import re

import pytest

from tests.verify_snippets.report.html_reader import Reader
from verify_snippets.report.html.plot import Course, Level, draw

GB = 10**9
LIMIT = Level(label="limit", bytes=16 * GB, kind="limit")
CLAIM = Level(label="claimed in line 7:", bytes=2 * GB, kind="claim")
POINTS = ((0.0, GB // 10), (1.0, GB), (2.5, GB // 2))


def drawn(course: Course) -> Reader:
    return Reader(draw(course, title="<b>Memory</b>", name="p"))


def test_it_has_a_curve_axes_with_units_and_words_for_those_who_do_not_see_it() -> None:
    reader = drawn(Course(points=POINTS, peak_bytes=GB, levels=(LIMIT, CLAIM)))
    assert {"svg", "title", "desc", "path", "text"} <= set(reader.tags)
    assert "<b>Memory</b>" in reader.text
    for words in ("Memory peaked at 1.00 GB.", "limit: 16.0 GB.", "seconds since the start", "2.00 GB", "2"):
        assert words in reader.text
    assert reader.values("aria-labelledby") == ["p-t p-d"]


def test_a_limit_far_above_does_not_press_the_curve_flat() -> None:
    reader = drawn(Course(points=POINTS, peak_bytes=GB, levels=(LIMIT, CLAIM)))
    assert "limit 16.0 GB, off the scale" in reader.text
    assert "claimed in line 7: 2.00 GB, off" not in reader.text
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", _path(reader, "curve"))]
    assert max(heights) - min(heights) > 40


def test_a_level_lies_where_its_bytes_do() -> None:
    reader = drawn(Course(points=((0.0, GB), (1.0, 2 * GB)), peak_bytes=2 * GB, levels=(CLAIM,)))
    end_of_curve = _path(reader, "curve").rpartition(" ")[2]
    assert f" {end_of_curve}H" in _path(reader, "claim")


@pytest.mark.parametrize(
    ("points", "peak"),
    [((), GB), (((0.0, GB),), GB), (((0.0, 0), (0.0, 0)), 0), (((3.0, 5),), None), ((), None)],
)
def test_few_points_or_none_are_enough(points: tuple[tuple[float, int], ...], peak: int | None) -> None:
    reader = drawn(Course(points=points, peak_bytes=peak, levels=(LIMIT,)))
    assert "limit 16.0 GB" in reader.text
    assert not re.search(r"nan|inf", reader.text + " ".join(reader.values("d")))


def _path(reader: Reader, kind: str) -> str:
    return reader.values("d")[reader.values("class", "path").index(kind)]

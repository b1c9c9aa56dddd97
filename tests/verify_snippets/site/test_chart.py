"""The line over the nights."""

import re
from datetime import timedelta

import pytest

from tests.verify_snippets.report.html_reader import Reader
from tests.verify_snippets.site.fill import FIRST_NIGHT
from verify_snippets.report.quantities import bytes_text
from verify_snippets.site.chart import Chart, Level, Point, draw

GB = 10**9


def points(*values: float) -> list[Point]:
    return [Point(at=FIRST_NIGHT + timedelta(days=day), value=value) for day, value in enumerate(values)]


def drawn(*values: float, levels: tuple[Level, ...] = ()) -> Reader:
    chart = Chart(
        points=points(*values), title="<b>Memory", unit=lambda value: bytes_text(round(value)), levels=levels
    )
    return Reader(draw(chart, name="m"))


def test_it_has_a_line_dates_units_and_words_for_those_who_do_not_see_it() -> None:
    reader = drawn(GB, 2 * GB, levels=(Level(label="claimed:", value=1.5 * GB),))
    assert {"svg", "title", "desc", "path", "text"} <= set(reader.tags)
    for words in (
        "<b>Memory",
        "1.00 GB on 2026-08-01, 2.00 GB on 2026-08-02",
        "2026-08-02",
        "claimed: 1.50 GB",
    ):
        assert words in reader.text


def test_the_line_and_what_is_claimed_lie_at_their_heights() -> None:
    reader = drawn(GB, 2 * GB, levels=(Level(label="claimed:", value=2 * GB),))
    end_of_curve = _path(reader, "curve").rpartition(" ")[2]
    assert f" {end_of_curve}H" in _path(reader, "claim")


def test_a_claim_far_above_does_not_press_the_line_flat() -> None:
    reader = drawn(GB, 2 * GB, levels=(Level(label="claimed:", value=99 * GB),))
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", _path(reader, "curve"))]
    assert max(heights) - min(heights) > 40
    assert "claimed: 99.0 GB, off the scale" in reader.text


@pytest.mark.parametrize("values", [(), (0,), (5,), (0, 0), (3, 3), (1e-9, 1e12)])
def test_any_values_can_be_drawn(values: tuple[float, ...]) -> None:
    reader = drawn(*values)
    assert not re.search(r"nan|inf", " ".join(reader.values("d")))


def _path(reader: Reader, kind: str) -> str:
    return reader.values("d")[reader.values("class", "path").index(kind)]

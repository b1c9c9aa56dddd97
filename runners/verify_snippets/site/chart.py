"""A line over the nights, drawn. Pure."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from markupsafe import Markup

from verify_snippets.report.html import svg

_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 100, 60, 12, 12, 22
_HEAD = 1.15  # room above the highest, as a factor
_OFF_SCALE = 3  # a level more than so many times the highest point would press the line flat
_LABEL_GAP = 13  # between the base lines of two labels
_TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Point:
    """One value, and when it was found."""

    at: datetime
    value: float


@dataclass(frozen=True, kw_only=True)
class Level:
    """A horizontal line: what the card claims."""

    label: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is drawn.

    Attributes:
        points: in order of time.
        title: what they are, for people.
        unit: a value in words.
        levels: horizontal lines.
        low: the least value that is drawn.
        high: the most; None for as much as there is.
        width: of the drawing, in its own units: a wide one has room for a year.
    """

    points: Sequence[Point]
    title: str
    unit: Callable[[float], str]
    levels: Sequence[Level] = ()
    low: float = 0.0
    high: float | None = None
    width: int = 400

    @property
    def summary(self) -> str:
        """The chart in words."""
        if not self.points:
            return "Nothing was measured."
        values = [point.value for point in self.points]
        first, last = self.points[0], self.points[-1]
        said = (
            f"{self.unit(first.value)} on {first.at:%Y-%m-%d}, {self.unit(last.value)} on "
            f"{last.at:%Y-%m-%d}; between {self.unit(min(values))} and {self.unit(max(values))}."
        )
        return " ".join([said, *(f"{level.label} {self.unit(level.value)}." for level in self.levels)])


def draw(chart: Chart, *, name: str) -> Markup:
    """An ``<svg>`` element; ``name`` is the prefix of its ids, unique on the page."""
    scale = _Scale.of(chart)
    parts = [*_grid(chart, scale), *_line(chart, scale), *_levels(chart, scale)]
    height = _TOP + _HEIGHT + _BOTTOM
    return svg.drawing(
        parts, width=chart.width, height=height, title=chart.title, told=chart.summary, name=name
    )


@dataclass(frozen=True, kw_only=True)
class _Scale:
    begin: float
    span: float
    low: float
    high: float
    right: float

    @classmethod
    def of(cls, chart: Chart) -> Self:
        times = [point.at.timestamp() for point in chart.points] or [0.0]
        peak = max([point.value for point in chart.points] + [chart.low])
        near = [level.value for level in chart.levels if not _is_far(level, peak)]
        high = chart.high or max([peak, *near]) * _HEAD
        return cls(
            begin=times[0],
            span=times[-1] - times[0],
            low=chart.low,
            high=high if high > chart.low else chart.low + 1.0,
            right=chart.width - _RIGHT,
        )

    def x(self, at: datetime) -> float:
        share = (at.timestamp() - self.begin) / self.span if self.span > 0 else 0.5
        return round(_LEFT + share * (self.right - _LEFT), 1)

    def y(self, value: float) -> float:
        return round(_TOP + _HEIGHT * (1 - (value - self.low) / (self.high - self.low)), 1)


def _is_far(level: Level, peak: float) -> bool:
    return level.value > _OFF_SCALE * peak > 0


def _grid(chart: Chart, scale: _Scale) -> Iterator[str]:
    for value in _ticks(scale.low, scale.high):
        y = scale.y(value)
        yield f'<path class="grid" d="M{_LEFT} {y}H{scale.right}"/>'
        yield svg.text(_LEFT - 6, y + 4, chart.unit(value), anchor="end")
    bottom = _TOP + _HEIGHT
    yield f'<path class="axis" d="M{_LEFT} {bottom}H{scale.right}"/>'
    if chart.points:
        first, last = chart.points[0].at, chart.points[-1].at
        yield svg.text(_LEFT, bottom + 16, f"{first:%Y-%m-%d}", anchor="start")
        if f"{last:%Y-%m-%d}" != f"{first:%Y-%m-%d}":
            yield svg.text(scale.right, bottom + 16, f"{last:%Y-%m-%d}", anchor="end")


def _line(chart: Chart, scale: _Scale) -> Iterator[str]:
    places = [(scale.x(point.at), scale.y(point.value)) for point in chart.points]
    if len(places) > 1:
        path = "L".join(f"{x} {y}" for x, y in places)
        yield f'<path class="curve" d="M{path}"/>'
    if places:
        yield f'<circle class="point" cx="{places[-1][0]}" cy="{places[-1][1]}" r="3"/>'


def _levels(chart: Chart, scale: _Scale) -> Iterator[str]:
    peak = max([point.value for point in chart.points] + [chart.low])
    taken = -math.inf
    for level in sorted(chart.levels, key=lambda level: -level.value):
        far = _is_far(level, peak)
        y = float(_TOP) if far else scale.y(level.value)
        if not far:
            yield f'<path class="claim" d="M{_LEFT} {y}H{scale.right}"/>'
        taken = max(y - 4, taken + _LABEL_GAP)
        label = f"{level.label} {chart.unit(level.value)}{', off the scale' if far else ''}"
        yield svg.text(scale.right - 4, taken, label, anchor="end", kind="label claim-label")


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between ``low`` and ``high``, a handful of them."""
    rough = (high - low) / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 9) for index in range(first, int(high / step + 1e-9) + 1)]

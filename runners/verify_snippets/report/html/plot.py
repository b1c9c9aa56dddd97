"""A plot of memory over time, as SVG: no library, no script, colours left to the page."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from verify_snippets.report.html import svg
from verify_snippets.report.quantities import bytes_text, seconds_text

_WIDTH, _LEFT, _RIGHT, _BOTTOM = 400, 58, 10, 36
_PLOT_HEIGHT, _ROW = 130, 17  # of the curve, and of one level that is off the scale
_TOP = 10
_LABEL_GAP = 13  # between the base lines of two labels
_OFF_SCALE = 3  # levels more than so many times the peak would press the curve flat
_TICKS = 4


@dataclass(frozen=True, kw_only=True)
class Level:
    """A horizontal line: the limit, or what the card claims.

    Attributes:
        label: what it is, without its number.
        bytes: how high it lies.
        kind: ``limit`` or ``claim``.
    """

    label: str
    bytes: float
    kind: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is drawn.

    Attributes:
        points: seconds since the job began, and bytes then, in order.
        peak_bytes: the highest that was seen, which may lie between two points; None where it is unknown.
        levels: horizontal lines.
    """

    points: Sequence[tuple[float, int]]
    peak_bytes: int | None
    levels: Sequence[Level] = ()


def draw(course: Course, *, title: str, name: str) -> Markup:
    """An ``<svg>`` element.

    Args:
        course: what to draw; without points, the peak and the levels alone.
        title: what it shows, for those who don't see it.
        name: prefix of its ids, unique on the page.
    """
    scale = _Scale.of(course)
    parts = [*_grid(scale), *_curve(course, scale), *_levels(course, scale)]
    height = scale.bottom + _BOTTOM
    return svg.drawing(parts, width=_WIDTH, height=height, title=title, told=describe(course), name=name)


def describe(course: Course) -> str:
    """The plot in words."""
    said = []
    if course.peak_bytes is not None:
        said.append(f"Memory peaked at {bytes_text(course.peak_bytes)}.")
    if course.points:
        seconds = seconds_text(course.points[-1][0])
        count = len(course.points)
        said.append(f"{count} reading{'' if count == 1 else 's'} within {seconds}.")
    else:
        said.append("Its course was not recorded.")
    said += [f"{level.label.rstrip(':')}: {bytes_text(round(level.bytes))}." for level in course.levels]
    return " ".join(said)


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """From seconds and bytes to places in the picture."""

    seconds: float
    bytes: float
    top: float

    @staticmethod
    def of(course: Course) -> "_Scale":
        peak = max([count for _, count in course.points] + [course.peak_bytes or 0])
        near = [level.bytes for level in course.levels if not _is_far(level, peak)]
        far = len(course.levels) - len(near)
        return _Scale(
            seconds=max([moment for moment, _ in course.points] + [0.0]) or 1.0,
            bytes=max([peak, *near, 1.0]) * 1.12,
            top=_TOP + _ROW * far,
        )

    @property
    def bottom(self) -> float:
        return self.top + _PLOT_HEIGHT

    def x(self, seconds: float) -> float:
        return round(_LEFT + seconds / self.seconds * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, count: float) -> float:
        return round(self.bottom - count / self.bytes * _PLOT_HEIGHT, 1)


def _is_far(level: Level, peak: float) -> bool:
    return peak > 0 and level.bytes > _OFF_SCALE * peak


def _grid(scale: _Scale) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for count in _ticks(scale.bytes):
        y = scale.y(count)
        yield f'<path class="grid" d="M{_LEFT} {y}H{right}"/>'
        label = bytes_text(round(count)) if count else "0"
        yield svg.text(_LEFT - 6, y + 4, label, anchor="end")
    for moment in _ticks(scale.seconds):
        x = scale.x(moment)
        yield f'<path class="axis" d="M{x} {scale.bottom}v4"/>'
        yield svg.text(x, scale.bottom + 16, f"{moment:g}", anchor="middle")
    yield f'<path class="axis" d="M{_LEFT} {scale.top}V{scale.bottom}H{right}"/>'
    yield svg.text((_LEFT + right) / 2, scale.bottom + 31, "seconds since the start", anchor="middle")


def _curve(course: Course, scale: _Scale) -> Iterator[str]:
    places = [(scale.x(moment), scale.y(count)) for moment, count in course.points]
    if len(places) > 1:
        line = "L".join(f"{x} {y}" for x, y in places)
        area = f"M{places[0][0]} {scale.bottom}L{line}L{places[-1][0]} {scale.bottom}Z"
        yield f'<path class="area" d="{area}"/><path class="curve" d="M{line}"/>'
    elif places:
        yield f'<circle class="point" cx="{places[0][0]}" cy="{places[0][1]}" r="4"/>'
    if course.peak_bytes is None:
        return
    y = scale.y(course.peak_bytes)
    if places:
        x, highest = min(places, key=lambda place: place[1])
        if highest - y < 2:  # the curve reaches its peak: a mark on it is enough
            yield f'<circle class="point" cx="{x}" cy="{highest}" r="3"/>'
            return
    yield f'<path class="peak" d="M{_LEFT} {y}H{_WIDTH - _RIGHT}"/>'


def _levels(course: Course, scale: _Scale) -> Iterator[str]:
    peak = max([count for _, count in course.points] + [course.peak_bytes or 0])
    ordered = sorted(course.levels, key=lambda level: -level.bytes)
    far = [level for level in ordered if _is_far(level, peak)]
    for row, level in enumerate(far):
        yield from _level(level, _TOP + _ROW * (row + 0.8), suffix=", off the scale")
    taken = -math.inf
    near = [(scale.y(level.bytes), level) for level in ordered if level not in far]
    if course.peak_bytes is not None:
        near.append((scale.y(course.peak_bytes), Level(label="peak", bytes=course.peak_bytes, kind="peak")))
    for y, level in sorted(near, key=lambda found: found[0]):
        taken = max(y - 4, taken + _LABEL_GAP)
        yield from _level(level, y, label_y=taken)


def _level(level: Level, y: float, *, suffix: str = "", label_y: float | None = None) -> Iterator[str]:
    if level.kind != "peak":
        yield f'<path class="{escape(level.kind)}" d="M{_LEFT} {round(y, 1)}H{_WIDTH - _RIGHT}"/>'
    label = f"{level.label} {bytes_text(round(level.bytes))}{suffix}"
    place = y - 4 if label_y is None else label_y
    yield svg.text(
        _WIDTH - _RIGHT - 4, round(place, 1), label, anchor="end", kind=f"label {level.kind}-label"
    )


def _ticks(highest: float) -> list[float]:
    """Round numbers from 0 to at most ``highest``, a handful of them."""
    rough = highest / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= rough)
    return [round(index * step, 6) for index in range(int(highest / step + 1e-9) + 1)]

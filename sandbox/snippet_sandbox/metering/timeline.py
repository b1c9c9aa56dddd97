"""The course of a quantity over a time of unknown length, in bounded memory. Pure.

Time is cut into stretches of equal width, and of each stretch the highest value and its moment are kept. Once
there are too many stretches, neighbours are merged and the width has doubled: hours take no more room than
seconds, and no peak is ever lost.
"""

from dataclasses import dataclass, field

from snippet_sandbox.job import TIMELINE_POINTS

TICK_S = 0.0001  # of the clock by which a course is told
FIRST_WIDTH_S = 0.001  # several to a reading

Point = tuple[float, int]


@dataclass(kw_only=True)
class Timeline:
    """Takes in points, in the order of time, and keeps what a picture of them needs.

    Attributes:
        most: how many points ``points`` gives at the most; three or more.
        width_s: of a stretch; doubles as time goes by.
    """

    most: int = TIMELINE_POINTS
    width_s: float = FIRST_WIDTH_S
    _highest: dict[int, Point] = field(default_factory=dict)  # of each stretch that has one, in order
    _last: Point | None = None

    def add(self, at_s: float, value: int) -> None:
        """Take in a point.

        Args:
            at_s: seconds from the beginning; one that is before the point before counts as of its moment.
            value: what was read then.
        """
        if self._last is not None and at_s < self._last[0]:
            at_s = self._last[0]
        self._last = (at_s, value)
        stretch = int(at_s / self.width_s)
        kept = self._highest.get(stretch)
        if kept is None or value > kept[1]:
            self._highest[stretch] = self._last
            while len(self._highest) > self.most - 1:  # the last point is kept beside them
                self._merge()

    def points(self) -> tuple[Point, ...]:
        """Moments, ascending, and values: of each stretch the highest; the last of all as it was."""
        kept = list(self._highest.values())
        if self._last is not None and kept[-1] != self._last:
            kept.append(self._last)
        return tuple(kept)

    def _merge(self) -> None:
        self.width_s *= 2
        merged: dict[int, Point] = {}
        for point in self._highest.values():
            stretch = int(point[0] / self.width_s)
            if stretch not in merged or point[1] > merged[stretch][1]:
                merged[stretch] = point
        self._highest = merged


def counted_from(points: tuple[Point, ...], *, shift_s: float, end_s: float) -> tuple[Point, ...]:
    """The same course by a clock that begins elsewhere, from nothing at its 0 to its end.

    Args:
        points: moments, ascending, and values.
        shift_s: what the new clock says at the old one's 0: how long what went before took. Of that time
            nothing is known but that nothing was held when it began.
        end_s: by the new clock; what was read later counts as of then.

    Returns:
        At most as many points as there were, and one at 0; moments in whole ticks, none twice.
    """
    moved: dict[float, int] = {0.0: 0}
    for at_s, value in points:
        moment = round(max(min(at_s + shift_s, end_s), TICK_S), 4)
        moved[moment] = max(value, moved.get(moment, 0))
    return tuple(moved.items())

"""The past of each snippet: a strip of verdicts, and the time and memory that it took. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from verify_snippets.report.html.text import visible
from verify_snippets.report.marks import MARKS
from verify_snippets.report.quantities import bytes_text, seconds_text
from verify_snippets.site import chart
from verify_snippets.site.chart import Chart, Level, Point
from verify_snippets.site.facts import Model
from verify_snippets.store.records import ClaimStanding, PastRun, SnippetKey, Standing
from verify_snippets.verdict import Verdict

RUNS = 40
"""So many of a snippet's runs are shown."""
_CELL, _HIGH = 9, 24  # of the strip: a run's width, and the height of a failure
_HEIGHTS = {Verdict.PASSED: 10, Verdict.CONTRADICTED: 20, Verdict.FAILED: 24, Verdict.BLOCKED: 20}
_LOW = 4  # of what says nothing
_COMPLETE = frozenset({Verdict.PASSED, Verdict.CONTRADICTED})
_LEVELS = 3  # claims drawn in one chart
_LEAST_POINTS = 2


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A chart, and what it shows."""

    title: str
    svg: Markup


@dataclass(frozen=True, kw_only=True)
class History:
    """One snippet's past.

    Attributes:
        standing: what is known of it now.
        runs: the last ones, the oldest first.
        strip: their verdicts, drawn; empty where it never ran.
        charts: of the runs that came to their end.
    """

    standing: Standing
    runs: tuple[PastRun, ...]
    strip: Markup
    charts: tuple[Drawn, ...]


def histories(model: Model, runs: Iterable[PastRun]) -> tuple[History, ...]:
    """The past of each snippet that the card has now."""
    by_snippet: defaultdict[SnippetKey, list[PastRun]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.ran_at):
        by_snippet[run.snippet].append(run)
    return tuple(
        _history(standing, by_snippet[standing.key][-RUNS:], model.claims, f"s{number}")
        for number, standing in enumerate(model.standings, 1)
    )


def _history(
    standing: Standing, runs: Sequence[PastRun], claims: Sequence[ClaimStanding], name: str
) -> History:
    complete = [run for run in runs if run.verdict in _COMPLETE]
    memory = [Point(at=r.ran_at, value=r.memory_bytes) for r in complete if r.memory_bytes is not None]
    times = [Point(at=r.ran_at, value=r.duration_s) for r in complete if r.duration_s is not None]
    drawn = (
        _chart("Memory at its peak", memory, _bytes, _levels(claims, "bytes", {"ram"}), f"{name}m"),
        _chart("Time", times, _seconds, _levels(claims, "seconds", {"latency"}), f"{name}t"),
    )
    return History(
        standing=standing,
        runs=tuple(runs),
        strip=_strip(runs, name) if runs else Markup(""),
        charts=tuple(each for each in drawn if each),
    )


def _chart(
    title: str, points: Sequence[Point], unit: Callable[[float], str], levels: Sequence[Level], name: str
) -> Drawn | None:
    if len(points) < _LEAST_POINTS:
        return None
    drawn = Chart(points=points, title=title, unit=unit, levels=levels)
    return Drawn(title=title, svg=chart.draw(drawn, name=name))


def _levels(claims: Sequence[ClaimStanding], measure: str, kinds: set[str]) -> list[Level]:
    found = [
        Level(label=f"claimed in line {claim.line}:", value=claim.claimed)
        for claim in claims
        if claim.claimed and claim.measure == measure and claim.kind in kinds
    ]
    return found[:_LEVELS]


def _bytes(value: float) -> str:
    return bytes_text(round(value)) if value else "0"


def _seconds(value: float) -> str:
    return seconds_text(value) if value else "0"


def _strip(runs: Sequence[PastRun], name: str) -> Markup:
    """The runs side by side, the newest at the right; what is worse stands higher."""
    return Markup(
        '<svg class="strip" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        'aria-labelledby="{name}-r"><title id="{name}-r">{told}</title>{cells}</svg>'
    ).format(
        width=len(runs) * _CELL,
        height=_HIGH,
        name=name,
        told=_told(runs),
        cells=Markup("".join(_cells(runs))),  # noqa: S704 - made of numbers, dates and verdicts
    )


def _cells(runs: Sequence[PastRun]) -> Iterator[str]:
    for place, run in enumerate(runs):
        height = _HEIGHTS.get(run.verdict, _LOW)
        where = f'x="{place * _CELL}" y="{_HIGH - height}" width="{_CELL - 2}" height="{height}"'
        told = f"{_date(run)}: {run.verdict}"
        yield f'<g class="{run.verdict}"><title>{told}</title><rect {where}/></g>'


def _told(runs: Sequence[PastRun]) -> str:
    counts = {verdict: sum(run.verdict is verdict for run in runs) for verdict in MARKS}
    found = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    return visible(f"The last {len(runs)} runs, from {_date(runs[0])} to {_date(runs[-1])}: {found}")


def _date(run: PastRun) -> str:
    return f"{run.ran_at:%Y-%m-%d %H:%M} UTC"

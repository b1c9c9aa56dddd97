"""A page on several cards: a table with a line for each, by columns, and what is wrong with which."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jinja2

from verify_snippets.report import columns, telling
from verify_snippets.report.html.environment import environment_for
from verify_snippets.report.html.links import Links
from verify_snippets.report.html.page import asset, content_hash, moment
from verify_snippets.report.marks import MARKS
from verify_snippets.report.model import Report
from verify_snippets.report.telling import Row
from verify_snippets.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Line:
    """One card.

    Attributes:
        report: on it.
        location: what its name links to; None for nothing.
        cells: for each column of the page how many of its snippets came to which verdict.
        faults: the runs with something to mend.
    """

    report: Report
    location: str | None
    cells: tuple[dict[Verdict, int], ...]
    faults: tuple[Row, ...]

    @property
    def name(self) -> str:
        """What the card is called."""
        return telling.card_name(self.report.card)


def render_several(reports: Sequence[Report]) -> str:
    """The reports as one HTML file."""
    names = sorted({name for report in reports for name in _names(report)})
    return _template().render(
        lines=[_line(report, names) for report in reports],
        columns=names,
        style=asset("page.css"),
    )


def _names(report: Report) -> list[str]:
    """The name of each of a report's columns, also where it has only one: other cards may have others."""
    return [columns.column_name(*columns.column_key(each)) for each in columns.columns_of(report)]


def _line(report: Report, names: Sequence[str]) -> Line:
    own = _names(report)
    rows = telling.rows(report)
    verdicts = {name: [row.run.verdict for row in rows if own[row.run.column] == name] for name in names}
    return Line(
        report=report,
        location=Links().href(report.card.location),
        cells=tuple(
            {verdict: found.count(verdict) for verdict in Verdict if verdict in found}
            for found in verdicts.values()
        ),
        faults=tuple(row for row in rows if row.run.verdict in telling.AT_FAULT),
    )


@cache
def _template() -> jinja2.Template:
    environment = environment_for("verify_snippets.report.html")
    environment.filters |= {"moment": moment}
    environment.globals |= {"marks": MARKS, "hash": content_hash}
    return environment.get_template("cards.html.jinja")

"""The pages as text: everything that is shown put together, and nothing that a stranger wrote as markup.

As in the HTML report every text is escaped where it is written, with what is hidden in it spelled out, and a
policy in each page's head lets the browser load the site's own style and scripts and nothing else.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from verify_snippets.overview import JUDGED, CardVerdict, share_passing
from verify_snippets.report.html.claim_view import SYMBOLS, quantity_text
from verify_snippets.report.html.environment import environment_for
from verify_snippets.report.marks import MARKS
from verify_snippets.report.quantities import elapsed_text
from verify_snippets.site import chart
from verify_snippets.site.chart import Chart, Point
from verify_snippets.site.facts import CauseGroup, Facts, Model
from verify_snippets.site.file_names import is_plain_id
from verify_snippets.site.history import History
from verify_snippets.site.looks import LOOKS
from verify_snippets.store.records import Change, ChangeKind

_TREND_WIDTH = 520
FIRST_ROWS = 50
"""So many models stand in the first page's own text; all others are in the data beside it."""


@dataclass(frozen=True, kw_only=True)
class News:
    """What the last night found, of one kind: one entry a model."""

    kind: ChangeKind
    changes: tuple[tuple[Change, Model | None], ...]


def index(facts: Facts, *, data_digest: str) -> str:
    """The organization at a glance."""
    return _render(
        "index.html.jinja",
        facts=facts,
        night=facts.nights[0] if facts.nights else None,
        news=_news(facts),
        share=share_passing(facts.counts),
        judged=sum(facts.counts.get(f"cards {verdict}", 0) for verdict in JUDGED),
        tally={verdict: count for verdict in CardVerdict if (count := facts.counts.get(f"cards {verdict}"))},
        trend=_trend(facts),
        rows=facts.models[:FIRST_ROWS],
        data_digest=data_digest,
    )


def plain_list(facts: Facts) -> str:
    """Every model by name, for those without JavaScript."""
    by_name = sorted(facts.models, key=lambda model: (model.repo_id.casefold(), model.repo_id))
    return _render("models.html.jinja", models=by_name)


def model(model: Model, histories: Sequence[History], *, hub: str, has_report: bool) -> str:
    """One model: its snippets' past, its claims, and where to read more."""
    return _render(
        "model.html.jinja",
        model=model,
        histories=histories,
        hub=hub_address(hub, model.repo_id),
        report=f"reports/{model.page}.html" if has_report else "",
        root="../" * (model.page.count("/") + 1),
    )


def cause(cause: CauseGroup) -> str:
    """The models that fail for one reason."""
    return _render("cause.html.jinja", cause=cause, root="../")


def assets() -> dict[str, str]:
    """The style and the script that all pages share, by their paths."""
    ours = resources.files(__package__).joinpath("templates")
    reports = resources.files("verify_snippets.report.html").joinpath("templates", "page.css")
    style = reports.read_text(encoding="utf-8") + ours.joinpath("site.css").read_text(encoding="utf-8")
    return {
        "assets/site.css": style,
        "assets/site.js": ours.joinpath("site.js").read_text(encoding="utf-8"),
    }


@cache
def digest() -> str:
    """Of what makes the pages: the templates and the program's version."""
    folder = resources.files(__package__).joinpath("templates")
    texts = [place.read_text(encoding="utf-8") for place in sorted(folder.iterdir(), key=lambda p: p.name)]
    return short_digest(_version(), *texts)


def short_digest(*texts: str) -> str:
    """Of texts, in a few characters."""
    told = "\x00".join(texts).encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(told).hexdigest()[:16]


def hub_address(hub: str, repo_id: str) -> str:
    """A model's own page on the Hub; empty for what can't be a repo there."""
    return f"{hub}/{quote(repo_id)}" if is_plain_id(repo_id) else ""


def _news(facts: Facts) -> Iterable[News]:
    for kind in ChangeKind:
        first: dict[str, Change] = {}
        for change in facts.changes:
            if change.kind is kind:
                first.setdefault(change.repo_id, change)
        if first:
            found = [(change, facts.by_id.get(repo_id)) for repo_id, change in first.items()]
            yield News(kind=kind, changes=tuple(sorted(found, key=_most_downloaded_first)))


def _most_downloaded_first(found: tuple[Change, Model | None]) -> tuple[int, str]:
    change, model = found
    return -(model.stored.listed.downloads if model else 0), change.repo_id


def _trend(facts: Facts) -> Markup:
    """The share of cards that pass over the nights; empty where there are too few to draw."""
    shares = [(night.started_at, share_passing(night.counts)) for night in reversed(facts.nights)]
    points = [Point(at=at, value=share * 100) for at, share in shares if share is not None]
    if len(points) < 2:
        return Markup("")
    least = min(point.value for point in points)
    low = max(0.0, (least - 5) // 10 * 10)
    drawn = Chart(
        points=points, title="Cards that pass", unit=_percent, low=low, high=100.0, width=_TREND_WIDTH
    )
    return chart.draw(drawn, name="trend")


def _percent(value: float) -> str:
    return f"{value:.0f} %" if float(value).is_integer() else f"{value:.1f} %"


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _version() -> str:
    return version("verify-snippets")


@cache
def _environment() -> jinja2.Environment:
    environment = environment_for("verify_snippets.site")
    environment.filters |= {
        "elapsed": elapsed_text,
        "moment": _moment,
        "day": _day,
        "quantity": quantity_text,
        "percent": lambda share: _percent(round(share * 100, 1)),
    }
    environment.globals |= _words()
    return environment


def _words() -> Mapping[str, Any]:
    return {
        "marks": MARKS,
        "looks": LOOKS,
        "claim_symbols": SYMBOLS,
        "version": _version(),
        "root": "",
    }


def _moment(at: datetime) -> Markup:
    """A time in UTC, to the minute; the page's script says how long ago it was."""
    return Markup(f'<time datetime="{at.isoformat()}">{at:%Y-%m-%d %H:%M} UTC</time>')  # noqa: S704 - digits


def _day(at: datetime) -> Markup:
    return Markup(f'<time datetime="{at.isoformat()}">{at:%Y-%m-%d}</time>')  # noqa: S704 - digits

"""Badges: what shields.io draws from (its endpoint badge), and a picture that needs no service.

https://shields.io/badges/endpoint-badge tells the fields.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.model import Report, Summary
from verify_snippets.report.telling import card_name, headline

LABEL: Final = "snippets"
_COLORS = {
    "brightgreen": "#2e7d32",
    "orange": "#b85c00",
    "red": "#c62828",
    "lightgrey": "#616161",
}

_HEIGHT = 20
_PADDING = 6
_FONT_SIZE = 11
_NARROW = frozenset(" ,./:;'!|fijlrtI1()[]")
_WIDE = frozenset("mwMW@%")


def render(report: Report) -> str:
    """The JSON that a shields endpoint badge reads."""
    badge = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": headline(report),
        "color": color(report),
        "isError": report.summary.broken > 0,
    }
    return json.dumps(badge, indent=2, ensure_ascii=False) + "\n"


def render_svg(report: Report) -> str:
    """The badge as a picture, with its text as its title for those who can't see it."""
    message = headline(report)
    left, right = _width(LABEL), _width(message)
    width = left + right
    title = escape(f"{card_name(report.card)}: {LABEL} {message}")
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" role="img" aria-labelledby="t">
  <title id="t">{title}</title>
  <clipPath id="c"><rect width="{width}" height="{_HEIGHT}" rx="3"/></clipPath>
  <g clip-path="url(#c)">
    <rect width="{left}" height="{_HEIGHT}" fill="#444444"/>
    <rect x="{left}" width="{right}" height="{_HEIGHT}" fill="{_COLORS[color(report)]}"/>
  </g>
  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="{_FONT_SIZE}" aria-hidden="true">
    {_text(LABEL, 0, left)}
    {_text(message, left, right)}
  </g>
</svg>
"""


def render_several(reports: Sequence[Report]) -> str:
    """The JSON of a badge on several cards together."""
    return render(_together(reports))


def render_several_svg(reports: Sequence[Report]) -> str:
    """The badge on several cards together as a picture."""
    return render_svg(_together(reports))


def _together(reports: Sequence[Report]) -> Report:
    """What a badge takes of a report, added up."""
    first = reports[0]
    counts = Counter[str]()
    for report in reports:
        counts.update(report.summary.model_dump())
    name = first.card.model_copy(update={"repo_id": f"{len(reports)} cards"})
    return first.model_copy(
        update={
            "card": name,
            "complete": all(report.complete for report in reports),
            "summary": Summary(**counts),
            "claims": tuple(claim for report in reports for claim in report.claims),
        }
    )


def color(report: Report) -> str:
    """One of the names that shields knows: red where the card is at fault, grey where nothing is known."""
    summary = report.summary
    if summary.failed or summary.contradicted or summary.blocked:
        return "red"
    if not report.complete or summary.broken:
        return "lightgrey"
    if any(claim.verdict is ClaimVerdict.CONTRADICTED for claim in report.claims):
        return "orange"
    return "brightgreen" if summary.passed else "lightgrey"


def _text(text: str, left: int, width: int) -> str:
    """``text``, made exactly as wide as its box leaves room for, whatever font there is."""
    length = width - 2 * _PADDING
    return f'<text x="{left + _PADDING}" y="14" textLength="{length}">{escape(text)}</text>'


def _width(text: str) -> int:
    """Pixels for ``text`` and the padding on both sides, as Verdana at 11 pixels runs, near enough."""
    widths = (4 if letter in _NARROW else 10 if letter in _WIDE else 7 for letter in text)
    return sum(widths) + 2 * _PADDING

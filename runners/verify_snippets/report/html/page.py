"""The page: everything that it shows put together, and nothing that a stranger wrote as markup.

Three walls stand between what a card or a snippet says and the browser: every text is escaped where it is
written (jinja2's autoescape; :mod:`builder` for the card), with what is hidden in it spelled out; only a
few tags and attributes of a card's own HTML are made anew (:mod:`raw`); and a policy in the page's head lets
the browser run this script and apply this style, known by their hashes, show pictures that the page itself
holds, and load nothing at all.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib import resources
from typing import Any

import jinja2
import yaml
from markupsafe import Markup

from verify_snippets.card import Source
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.columns import Table, names_of, table
from verify_snippets.report.html import card_view, code_view, snippet_view
from verify_snippets.report.html.builder import Code, Note
from verify_snippets.report.html.claim_view import ClaimView
from verify_snippets.report.html.diff_view import diff_lines
from verify_snippets.report.html.environment import environment_for
from verify_snippets.report.html.links import Links
from verify_snippets.report.html.snippet_view import SnippetView
from verify_snippets.report.html.text import excerpt
from verify_snippets.report.marks import MARKS
from verify_snippets.report.model import CardReport, Report
from verify_snippets.snippets import Origin
from verify_snippets.verdict import Verdict

_TEXT_BYTES, _LEAST_TEXT, _MOST_TEXT = 2_400_000, 1_000, 16_000  # of outputs, in all; and of one of them
_TEXTS_OF_A_RUN = 4  # its output, its errors, its traceback, its difference from what is documented
_PICTURE_BYTES = 1_500_000
_DIFF_BYTES = 60_000
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # ten times as fast, and in all binary wheels
_CLAIMS = 500  # no card that we know has a tenth of that


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of the card, with its snippet where it is one."""

    name: str
    tag: str
    lines: tuple[code_view.Line, ...]
    faults: Mapping[int, str]
    view: SnippetView | None


@dataclass(frozen=True, kw_only=True)
class MarginNote:
    """What is said of the claims in one paragraph: a line for each verdict, as there is room for no more."""

    lines: tuple[tuple[ClaimView, int], ...]
    """The first claim of a verdict, and how many have it."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """All that the template draws."""

    report: Report
    card: card_view.CardView
    parts: tuple[Markup | Block | MarginNote, ...]
    elsewhere: tuple[Block, ...]
    """The snippets that the card as it is drawn doesn't show."""
    hub_code: tuple[Block, ...]
    views: tuple[SnippetView, ...]
    claims: tuple[ClaimView, ...]
    location: str | None
    """What the card's title links to."""

    @property
    def name(self) -> str:
        """What the card is called."""
        return self.report.card.repo_id or self.report.card.location

    @property
    def table(self) -> Table | None:
        """The snippets by columns, where there are several."""
        return table(self.report)

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """For each column its name; empty where nobody asks which."""
        return names_of(self.report)

    @property
    def tally(self) -> dict[Verdict, int]:
        """How many runs came to each verdict that occurs."""
        counts = self.report.summary.model_dump()
        return {verdict: counts[verdict] for verdict in Verdict if counts[verdict]}

    @property
    def claim_tally(self) -> dict[ClaimVerdict, int]:
        """How many claims came to each verdict."""
        found = [claim.verdict for claim in self.report.claims]
        return {verdict: found.count(verdict) for verdict in ClaimVerdict}

    @property
    def faults(self) -> tuple[SnippetView, ...]:
        """The snippets with something to mend."""
        return tuple(view for view in self.views if view.at_fault)

    @property
    def broken_claims(self) -> tuple[ClaimView, ...]:
        """The claims that do not hold."""
        return tuple(view for view in self.claims if view.claim.verdict is ClaimVerdict.CONTRADICTED)


def render(report: Report) -> str:
    """The report as one HTML file."""
    return _template().render(page=_page(report), style=asset("page.css"), script=asset("page.js"))


def _page(report: Report) -> Page:
    views = tuple(_views(report))
    by_line = {view.snippet.start_line: view for view in views if view.snippet.in_card}
    judged = [claim.line for claim in report.claims if claim.verdict is not ClaimVerdict.UNTESTED]
    address = _address(report.card)
    card = card_view.read(
        report.card.text,
        base=f"{address}/" if address else "",
        unfolds=lambda line: line in by_line and by_line[line].at_fault,
        claim_lines=judged,
    )
    claims = tuple(
        ClaimView(claim=claim, name=f"claim-{number}", place=card.anchor(claim.line))
        for number, claim in enumerate(report.claims[:_CLAIMS], 1)
    )
    parts = tuple(_parts(card, by_line, claims))
    drawn = {id(part.view) for part in parts if isinstance(part, Block)}
    others = [view for view in views if id(view) not in drawn]
    return Page(
        report=report,
        card=card,
        parts=parts,
        elsewhere=tuple(_own_block(view) for view in others if view.snippet.origin is not Origin.HUB),
        hub_code=tuple(_own_block(view) for view in others if view.snippet.origin is Origin.HUB),
        views=views,
        claims=claims,
        location=Links().href(report.card.location),
    )


def _views(report: Report) -> Iterator[SnippetView]:
    runs = sum(len(snippet.runs) for snippet in report.snippets) or 1
    budget = min(_MOST_TEXT, max(_LEAST_TEXT, _TEXT_BYTES // (runs * _TEXTS_OF_A_RUN)))
    pictures = snippet_view.Budget(_PICTURE_BYTES)
    claimed = snippet_view.ClaimedMemory(report.claims)
    for snippet in report.snippets:
        yield snippet_view.view(snippet, claimed, text_budget=budget, pictures=pictures)


def _parts(
    card: card_view.CardView, by_line: Mapping[int, SnippetView], claims: Sequence[ClaimView]
) -> Iterator[Markup | Block | MarginNote]:
    """The card's parts, each block with its snippet; no block stands for a snippet a second time."""
    left = dict(by_line)
    names: set[str] = set()
    for part in card.parts:
        match part:
            case Code():
                name = card_view.block_name(part.start_line)
                yield _block(part, left.pop(part.start_line, None), "" if name in names else name)
                names.add(name)
            case Note():
                yield _note([view for view in claims if part.first_line <= view.claim.line <= part.last_line])
            case _:
                yield part


def _note(claims: Sequence[ClaimView]) -> MarginNote:
    by_verdict = (
        [view for view in claims if view.claim.verdict is verdict]
        for verdict in (ClaimVerdict.CONTRADICTED, ClaimVerdict.CONFIRMED)
    )
    return MarginNote(lines=tuple((found[0], len(found)) for found in by_verdict if found))


def _block(code: Code, view: SnippetView | None, name: str) -> Block:
    is_python = view is not None and view.snippet.kind.is_python
    return Block(
        name=name,
        tag=code.tag.partition("\n")[0][:40],
        lines=code_view.lines(code.text, first=code.text_line, tag=code.tag, is_python=is_python),
        faults=view.faults if view else {},
        view=view,
    )


def _own_block(view: SnippetView) -> Block:
    """A snippet with the code that its report holds, where the card doesn't."""
    text = view.snippet.code
    is_python = view.snippet.kind.is_python
    lines = code_view.lines(text, first=1, tag="", is_python=is_python) if text else ()
    return Block(name="", tag="", lines=lines, faults=view.faults if text else {}, view=view)


def _address(card: CardReport) -> str:
    """The folder of a Hub repo that the card lies in, on the web; empty for every other card."""
    location = Links().href(card.location) if card.source is Source.HUB else None
    return f"{location.rstrip('/')}/blob/{card.revision or 'main'}" if location else ""


@cache
def _template() -> jinja2.Template:
    environment = environment_for("verify_snippets.report.html")
    environment.filters |= {
        "moment": moment,
        "yaml": _yaml,
    }
    environment.globals |= {
        "marks": MARKS,
        "hash": content_hash,
        "excerpt": excerpt,
        "diff_lines": diff_lines,
        "diff_bytes": _DIFF_BYTES,
    }
    environment.tests |= {
        "block": lambda part: isinstance(part, Block),
        "note": lambda part: isinstance(part, MarginNote),
    }
    return environment.get_template("page.html.jinja")


def moment(started_at: str) -> str:
    """A time in UTC, to the minute; what is no time stays as it is."""
    try:
        return f"{datetime.fromisoformat(started_at):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return started_at


def _yaml(value: Any) -> str:
    """A value of the front matter as people wrote it, nearly."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return ", ".join(map(str, value))
    written: str = yaml.dump(value, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=100)
    return written.removesuffix("...\n").strip()


@cache
def asset(name: str) -> Markup:
    """A file of ours, as it is."""
    text = resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - ours


def content_hash(content: str) -> str:
    """How a content security policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"

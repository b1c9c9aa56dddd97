"""History for people: tables on a terminal, plain text elsewhere. All times are UTC."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from verify_snippets.clean import one_line, shorten
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.marks import MARKS, marked
from verify_snippets.report.quantities import bytes_text, elapsed_text, seconds_text
from verify_snippets.store.records import CardState, ClaimStanding, Night, Standing, Steadiness, StoredRun
from verify_snippets.verdict import Verdict

if TYPE_CHECKING:
    from verify_snippets.cli.history import ModelHistory

_REVISION_LENGTH = 7
_TITLE_LENGTH = 60
_VERSIONS = 4  # of libraries, in a line
_RIGHT = ("night", "line", "time", "memory", "models", "ran", "exit")
_FLEXIBLE = ("cards", "snippet", "the card's words", "with")
_CLAIM_STYLES = {
    ClaimVerdict.CONFIRMED: "green",
    ClaimVerdict.CONTRADICTED: "bold red",
    ClaimVerdict.UNTESTED: "dim",
}


def nights_table(nights: Iterable[Night]) -> Table:
    """Nights, one a row."""
    table = _table("night", "target", "began (UTC)", "took", "models", "ran", "cards", "exit")
    for night in nights:
        took = (
            elapsed_text((night.ended_at - night.started_at).total_seconds()) if night.ended_at else "no end"
        )
        cells = [
            str(night.number),
            one_line(night.target),
            _minute(night.started_at),
            took,
            _counted(night, "models"),
            _counted(night, "ran"),
            _card_counts(night),
            "" if night.exit_code is None else str(night.exit_code),
        ]
        table.add_row(*map(Text, cells))
    return table


def model_page(history: "ModelHistory", encoding: str) -> Group:
    """Everything that is known of one model."""
    parts: list[RenderableType] = [_heading(history)]
    if history.standings:
        parts += [Text(), _standings_table(history.standings, encoding)]
        parts += _reasons(history.standings)
    if history.claims:
        parts += [Text(), _claims_table(history.claims)]
    if history.runs:
        parts += [Text("\nlast runs", "bold"), _runs_table(history.runs, encoding)]
    return Group(*parts)


def _heading(history: "ModelHistory") -> Text:
    listed = history.model.listed
    text = Text(one_line(listed.repo_id), "bold")
    text.append(f"  {_short(listed.revision)}", "not bold dim")
    if history.model.gone:
        text.append("\nit is gone from the Hub", "not bold")
    if history.model.card not in (CardState.READ, CardState.UNSEEN):
        text.append(f"\n{history.model.card}: {one_line(history.model.card_reason)}", "not bold")
    if history.visit is None:
        text.append("\nnever looked at to the end", "not bold")
    else:
        visit = history.visit
        text.append(
            f"\nlast looked at {_minute(visit.ended_at)} UTC, at {_short(visit.revision)}", "not bold"
        )
    return text


def _standings_table(standings: Sequence[Standing], encoding: str) -> Table:
    """What is known of each snippet; the hardware is named where there is more than one."""
    several = len({known.key.profile for known in standings}) > 1
    hardware = ["hardware"] if several else []
    table = _table("line", "snippet", *hardware, "verdict", "since (UTC)", "time", "memory")
    for known in standings:
        table.add_row(
            Text("gone" if known.gone else _line(known.snippet_id)),
            _cut(known.title),
            *([Text(one_line(known.key.profile))] if several else []),
            _verdict(known.verdict, encoding, known.steadiness),
            Text(f"{_day(known.since)} {_short(known.since_revision)}".rstrip()),
            Text(_seconds(known.duration_s)),
            Text(_bytes(known.memory_bytes)),
        )
    return table


def _reasons(standings: Iterable[Standing]) -> Iterator[RenderableType]:
    """Why what does not pass doesn't; once for a snippet under several profiles that say the same."""
    said = {
        (_line(known.snippet_id), one_line(known.reason), known.cause.kind.value if known.cause else "")
        for known in standings
        if known.reason and known.verdict is not Verdict.PASSED and not known.gone
    }
    for line, reason, cause in sorted(said):
        kind = f"{cause}: " if cause else ""
        yield Padding(Text(f"line {line}: {kind}{reason}"), (0, 0, 0, 2), expand=False)


def _claims_table(claims: Iterable[ClaimStanding]) -> Table:
    table = _table("line", "claim", "the card's words", "verdict", "since (UTC)")
    for claim in claims:
        table.add_row(
            Text("gone" if claim.gone else str(claim.line)),
            Text(one_line(claim.kind)),
            _cut(claim.quote),
            Text(claim.verdict, _CLAIM_STYLES.get(ClaimVerdict(claim.verdict), "")),
            Text(_day(claim.since)),
        )
    return table


def _runs_table(runs: Sequence[StoredRun], encoding: str) -> Table:
    table = _table("ran (UTC)", "line", "verdict", "time", "memory", "card", "with")
    for stored in runs:
        table.add_row(
            Text(_minute(stored.ran_at)),
            Text(_line(stored.snippet_id)),
            _verdict(stored.run.verdict, encoding),
            Text(_seconds(stored.run.duration_s)),
            Text(_bytes(stored.run.memory.anonymous_bytes)),
            Text(_short(stored.revision)),
            Text(_versions(stored)),
        )
    return table


def _table(*headers: str) -> Table:
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for header in headers:
        justify: JustifyMethod = "right" if header in _RIGHT else "left"
        drawn.add_column(header, justify=justify, no_wrap=header not in _FLEXIBLE)
    return drawn


def _cut(text: str) -> Text:
    """A stranger's words, on one line that ends where the column does."""
    return Text(shorten(one_line(text), _TITLE_LENGTH), no_wrap=True, overflow="ellipsis")


def _verdict(verdict: Verdict, encoding: str, steadiness: Steadiness = Steadiness.STEADY) -> Text:
    text = Text(marked(verdict, encoding=encoding), MARKS[verdict].style)
    if steadiness is not Steadiness.STEADY:
        text.append(f", {steadiness}", "not bold yellow")
    return text


def _versions(stored: StoredRun) -> str:
    """Python's version, and those of the first libraries."""
    told = [f"{one_line(name)} {one_line(version)}" for name, version in stored.run.versions.items()]
    more = f" and {len(told) - _VERSIONS} more" if len(told) > _VERSIONS else ""
    return ", ".join(told[:_VERSIONS]) + more


def _card_counts(night: Night) -> str:
    """How many cards came to what (see ``overview.card_counts``)."""
    counts = {name.removeprefix("cards "): n for name, n in night.counts.items() if name.startswith("cards ")}
    return ", ".join(f"{count} {one_line(name)}" for name, count in counts.items())


def _counted(night: Night, name: str) -> str:
    return str(night.counts[name]) if name in night.counts else ""


def _line(snippet_id: str) -> str:
    return one_line(snippet_id).removeprefix("L")


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _short(revision: str) -> str:
    return one_line(revision)[:_REVISION_LENGTH]


def _seconds(duration_s: float | None) -> str:
    return "" if duration_s is None else seconds_text(duration_s)


def _bytes(count: int | None) -> str:
    return "" if count is None else bytes_text(count)

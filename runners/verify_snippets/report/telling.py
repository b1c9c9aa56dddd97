"""What every report says of a run, in plain words. Pure; a format only escapes and lays out."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from verify_snippets.card import Source
from verify_snippets.clean import clean, last_lines, one_line, shorten
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.columns import names_of
from verify_snippets.report.model import (
    CardReport,
    ClaimReport,
    ErrorReport,
    RepairReport,
    Report,
    RunReport,
    SnippetReport,
)
from verify_snippets.verdict import Verdict

AT_FAULT = (Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BROKEN)
_MESSAGE_LINES = 4  # of an exception: some libraries raise whole pages
_TITLE_LENGTH = 160


@dataclass(frozen=True, kw_only=True)
class Row:
    """One snippet under one profile.

    Attributes:
        snippet: which.
        run: what came of it.
        column: the name of the report's column that it is in; empty where there is only one.
    """

    snippet: SnippetReport
    run: RunReport
    column: str = ""

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{one_line(self.snippet.place)}{in_column(self.column)}"

    @property
    def title(self) -> str:
        """Its first line, short and on one line."""
        return title_of(self.snippet)


def title_of(snippet: SnippetReport) -> str:
    """A snippet's first line, short and on one line."""
    return shorten(one_line(snippet.title), _TITLE_LENGTH) or f"({snippet.kind} block)"


def rows(report: Report) -> list[Row]:
    """Every run, in the card's order."""
    names = names_of(report)
    return [
        Row(snippet=snippet, run=run, column=names[run.column])
        for snippet in report.snippets
        for run in snippet.runs
    ]


def in_column(*columns: str) -> str:
    """The columns that something is said of, to be put behind it; empty where there is only one."""
    named = "; ".join(dict.fromkeys(column for column in columns if column))
    return f" [{named}]" if named else ""


def card_name(card: CardReport) -> str:
    """What people call the card: its repo, or where it was read."""
    return one_line(card.repo_id or card.location)


def card_lines(card: CardReport) -> list[str]:
    """The card's lines as CommonMark counts them; none where the report does not hold the card."""
    return re.split(r"\r\n|\r|\n", card.text) if card.text else []


def headline(report: Report) -> str:
    """The whole report in a few words, such as ``3/5 verified, 2 claims contradicted``."""
    if not report.complete:
        return "interrupted"
    summary = report.summary
    run = summary.passed + summary.failed + summary.contradicted + summary.blocked + summary.broken
    told = f"{summary.passed}/{run} verified" if run else "nothing to run"
    wrong = sum(claim.verdict is ClaimVerdict.CONTRADICTED for claim in report.claims)
    return f"{told}, {wrong} claim{'' if wrong == 1 else 's'} contradicted" if wrong else told


def error_lines(error: ErrorReport) -> list[str]:
    """The exception: its type and the last lines of its message."""
    message = last_lines(error.message, _MESSAGE_LINES) or [""]
    kind = shorten(one_line(error.type), _TITLE_LENGTH)
    return [f"{kind}: {message[0]}".rstrip(": "), *message[1:]]


def error_place(error: ErrorReport) -> str:
    """The line that raised it, of the card or of whatever it says, with its code; empty if unknown."""
    if error.card_line is None:
        return ""
    code = clean(error.card_text).strip()
    place = f"{one_line(error.document) or 'card'} line {error.card_line}"
    return f"{place}: {code}" if code else place


def reason_lines(run: RunReport) -> Iterator[str]:
    """Why it got its verdict, beside the exception, and since when."""
    if run.reason and not _repeats(run.error, run.reason):
        yield one_line(run.reason)
    ending = _ending(run)
    if ending and run.error is None:
        yield ending
    if run.rot is not None:
        yield one_line(run.rot.sentence)
    yield from contact_lines(run)


def contact_lines(run: RunReport) -> Iterator[str]:
    """What the gateway did not let it have."""
    if run.contacts.refused_hosts:
        yield one_line(f"refused hosts: {', '.join(run.contacts.refused_hosts)}")
    if run.contacts.cut:
        yield one_line(f"cut by the gateway's limits: {'; '.join(run.contacts.cut)}")
    if len(run.contacts.not_recorded) > 1:  # the first one is the reason of the verdict
        yield one_line(f"not recorded: {'; '.join(run.contacts.not_recorded)}")


def repair_lines(snippet_id: str, report: Report) -> Iterator[str]:
    """The repairs that mend a snippet, and where to see them."""
    for repair in repairs_of(snippet_id, report.repairs):
        yield one_line(f"{tried(repair)}: {repair.sentence}; see it with `{fix_command(report.card)}`")


def repairs_of(snippet_id: str, repairs: Iterable[RepairReport]) -> list[RepairReport]:
    """Those that mend one snippet."""
    return [repair for repair in repairs if snippet_id in repair.snippets]


def tried(repair: RepairReport) -> str:
    """Whether a repair was run: one that is certain from reading alone may not have been."""
    return "a repair was not run" if repair.duration_s is None else "a repair was tried and passes"


def fix_command(card: CardReport) -> str:
    """What shows a card's repairs."""
    target = card.repo_id if card.source is Source.HUB and card.repo_id else card.location
    return f"verify-snippets fix {shlex.quote(one_line(target))}"


def explanation(row: Row, report: Report) -> list[str]:
    """All of it: the exception, the reason, the rot and the repairs."""
    own = row.run.verdict is not Verdict.BLOCKED  # what blocks it tells its own exception
    error = error_lines(row.run.error) if row.run.error is not None and own else []
    return [*error, *reason_lines(row.run), *repair_lines(row.snippet.id, report)]


def claim_text(claim: ClaimReport) -> str:
    """A claim in figures, such as ``vram <= 16 GB``."""
    value = claim.value
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    return one_line(f"{claim.kind} {claim.comparator} {number} {claim.unit}")


def _repeats(error: ErrorReport | None, reason: str) -> bool:
    """Whether the reason says only what the error said already."""
    return error is not None and one_line(reason) == one_line(f"{error.type}: {error.message}")


def _ending(run: RunReport) -> str:
    if run.signal:
        return f"ended by {one_line(run.signal)}"
    return f"exit code {run.exit_code}" if run.exit_code else ""

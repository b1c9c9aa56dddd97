"""What a report points at on the card's lines: for annotations and SARIF alike. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from verify_snippets.clean import clean, one_line, shorten
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report import rules
from verify_snippets.report.model import ClaimReport, OutputReport, RepairReport, Report, RunReport
from verify_snippets.report.telling import Row, card_lines, claim_text, explanation, repairs_of, rows
from verify_snippets.verdict import Verdict

_DIFF_LINES = 20
_MESSAGE_LENGTH = 2_000


class Level(StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to say of some lines of the card.

    Attributes:
        rule: id of the rule in ``rules.RULES``.
        level: how much it matters.
        start_line: the card's own, 1-based.
        end_line: the last one that it speaks of.
        in_card: whether those are the card's lines, and not a notebook's.
        title: one line.
        message: a few lines, cleaned.
        fingerprint: of the rule and of the code or the sentence; the same wherever in the card it moves.
        repairs: changes that were tried and mend it.
    """

    rule: str
    level: Level
    start_line: int
    end_line: int
    title: str
    message: str
    fingerprint: str
    repairs: tuple[RepairReport, ...] = ()
    in_card: bool = True


def findings(report: Report) -> tuple[Finding, ...]:
    """Everything worth pointing at, worst first, and in the card's order among equals."""
    found = [*_Finder(report).all()]
    levels = list(Level)
    return tuple(sorted(found, key=lambda finding: (levels.index(finding.level), finding.start_line)))


class _Finder:
    """Goes through one report, and tells equal pieces of the card apart by their number."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lines = card_lines(report.card)
        self._rows = rows(report)
        self._several_profiles = len({row.run.profile for row in self._rows}) > 1
        self._seen: Counter[str] = Counter()

    def all(self) -> Iterator[Finding]:
        for row in self._rows:
            yield from self._of_run(row)
        for claim in self._report.claims:
            if claim.verdict is ClaimVerdict.CONTRADICTED:
                yield self._of_claim(claim)

    def _of_run(self, row: Row) -> Iterator[Finding]:
        judged = _judged(row.run)
        if judged is not None:
            message = "\n".join(explanation(row, self._report)) or str(row.run.verdict)
            yield self._of_snippet(row, *judged, message)
        if row.run.output is not None and row.run.output.verdict == "differs":
            yield self._of_output(row, row.run.output)
        for remark in row.run.remarks:
            yield self._of_snippet(row, rules.REMARK, Level.NOTICE, one_line(remark))

    def _of_snippet(self, row: Row, rule: str, level: Level, message: str) -> Finding:
        start, end = self._lines_at_fault(row) if level is Level.ERROR else _span(row)
        profile = f" under {row.run.profile}" if self._several_profiles and not row.column else ""
        what = "remark" if rule == rules.REMARK else str(row.run.verdict)
        return Finding(
            rule=rule,
            level=level,
            start_line=start,
            end_line=end,
            title=one_line(f"{row.name} {what}{profile}: {row.title}"),
            message=shorten(message, _MESSAGE_LENGTH),
            fingerprint=self._fingerprint(rule, *_under(row), self._code(row)),
            repairs=tuple(repairs_of(row.snippet.id, self._report.repairs)) if level is Level.ERROR else (),
            in_card=row.snippet.in_card,
        )

    def _of_output(self, row: Row, output: OutputReport) -> Finding:
        diff = clean(output.diff).splitlines()
        more = [f"... {len(diff) - _DIFF_LINES} more lines"] if len(diff) > _DIFF_LINES else []
        message = "\n".join([one_line(output.reason), *diff[:_DIFF_LINES], *more])
        return Finding(
            rule=rules.OUTPUT,
            level=Level.WARNING,
            start_line=output.line,
            end_line=output.line,
            title=f"{row.name}: it prints something else than the card shows",
            message=shorten(message, _MESSAGE_LENGTH),
            fingerprint=self._fingerprint(rules.OUTPUT, *_under(row), self._code(row)),
        )

    def _of_claim(self, claim: ClaimReport) -> Finding:
        rule = rules.of_claim(claim.kind)
        found = f"found: {one_line(claim.found)}" if claim.found else ""
        lines = [f"“{one_line(claim.quote)}”", one_line(claim.reason), found, one_line(claim.how)]
        return Finding(
            rule=rule,
            level=Level.WARNING,
            start_line=claim.line,
            end_line=claim.line,
            title=f"line {claim.line}: {claim_text(claim)} is contradicted",
            message=shorten("\n".join(line for line in lines if line), _MESSAGE_LENGTH),
            fingerprint=self._fingerprint(rule, claim.quote),
        )

    def _lines_at_fault(self, row: Row) -> tuple[int, int]:
        """The line that raised the error where it is one of the snippet's, else all of it."""
        line = row.run.error.card_line if row.run.error is not None else None
        if line is not None and row.snippet.start_line <= line <= row.snippet.end_line:
            return line, line
        return _span(row)

    def _code(self, row: Row) -> str:
        """The snippet as the card has it, without what may change and mean nothing."""
        if not row.snippet.in_card:
            return f"{row.snippet.document}\n{row.snippet.title}"
        lines = self._lines[row.snippet.start_line - 1 : row.snippet.end_line] or [row.snippet.title]
        return "\n".join(line.strip() for line in lines)

    def _fingerprint(self, *parts: str) -> str:
        told = "\0".join(parts)
        self._seen[told] += 1  # the same code may stand in a card twice
        data = f"{told}\0{self._seen[told]}".encode(errors="backslashreplace")
        return hashlib.sha256(data).hexdigest()[:32]


def _under(row: Row) -> tuple[str, ...]:
    """What tells runs of one snippet apart."""
    return (row.run.profile, row.column) if row.column else (row.run.profile,)


def _span(row: Row) -> tuple[int, int]:
    return row.snippet.start_line, row.snippet.end_line


def _judged(run: RunReport) -> tuple[str, Level] | None:
    """The rule that a verdict speaks of, and how much it matters; None for what needs no pointing at."""
    match run.verdict:
        case Verdict.FAILED:
            return rules.of_failure(run.cause), Level.ERROR
        case Verdict.CONTRADICTED:
            return rules.CONTRADICTED, Level.ERROR
        case Verdict.BROKEN:
            return rules.BROKEN, Level.WARNING
        case Verdict.BLOCKED:
            return rules.BLOCKED, Level.NOTICE
        case Verdict.PASSED | Verdict.SKIPPED:
            return None
        case _:
            assert_never(run.verdict)

"""What several reports on one card say of its claims, as one. Pure."""

from collections.abc import Sequence

from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report.columns import column_key, column_name, columns_of
from verify_snippets.report.model import ClaimReport, Report

_Told = tuple[str, ClaimReport]  # by which column, what
_WEIGHT = {ClaimVerdict.UNTESTED: 0, ClaimVerdict.CONFIRMED: 1, ClaimVerdict.CONTRADICTED: 2}


def merged_claims(reports: Sequence[Report]) -> tuple[ClaimReport, ...]:
    """Each claim once: what contradicts it beats what confirms it, and that beats what says nothing.

    Where the columns differ about a claim, it says under which it was found so.

    Args:
        reports: on one revision of a card. Of reports on the same columns, later ones take the place of
            earlier ones.
    """
    newest = {frozenset(map(column_key, columns_of(report))): report for report in reports}
    told: dict[tuple[object, ...], list[_Told]] = {}
    for report in newest.values():
        name = _only_column(report)
        for claim in report.claims:
            told.setdefault(_identity(claim), []).append((name, claim))
    found = [_merged(sayings) for sayings in told.values()]
    return tuple(sorted(found, key=lambda claim: (claim.line, *map(str, _identity(claim)))))


def _only_column(report: Report) -> str:
    """The name of its column; empty where it has several, whose claims say theirs already."""
    names = {column_name(*column_key(column)) for column in columns_of(report)}
    return names.pop() if len(names) == 1 else ""


def _identity(claim: ClaimReport) -> tuple[object, ...]:
    return (claim.line, claim.kind, claim.comparator, str(claim.value), claim.unit, claim.scope, claim.quote)


def _merged(sayings: Sequence[_Told]) -> ClaimReport:
    in_order = sorted(sayings, key=lambda told: (told[0], told[1].model_dump_json()))
    name, claim = max(in_order, key=lambda told: _WEIGHT[told[1].verdict])  # the first of equals
    all_alike = len({_said(each) for _, each in sayings}) == 1
    if claim.verdict is ClaimVerdict.UNTESTED or all_alike or not name:
        return claim
    return claim.model_copy(update={"how": "; ".join(part for part in (claim.how, name) if part)})


def _said(claim: ClaimReport) -> tuple[object, ...]:
    return (claim.verdict, claim.reason, claim.found)

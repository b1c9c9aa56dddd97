"""One more report on a card's claims: what it moves, and what of it is news."""

from datetime import timedelta

import pytest

from tests.verify_snippets.nightly.histories import START
from verify_snippets.claims import ClaimKind, Comparator, Scope
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.nightly.claim_standing import ClaimAdvance, advance_claims
from verify_snippets.report.model import ClaimReport

_WORDS = {"+": ClaimVerdict.CONFIRMED, "-": ClaimVerdict.CONTRADICTED, "?": ClaimVerdict.UNTESTED}


def _claim(verdict: ClaimVerdict, *, quote: str = "under 16 GB", line: int = 3) -> ClaimReport:
    return ClaimReport(
        kind=ClaimKind.VRAM,
        comparator=Comparator.AT_MOST,
        value=16.0,
        unit="GB",
        scope=Scope.INFERENCE,
        line=line,
        quote=quote,
        verdict=verdict,
        reason="measured",
    )


def _lived(reports: str) -> list[ClaimAdvance]:
    steps: list[ClaimAdvance] = []
    for night, letter in enumerate(reports):
        claims = [] if letter == " " else [_claim(_WORDS[letter])]
        old = steps[-1].standings if steps else ()
        at = START + timedelta(days=night)
        steps.append(advance_claims(old, claims, repo_id="acme/tiny", at=at, night=night))
    return steps


@pytest.mark.parametrize(
    ("reports", "news"),
    [
        ("+", []),
        ("?", []),
        ("-", ["newly contradicted claim"]),
        ("--", ["newly contradicted claim"]),
        ("+?-", ["newly contradicted claim"]),
        ("-?-", ["newly contradicted claim"]),
        ("-+", ["newly contradicted claim", "claim holds again"]),
        ("- +", ["newly contradicted claim", "claim holds again"]),
    ],
)
def test_what_is_news(reports: str, news: list[str]) -> None:
    assert [str(change.kind) for step in _lived(reports) for change in step.changes] == news


def test_what_was_found_out_is_kept_while_it_is_not_tested() -> None:
    (kept,) = _lived("--?")[-1].standings
    assert (kept.verdict, kept.since) == ("contradicted", START)


def test_a_claim_that_the_card_makes_no_more_is_gone_and_not_forgotten() -> None:
    (gone,) = _lived("- ")[-1].standings
    assert gone.gone
    (back,) = _lived("- -")[-1].standings
    assert not back.gone
    assert back.since == START


def test_of_the_same_words_twice_the_worse_verdict_counts() -> None:
    claims = [_claim(ClaimVerdict.CONFIRMED, line=3), _claim(ClaimVerdict.CONTRADICTED, line=9)]
    (found,) = advance_claims((), claims, repo_id="acme/tiny", at=START).standings
    assert (found.verdict, found.line) == ("contradicted", 9)

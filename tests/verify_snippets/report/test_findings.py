"""What is pointed at, and how much it matters."""

from collections import Counter

from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.causes import Cause
from verify_snippets.claims import ClaimKind
from verify_snippets.report import rules
from verify_snippets.report.findings import Level, findings
from verify_snippets.report.model import CauseReport


def test_every_cause_and_every_kind_of_claim_has_a_rule() -> None:
    assert {rules.of_failure(CauseReport(kind=cause)) for cause in Cause} <= rules.RULES.keys()
    assert {rules.of_claim(kind) for kind in ClaimKind} <= rules.RULES.keys()
    assert rules.of_failure(None) == "snippet/unknown"


def test_each_thing_is_said_once_and_the_worst_first() -> None:
    found = findings(rich())
    assert [each.level for each in found] == sorted((each.level for each in found), key=list(Level).index)
    assert Counter(each.rule for each in found) == Counter(
        {
            "snippet/contradicted": 1,
            "snippet/network-refused": 1,
            "snippet/card-bug": 1,
            "snippet/blocked": 1,
            "snippet/broken": 1,
            "snippet/remark": 1,
            "output/differs": 1,
            "claim/ram": 1,
        }
    )


def test_under_several_profiles_each_is_named() -> None:
    titles = [each.title for each in findings(rich(profiles=("cpu-basic", "t4-small")))]
    assert "line 20 failed under t4-small: import requests" in titles


def test_only_what_a_repair_mends_carries_it() -> None:
    assert [each.start_line for each in findings(rich()) if each.repairs] == [8]

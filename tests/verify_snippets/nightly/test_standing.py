"""One more run: what it moves, and what of it is news."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify_snippets.nightly.histories import (
    KEY,
    REMOVED,
    History,
    lived,
    snippet,
    standing,
    stored_run,
)
from verify_snippets.nightly.standing import advance, fails, flips, needs_confirming
from verify_snippets.overview import AT_FAULT
from verify_snippets.store.records import ChangeKind, Steadiness
from verify_snippets.verdict import Verdict

_NEWS = {
    "P": [],
    "P P P": [],
    "F": [],  # once is not enough
    "FF": ["new failure"],
    "FC": ["new failure"],
    "BB": ["new failure"],
    "FP": [],
    "F F": [],  # under another key, which may fail for another reason
    "F FF": ["new failure"],
    "FXF": ["new failure"],  # our own trouble in between says nothing
    "FXP": [],
    "P FF": ["new failure"],
    "P FP": [],
    "P FF F C": ["new failure"],
    "P FF P": ["new failure", "fixed"],
    "P FF S X P": ["new failure", "fixed"],
    "P FF P FF P": ["new failure", "fixed", "new failure", "fixed"],
    "PFP": ["flaky"],
    "PFPFPFPF": ["flaky"],
    "FFPF": ["new failure", "fixed", "flaky"],
    "PFFP": ["new failure", "flaky"],
    "PFP F F": ["flaky"],  # another key alone does not make it steady
    "PFP P P P": ["flaky"],
    "PFP P P P P": ["flaky", "steady again"],
    "PFP F F F F F": ["flaky", "steady again", "new failure"],
    "PFP F F F F F P": ["flaky", "steady again", "new failure", "fixed"],
    "PFP P P P P FF": ["flaky", "steady again", "new failure"],
    "PFP/P": ["flaky", "steady again"],
    "PFP/FF": ["flaky", "new failure"],
    "P FF/FF": ["new failure"],
    "P FF/P": ["new failure", "fixed"],
    "S": [],
    "X": [],
    "X FF": ["new failure"],
    "S FF P": ["new failure", "fixed"],
}


@pytest.mark.parametrize("runs", _NEWS)
def test_what_is_news(runs: str) -> None:
    assert lived(runs).news == _NEWS[runs]


def test_a_suspected_failure_leaves_the_verdict_and_says_why_it_is_suspected() -> None:
    found = lived("P F").standing
    assert found.verdict is Verdict.PASSED
    assert found.steadiness is Steadiness.SUSPECTED
    assert (found.reason, found.cause) == ("it failed", REMOVED)
    assert needs_confirming(found)
    assert not fails(found)


def test_a_failure_that_was_not_confirmed_leaves_nothing_but_the_memory_of_it() -> None:
    found = lived("P FP").standing
    assert (found.verdict, found.steadiness, found.cause) == (Verdict.PASSED, Steadiness.STEADY, None)
    assert [verdict for _, verdict in found.recent] == [Verdict.PASSED, Verdict.FAILED, Verdict.PASSED]
    assert flips(found.recent, "k1") == 1


def test_it_fails_since_it_first_failed_however_it_fails_now() -> None:
    history = lived("P FF C B")
    confirmed = history.steps[2].standing
    assert history.standing.verdict is Verdict.BLOCKED
    assert history.standing.since == confirmed.since > history.steps[0].standing.since
    assert history.standing.last_ran_at > confirmed.last_ran_at


def test_what_is_fixed_says_what_was_wrong() -> None:
    fixed = lived("P FF P").changes[-1]
    assert fixed.kind is ChangeKind.FIXED
    assert (fixed.before, fixed.after) == (Verdict.FAILED, Verdict.PASSED)
    assert (fixed.reason, fixed.cause) == ("it failed", REMOVED)


@pytest.mark.parametrize(("runs", "before"), [("FF", ""), ("P FF", "passed"), ("S FF", "")])
def test_a_new_failure_says_what_was_so_before(runs: str, before: str) -> None:
    (failure,) = lived(runs).changes
    assert (failure.before, failure.after, failure.night) == (before, "failed", len(runs) - 1)


def test_a_flaky_one_says_how_it_fails_when_it_fails() -> None:
    history = lived("PFP")
    assert (history.changes[0].reason, history.changes[0].cause) == ("it failed", REMOVED)
    assert history.standing.cause == REMOVED
    assert not fails(history.standing)


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.SKIPPED])
def test_what_says_nothing_of_the_card_moves_nothing_but_the_place(verdict: Verdict) -> None:
    before = lived("P FF").standing
    run = stored_run(verdict, number=9)
    after = advance(before, run, snippet=snippet(line=8)).standing
    assert (after.verdict, after.since, after.last_ran_at) == (
        before.verdict, before.since, before.last_ran_at,
    )  # fmt: skip
    assert after.recent == before.recent


def test_code_that_is_edited_and_does_not_run_any_more_has_no_verdict_of_before() -> None:
    failing = lived("P FF").standing
    edited = advance(failing, stored_run(Verdict.SKIPPED), snippet=snippet("print(2)"))
    assert edited.standing.verdict is Verdict.SKIPPED
    assert edited.changes == ()
    broken = advance(failing, stored_run(Verdict.BROKEN), snippet=snippet("print(2)"))
    assert broken.standing.verdict is Verdict.FAILED


def test_a_card_that_is_taken_back_to_what_failed_fails_at_once() -> None:
    back = stored_run(
        Verdict.FAILED, under="k0", number=9, attempt=2
    )  # found twice before, and not run again
    passing = lived("FF P").standing
    (change,) = advance(passing, back, snippet=snippet()).changes
    assert change.kind is ChangeKind.NEW_FAILURE


def test_a_failure_counts_only_when_it_was_run_again_to_confirm_it() -> None:
    suspected = lived("P F").standing
    again = advance(suspected, stored_run(Verdict.FAILED, number=9), snippet=snippet())
    assert again.changes == ()
    assert needs_confirming(again.standing)


def test_its_cost_and_discussion_are_kept() -> None:
    before = replace(standing(), discussion=7)
    run = stored_run(Verdict.PASSED)
    after = advance(before, run, snippet=snippet("print(3)", line=7)).standing
    assert (after.duration_s, after.title, after.key) == (1.5, "print(3)", KEY)
    silent = stored_run(Verdict.PASSED)
    silent = replace(silent, run=silent.run.model_copy(update={"duration_s": None}))
    assert advance(after, silent, snippet=snippet()).standing.duration_s == 1.5
    unknown = replace(before, verdict=Verdict.SKIPPED)
    assert after.discussion == advance(unknown, run, snippet=snippet()).standing.discussion == 7


_RUNS = st.text(alphabet="PFCBSX /", min_size=1, max_size=40).filter(lambda runs: runs.strip(" /") != "")


@given(_RUNS)
def test_no_alarm_without_two_failures_under_one_key(runs: str) -> None:
    history = lived(runs)
    for step in history.steps:
        for change in step.changes:
            if change.kind is ChangeKind.NEW_FAILURE:
                recent = step.standing.recent
                in_a_row = [verdict in AT_FAULT for _, verdict in recent]
                assert all(in_a_row[-2:])
                assert len(in_a_row) >= 2
                assert recent[-1][0] == recent[-2][0] or all(in_a_row[-5:])  # a flaky one after five


@given(_RUNS.map(lambda runs: runs.replace("S", "X")))  # edited and skipped, a snippet starts again
def test_news_of_one_snippet_make_sense_one_after_the_other(runs: str) -> None:
    allowed = {
        "": {"new failure", "flaky"},
        "new failure": {"fixed", "flaky"},
        "fixed": {"new failure", "flaky"},
        "flaky": {"steady again", "new failure", "flaky"},  # the latter two only where it was edited
        "steady again": {"new failure", "flaky"},
    }
    before = ""
    for kind in lived(runs).news:
        assert kind in allowed[before]
        before = kind


@given(_RUNS)
def test_a_flaky_one_never_alarms(runs: str) -> None:
    history = lived(runs)
    for one, two in zip(history.steps, history.steps[1:], strict=False):
        if one.standing.steadiness is Steadiness.FLAKY and two.standing.steadiness is Steadiness.FLAKY:
            assert two.changes == ()


@given(_RUNS)
def test_what_passes_all_the_time_is_steady(runs: str) -> None:
    history: History = lived(runs.replace("F", "P").replace("C", "P").replace("B", "P"))
    assert history.news == []
    assert history.standing.steadiness is Steadiness.STEADY

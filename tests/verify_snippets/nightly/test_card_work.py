"""One card in a night: what runs, what is stored when, and what of it is news."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verify_snippets.nightly.cards import REPO, History, blocks, came_to, history
from verify_snippets.store.records import Steadiness
from verify_snippets.verdict import Verdict

FAILED, PASSED, BROKEN = Verdict.FAILED, Verdict.PASSED, Verdict.BROKEN
CARD = blocks("print(1)", "print(2)")


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[History]:
    with history(tmp_path) as empty:
        yield empty


def test_a_new_failure_counts_once_a_second_run_fails_too(nights: History) -> None:
    assert nights.spend(CARD, {"L1": [FAILED, FAILED]}) == ["L1", "L5", "L1"]
    assert nights.news() == ["L1 new failure"]
    assert [(run.snippet_id, run.attempt) for run in nights.store.every_run()] == [
        ("L1", 1),
        ("L5", 1),
        ("L1", 2),
    ]


def test_a_failure_that_the_second_run_does_not_confirm_is_no_news(nights: History) -> None:
    nights.spend(CARD, {"L1": [FAILED, PASSED]})
    assert nights.news() == []
    assert {standing.verdict for standing in nights.store.standings(REPO)} == {PASSED}
    assert nights.store.last_report(REPO) is not None


def test_a_known_failure_is_not_run_twice(nights: History) -> None:
    nights.spend(CARD, {"L1": [FAILED, FAILED]})
    assert nights.spend(CARD, {"L1": [FAILED]}, revision="b" * 40) == ["L1", "L5"]
    assert nights.news() == ["L1 new failure"]


def test_what_is_known_is_not_run_again(nights: History) -> None:
    nights.spend(CARD, {"L1": [FAILED, FAILED]})
    assert nights.spend(CARD) == []
    report, _ = nights.store.last_report(REPO) or pytest.fail("there is no report")
    assert [run.verdict for snippet in report.snippets for run in snippet.runs] == [FAILED, PASSED]
    assert all(run.reused_from for snippet in report.snippets for run in snippet.runs)


def test_a_night_that_was_killed_goes_on_where_it_was(nights: History) -> None:
    """What is stored isn't run again; a failure that was only suspected still waits for its second run."""
    night = nights.begin_night()
    before = nights.work(night, CARD)
    first, second = before.begin()
    before.add(first, came_to(first.step, FAILED))
    after = nights.work(night, CARD)
    (confirming, left) = after.begin()
    assert (confirming.step.snippet.id, confirming.attempt, confirming.confirming) == ("L1", 2, True)
    assert left.depends_on == second.depends_on
    assert after.add(confirming, came_to(confirming.step, FAILED)) is None
    after.add(left, came_to(left.step, PASSED))
    assert after.is_done
    assert nights.news() == ["L1 new failure"]


def test_a_failure_of_before_that_nothing_confirmed_runs_once_more(nights: History) -> None:
    """Also where the card was edited after the night that was killed, and is now as it was then."""
    before = nights.work(nights.begin_night(), CARD, revision="a" * 40)
    first, _ = before.begin()
    assert before.add(first, came_to(first.step, FAILED)) is not None
    nights.spend(CARD, revision="b" * 40)
    again = nights.work(nights.begin_night(), CARD, revision="a" * 40)
    (confirming, _) = again.begin()
    assert (confirming.step.snippet.id, confirming.attempt, confirming.confirming) == ("L1", 2, True)
    assert again.add(confirming, came_to(confirming.step, FAILED)) is None
    assert nights.news() == ["L1 new failure"]


def test_a_failure_that_counted_is_not_run_again_when_it_comes_back(nights: History) -> None:
    nights.spend(CARD, {"L1": [FAILED, FAILED]}, revision="a" * 40)
    nights.spend(CARD, revision="b" * 40)
    assert nights.spend(CARD, revision="a" * 40) == []
    assert nights.news() == ["L1 new failure", "L1 fixed", "L1 new failure"]


def test_trouble_of_ours_moves_nothing_and_is_tried_again(nights: History) -> None:
    nights.spend(CARD)
    nights.spend(CARD, {"L1": [BROKEN]}, revision="b" * 40)
    assert {standing.verdict for standing in nights.store.standings(REPO)} == {PASSED}
    report, _ = nights.store.last_report(REPO) or pytest.fail("there is no report")
    assert report.card.revision == "a" * 40, "a report that says nothing of a snippet takes no other's place"
    assert nights.spend(CARD, revision="b" * 40) == ["L1"]
    assert nights.news() == []


def test_a_verdict_that_holds_no_longer_is_found_again_under_the_same_key(nights: History) -> None:
    nights.spend(CARD)
    turns = nights.work(nights.begin_night(), CARD, holds=False).begin()
    assert [(turn.step.snippet.id, turn.attempt) for turn in turns] == [("L1", 2), ("L5", 2)]


def test_a_card_that_is_taken_back_to_what_worked_is_fixed_without_a_run(nights: History) -> None:
    nights.spend(CARD, revision="a" * 40)
    nights.spend(CARD, {"L1": [FAILED, FAILED]}, revision="b" * 40)
    assert nights.spend(CARD, revision="a" * 40) == []
    assert nights.news() == ["L1 new failure", "L1 fixed"]


def test_what_flips_under_one_key_becomes_flaky_and_alarms_no_more(nights: History) -> None:
    nights.spend(CARD)
    for verdicts in ([FAILED, PASSED], [FAILED, PASSED], [FAILED]):
        work = nights.work(nights.begin_night(), CARD, holds=False)
        turns = work.begin()
        for turn in turns:
            is_first = turn.step.snippet.id == "L1"
            again = work.add(turn, came_to(turn.step, verdicts[turn.confirming] if is_first else PASSED))
            turns += [again] if again is not None else []
    assert nights.news() == ["L1 flaky"]
    (standing,) = [each for each in nights.store.standings(REPO) if each.snippet_id == "L1"]
    assert standing.steadiness is Steadiness.FLAKY


def test_what_a_card_shows_no_more_is_gone(nights: History) -> None:
    nights.spend(CARD, {"L5": [FAILED, FAILED]})
    nights.spend(blocks("print(1)"), revision="b" * 40)
    assert [each.snippet_id for each in nights.store.standings(REPO)] == ["L1"]


def test_what_is_wrong_at_sight_needs_no_second_reading(nights: History) -> None:
    """Nothing runs, so nothing is waited for: the failure counts at once."""
    assert nights.spend(blocks("print(1")) == []
    assert nights.news() == ["L1 new failure"]


def test_a_verdict_is_told_when_it_is_stored(nights: History) -> None:
    work = nights.work(nights.begin_night(), CARD)
    turn, _ = work.begin()
    assert "verdict" not in nights.events()
    work.add(turn, came_to(turn.step, PASSED))
    assert nights.events()[-1] == "verdict"
    assert len(list(nights.store.every_run())) == 1

"""What is put into a store comes out again, on each kind of database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import event
from sqlalchemy.exc import StatementError

from tests.verify_snippets.store import values
from tests.verify_snippets.store.values import DAY, NOW
from verify_snippets.store import Store, open_store
from verify_snippets.store.records import CardState, ClaimStanding, Movable, PastRun, Visit, line_of
from verify_snippets.verdict import Verdict


def test_a_night_begins_is_gone_on_with_and_ends(store: Store) -> None:
    first = values.begun(store)
    other = values.begun(store, "other", NOW + DAY)
    assert (first.number, other.number) == (1, 2)
    assert store.resume_night("acme") == first
    assert store.resume_night("nobody") is None

    store.end_night(1, at=NOW + DAY, counts={"models": 3, "passed": 2}, exit_code=1)
    store.night_told(1, at=NOW + 2 * DAY)
    assert store.resume_night("acme") is None
    ended = replace(
        first, ended_at=NOW + DAY, counts={"models": 3, "passed": 2}, exit_code=1, told_at=NOW + 2 * DAY
    )
    assert store.night(1) == ended
    assert store.nights() == [other, ended]
    assert store.nights(limit=1) == [other]
    assert store.night(3) is None


def test_a_night_whose_beginning_is_written_twice_is_one(store: Store) -> None:
    assert values.begun(store) == values.begun(store)
    assert len(store.nights()) == 1


def test_what_did_not_fit_keeps_its_order_until_something_else_is_said(store: Store) -> None:
    store.carry_over(["acme/z", "acme/a", "acme/z"])
    assert store.carried_over() == ["acme/z", "acme/a"]
    store.carry_over([])
    assert store.carried_over() == []


def test_a_whole_listing_says_which_models_are_gone(store: Store) -> None:
    store.seen([values.listed("other/a"), values.listed("gpt2")], at=NOW, whole=False, owner=None)
    store.seen([values.listed("acme/a"), values.listed("acme/b")], at=NOW, whole=True, owner="acme")
    store.end_card(values.card_end("acme/b", card=CardState.GATED, card_reason="ask its owner"))
    store.seen([values.listed("acme/b", downloads=7)], at=NOW + DAY, whole=True, owner="acme")

    found = {model.listed.repo_id: model for model in store.models()}
    assert [name for name, model in found.items() if model.gone] == ["acme/a"]
    kept = found["acme/b"]
    assert kept.listed == values.listed("acme/b", downloads=7)
    assert (kept.first_seen_at, kept.card, kept.card_reason) == (NOW, CardState.GATED, "ask its owner")

    store.seen([values.listed("acme/a")], at=NOW + 2 * DAY, whole=False, owner="acme")
    assert not any(model.gone for model in store.models())


def test_the_same_model_on_two_pages_of_a_listing_is_one(store: Store) -> None:
    twice = [values.listed("acme/a", downloads=1), values.listed("acme/a", downloads=2)]
    store.seen(twice, at=NOW, whole=True, owner="acme")
    (model,) = store.models()
    assert model.listed.downloads == 2


def test_the_last_visit_of_each_model_counts(store: Store) -> None:
    visit = Visit(
        repo_id="acme/tiny",
        revision="a" * 40,
        surroundings="s" * 64,
        movable=Movable(
            releases={"torch>=2": "2.13.0"}, repos={"acme/base": "b" * 40}, hosts=("example.org",)
        ),
        ended_at=NOW,
        snippets=3,
        ran=2,
        duration_s=12.5,
    )
    store.end_card(values.card_end(visit=replace(visit, ran=0, ended_at=NOW - DAY)))
    store.end_card(values.card_end(visit=visit))
    assert store.visits() == {"acme/tiny": visit}


def test_a_run_is_stored_with_what_it_led_to(store: Store) -> None:
    night = values.begun(store).number
    run = values.run(night=night, verdict=Verdict.FAILED)
    standing = values.standing(verdict=Verdict.FAILED)
    assert store.add_run(run, standing, [values.change(night)])

    assert store.known(["k1", "k2"]) == {"k1": run}
    assert store.runs("acme/tiny") == [run]
    assert list(store.every_run()) == [run]
    assert store.standings() == [standing]
    assert store.changes(night) == store.changes(repo_id="acme/tiny") == [values.change(night)]
    assert store.changes(night + 1) == []
    assert store.expectations() == {values.key(): (4.5, 3_000_000_000)}


def test_a_run_that_is_stored_already_changes_nothing(store: Store) -> None:
    assert store.add_run(values.run(), values.standing())
    again = values.standing(verdict=Verdict.FAILED)
    assert not store.add_run(values.run(verdict=Verdict.FAILED), again, [values.change()])
    assert store.runs("acme/tiny") == [values.run()]
    assert store.standings() == [values.standing()]
    assert store.changes() == []


def test_the_last_attempt_under_a_key_is_the_known_one(store: Store) -> None:
    runs = [values.run(attempt=n, at=NOW + n * DAY) for n in (1, 2, 3)]
    for run in (runs[0], runs[2], runs[1]):
        store.add_run(run, values.standing())
    assert store.known(["k1"]) == {"k1": runs[2]}
    assert store.runs("acme/tiny", limit=2) == [runs[2], runs[1]]


def test_figures_of_runs_are_had_without_the_runs(store: Store) -> None:
    store.add_run(values.run(verdict=Verdict.FAILED), values.standing())
    told = PastRun(
        snippet=values.key(),
        revision="a" * 40,
        ran_at=NOW,
        verdict=Verdict.FAILED,
        duration_s=4.5,
        memory_bytes=3_000_000_000,
    )
    assert store.past_runs(["acme/tiny", "acme/new"]) == {"acme/tiny": [told], "acme/new": []}


def test_the_newest_figures_of_each_snippet_are_had_at_once(store: Store) -> None:
    snippets = [values.key("acme/a"), values.key("acme/b"), values.key("acme/b", lineage="other")]
    for day in range(3):
        for number, snippet in enumerate(snippets):
            run = values.run(snippet, under=f"{number}{day}", at=NOW + day * DAY)
            store.add_run(run, values.standing(snippet))
    found = store.past_runs(["acme/b", "acme/a"], each=2)
    assert [(run.snippet, (run.ran_at - NOW).days) for run in found["acme/a"]] == [
        (snippets[0], 2),
        (snippets[0], 1),
    ]
    assert sorted((run.snippet.lineage, (run.ran_at - NOW).days) for run in found["acme/b"]) == sorted(
        (snippet.lineage, day) for snippet in snippets[1:] for day in (1, 2)
    )


def test_more_keys_can_be_asked_for_than_a_statement_takes(store: Store) -> None:
    store.add_run(values.run(under="k39999"), values.standing())
    assert list(store.known(f"k{number}" for number in range(40_000))) == ["k39999"]


def test_a_thousand_models_take_a_few_statements(store: Store) -> None:
    statements: list[str] = []
    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    store.seen([values.listed(f"acme/m{n}") for n in range(1000)], at=NOW, whole=True, owner="acme")
    store.put_standings([values.standing(values.key(f"acme/m{n}")) for n in range(1000)])
    assert len(store.standings()) == len(store.models()) == len(store.expectations()) == 1000
    assert len(statements) < 40


def test_standings_leave_out_what_is_gone(store: Store) -> None:
    there = values.standing()
    gone = replace(values.standing(values.key(lineage="old")), gone=True)
    of_gone_model = values.standing(values.key("acme/removed"))
    store.put_standings([there, gone, of_gone_model])
    store.seen([values.listed("acme/tiny")], at=NOW, whole=True, owner="acme")

    assert store.standings() == [there]
    assert store.standings("acme/tiny", gone=True) == [there, gone]
    assert store.standings("acme/removed") == [of_gone_model]
    assert len(store.standings(gone=True)) == 3


def test_claims_are_known_by_their_words(store: Store) -> None:
    claim = ClaimStanding(
        repo_id="acme/tiny", kind="memory", quote="q" * 10_000, line=3, verdict="confirmed", since=NOW
    )
    store.put_claims([claim, replace(claim, quote="other", line=1, gone=True)])
    judged = replace(claim, line=5, verdict="contradicted", claimed=2e9, measured=3.5e9, measure="bytes")
    store.put_claims([judged], [values.change()])
    assert store.claim_standings() == [judged]
    assert [one.line for one in store.claim_standings("acme/tiny", gone=True)] == [1, 5]


def test_news_written_twice_are_told_once(store: Store) -> None:
    news = [values.change(lineage="a"), values.change(lineage="b")]
    store.put_claims([], news[:1])
    store.put_claims([], news)
    assert store.changes() == news


def test_the_last_report_is_had_whole(store: Store) -> None:
    store.add_report("acme/tiny", "a" * 40, values.report(), night=None, at=NOW)
    newer = values.report().model_copy(update={"exit_code": 1})
    store.add_report("acme/tiny", "b" * 40, newer, night=None, at=NOW + DAY)
    assert store.last_report("acme/tiny") == (newer, NOW + DAY)
    assert store.last_report("acme/other") is None


def test_old_runs_and_reports_go_but_for_what_the_present_rests_on(store: Store) -> None:
    verdicts = [Verdict.PASSED, Verdict.FAILED, Verdict.BROKEN, Verdict.BROKEN]
    for day, verdict in enumerate(verdicts):
        run = values.run(under=f"k{day}", at=NOW + day * DAY, verdict=verdict)
        store.add_run(run, values.standing())
        store.add_report("acme/tiny", "a" * 40, values.report(), night=None, at=NOW + day * DAY)
    store.add_run(values.run(values.key(lineage="other"), under="o"), values.standing())

    assert store.prune(NOW + 10 * DAY) == 2 + 3
    assert [run.key for run in store.runs("acme/tiny")] == ["k3", "k1", "o"]
    assert store.last_report("acme/tiny") is not None
    assert store.prune(NOW + 10 * DAY) == 0


def test_words_that_no_database_holds_are_stored_as_near_as_can_be(store: Store) -> None:
    store.put_standings([values.standing(title="print('\x00 \ud800 ü 🤗')")])
    (found,) = store.standings()
    assert found.title == "print('\ufffd \ufffd ü 🤗')"


def test_a_run_keeps_every_character_that_it_printed(store: Store) -> None:
    run = values.run()
    run = replace(run, run=run.run.model_copy(update={"stdout": "\x00 \ud800 ü 🤗"}))
    store.add_run(run, values.standing())
    assert store.runs("acme/tiny") == [run]


def test_times_come_back_in_utc_and_none_is_taken_without_its_zone(store: Store) -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    night = values.begun(store, at=tokyo)
    assert night.started_at == NOW
    assert night.started_at.utcoffset() == timedelta()
    with pytest.raises(StatementError, match="no time zone"):
        values.begun(store, at=NOW.replace(tzinfo=None))


def test_all_of_it_is_there_when_the_store_is_opened_again(store_url: str) -> None:
    with open_store(store_url) as store:
        store.add_run(values.run(), values.standing())
    with open_store(store_url) as store:
        assert store.runs("acme/tiny") == [values.run()]


def test_a_store_serves_many_threads(store: Store) -> None:
    check_threads(store)


def test_a_store_in_memory_serves_many_threads() -> None:
    with open_store("sqlite://") as store:
        check_threads(store)


def check_threads(store: Store) -> None:
    """Write and read from several threads, whose connections are handed around."""
    runs = [values.run(under=f"k{number}") for number in range(40)]
    for _ in range(2):  # the second threads find the connections of the first
        with ThreadPoolExecutor(6) as threads:
            added = list(threads.map(lambda run: store.add_run(run, values.standing()), runs))
    assert added == [False] * 40
    assert len(store.runs("acme/tiny")) == 40


def test_a_snippets_id_names_its_line() -> None:
    assert [line_of(name) for name in ("L12", "", "L", "L²", "notebook")] == [12, 0, 0, 0, 0]

"""Reports from other machines, on their way into the history."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from snippet_images.errors import UsageError
from tests.verify_snippets.nightly.cards import ENGINE, HOST, REPO, blocks, came_to
from tests.verify_snippets.report.columns_sample import by_columns
from tests.verify_snippets.store.values import DAY, NOW
from verify_snippets.card import Card, Source
from verify_snippets.nightly.recording import record_report
from verify_snippets.planner import make_plan
from verify_snippets.report import build
from verify_snippets.report.model import Report
from verify_snippets.store import Store, open_store
from verify_snippets.store.records import Steadiness
from verify_snippets.verdict import Verdict

FAILED, PASSED, CONTRADICTED = Verdict.FAILED, Verdict.PASSED, Verdict.CONTRADICTED
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/night.db") as empty:
        yield empty


def report(*verdicts: Verdict, repo_id: str | None = REPO) -> Report:
    """A report on a card with so many snippets."""
    text = blocks(*(f"print({n})" for n in range(len(verdicts))))
    card = Card(text=text, sha256="0" * 64, source=Source.FOLDER, location="./tiny", repo_id=repo_id)
    plan = make_plan(card, HOST)
    runs = [
        (step.snippet, build.run_report(came_to(step, verdict), card))
        for step, verdict in zip(plan.steps, verdicts, strict=True)
    ]
    around = build.Circumstances(
        tool_version="0.1.0",
        started_at=NOW.isoformat(),
        duration_s=1.0,
        complete=True,
        engine=ENGINE,
        host=HOST,
        web="public",
    )
    return build.report(plan, runs, around)


def verdicts(store: Store) -> list[Verdict]:
    return [standing.verdict for standing in store.standings(REPO)]


def test_the_same_report_again_changes_nothing(store: Store) -> None:
    assert record_report(store, report(PASSED, PASSED), NOW) == 2
    assert record_report(store, report(PASSED, PASSED), NOW) == 0
    assert len(list(store.every_run())) == 2
    assert verdicts(store) == [PASSED, PASSED]


def test_a_second_report_confirms_a_failure(store: Store) -> None:
    record_report(store, report(FAILED), NOW)
    assert store.changes() == []
    record_report(store, report(FAILED), NOW + HOUR)
    assert [(change.kind, change.night) for change in store.changes()] == [("new failure", None)]


def test_reports_may_come_late(store: Store) -> None:
    """What is older than what is known is kept, and moves nothing."""
    record_report(store, report(PASSED), NOW)
    record_report(store, report(FAILED), NOW - DAY)
    (standing,) = store.standings(REPO)
    assert (standing.verdict, standing.steadiness) == (PASSED, Steadiness.STEADY)
    assert len(list(store.every_run())) == 2
    _, at = store.last_report(REPO) or pytest.fail("there is no report")
    assert at == NOW


def test_what_a_claim_contradicts_ran_all_the_same(store: Store) -> None:
    """The claim has a standing of its own, which says so."""
    (told,) = report(PASSED).snippets
    run = told.runs[0].model_copy(update={"verdict": CONTRADICTED, "reason": "ran, but took 2 GB"})
    contradicted = report(PASSED).model_copy(update={"snippets": (told.model_copy(update={"runs": (run,)}),)})
    record_report(store, contradicted, NOW)
    assert verdicts(store) == [PASSED]


def test_a_report_on_a_card_alone_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="which repo"):
        record_report(store, report(PASSED, repo_id=None), NOW)


def test_other_libraries_are_a_history_of_their_own(store: Store) -> None:
    """What fails with them alone moves nothing of what is known without them."""
    record_report(store, report(PASSED), NOW)
    record_report(store, by_columns(report(FAILED), "transformers<5", "transformers>=5"), NOW + HOUR)
    known = {standing.key.profile: standing.verdict for standing in store.standings(REPO)}
    (plain,) = (name for name in known if "," not in name)
    assert known == {plain: PASSED, f"{plain}, transformers<5": FAILED, f"{plain}, transformers>=5": FAILED}

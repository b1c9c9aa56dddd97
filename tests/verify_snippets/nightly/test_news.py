"""What a night is worth telling, from what changed and what is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.verify_snippets.nightly.histories import KEY, REMOVED, START, lived, standing
from verify_snippets.causes import Cause
from verify_snippets.nightly.news import News, Topic
from verify_snippets.nightly.news_gathering import news_of
from verify_snippets.report.model import CauseReport
from verify_snippets.store.records import (
    CardState,
    Change,
    ChangeKind,
    ClaimStanding,
    ListedModel,
    Night,
    Standing,
    Steadiness,
    StoredModel,
)
from verify_snippets.verdict import Verdict

NIGHT = Night(number=2, target="acme", started_at=START)
SLIP = CauseReport(kind=Cause.CARD_BUG, subjects={"name": "pipe"})


def model(name: str, *, downloads: int = 0, card: CardState = CardState.READ) -> StoredModel:
    listed = ListedModel(repo_id=f"acme/{name}", revision="c" * 40, downloads=downloads)
    return StoredModel(listed=listed, card=card, first_seen_at=START)


def failing(name: str, *, cause: CauseReport = REMOVED, line: int = 5) -> Standing:
    return replace(
        standing(line=line),
        key=replace(KEY, repo_id=f"acme/{name}", lineage=f"at-{line}"),
        verdict=Verdict.FAILED,
        reason="it failed",
        cause=cause,
    )


def change_to(one: Standing, kind: ChangeKind = ChangeKind.NEW_FAILURE) -> Change:
    return Change(
        kind=kind,
        repo_id=one.key.repo_id,
        lineage=one.key.lineage,
        snippet_id=one.snippet_id,
        profile=one.key.profile,
        after=one.verdict,
        reason=one.reason,
        cause=one.cause,
        at=START,
        night=2,
    )


def news(
    standings: list[Standing],
    changes: list[Change] | None = None,
    *,
    models: list[StoredModel] | None = None,
    claims: list[ClaimStanding] | None = None,
) -> News:
    repos = sorted({one.key.repo_id for one in standings})
    return news_of(
        NIGHT,
        changes=[change_to(one) for one in standings] if changes is None else changes,
        models=models or [model(repo.partition("/")[2]) for repo in repos],
        standings=standings,
        claims=claims or (),
    )


def test_what_one_release_broke_is_one_group() -> None:
    found = news([failing(f"m{n}") for n in range(41)])
    (group,) = found.topics[Topic.NEW_FAILURE]
    assert group.headline == "the pipeline `summarization` was removed in transformers 5.0"
    assert len(group.repo_ids) == 41
    assert found.is_new


def test_the_most_downloaded_come_first() -> None:
    models = [model("few", downloads=3), model("many", downloads=900), model("slip", downloads=50_000)]
    standings = [failing("few"), failing("many"), failing("slip", cause=SLIP), failing("many", line=1)]
    explained, unexplained = news(standings, models=models).topics[Topic.NEW_FAILURE]
    assert [(item.repo_id, item.line) for item in explained.items] == [
        ("acme/many", 1), ("acme/many", 5), ("acme/few", 5),
    ]  # fmt: skip
    assert (explained.downloads, explained.says_all) == (903, True)
    assert (unexplained.kind, unexplained.says_all) == (Cause.CARD_BUG, False)


def test_cards_with_one_reason_are_one_group_even_where_nobody_knows_its_cause() -> None:
    unknown = CauseReport(kind=Cause.UNKNOWN)
    same = [
        replace(failing(name, cause=unknown), reason=f"OSError: acme/{name} needs libGL.so.1")
        for name in "abc"
    ]
    alone = replace(failing("d", cause=unknown), reason="OSError: acme/d has no libGL.so.1")
    shared, single = news([*same, alone]).topics[Topic.NEW_FAILURE]
    assert (shared.headline, len(shared.repo_ids)) == ("OSError: its own repo needs libGL.so.1", 3)
    assert single.repo_ids == ("acme/d",)


def test_what_failed_before_is_still_failing_and_no_news() -> None:
    found = news([failing("a")], changes=[])
    (item,) = found.items(Topic.STILL_FAILING)
    assert item.since == START
    assert not found.is_new


@pytest.mark.parametrize(
    ("runs", "topics"),
    [
        ("P FF", [Topic.NEW_FAILURE]),
        ("P FF P", [Topic.FIXED]),
        ("PFP", [Topic.FLAKY]),
        ("PFFP", [Topic.FLAKY]),
        ("PFP P P P P", [Topic.STEADY_AGAIN]),
        ("PFP F F F F F", [Topic.NEW_FAILURE]),
        ("P F", []),
        ("X", [Topic.NOT_VERIFIED]),
        ("S", []),
    ],
)
def test_each_snippet_is_told_once_as_it_ended(runs: str, topics: list[Topic]) -> None:
    history = lived(runs)
    found = news([history.standing], history.changes)
    assert list(found.topics) == topics
    assert found.suspected == (runs == "P F")
    assert found.is_new is bool(set(topics) - {Topic.STEADY_AGAIN, Topic.NOT_VERIFIED})


def test_a_flaky_one_of_before_is_no_news() -> None:
    found = news([replace(failing("a"), steadiness=Steadiness.FLAKY)], changes=[])
    assert list(found.topics) == [Topic.STILL_FLAKY]
    assert not found.is_new


def test_models_and_snippets_that_are_gone_are_not_told_of() -> None:
    gone_model = replace(model("a"), gone=True)
    assert not news([failing("a")], models=[gone_model]).topics
    assert not news([replace(failing("b"), gone=True)], changes=[]).topics


def test_cards_that_could_not_be_read_are_counted_by_why() -> None:
    models = [
        model("a", card=CardState.GATED),
        model("b", card=CardState.GATED),
        model("c", card=CardState.NO_CARD),
        model("d", card=CardState.UNSEEN),
    ]
    groups = news([], models=models).topics[Topic.NOT_VERIFIED]
    assert {group.headline: group.repo_ids for group in groups} == {
        "gated": ("acme/a", "acme/b"),
        "no card": ("acme/c",),
    }


def test_what_our_own_trouble_kept_from_its_end_is_told_once_a_card() -> None:
    standings = [replace(failing("a", line=line), verdict=Verdict.BROKEN) for line in (5, 9)]
    found = news_of(
        NIGHT,
        changes=(),
        models=[model("a"), model("b")],
        standings=standings,
        broken={"acme/a": "disk full"},
    )
    (item,) = found.items(Topic.NOT_VERIFIED)
    assert (item.repo_id, item.line, item.reason) == ("acme/a", 0, "disk full")


def test_claims_are_grouped_by_what_they_promise() -> None:
    def claim(name: str, quote: str) -> ClaimStanding:
        return ClaimStanding(
            repo_id=f"acme/{name}", kind="vram", quote=quote, line=3, verdict="contradicted", since=START
        )

    claims = [claim("a", "16 GB"), claim("b", "8 GB"), claim("a", "4 GB")]
    new = Change(kind=ChangeKind.NEW_CONTRADICTION, repo_id="acme/a", snippet_id="3", quote="16 GB", at=START)
    found = news([], [new], models=[model("a"), model("b")], claims=claims)
    (group,) = found.topics[Topic.NEW_CONTRADICTION]
    assert group.headline == "vram claims"
    assert [item.title for item in group.items] == ["16 GB"]
    assert {item.title for item in found.items(Topic.STILL_CONTRADICTED)} == {"8 GB", "4 GB"}


def test_it_fails_since_its_own_first_night() -> None:
    later = replace(failing("b"), since=START + timedelta(days=3))
    found = news([failing("a"), later], changes=[])
    assert [item.since for item in found.items(Topic.STILL_FAILING)] == [START, later.since]

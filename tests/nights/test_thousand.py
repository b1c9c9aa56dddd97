"""Nights over a thousand models: each has its verdict, and what stands still costs nothing.

The nights follow one another, so each test needs those before it. How long they take is printed (``-s``).
"""

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hub_server import Spoil
from tests.nights.conftest import MakeWorld
from tests.nights.images import NEW
from tests.nights.world import Spent, World
from tests.tools import make_thousand
from tests.tools.make_thousand import Organization
from verify_snippets.causes import Cause
from verify_snippets.store.records import CardState, Change, ChangeKind, Steadiness
from verify_snippets.verdict import Verdict

pytestmark = pytest.mark.image

LAYERS = 1  # containers in which packages were installed
CHANGED = 10


@dataclass(frozen=True, kw_only=True)
class Thousand:
    """A thousand models, and where their nights happen."""

    world: World
    models: Organization

    def verdicts(self) -> dict[str, set[Verdict]]:
        """What stands of each model's snippets."""
        found = defaultdict(set)
        with self.world.store() as store:
            for standing in store.standings():
                found[standing.key.repo_id].add(standing.verdict)
        return dict(found)

    def changes(self, night: int, kind: ChangeKind) -> list[Change]:
        """One kind of news of a night."""
        with self.world.store() as store:
            return [change for change in store.changes(night) if change.kind is kind]

    def ran(self, night: int) -> Counter[str]:
        """How many runs of each model's snippets are stored of a night."""
        return Counter(run.snippet.repo_id for run in self.world.runs() if run.night == night)


@pytest.fixture(scope="module")
def thousand(make_world: MakeWorld) -> Thousand:
    """A Hub with the thousand, and an empty store."""
    world = make_world()
    return Thousand(world=world, models=make_thousand.fill(world.hub, "acme"))


def listed(thousand: Thousand, name: str, repo_ids: list[str]) -> Path:
    """A file of repo ids, as a target."""
    file = thousand.world.folder / name
    file.write_text("# models\n" + "\n".join(repo_ids) + "\n")
    return file


def shown(name: str, night: Spent) -> Spent:
    """A night, printed."""
    sys.stdout.write(
        f"\n{name}: {night.duration_s:.1f} s, {night.containers} containers, "
        f"{len(night.requests)} requests to the Hub, exit code {night.exit_code}\n"
    )
    return night


@pytest.fixture(scope="module")
def first(thousand: Thousand) -> Spent:
    """Nothing is known before."""
    return shown("first night", thousand.world.night("acme"))


@pytest.fixture(scope="module")
def second(thousand: Thousand, first: Spent) -> Spent:
    """Nothing changed since the first."""
    return shown("second night, nothing changed", thousand.world.night("acme"))


@pytest.fixture(scope="module")
def changed(thousand: Thousand, second: Spent) -> list[str]:
    """One in a hundred models has a new card."""
    models = thousand.models
    chosen = [*models.passing[:: len(models.passing) // (CHANGED - 2)][: CHANGED - 2], *models.failing[:2]]
    for repo_id in chosen:
        make_thousand.change(thousand.world.hub, repo_id, "It is maintained with love.")
    return chosen


@pytest.fixture(scope="module")
def third(thousand: Thousand, changed: list[str]) -> Spent:
    """Some cards changed since the second, and the Hub has its moods while it lists the models."""
    hub = thousand.world.hub
    hub.fail("cursor=300", 429, times=1, Retry_After="1")
    hub.fail("cursor=500", 500, times=1)
    hub.spoil("cursor=700", Spoil.TRUNCATED, times=1)
    return shown("third night, 1 % changed", thousand.world.night("acme"))


@pytest.fixture(scope="module")
def fourth(thousand: Thousand, third: Spent) -> Spent:
    """Those that flip are looked at once more, though nothing changed."""
    flaky = listed(thousand, "flaky.txt", thousand.models.flaky)
    return shown("fourth night, the flaky ones again", thousand.world.night(flaky, "--fresh"))


@pytest.fixture(scope="module")
def fifth(thousand: Thousand, fourth: Spent) -> Spent:
    """There is a new release of a library in the image."""
    return shown("fifth night, a new image", thousand.world.night("acme", release=NEW))


def test_every_model_has_its_verdict(thousand: Thousand, first: Spent) -> None:
    models = thousand.models
    assert len(models.all) == 1000
    expected = {repo_id: {Verdict.PASSED} for repo_id in models.readable}
    expected |= {repo_id: {Verdict.FAILED} for repo_id in models.failing}
    assert thousand.verdicts() == expected, first.stderr[-2000:]
    with thousand.world.store() as store:
        assert len(store.standings()) == len(models.snippets)
        cards = {model.listed.repo_id: model.card for model in store.models()}
    gated, without = CardState.GATED, CardState.NO_CARD
    expected_cards = dict.fromkeys(models.readable, CardState.READ)
    assert cards == expected_cards | dict.fromkeys(models.gated, gated) | dict.fromkeys(
        models.without_card, without
    )


def test_only_what_fails_twice_is_news(thousand: Thousand, first: Spent) -> None:
    """A failure is run once more before it counts; what then passes is none."""
    news = thousand.changes(1, ChangeKind.NEW_FAILURE)
    assert sorted(change.repo_id for change in news) == sorted(thousand.models.failing)
    assert first.exit_code == 1
    ran = thousand.ran(1)
    once = Counter(thousand.models.snippets)
    assert ran == once + Counter([*thousand.models.failing, *thousand.models.flaky])
    assert first.containers == ran.total() + LAYERS
    assert "10 new failures" in first.stdout


def test_what_stands_still_costs_nothing(thousand: Thousand, first: Spent, second: Spent) -> None:
    assert (second.containers, thousand.ran(2)) == (0, {})
    assert not [request for request in second.requests if "/resolve/" in request]
    pages = len(thousand.models.all) // thousand.world.hub.page_size
    assert len(second.requests) < 2 * pages
    assert second.exit_code == first.exit_code
    assert thousand.changes(2, ChangeKind.NEW_FAILURE) == []


def test_only_what_changed_runs_again(thousand: Thousand, changed: list[str], third: Spent) -> None:
    snippets = Counter(thousand.models.snippets)
    assert thousand.ran(3) == {repo_id: snippets[repo_id] for repo_id in changed}
    assert third.containers == sum(snippets[repo_id] for repo_id in changed)
    assert thousand.changes(3, ChangeKind.NEW_FAILURE) == []
    pages = Counter(found[0] for request in third.requests if (found := re.search(r"cursor=\d+", request)))
    assert [pages[f"cursor={page}00"] for page in range(1, 10)] == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    with thousand.world.store() as store:
        assert not [model for model in store.models() if model.gone]


def test_what_flips_is_flaky_and_no_failure(thousand: Thousand, fourth: Spent) -> None:
    flaky = sorted(thousand.models.flaky)
    assert sorted(change.repo_id for change in thousand.changes(4, ChangeKind.FLAKY)) == flaky
    assert thousand.changes(4, ChangeKind.NEW_FAILURE) == []
    with thousand.world.store() as store:
        standings = [s for s in store.standings() if s.steadiness is Steadiness.FLAKY]
    assert sorted(standing.key.repo_id for standing in standings) == flaky
    assert fourth.exit_code == 0


def test_a_release_breaks_what_uses_it(thousand: Thousand, fifth: Spent) -> None:
    """Only what uses what is new in the image runs; what then fails has one cause, and is told as one."""
    summarizing = thousand.models.summarizing
    assert thousand.ran(5) == Counter([*summarizing, *summarizing])
    assert fifth.containers == 2 * len(summarizing)
    broken = thousand.changes(5, ChangeKind.NEW_FAILURE)
    assert sorted(change.repo_id for change in broken) == sorted(summarizing)
    assert {change.cause.kind for change in broken if change.cause} == {Cause.VERSION_TOO_NEW}
    assert "41 cards: the pipeline `summarization` was removed in transformers 5" in fifth.stdout
    assert fifth.exit_code == 1

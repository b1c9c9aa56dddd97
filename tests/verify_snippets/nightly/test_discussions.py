"""The models' community tabs, on a Hub that speaks the real one's protocol."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from snippet_images.errors import UsageError
from tests.hub_server import HubServer, Repo, Spoil
from tests.verify_snippets.nightly.histories import START
from tests.verify_snippets.nightly.test_news import SLIP, failing
from verify_snippets.nightly.community import Community, Deed, Told, join
from verify_snippets.nightly.discussion_text import THANKS, body
from verify_snippets.nightly.discussions import tell
from verify_snippets.nightly.patience import Patience
from verify_snippets.store.records import SnippetKey, Standing, Steadiness
from verify_snippets.verdict import Verdict

TOKEN = "hf_reader"
POST = "POST /api/models/acme/a/discussions"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


@pytest.fixture
def repo(hub: HubServer) -> Repo:
    return hub.add("acme/a", {"README.md": "# A"})


@dataclass
class Nights:
    """What is known from night to night, and who tells it."""

    hub: HubServer
    standings: dict[SnippetKey, Standing] = field(default_factory=dict)
    dry_run: bool = False

    def know(self, *standings: Standing) -> "Nights":
        """These are known, too; a discussion of before is kept."""
        for one in standings:
            before = self.standings.get(one.key)
            self.standings[one.key] = replace(one, discussion=before.discussion if before else None)
        return self

    def tell(self, *, others: bool = False, patience: Patience | None = None) -> list[Told]:
        """Tell the community what is known."""
        told = tell(
            list(self.standings.values()),
            self._community(patience),
            keep=self._keep,
            owner="acme",
            others=others,
        )
        return list(told)

    def deeds(self) -> list[Deed]:
        """What was done when the community was told."""
        return [told.deed for told in self.tell()]

    def _community(self, patience: Patience | None) -> Community:
        return join(
            endpoint=self.hub.endpoint,
            token=TOKEN,
            patience=patience or Patience(limit_s=0.0),
            dry_run=self.dry_run,
        )

    def _keep(self, changed: Sequence[Standing]) -> None:
        self.standings.update({one.key: one for one in changed})


@pytest.fixture
def nights(hub: HubServer, repo: Repo) -> Nights:
    return Nights(hub)


def passing(name: str, *, line: int = 5) -> Standing:
    return replace(
        failing(name, line=line), verdict=Verdict.PASSED, reason="ran to its last line", cause=None
    )


def test_a_new_failure_is_told_once(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a"), failing("a", line=9), passing("a", line=20))
    (told,) = nights.tell()
    assert (told.deed, told.url) == (Deed.OPENED, f"{nights.hub.endpoint}/acme/a/discussions/1")
    (discussion,) = repo.discussions
    assert re.findall(r"\*\*Line (\d+)\*\*", discussion.body) == ["5", "9"]
    assert f"since {START:%Y-%m-%d}" in discussion.body
    assert "verify-snippets acme/a" in discussion.body
    assert nights.deeds() == [Deed.UNCHANGED]
    assert (len(repo.discussions), discussion.edits, discussion.replies) == (1, 0, [])


def test_it_is_edited_when_the_picture_changes(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a")).tell()
    assert nights.know(failing("a", line=9)).deeds() == [Deed.UPDATED]
    (discussion,) = repo.discussions
    assert "**Line 9**" in discussion.body
    assert nights.know(passing("a")).deeds() == [Deed.UPDATED]
    assert "**Line 5**" not in discussion.body
    assert (discussion.edits, discussion.replies, discussion.status) == (2, [], "open")


def test_it_is_closed_with_thanks_and_what_fails_later_is_told_anew(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a"), failing("a", line=9)).tell()
    gone = replace(failing("a", line=9), gone=True)
    assert nights.know(passing("a"), gone).deeds() == [Deed.CLOSED]
    (discussion,) = repo.discussions
    assert discussion.status == "closed"
    assert discussion.replies[0].text == THANKS
    assert nights.deeds() == []
    assert nights.know(failing("a")).deeds() == [Deed.OPENED]
    assert len(repo.discussions) == 2


@pytest.mark.parametrize(
    "unsure",
    [
        replace(failing("a"), steadiness=Steadiness.SUSPECTED),
        replace(failing("a"), steadiness=Steadiness.FLAKY),
        replace(failing("a"), verdict=Verdict.BROKEN),
        passing("a"),
    ],
)
def test_what_is_not_known_to_fail_is_not_told(nights: Nights, repo: Repo, unsure: Standing) -> None:
    assert nights.know(unsure).deeds() == []
    assert repo.discussions == []


def test_one_that_became_flaky_is_neither_repeated_nor_called_mended(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a")).tell()
    assert nights.know(replace(passing("a"), steadiness=Steadiness.FLAKY)).deeds() == [Deed.UNCHANGED]
    assert (repo.discussions[0].status, repo.discussions[0].edits) == ("open", 0)


def test_one_that_a_person_closed_is_left_alone(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a")).tell()
    repo.discussions[0].change_status("acme", "closed")
    assert nights.deeds() == [Deed.LEFT_ALONE]
    assert len(repo.discussions) == 1
    nights.know(failing("a", line=9))
    assert nights.deeds() == [Deed.OPENED, Deed.LEFT_ALONE]
    assert "**Line 5**" not in repo.discussions[1].body
    assert nights.know(passing("a"), passing("a", line=9)).deeds() == [Deed.CLOSED]
    assert {one.discussion for one in nights.standings.values()} == {None}


def test_one_that_a_person_opened_again_is_brought_up_to_date(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a")).tell()
    repo.discussions[0].change_status("acme", "closed")
    repo.discussions[0].change_status("acme", "open")
    assert nights.know(failing("a", line=9)).deeds() == [Deed.UPDATED]


def test_one_that_was_removed_is_left_alone(nights: Nights, repo: Repo) -> None:
    nights.know(failing("a")).tell()
    repo.discussions.clear()
    assert nights.deeds() == [Deed.LEFT_ALONE]
    assert repo.discussions == []


def test_a_store_that_was_lost_finds_its_discussions_again(nights: Nights, repo: Repo) -> None:
    repo.open_discussion(
        "somebody", "Some code snippets of this model card fail", body("acme/a", [failing("a")])
    )
    repo.open_discussion("reader", "Some code snippets of this model card fail", "by hand")
    nights.know(failing("a")).tell()
    lost = Nights(nights.hub).know(failing("a"), failing("a", line=9))
    assert lost.deeds() == [Deed.UPDATED]
    assert len(repo.discussions) == 3
    repo.discussions[2].change_status("acme", "closed")
    lost = Nights(nights.hub).know(failing("a"), failing("a", line=9))
    assert lost.deeds() == [Deed.LEFT_ALONE]
    assert {one.discussion for one in lost.standings.values()} == {3}


def test_models_of_others_are_not_told_unless_that_is_asked(nights: Nights, hub: HubServer) -> None:
    other = hub.add("other/b", {"README.md": "# B"})
    theirs = replace(failing("b"), key=replace(failing("b").key, repo_id="other/b"))
    assert nights.know(theirs).deeds() == [Deed.NOT_OURS]
    assert other.discussions == []
    assert [told.deed for told in nights.tell(others=True)] == [Deed.OPENED]


def test_a_dry_run_says_what_it_would_do(nights: Nights, repo: Repo) -> None:
    nights.dry_run = True
    assert nights.know(failing("a")).deeds() == [Deed.OPENED]
    nights.dry_run = False
    nights.tell()
    nights.dry_run = True
    assert nights.know(passing("a")).deeds() == [Deed.CLOSED]
    assert nights.hub.count(rf"{POST}$") == 1
    assert nights.hub.count(f"{POST}/1/") == 0
    assert repo.discussions[0].status == "open"


def test_a_hub_that_is_busy_is_asked_again(nights: Nights, repo: Repo) -> None:
    nights.hub.fail(f"{POST}$", 429, times=1, Retry_After="0")
    (told,) = nights.know(failing("a")).tell(patience=Patience(limit_s=10.0))
    assert told.deed is Deed.OPENED
    assert nights.hub.count(f"{POST}$") == 2


def test_one_whose_answer_got_lost_is_not_opened_twice(nights: Nights, repo: Repo) -> None:
    nights.hub.spoil(f"{POST}$", Spoil.RESET, times=1)
    (told,) = nights.know(failing("a")).tell(patience=Patience(limit_s=10.0))
    assert told.deed is Deed.OPENED
    assert len(repo.discussions) == 1
    assert nights.standings[failing("a").key].discussion == 1


def test_a_refusal_costs_one_model_and_not_the_others(nights: Nights, repo: Repo, hub: HubServer) -> None:
    repo.discussions_disabled = True
    other = hub.add("acme/b", {"README.md": "# B"})
    first, second = nights.know(failing("a"), failing("b")).tell()
    assert first.deed is Deed.REFUSED
    assert "does not let you" in first.trouble
    assert (second.deed, len(other.discussions)) == (Deed.OPENED, 1)


@pytest.mark.parametrize("token", [None, "hf_nobody"])
def test_who_is_not_logged_in_hears_it_before_the_night(hub: HubServer, token: str | None) -> None:
    with pytest.raises(UsageError) as refused:
        join(endpoint=hub.endpoint, token=token, patience=Patience(limit_s=0.0))
    assert "hf auth login" in (refused.value.hint or "")


def test_nothing_of_a_card_is_markup_or_calls_anybody() -> None:
    hostile = replace(
        failing("a", cause=SLIP), title="`x` --> @everyone", reason="<img src=x> @all --> [a](b)"
    )
    text = body("acme/a", [hostile, replace(hostile, key=replace(hostile.key, profile="t4-small"))])
    outside_code = re.sub(r"(`+).*?\1", "", text.partition("-->")[2], flags=re.DOTALL)
    assert not re.search(r"<img|@\w|\]\(", outside_code)
    assert "on cpu-basic" in text
    assert "on t4-small" in text


def test_many_failures_are_told_in_short() -> None:
    text = body("acme/a", [failing("a", line=line) for line in range(1, 101)])
    assert text.count("**Line ") == 30
    assert "… and 70 more." in text

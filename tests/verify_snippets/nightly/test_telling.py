"""Who is told of a night, and how often: a real store, and a webhook that takes what it is sent."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.hub_server import HubServer
from tests.verify_snippets.nightly.test_news import change_to, failing
from tests.verify_snippets.store.values import DAY, NOW, begun, listed
from tests.webhook import Webhook, open_webhook
from verify_snippets.cli import main, night_discussions
from verify_snippets.cli.night_discussions import Discussions
from verify_snippets.cli.night_telling import Telling
from verify_snippets.nightly import sending
from verify_snippets.nightly.agenda import Agenda
from verify_snippets.nightly.community import join
from verify_snippets.nightly.listing import Listing
from verify_snippets.nightly.logs import JsonLog
from verify_snippets.nightly.night import NightResult
from verify_snippets.nightly.patience import Patience
from verify_snippets.nightly.sending import read_addresses
from verify_snippets.store import open_store
from verify_snippets.store.records import Night
from verify_snippets.store.store import Store

NAMES = ("a", "b", "c")


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with open_webhook() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'night.db'}") as opened:
        models = [listed(f"acme/{name}") for name in NAMES]
        opened.seen(models, at=NOW, whole=True, owner="acme")
        yield opened


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_PAUSES_S", (0.0,))


def spend_night(store: Store, number: int, *new_failures: str) -> Night:
    """A night in which these began to fail; it has not ended yet."""
    night = begun(store, at=NOW + number * DAY)
    standings = [failing(name) for name in new_failures]
    store.put_standings(standings, [replace(change_to(one), night=night.number) for one in standings])
    return night


def tell(store: Store, night: Night, *urls: str) -> str:
    """Tell of a night as it is in the store, end it, and return the log."""
    now = store.night(night.number)
    assert now is not None
    models = tuple(model.listed for model in store.models())
    listing = Listing(name="acme", models=models, whole=True, owner="acme")
    said = io.StringIO()
    Telling(addresses=read_addresses(urls, {})).send(
        NightResult(night=now, listing=listing, agenda=Agenda()), store, JsonLog(said)
    )
    store.end_night(night.number, at=NOW, counts={}, exit_code=0)
    return said.getvalue()


def titles(webhook: Webhook) -> list[str]:
    """Of all messages that came."""
    return [body["title"] for body in webhook.bodies]


def test_a_night_that_is_gone_on_with_is_told_once(store: Store, webhook: Webhook) -> None:
    night = spend_night(store, 1, "a")
    tell(store, night, webhook.url)
    tell(store, night, webhook.url)
    assert titles(webhook) == ["acme: 1 new failure"]


def test_a_night_without_news_is_not_told(store: Store, webhook: Webhook) -> None:
    tell(store, spend_night(store, 1, "a"), webhook.url)
    tell(store, spend_night(store, 2), webhook.url)
    assert titles(webhook) == ["acme: 1 new failure"]


def test_news_that_reached_nobody_are_told_with_the_next_ones(store: Store, webhook: Webhook) -> None:
    webhook.refusals = 2
    log = tell(store, spend_night(store, 1, "a"), webhook.url)
    assert "they are sent with the next one's" in log
    assert json.loads(log.splitlines()[0])["level"] == "warning"
    tell(store, spend_night(store, 2), webhook.url)
    tell(store, spend_night(store, 3, "b"), webhook.url)
    assert titles(webhook) == ["acme: 1 new failure"] * 2
    assert ["acme/a" in body["message"].partition("Still")[0] for body in webhook.bodies] == [True, False]


def test_who_asks_to_be_told_does_not_hear_of_all_nights_before(store: Store, webhook: Webhook) -> None:
    tell(store, spend_night(store, 1, "a"))
    tell(store, spend_night(store, 2, "b"), webhook.url)
    assert titles(webhook) == ["acme: 1 new failure"]


def test_a_community_tab_is_told_once_and_the_store_knows_where(store: Store) -> None:
    spend_night(store, 1, "a", "b")
    models = tuple(model.listed for model in store.models())
    listing = Listing(name="acme", models=models, whole=True, owner="acme")
    with HubServer() as hub:
        repos = [hub.add(f"acme/{name}", {"README.md": "# A"}) for name in NAMES]
        said = [_discussed(hub, store, listing) for _ in range(2)]
        nobodys = _discussed(hub, store, replace(listing, owner="somebody"))
    opened = [f"acme/{name}: discussion opened {hub.endpoint}/acme/{name}/discussions/1" for name in "ab"]
    assert said == [opened, []]
    assert [len(repo.discussions) for repo in repos] == [1, 1, 0]
    assert {one.discussion for one in store.standings()} == {1}
    assert nobodys == ["2 models of others not told; --discuss-anywhere tells them, too"]


@pytest.mark.parametrize("public_only", [True, False])
def test_private_models_are_on_a_dashboard_unless_it_is_for_all(
    store: Store, tmp_path: Path, *, public_only: bool
) -> None:
    models = [replace(listed(f"acme/{name}"), private=name == "b") for name in NAMES]
    store.seen(models, at=NOW, whole=True, owner="acme")
    night, out = spend_night(store, 1, "a", "b"), tmp_path / "site"
    result = NightResult(
        night=night,
        listing=Listing(name="acme", models=tuple(models), whole=True, owner="acme"),
        agenda=Agenda(),
    )
    telling = Telling(site=out, site_public_only=public_only)
    telling.write(telling.send(result, store, JsonLog(io.StringIO())), store, JsonLog(io.StringIO()))
    pages = {page.stem for page in (out / "models" / "acme").glob("*.html")}
    assert pages == ({"a", "c"} if public_only else {"a", "b", "c"})


def _discussed(hub: HubServer, store: Store, listing: Listing) -> list[str]:
    said: list[str] = []
    community = join(endpoint=hub.endpoint, token="hf_reader", patience=Patience(limit_s=5.0))
    Discussions(community=community).bring_up_to_date(listing, store, lambda text, _: said.append(text))
    return said


@pytest.mark.parametrize("option", ["--notify=nosuch://secret", "--open-discussions"])
def test_what_can_not_be_told_is_said_before_the_night(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(night_discussions, "user_token", lambda: None)
    url = f"sqlite:///{tmp_path / 'night.db'}"
    assert main(["org", "acme", "--store", url, option]) == 2
    said = capsys.readouterr().err
    assert "secret" not in said
    assert "logged in" in said or "nosuch://" in said
    assert not (tmp_path / "night.db").exists()

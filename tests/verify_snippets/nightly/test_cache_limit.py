"""The Hub cache under a limit, and weights in it ahead of runs: real folders, filled from a local Hub."""

from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest
from huggingface_hub import snapshot_download

from snippet_images.errors import UsageError
from snippet_sandbox.profile import GB, Host
from tests.hub_server import HubServer
from verify_snippets.card import Card, Source
from verify_snippets.facts import RepoFacts
from verify_snippets.nightly.cache_limit import CacheKeeper, parse_size
from verify_snippets.nightly.downloads import SMALL_BYTES, DownloadsAhead
from verify_snippets.plan import Plan
from verify_snippets.planner import make_plan

WEIGHTS, NAMES = 100_000, ("acme/one", "acme/two", "acme/three")
CODE = "```python\nfrom transformers import pipeline\npipeline(model='{}')\n```\n"


@pytest.fixture(name="hub", scope="module")
def a_hub() -> Iterator[HubServer]:
    """A Hub with three models of about a hundred kilobytes each."""
    with HubServer() as server:
        for name in NAMES:
            server.add(name, files_of(name))
        yield server


def files_of(name: str) -> dict[str, str | bytes]:
    """Of a model."""
    return {"README.md": CODE.format(name), "model.safetensors": name.encode().ljust(WEIGHTS)}


class Cache:
    """A Hub cache and the ledger beside it."""

    def __init__(self, folder: Path, hub: HubServer) -> None:
        self.folder, self._ledger, self._hub = folder / "hub", folder / "fetched.json", hub
        self.said: list[str] = []

    def fill(self, repo_id: str, *, card_alone: bool = False) -> None:
        """Download a repo, as people and gateways do."""
        wanted = ["*.md"] if card_alone else None
        snapshot_download(
            repo_id,
            cache_dir=self.folder,
            endpoint=self._hub.endpoint,
            token=False,
            allow_patterns=wanted,
        )

    def keeper(self, limit_bytes: int | None, *coming: str) -> CacheKeeper:
        """What keeps it in a night."""
        return CacheKeeper(
            limit_bytes, coming, cache_dir=self.folder, ledger=self._ledger, say=self.said.append
        )

    def held(self) -> set[str]:
        """The repos whose weights it holds."""
        found = self.folder.glob("models--*/snapshots/*/model.safetensors")
        return {file.parts[-4].removeprefix("models--").replace("--", "/") for file in found}


@pytest.fixture(name="cache")
def a_cache(tmp_path: Path, hub: HubServer) -> Cache:
    """An empty one."""
    return Cache(tmp_path, hub)


@pytest.mark.parametrize(
    ("text", "size"),
    [("200GB", 200 * GB), ("1.5 TB", 1_500 * GB), ("500MiB", 500 * 2**20), ("7g", 7 * GB), ("12", 12)],
)
def test_sizes(text: str, size: int) -> None:
    """As people write them."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-5GB", "0", "ten GB", "5 XB", "5 GB free"])
def test_what_is_no_size(text: str) -> None:
    """It is said how to write one."""
    with pytest.raises(UsageError, match="no size of a cache"):
        parse_size(text)


def test_what_a_night_brought_goes_and_what_the_user_had_stays(cache: Cache) -> None:
    """Even if the user's own is used, and is what keeps the cache above its limit."""
    cache.fill("acme/one")
    cache.fill("acme/two", card_alone=True)  # as planning a night does
    with cache.keeper(1, *NAMES) as keeper:
        for name in NAMES:
            keeper.begin([name])
            cache.fill(name)
            keeper.end([name])
    assert cache.held() == {"acme/one"}
    (said,) = cache.said
    assert "was there before any night" in said


def test_what_is_read_or_needed_soon_is_dropped_last(cache: Cache) -> None:
    """First what no run needs, then what is needed last, and never what is being read."""
    with cache.keeper(None) as keeper:  # a night without a limit writes down what it brings, too
        for name in NAMES:
            keeper.begin([name])
            cache.fill(name)
            keeper.end([name])
    with cache.keeper(250_000, "acme/one", "acme/three") as keeper:
        assert keeper.make_room()
        assert cache.held() == {"acme/one", "acme/three"}
        with keeper.room_for("acme/three", WEIGHTS) as there_is_room:  # not at the cost of what comes before
            assert not there_is_room
        keeper.begin(["acme/three"])
        assert keeper.make_room(WEIGHTS)
        assert cache.held() == {"acme/three"}
        assert not keeper.make_room(GB)
        assert cache.held() == {"acme/three"}


@pytest.mark.parametrize("files", [{"README.md": "another revision"}, {}])
def test_what_another_added_to_since_is_theirs(cache: Cache, hub: HubServer, files: dict[str, str]) -> None:
    """A model that a night brought and that the user fetched more of is the user's."""
    with cache.keeper(None) as keeper:
        keeper.begin(["acme/one"])
        cache.fill("acme/one", card_alone=not files)
        keeper.end(["acme/one"], fetched=["acme/one"])
    repo = hub.store.find("acme/one")
    assert repo is not None
    if files:
        repo.commit({**files_of("acme/one"), **files})
    cache.fill("acme/one")
    with cache.keeper(1) as keeper:
        assert not keeper.make_room()
    assert cache.held() == {"acme/one"}


# --- downloads ahead


def planned(hub: HubServer, name: str, *, code: str | None = None, weight_bytes: int = SMALL_BYTES) -> Plan:
    """The plan of a model's card, whose weights are said to be so large."""
    repo = hub.store.find(name)
    assert repo is not None
    card = Card(
        text=code or CODE.format(name),
        sha256="0" * 64,
        source=Source.HUB,
        location=name,
        repo_id=name,
        revision=repo.resolve("main"),
    )
    return make_plan(card, Host(cpus=2, memory_bytes=32 * GB), facts=RepoFacts(weight_bytes=weight_bytes))


def ahead(
    cache: Cache,
    hub: HubServer,
    *plans: Plan,
    limit_bytes: int | None = None,
    is_wanted: bool = True,
    token: str | bool | None = None,
) -> set[str]:
    """What the cache holds once all has been fetched that is worth it."""
    with (
        cache.keeper(limit_bytes, *NAMES) as keeper,
        DownloadsAhead(keeper, endpoint=hub.endpoint, token=token) as downloads,
    ):
        wait([done for plan in plans if (done := downloads.want(plan, lambda: is_wanted))], timeout=30)
    return cache.held()


def test_the_weights_of_waiting_cards_are_fetched(cache: Cache, hub: HubServer) -> None:
    """Not those that are small, that no step names, and of whose cards nothing runs."""
    plans = [
        planned(hub, "acme/one"),
        planned(hub, "acme/two", weight_bytes=1_000),
        planned(hub, "acme/three", code="```python\nprint('no model')\n```\n"),
        planned(hub, "acme/two", code="```bash\npython run.py --model acme/two\n```\n"),
    ]
    assert ahead(cache, hub, *plans, is_wanted=False) == set()
    assert ahead(cache, hub, *plans) == {"acme/one"}


def test_they_are_fetched_for_those_who_are_not_logged_in(
    cache: Cache, hub: HubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A night says "the user's own token", and where there is none it goes without."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no-token"))
    assert ahead(cache, hub, planned(hub, "acme/one"), token=True) == {"acme/one"}


def test_no_more_is_fetched_than_the_limit_allows(cache: Cache, hub: HubServer) -> None:
    """The rest is fetched when it runs; a Hub that refuses is no trouble."""
    plans = [planned(hub, name) for name in NAMES]
    assert len(ahead(cache, hub, *plans, limit_bytes=250_000)) == 2
    hub.fail("/acme/two/resolve", 403)
    try:
        assert ahead(cache, hub, *plans) >= {"acme/one", "acme/three"}
    finally:
        hub.heal()

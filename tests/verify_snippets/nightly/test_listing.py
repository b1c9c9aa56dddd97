"""Lists of models, from the test Hub; and what a target means."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError
from snippet_images.progress import Progress
from tests.hub_server.server import HubServer, Spoil
from verify_snippets.nightly.listing import Listing, is_model, list_models
from verify_snippets.nightly.patience import Patience
from verify_snippets.nightly.targets import Collection, Models, Owner, Target, read_target

HUB = "https://huggingface.co"
SLUG = "acme/best-64f9a55bb3115b4f513ec026"


@pytest.fixture(scope="module")
def full_hub() -> Iterator[HubServer]:
    """A Hub with an organization on three pages of its list."""
    with HubServer(page_size=10) as server:
        for number in range(25):
            server.add(f"acme/m{number:02}", {"README.md": "---\nlibrary_name: peft\n---\n"})
        server.add("acme/secret", {"README.md": ""}, private=True, readers=frozenset({"hf_reader"}))
        server.add("acme/gated", {"README.md": ""}, gated=True)
        server.add("acme-two/other", {"README.md": ""})
        server.store.users.add("newcomer")
        server.store.collections[SLUG] = ["acme/m03", "acme-two/other", "acme/m01"]
        yield server


@pytest.fixture
def hub(full_hub: HubServer) -> Iterator[HubServer]:
    """The same, in good health and with nothing seen."""
    full_hub.seen.clear()
    yield full_hub
    full_hub.heal()


def ask(hub: HubServer, target: str, *, token: str | bool = False, limit_s: float = 20.0) -> Listing:
    return list_models(target, endpoint=hub.endpoint, token=token, patience=Patience(limit_s=limit_s))


def names(listing: Listing) -> list[str]:
    return [model.repo_id for model in listing.models]


def test_an_organization_is_listed_whole(hub: HubServer) -> None:
    """One request a page; with all that an agenda needs."""
    found = ask(hub, "acme")
    assert sorted(names(found)) == ["acme/gated", *(f"acme/m{number:02}" for number in range(25))]
    assert (found.name, found.whole, found.owner, found.missing) == ("acme", True, "acme", ())
    assert hub.count("GET") == 3
    one = next(model for model in found.models if model.repo_id == "acme/m07")
    repo = hub.store.get("model", "acme/m07")
    assert repo is not None
    assert (one.revision, one.library, one.gated, one.private) == (repo.refs["main"], "peft", False, False)
    assert one.last_modified is not None
    assert [model.repo_id for model in found.models if model.gated] == ["acme/gated"]


def test_private_models_come_with_the_token(hub: HubServer) -> None:
    (one,) = [model for model in ask(hub, "acme", token="hf_reader").models if model.private]
    assert one.repo_id == "acme/secret"


def test_a_busy_hub_is_waited_for(hub: HubServer) -> None:
    """Each page on its own: those that came are not asked for again."""
    hub.fail(r"cursor=10", 429, times=1, Retry_After="1")
    hub.fail(r"cursor=20", 500, times=2)
    assert len(ask(hub, "acme").models) == 26
    assert [hub.count(f"cursor={at}") for at in (10, 20)] == [2, 3]


@pytest.mark.parametrize("how", [Spoil.TRUNCATED, Spoil.ALTERED])
def test_half_a_page_is_none(hub: HubServer, how: Spoil) -> None:
    """A list that breaks off, or is no list, is asked for again."""
    hub.spoil(r"cursor=20", how, times=1)
    assert len(ask(hub, "acme").models) == 26


@pytest.mark.parametrize(
    ("status", "told"), [(503, "answered 503"), (429, "answered 429"), (200, "can't be reached")]
)
def test_part_of_a_list_is_never_taken_for_the_whole(hub: HubServer, status: int, told: str) -> None:
    """It would look as if models were gone."""
    hub.fail(r"cursor=20", status, Retry_After="400" if status == 429 else "")
    with pytest.raises(InfrastructureError, match=told):
        ask(hub, "acme", limit_s=0.8)


def test_an_interrupted_wait_ends(hub: HubServer) -> None:
    """Without another question."""
    patience = Patience(limit_s=60)
    patience.cancel.set()
    hub.fail("models", 503)
    with pytest.raises(InfrastructureError, match="interrupted"):
        list_models("acme", endpoint=hub.endpoint, token=False, patience=patience)
    assert hub.count() == 1


def test_who_has_nothing_is_told_from_who_is_not_there(hub: HubServer) -> None:
    """The Hub's list is empty for both."""
    with pytest.raises(UsageError, match="no organization or user nobody"):
        ask(hub, "nobody")
    with pytest.raises(UsageError, match="newcomer has no models"):
        ask(hub, "newcomer")


def test_a_bad_token_is_told(hub: HubServer) -> None:
    for target in ("acme", "acme/m01"):
        with pytest.raises(UsageError, match="token"):
            ask(hub, target, token="hf_wrong")


def test_a_dead_hub_is_told() -> None:
    with pytest.raises(InfrastructureError, match="can't be reached"):
        list_models("acme", endpoint="http://127.0.0.1:9", token=False, patience=Patience(limit_s=0.1))


def test_a_next_page_elsewhere_is_asked_for_here(hub: HubServer) -> None:
    """A mirror may pass on the Hub's own addresses: the token goes to none of them."""
    with HubServer(page_size=10) as other:
        real, hub.endpoint = hub.endpoint, other.endpoint  # which the pages' links are made from
        try:
            found = list_models("acme", endpoint=real, token="hf_reader")
        finally:
            hub.endpoint = real
        assert len(found.models) == 27
        assert not other.seen


def test_a_collection_is_listed_in_its_order(hub: HubServer) -> None:
    for target in (f"collections/{SLUG}", f"{hub.endpoint}/collections/{SLUG}", SLUG):
        found = ask(hub, target)
        assert names(found) == ["acme/m03", "acme-two/other", "acme/m01"]
        assert (found.name, found.whole, found.owner) == (f"collections/{SLUG}", False, None)
    with pytest.raises(UsageError, match="no collection acme/none"):
        ask(hub, "collections/acme/none")


def test_a_file_names_models_one_by_one(hub: HubServer, tmp_path: Path) -> None:
    """What isn't there is told; the others are listed."""
    file = tmp_path / "ids"
    file.write_text("# ours\nacme/m02\n\nacme/gone  # for now\nacme/m01\nacme/m02\nacme/secret\n")
    found = ask(hub, str(file))
    assert names(found) == ["acme/m02", "acme/m01"]
    assert (found.name, found.whole) == (str(file), False)
    assert [one.repo_id for one in found.missing] == ["acme/gone", "acme/secret"]
    assert "not logged in" in found.missing[0].reason


def test_many_models_of_one_owner_are_listed(tmp_path: Path) -> None:
    """The Hub limits requests: what a list holds isn't asked for one by one."""
    with HubServer(page_size=30, renamed={"acme/old": "acme/m1"}) as hub:
        ids = [f"acme/m{number}" for number in range(70)]
        for repo_id in [*ids, "other/x"]:
            hub.add(repo_id, {"README.md": ""})
        file = tmp_path / "ids"
        file.write_text("\n".join([*reversed(ids[2:]), "other/x", "acme/old", "acme/gone"]))
        found = ask(hub, str(file))
        assert names(found) == [*reversed(ids[2:]), "other/x", "acme/m1"]
        assert [one.repo_id for one in found.missing] == ["acme/gone"]
        assert len(hub.seen) == 3 + len(["other/x", "acme/old", "where it is now", "acme/gone"])


def test_one_model_is_a_list_of_one(hub: HubServer) -> None:
    assert names(ask(hub, "acme/m05")) == ["acme/m05"]
    with pytest.raises(UsageError, match="acme/none has no models that you can see"):
        ask(hub, "acme/none")


def test_progress_is_told(hub: HubServer) -> None:
    heard: list[Progress] = []
    list_models("acme", endpoint=hub.endpoint, token=False, listener=heard.append)
    assert [one.done for one in heard] == [10, 20, 26]


def test_an_old_repo_of_one_word_is_a_model() -> None:
    """Such as gpt2; an organization isn't."""
    with HubServer(renamed={"gpt2": "openai-community/gpt2"}) as hub:
        hub.add("openai-community/gpt2", {"README.md": ""})
        assert is_model("gpt2", endpoint=hub.endpoint, token=False)
        assert not is_model("openai-community", endpoint=hub.endpoint, token=False)


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("acme", Owner(name="acme")),
        (f"{HUB}/acme", Owner(name="acme")),
        (f"{HUB}/acme/models?sort=downloads", Owner(name="acme")),
        ("https://hf.co/acme/", Owner(name="acme")),
        (f"{HUB}/collections/acme/best-of", Collection(slug="acme/best-of")),
        ("collections/acme/best-of", Collection(slug="acme/best-of")),
        (SLUG, Collection(slug=SLUG)),
        ("acme/tiny", Models(name="acme/tiny", repo_ids=("acme/tiny",))),
        (f"{HUB}/acme/tiny/tree/main", Models(name="acme/tiny", repo_ids=("acme/tiny",))),
    ],
)
def test_what_a_target_means(target: str, meant: Target) -> None:
    assert read_target(target, HUB) == meant


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("", "empty"),
        ("a b", "no organization's name"),
        ("datasets/acme/x", "one of the Hub's datasets"),
        ("https://example.org/acme", "not an address on the Hub"),
        ("acme/ti ny", "no file acme/ti ny; as a repo id it is not valid"),
        ("./nowhere", "can't be read"),
        ("models.txt", "models.txt can't be read: No such file"),
    ],
)
def test_what_means_nothing_is_refused(target: str, told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        read_target(target, HUB)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "names no models"),
        (b"# nothing\n", "names no models"),
        (b"acme/tiny\nacme/x y\n", "line 2: acme/x y is not valid"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
    ],
)
def test_a_file_that_names_no_models_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "ids"
    file.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        read_target(str(file), HUB)
    with pytest.raises(UsageError, match="is a folder"):
        read_target(str(tmp_path), HUB)

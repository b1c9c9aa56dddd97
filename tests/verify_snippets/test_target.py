"""From a target to a card, or to one line that says why not."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError, UserFacingError
from snippet_images.progress import Progress
from tests.hub_server import HubServer
from verify_snippets.card import Source
from verify_snippets.target import CARD_LIMIT_BYTES, load_card

CARD = "---\nlicense: mit\n---\n# Tiny\n\n```python\nprint(1)\n```\n"


@pytest.fixture(autouse=True)
def private_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub-cache"))
    monkeypatch.setattr("verify_snippets.hub.user_token", lambda: None)


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        server.add("acme/tiny", {"README.md": CARD})
        yield server


def logged_in(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setattr("verify_snippets.hub.user_token", lambda: token)


def refused(target: str, kind: type[UserFacingError] = UsageError, **options: str) -> UserFacingError:
    begun = time.monotonic()
    with pytest.raises(kind) as caught:
        load_card(target, **options)  # type: ignore[arg-type]
    assert time.monotonic() - begun < 10
    assert "\n" not in caught.value.message + caught.value.hint
    assert caught.value.exit_code == (3 if kind is InfrastructureError else 2)
    return caught.value


class TestOnTheHub:
    def test_a_card_is_read_at_one_commit(self, hub: HubServer) -> None:
        heard: list[Progress] = []
        card = load_card("acme/tiny", endpoint=hub.endpoint, listener=heard.append)
        commit = hub.store.get("model", "acme/tiny").refs["main"]  # type: ignore[union-attr]
        assert (card.source, card.repo_id, card.revision) == (Source.HUB, "acme/tiny", commit)
        assert (card.text, card.metadata) == (CARD, {"license": "mit"})
        assert card.location == f"{hub.endpoint}/acme/tiny/blob/{commit}/README.md"
        assert "acme/tiny" in heard[0].what
        assert hub.count("resolve/main") == 0

    def test_a_revision_is_another_card(self, hub: HubServer) -> None:
        repo = hub.store.get("model", "acme/tiny")
        assert repo is not None
        repo.tag("v1.0")
        repo.commit({"README.md": "# New"})
        assert load_card("acme/tiny", revision="v1.0", endpoint=hub.endpoint).text == CARD
        assert load_card("acme/tiny", endpoint=hub.endpoint).text == "# New"

    @pytest.mark.parametrize(
        "address", ["/acme/tiny", "/acme/tiny/tree/main", "/acme/tiny/blob/main/README.md"]
    )
    def test_the_address_of_a_repo_is_as_good_as_its_id(self, hub: HubServer, address: str) -> None:
        assert load_card(hub.endpoint + address, endpoint=hub.endpoint).repo_id == "acme/tiny"

    def test_a_repo_by_its_former_name_is_known_by_its_new_one(self, hub: HubServer) -> None:
        hub.renamed["former/tiny"] = "acme/tiny"
        assert load_card("former/tiny", endpoint=hub.endpoint).repo_id == "acme/tiny"

    def test_a_repo_that_does_not_exist(self, hub: HubServer) -> None:
        error = refused("acme/none", endpoint=hub.endpoint)
        assert "no model acme/none" in error.message
        assert "spelling" in error.hint

    def test_a_gated_repo_says_where_to_ask(self, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
        hub.add("acme/gated", {"README.md": CARD}, gated=True, readers=frozenset({"hf_reader"}))
        for token in (None, "hf_other"):
            if token:
                logged_in(monkeypatch, token)
            error = refused("acme/gated", endpoint=hub.endpoint)
            assert "gated" in error.message
            assert f"{hub.endpoint}/acme/gated" in error.hint
            assert "hf auth login" in error.hint
        logged_in(monkeypatch, "hf_reader")
        assert load_card("acme/gated", endpoint=hub.endpoint).text == CARD

    def test_a_private_repo_is_read_with_the_token(
        self, hub: HubServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub.add("acme/mine", {"README.md": CARD}, private=True, readers=frozenset({"hf_reader"}))
        assert "private" in refused("acme/mine", endpoint=hub.endpoint).message
        logged_in(monkeypatch, "hf_reader")
        assert load_card("acme/mine", endpoint=hub.endpoint).text == CARD

    def test_a_token_that_the_hub_refuses(self, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
        logged_in(monkeypatch, "hf_expired")
        error = refused("acme/tiny", endpoint=hub.endpoint)
        assert "token" in error.message
        assert "hf_expired" not in error.message + error.hint

    def test_a_revision_that_does_not_exist_names_those_that_do(self, hub: HubServer) -> None:
        error = refused("acme/tiny", revision="v9", endpoint=hub.endpoint)
        assert "'v9'" in error.message
        assert "main" in error.hint

    def test_a_repo_without_a_card(self, hub: HubServer) -> None:
        hub.add("acme/bare", {"config.json": "{}"})
        assert "no README.md" in refused("acme/bare", endpoint=hub.endpoint).message

    def test_a_card_that_is_too_large_is_not_downloaded(self, hub: HubServer) -> None:
        hub.add("acme/huge", {"README.md": "x" * 20_000_000})
        assert "20.0 MB" in refused("acme/huge", endpoint=hub.endpoint).message
        assert hub.count("GET .*README") == 0

    @pytest.mark.parametrize(("content", "said"), [("", "empty"), (b"\x89PNG\r\n\0\0\0", "no text")])
    def test_a_card_that_is_no_card(self, hub: HubServer, content: str | bytes, said: str) -> None:
        hub.add("acme/odd", {"README.md": content})
        assert said in refused("acme/odd", endpoint=hub.endpoint).message

    @pytest.mark.parametrize(("status", "said"), [(503, "503"), (500, "500"), (429, "429")])
    def test_a_hub_in_trouble_is_no_fault_of_the_card(self, hub: HubServer, status: int, said: str) -> None:
        hub.fail("/api/models/acme/tiny", status, Retry_After="30")
        error = refused("acme/tiny", InfrastructureError, endpoint=hub.endpoint)
        assert said in error.message
        assert ("30 s" in error.hint) == (status == 429)

    def test_a_hiccup_is_not_worth_mentioning(self, hub: HubServer) -> None:
        hub.fail("/api/models/acme/tiny", 502, times=1)
        assert load_card("acme/tiny", endpoint=hub.endpoint).text == CARD

    def test_a_hub_that_is_not_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = refused("acme/tiny", InfrastructureError, endpoint=address)
        assert address in error.message
        assert "HF_ENDPOINT" in error.hint

    def test_a_hub_that_never_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}"
            assert "can't be reached" in refused("acme/tiny", InfrastructureError, endpoint=address).message

    def test_a_name_that_takes_forever_to_look_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stuck = threading.Event()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: stuck.wait(30) and [])
        refused("acme/tiny", InfrastructureError, endpoint="http://hub.invalid")
        stuck.set()


class TestOnThisMachine:
    def test_a_folder_stands_for_the_repo_that_is_named(self, tmp_path: Path) -> None:
        folder = tmp_path / "mine"
        folder.mkdir()
        (folder / "README.md").write_text(CARD)
        card = load_card("./mine", repo_id="acme/mine")
        assert (card.source, card.repo_id, card.revision) == (Source.FOLDER, "acme/mine", None)
        assert card.folder == folder
        assert load_card("./mine").repo_id is None

    def test_a_card_alone(self, tmp_path: Path) -> None:
        (tmp_path / "CARD.md").write_bytes(CARD.replace("\n", "\r\n").encode())
        card = load_card("CARD.md")
        assert (card.source, card.folder, card.repo_id) == (Source.FILE, None, None)
        assert card.text == CARD.replace("\n", "\r\n")

    def test_a_path_that_exists_goes_before_a_repo(self, tmp_path: Path) -> None:
        (tmp_path / "acme" / "tiny").mkdir(parents=True)
        (tmp_path / "acme" / "tiny" / "README.md").write_text("# Local")
        assert load_card("acme/tiny", endpoint="http://127.0.0.1:9").text == "# Local"

    def test_bytes_that_are_not_utf8_are_no_reason_to_stop(self, tmp_path: Path) -> None:
        (tmp_path / "README.md").write_bytes("# Prénom et caf\u00e9, deux mots".encode("latin-1"))
        assert "Pr\ufffdnom" in load_card(".").text

    @pytest.mark.parametrize(
        "target", ["./none", "/none/at/all", "~/none-at-all", "docs/README.md", "../none"]
    )
    def test_a_path_that_is_not_there(self, target: str) -> None:
        assert "no file or folder" in refused(target).message

    def test_a_folder_without_a_card_names_what_it_has(self, tmp_path: Path) -> None:
        (tmp_path / "readme.md").write_text(CARD)
        assert "readme.md" in refused(".").hint

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b" \n\t\n", "empty"),
            (b"GGUF\0\0\0\3", "no text"),
            ("# Tiny".encode("utf-16"), "no text"),
            (bytes(range(128, 256)) * 20, "UTF-8"),
            (b"x" * (CARD_LIMIT_BYTES + 1), "5 MB"),
        ],
    )
    def test_a_card_that_is_no_card(self, tmp_path: Path, content: bytes, said: str) -> None:
        (tmp_path / "README.md").write_bytes(content)
        assert said in refused("README.md").message

    def test_a_card_that_is_no_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "README.md")
        assert "not a file" in refused(".").message

    def test_options_that_do_not_fit(self, tmp_path: Path, hub: HubServer) -> None:
        (tmp_path / "README.md").write_text(CARD)
        assert "revision" in refused(".", revision="v1").message
        assert "local folder" in refused("acme/tiny", repo_id="acme/other", endpoint=hub.endpoint).message
        assert "not valid" in refused(".", repo_id="a/b/c").message


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", "empty"),
        ("my model", "no file or folder my model"),
        ("a/b/c", "no file or folder a/b/c"),
        ("acme/ti..ny", "not valid"),
        ("https://example.org/acme/tiny", "not an address on the Hub"),
        ("https://huggingface.co/datasets/acme/rows", "datasets"),
        ("https://huggingface.co/", "no repo"),
    ],
)
def test_a_target_that_is_nothing(target: str, said: str) -> None:
    assert said in refused(target).message

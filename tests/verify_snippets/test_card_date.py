"""When a card was last changed."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError
from tests.hub_server import HubServer
from verify_snippets.card import Card, Source
from verify_snippets.card_date import last_changed
from verify_snippets.target import load_card

OF_CARD, OF_OTHERS = "2025-11-20T10:00:00+01:00", "2026-03-01T10:00:00+00:00"


def commit(folder: Path, file: str, moment: str) -> None:
    """Write a file and commit it at a moment."""
    (folder / file).write_text("# A card\n\nwith words\n")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["add", file], [*who, "commit", "-q", "-m", "x", "--no-gpg-sign"]):
        dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        subprocess.run(["git", "-C", folder, *words], check=True, env={"PATH": "/usr/bin:/bin", **dates})


def test_a_checkout_tells_of_the_card_and_not_of_other_files(tmp_path: Path) -> None:
    """The last commit may have touched weights alone."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    commit(tmp_path, "README.md", OF_CARD)
    commit(tmp_path, "config.json", OF_OTHERS)
    assert last_changed(load_card(str(tmp_path))) == datetime(2025, 11, 20, 9, tzinfo=UTC)


def test_the_time_of_a_file_is_no_evidence(tmp_path: Path) -> None:
    """A folder that is in no checkout, and a card that was never committed, say nothing."""
    (tmp_path / "README.md").write_text("# A card\n")
    with pytest.raises(UsageError, match="not a git repository") as caught:
        last_changed(load_card(str(tmp_path)))
    assert "--as-of" in caught.value.hint
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with pytest.raises(UsageError, match="does not say"):
        last_changed(load_card(str(tmp_path)))


def test_the_hub_tells_of_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its own last commit, at the pinned revision; a Hub that doesn't say is no fault of the card's."""
    with HubServer() as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.endpoint)
        repo = hub.add("acme/tiny", {"README.md": "# A card\n", "config.json": "{}"})
        commit = repo.refs["main"]
        repo.changed[commit] = {"README.md": "2025-11-20T09:00:00.000Z"}
        card = Card(text="", sha256="", source=Source.HUB, location="", repo_id="acme/tiny", revision=commit)
        assert last_changed(card) == datetime(2025, 11, 20, 9, tzinfo=UTC)
        repo.changed.clear()
        with pytest.raises(InfrastructureError, match="does not say"):
            last_changed(card)
    with pytest.raises(InfrastructureError, match="does not say"):
        last_changed(card)
    with pytest.raises(UsageError, match="a replay"):
        last_changed(card, ask_hub=False)

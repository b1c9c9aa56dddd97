"""What ``plan`` takes for one card, and what for many models."""

from pathlib import Path

import pytest
from huggingface_hub import constants

from snippet_images.errors import UsageError
from tests.hub_server.server import HubServer
from verify_snippets.cli.planning import NightWish, means_many, show_plan
from verify_snippets.options import Options


def test_a_card_is_told_from_many_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a name alone only the Hub knows: ``gpt2`` is a model, ``acme`` an organization."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ids.txt").write_text("acme/tiny\n")
    (tmp_path / "card").write_text("# Tiny\n")
    (tmp_path / "local").mkdir()
    with HubServer(renamed={"gpt2": "openai-community/gpt2"}) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
        hub.add("openai-community/gpt2", {"README.md": ""})
        hub.add("acme/tiny", {"README.md": ""})
        many = {
            "acme": True,
            "nobody": True,  # and there it is told that there is none
            "gpt2": False,
            "acme/tiny": False,
            "https://huggingface.co/acme": True,
            "https://huggingface.co/acme/tiny": False,
            "https://huggingface.co/collections/acme/best": True,
            "acme/best-64f9a55bb3115b4f513ec026": True,
            "ids.txt": True,
            "card": False,
            "local": False,
            "./README.md": False,
            "a b": False,
        }
        assert {target: means_many(target) for target in many} == many
        assert hub.count("/api/models/") == 5  # with gpt2's new name


def test_what_is_of_one_card_is_refused_for_many(tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("acme/tiny\n")
    for options in (Options(revision="main"), Options(repo_id="acme/tiny")):
        with pytest.raises(UsageError, match="stands for many models"):
            show_plan(str(ids), options, NightWish(), as_json=False)

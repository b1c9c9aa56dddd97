"""The job matrix, read as GitHub reads it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from snippet_images.errors import UsageError
from snippet_sandbox.profile import PROFILES
from verify_snippets.cli import main
from verify_snippets.matrix.github_matrix import LIMIT, as_output, entries

CPU, GPU = PROFILES["cpu-basic"], PROFILES["t4-small"]
CARDS = [f"acme/m{number}" for number in range(45)]


def outputs(text: str) -> dict[str, str]:
    """A step's outputs, from what it wrote into ``$GITHUB_OUTPUT``: a line each, NAME=VALUE."""
    lines = text.split("\n")
    assert lines.pop() == ""
    return dict(line.split("=", 1) for line in lines)


def test_one_line_that_is_json_whatever_the_words_are() -> None:
    """Line ends of all kinds would end the output early."""
    odd = replace(CPU, name='odd "name"\n::set-output x=1\u2028%0A/../☃')
    found = entries(["acme/a", "acme/b"], [odd, GPU], libraries='torch; python_version<"3.12"')
    matrix = json.loads(outputs(as_output(found))["matrix"])
    (first, second) = matrix["include"]
    assert first["profile"] == odd.name
    assert first["libraries"] == 'torch; python_version<"3.12"'
    assert first["targets"].split() == ["acme/a", "acme/b"]
    assert (first["runner"], second["runner"]) == ("ubuntu-latest", ["self-hosted", "gpu", "t4-small"])
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", entry["name"]) for entry in matrix["include"])


def test_every_card_is_under_every_profile_once() -> None:
    """In groups of about the same size, whose names are unique."""
    for shards in (None, 1, 4, 99):
        found = entries(CARDS, [CPU, GPU], shards=shards)
        assert len({entry.name for entry in found}) == len(found)
        for profile in (CPU, GPU):
            groups = [entry.targets.split() for entry in found if entry.profile == profile.name]
            assert sorted(card for group in groups for card in group) == sorted(CARDS)
            assert max(map(len, groups)) - min(map(len, groups)) <= 1
    assert len(entries(CARDS, [CPU], shards=None)) == 3, "20 cards at most in each"
    assert len(entries(["a/b", "a/b"], [])) == 1


def test_names_that_are_alike_once_they_are_safe() -> None:
    alike = [replace(CPU, name=name) for name in ("a b", "a/b", "a-b")]
    assert len({entry.name for entry in entries(["acme/a"], alike)}) == 3


def test_the_limit_of_github() -> None:
    """Kept by larger groups where nobody says how many, and told where somebody does."""
    many = [f"acme/m{number}" for number in range(10_000)]
    assert len(entries(many, [CPU, GPU])) == LIMIT
    with pytest.raises(UsageError, match="600 entries; GitHub takes 256") as caught:
        entries(many, [CPU, GPU], shards=300)
    assert "--shards 128" in caught.value.hint
    with pytest.raises(UsageError, match="more than the 256"):
        entries(many, [replace(CPU, name=str(n)) for n in range(300)])


def test_the_labels_that_a_user_has() -> None:
    labels = {"t4-small": ["gpu-box"], "cpu-basic": ["self-hosted", "big"]}
    runners = [entry.runner for entry in entries(["acme/a"], [CPU, GPU], labels=labels)]
    assert runners == [("self-hosted", "big"), "gpu-box"]


def test_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of ids stands for its models; the labels come from the configuration."""
    monkeypatch.chdir(tmp_path)
    Path("models.txt").write_text("acme/a\nacme/b  # the second\n")
    Path("verify-snippets.toml").write_text('[runners]\nt4-small = ["self-hosted", "t4"]\n')
    command = ["matrix", "models.txt", "acme/c", "--profile", "cpu-basic,t4-small", "--shards", "2"]
    assert main([*command, "--libraries", "transformers<5,transformers>=5"]) == 0
    matrix = json.loads(outputs(capsys.readouterr().out)["matrix"])
    assert [(entry["name"], entry["targets"]) for entry in matrix["include"]] == [
        ("cpu-basic-1", "acme/a acme/c"),
        ("cpu-basic-2", "acme/b"),
        ("t4-small-1", "acme/a acme/c"),
        ("t4-small-2", "acme/b"),
    ]
    assert matrix["include"][2]["runner"] == ["self-hosted", "t4"]
    assert matrix["include"][0]["libraries"] == "transformers<5,transformers>=5"
    assert main([*command, "--format", "text"]) == 0
    assert "t4-small-2  on self-hosted + t4: acme/b" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["./a card/README.md"], "more than one plain word"),
        (["./$(reboot)"], "more than one plain word"),
        (["./a", "--profile", "b9000"], "no profile named 'b9000'"),
        (["./a", "--libraries", "<5"], "is no requirement"),
        (["./a", "--python", "4"], "no version of Python"),
        (["./a.txt"], "can't be read"),
    ],
)
def test_what_a_workflow_could_not_run_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["matrix", *arguments]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""

"""Mistakes that reading alone shows, and ``plan --check``, which says them."""

import json
import subprocess
from pathlib import Path

import pytest

from verify_snippets import mistakes
from verify_snippets.cli import main
from verify_snippets.cli.plan_checking import repo_of_clone
from verify_snippets.options import Options, Silence
from verify_snippets.prepare import prepare

CARDS = Path(__file__).parents[1] / "cards"
WRONG = {"marks", "placeholders", "unclosed_fence"}  # what they are there for
OWN = "acme/tiny-gpt2"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return tmp_path / "README.md"


def found(card: Path, text: str, repo_id: str | None = OWN) -> dict[int, str]:
    """The problem at each line of a card."""
    card.write_text(text)
    plan = prepare(str(card), Options(repo_id=repo_id), Silence())
    return {mistake.line: mistake.problem for mistake in mistakes.find(plan)}


def python(*lines: str) -> str:
    return "\n".join(["```python", *lines, "```", ""])


def load(repo_id: str) -> str:
    return python("from transformers import AutoModel", f'AutoModel.from_pretrained("{repo_id}")')


def test_a_good_card_has_none(card: Path) -> None:
    assert found(card, load(OWN) + load("other/model") + python("print(1)")) == {}


@pytest.mark.parametrize("tests_card", [card for card in CARDS.glob("*.md") if card.stem not in WRONG])
def test_nothing_is_said_of_cards_that_are_odd_and_right(tests_card: Path) -> None:
    assert mistakes.find(prepare(str(tests_card), Options(), Silence())) == ()


def test_code_that_python_cant_read(card: Path) -> None:
    text = python("import os", "from json import loads", "for name in os.listdir('.')", "    print(name)")
    assert found(card, text) == {4: "not valid Python: expected ':'"}


def test_arguments_that_were_renamed_each_at_its_line(card: Path) -> None:
    text = python(
        "from transformers import AutoModel",
        f'AutoModel.from_pretrained("{OWN}", use_auth_token=True,',
        '    torch_dtype="auto")',
    )
    said = found(card, text)
    assert list(said) == [3, 4]
    assert said[3].startswith("`use_auth_token` was removed in transformers 5.0.0")
    assert said[4].startswith("`torch_dtype` is deprecated since transformers 4.56.0")


@pytest.mark.parametrize("slip", ["Acme/tiny-GPT2", "acme/tiny_gpt2", "acme/tyni-gpt2", "acme-ai/tiny-gpt2"])
def test_a_repo_that_is_nearly_the_cards_own(card: Path, slip: str) -> None:
    assert found(card, load(slip)) == {3: f"`{slip}` is not this card's repo"}


@pytest.mark.parametrize("other", ["acme/tiny-gpt3", "acme/large-bert", "openai/gpt2"])
def test_another_model_is_no_slip(card: Path, other: str) -> None:
    assert found(card, load(other)) == {}


@pytest.mark.parametrize(
    "told",
    [
        f"---\nbase_model: acme-ai/tiny-gpt2\n---\n{load('acme-ai/tiny-gpt2')}",
        f"Made from [this](https://huggingface.co/acme-ai/tiny-gpt2).\n\n{load('acme-ai/tiny-gpt2')}",
        load("acme-ai/tiny-gpt2") + load(OWN),
    ],
)
def test_a_repo_that_the_card_speaks_of_or_loads_beside_its_own_is_meant(card: Path, told: str) -> None:
    assert found(card, told) == {}


def test_a_placeholder_where_the_cards_own_repo_belongs(card: Path) -> None:
    placeholder = load("your-username/your-model")
    said = "`your-username/your-model` is a placeholder where this card's own repo belongs"
    assert found(card, placeholder) == {3: said}
    assert found(card, placeholder, repo_id=None) == {3: said}
    assert found(card, python('open("/path/to/your.csv")')) == {}  # which only the reader has


def test_fences_that_are_not_closed(card: Path) -> None:
    text = (
        "```python\nimport torch\n\nThen:\n\n```python\nimport os\n```\n\n- item\n\n  ~~~bash\n  ls\n\nText"
    )
    assert found(card, text) == {
        1: "the block that begins here is not closed before the next one, at line 6",
        12: "the block that begins here is never closed",
    }


def test_a_block_that_shows_markdown_is_closed_where_it_says(card: Path) -> None:
    assert found(card, "````markdown\n```python\nimport os\n```\n````\n") == {}


def test_each_is_a_line_that_an_editor_can_jump_to(card: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card.write_text(load("Acme/tiny-gpt2") + "```python\n")
    assert main(["plan", "--check", str(card), "--repo-id", OWN]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{card}:3: `Acme/tiny-gpt2` is not this card's repo — write `{OWN}`")
    assert (
        second
        == f"{card}:5: the block that begins here is never closed — close it with ``` where the code ends"
    )


def test_several_cards_are_checked_and_one_that_cant_be_read_stops_none(
    card: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card.write_text("```python\n")
    good = tmp_path / "good.md"
    good.write_text(python("print(1)"))
    assert main(["plan", "--check", str(good)]) == 0
    assert main(["plan", "--check", "--json", str(tmp_path / "gone.md"), str(good), str(card)]) == 2
    told = capsys.readouterr()
    assert [(each["path"], each["line"]) for each in json.loads(told.out)] == [(str(card), 1)]
    assert "gone.md" in told.err


@pytest.mark.parametrize(
    "arguments", [["plan", "a.md", "b.md"], ["plan", "--check", "a.md", "b.md", "--repo-id", OWN]]
)
def test_what_several_cards_cant_share_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "hint: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "repo_id"),
    [
        ("https://huggingface.co/acme/tiny", "acme/tiny"),
        ("https://user:secret@huggingface.co/acme/tiny.git", "acme/tiny"),
        ("git@hf.co:acme/tiny", "acme/tiny"),
        ("https://github.com/acme/tiny", None),
        ("https://huggingface.co/datasets/acme/tiny", None),
    ],
)
def test_a_clone_knows_its_repo(tmp_path: Path, address: str, repo_id: str | None) -> None:
    assert repo_of_clone(tmp_path) is None
    for command in (["init", "--quiet"], ["remote", "add", "origin", address]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True)
    assert repo_of_clone(tmp_path / "README.md") == repo_id
    (tmp_path / "docs").mkdir()
    assert repo_of_clone(tmp_path / "docs" / "README.md") is None

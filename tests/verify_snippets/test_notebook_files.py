"""Which notebooks of a repo are read."""

from pathlib import Path

from verify_snippets.card import Card, Source
from verify_snippets.notebook_files import NOTEBOOK_LIMIT_BYTES, NOTEBOOKS_AT_MOST, find_notebooks
from verify_snippets.repo_files import read_facts


def card(folder: Path, text: str = "") -> Card:
    """A card in a folder that stands for its repo."""
    return Card(text=text, sha256="0" * 64, source=Source.FOLDER, location="README.md", folder=folder)


def found(folder: Path, text: str = "") -> dict[str, str]:
    """Each notebook's path and what is wrong with it, in order."""
    facts = read_facts(card(folder))
    assert facts is not None
    return {file.path: file.trouble for file in find_notebooks(card(folder, text), facts.notebooks)}


def test_those_that_the_card_names_come_first(tmp_path: Path) -> None:
    """Then the others, by their paths; copies that an editor keeps are nobody's."""
    for path in ("b.ipynb", "a.ipynb", "deep/z.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb", "c.txt"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("{}")
    assert found(tmp_path, "See [it](deep/z.ipynb).") == {"deep/z.ipynb": "", "a.ipynb": "", "b.ipynb": ""}


def test_too_many_and_too_big_are_told(tmp_path: Path) -> None:
    """One line for all those that are too many."""
    for number in range(NOTEBOOKS_AT_MOST + 3):
        (tmp_path / f"{number:02}.ipynb").write_text("{}")
    with (tmp_path / "00.ipynb").open("wb") as file:
        file.truncate(NOTEBOOK_LIMIT_BYTES + 1)
    (tmp_path / "01.ipynb").unlink()
    (tmp_path / "01.ipynb").symlink_to(tmp_path / "nowhere")
    told = found(tmp_path)
    assert len(told) == NOTEBOOKS_AT_MOST + 1
    assert "at most 20 MB are read" in told["00.ipynb"]
    assert list(told.values())[-1] == "the repo has 12 notebooks, and the first 10 are run"

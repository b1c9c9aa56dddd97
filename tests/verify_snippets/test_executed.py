"""Notebooks as they were executed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from snippet_images.errors import UsageError
from tests.verify_snippets.notebook_samples import notebook
from verify_snippets.executed import executed, folder_for, save
from verify_snippets.options import Options
from verify_snippets.report.model import RunReport
from verify_snippets.verdict import Verdict

RESULT: dict[str, object] = {
    "output_type": "execute_result",
    "execution_count": None,
    "data": {},
    "metadata": {},
}


def ran(*outputs: object) -> RunReport:
    """A cell that gave this."""
    told = {"profile": "cpu-basic", "verdict": Verdict.PASSED, "reason": "", "duration_s": 0.1}
    return RunReport.model_validate({**told, "outputs": outputs})


def test_a_cell_has_what_it_gave_now() -> None:
    """Numbers count what was run; what an earlier run left is gone, and texts stay."""
    document = executed(notebook("a", "b", "c"), {"demo.ipynb:1": ran(), "demo.ipynb:3": ran(RESULT)})
    assert document is not None
    content = json.loads(document)
    codes = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in codes] == [1, None, 2]
    assert [cell["outputs"] for cell in codes] == [[], [], [{**RESULT, "execution_count": 2}]]
    assert [cell["source"] for cell in codes] == ["a", "b", "c"]
    assert sum(cell["cell_type"] == "markdown" for cell in content["cells"]) == 3
    assert (content["nbformat"], content["metadata"]["kernelspec"]["name"]) == (4, "python3")


def test_what_was_not_run_is_not_saved(tmp_path: Path) -> None:
    """Nor what would lie outside of the folder."""
    outside = notebook("a", path="../demo.ipynb")
    inside = notebook("a", path="deep/demo.ipynb")
    runs = {"../demo.ipynb:1": ran(), "deep/demo.ipynb:1": ran()}
    written = save([notebook("a"), outside, inside], runs, tmp_path / "out")
    assert written == (tmp_path / "out" / "deep" / "demo.ipynb",)


def test_columns_have_folders_of_their_own(tmp_path: Path) -> None:
    """The same notebook runs in each."""
    one = Options(notebooks_dir=tmp_path, profile="cpu-basic", libraries=("transformers<5",))
    assert folder_for(one) == tmp_path
    assert folder_for(replace(one, one_of_several=True)) == tmp_path / "cpu-basic-transformers<5"
    assert folder_for(Options()) is None


def test_a_folder_that_cannot_be_made_is_told_before_anything_runs(tmp_path: Path) -> None:
    """With what to do."""
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(UsageError, match="can't be saved"):
        folder_for(Options(notebooks_dir=file / "below"))

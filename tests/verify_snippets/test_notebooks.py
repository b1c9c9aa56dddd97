"""Notebooks as they are read and planned: a snippet for each code cell."""

import json

import pytest

from tests.verify_snippets.notebook_samples import notebook, plan
from verify_snippets.kind import Kind
from verify_snippets.notebooks import NotebookFile
from verify_snippets.snippets import Origin


def test_each_code_cell_is_a_snippet_with_its_number() -> None:
    """Texts are not counted, empty cells are, and each cell counts its own lines."""
    found = plan(notebook("x = 1", "", "y = 2\nx + y")).snippets
    assert [snippet.id for snippet in found] == ["demo.ipynb:1", "demo.ipynb:3"]
    last = found[-1]
    assert (last.origin, last.kind, last.document) == (Origin.NOTEBOOK, Kind.NOTEBOOK, "demo.ipynb")
    assert (last.block.start_line, last.block.end_line) == (1, 2)
    assert last.block.prose_before == "Now:\n" * 2


def test_a_cell_runs_after_all_before_it_that_run() -> None:
    """Whatever they have to do with it; names of its own card's blocks are no matter."""
    card = "```python\nx = 'of the card'\n```\n"
    steps = plan(notebook("x = 1", "# only a comment", "print(x)"), text=card).steps
    assert [step.snippet.id for step in steps] == ["L1", "demo.ipynb:1", "demo.ipynb:2", "demo.ipynb:3"]
    assert [step.runs for step in steps] == [True, True, False, True]
    assert [cell.id for cell in steps[-1].first] == ["demo.ipynb:1"]
    assert steps[-1].codes == ("x = 1", "print(x)")
    assert steps[-1].kernel
    assert not steps[0].kernel


def test_what_any_cell_installs_is_there_for_all() -> None:
    """They share a container; install lines are not run in it, though they go over several lines."""
    steps = plan(notebook("import tabulate", "!pip install -q tabulate \\\n    idna\nprint(1)")).steps
    assert [step.snippet.requirements for step in steps] == [("tabulate", "idna")] * 2
    assert steps[1].codes[-1] == "\n\nprint(1)"


@pytest.mark.parametrize(
    "cell", ["%%bash\necho 'not Python'", "!ls", "x = !ls\nprint(x)", "%timeit sum([1])", "%cd /tmp"]
)
def test_lines_for_the_kernel_are_run(cell: str) -> None:
    """They reach it as they are written."""
    (step,) = plan(notebook(cell)).steps
    assert step.runs, step.reason
    assert step.codes == (cell,)


def test_names_that_a_kernels_lines_give_are_known() -> None:
    """A cell that uses them is no fragment."""
    steps = plan(notebook("files = !ls\n%time n = len(files)", "%%timeit\nn", "print(files, n)")).steps
    assert all(step.runs for step in steps), [step.reason for step in steps]
    assert [cell.id for cell in steps[2].first] == ["demo.ipynb:1", "demo.ipynb:2"]


def test_a_cell_that_cannot_run_stops_those_that_need_it() -> None:
    """And no others; a condition may know better than to import Colab's modules."""
    guarded = "try:\n    import google.colab\nexcept ImportError:\n    pass"
    steps = plan(
        notebook("from google.colab import drive", "drive.mount('/x')", "a = 1", guarded, "print(a)")
    ).steps
    assert [step.runs for step in steps] == [False, False, True, True, True]
    assert "Google Colab" in steps[0].reason
    assert steps[1].reason.startswith("it needs demo.ipynb:1, which can't run: ")


def test_cells_that_need_a_gpu_are_skipped_where_there_is_none() -> None:
    """The others run without one."""
    steps = plan(notebook("import torch\nt = torch.zeros(1).cuda()", "print(t)", "print(1)")).steps
    assert [step.runs for step in steps] == [False, False, True]
    assert "needs a GPU" in steps[0].reason
    assert "demo.ipynb:1" in steps[1].reason


def test_blocks_of_the_card_with_lines_for_a_kernel_run_in_one() -> None:
    """With what they need; install lines alone ask for none."""
    text = "```python\n!pip install idna\nx = 3\n```\n\n```python\n%time print(x)\nprint(x)\n```\n"
    first, second = plan(text=text).steps
    assert not first.kernel
    assert second.kernel
    assert second.codes == ("\nx = 3", "%time print(x)\nprint(x)")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no notebook: its JSON can't be read"),
        ("[1]", "doesn't say which version"),
        ('{"nbformat": 4, "cells": 3, "metadata": "no"}', "it has no code in it"),
        (notebook("x <- 1", metadata={"kernelspec": {"language": "R"}}).text, "for r, not Python"),
        (notebook("").text, "it has no code in it"),
        (notebook(*["1"] * 201).text, "201 code cells"),
        (notebook("1", "'" + "x" * 10**6 + "'").text, "1,000,003 characters"),
    ],
)
def test_a_notebook_that_cannot_be_run_says_why(text: str, said: str) -> None:
    """In one line of its own."""
    (step,) = plan(NotebookFile(path="deep/down.ipynb", text=text)).steps
    assert step.snippet.id == "deep/down.ipynb"
    assert not step.runs
    assert said in step.reason


def test_version_3_is_read_too() -> None:
    """Its cells lie in worksheets, and their code is called input."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Title"]},
        {"cell_type": "code", "language": "python", "input": ["x = 1\n", "x"], "outputs": []},
    ]
    text = json.dumps({"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})
    (step,) = plan(NotebookFile(path="old.ipynb", text=text)).steps
    assert step.codes == ("x = 1\nx",)
    assert "## Title" in step.snippet.block.prose_before

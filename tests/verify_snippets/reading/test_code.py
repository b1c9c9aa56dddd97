"""What is executed of what a card shows."""

import pytest

from verify_snippets import code


@pytest.mark.parametrize(
    ("text", "executed"),
    [
        (">>> x = 1\n>>> x\n1\n", "x = 1\nx\n\n"),
        (">>> for i in a:\n...     f(i)\n...\n0", "for i in a:\n    f(i)\n\n"),
        (">>> x = [\n    1,\n]\n>>> x\n[1]", "x = [\n    1,\n]\nx\n"),
        ("In [1]: x = 1\n\nIn [2]: x\nOut[2]: 1", "x = 1\n\nx\n"),
        ("print(x)\n>>> 0.5", "print(x)\n"),
        ("!pip install a\nimport a", "\nimport a"),
        ("pip install a\nimport a", "\nimport a"),
        ("%matplotlib inline\n%%time\nx = 1", "\n\nx = 1"),
        ("if x:\n    !pip install a\ny = 1", "if x:\n    pass\ny = 1"),
        ("!tiny --help\nx = 1", "!tiny --help\nx = 1"),
        ("    x = 1\n    y = 2", "x = 1\ny = 2"),
        ('x = """\n!pip install a\n"""', 'x = """\n!pip install a\n"""'),
        ("x = 7\\\n% y", "x = 7\\\n% y"),
    ],
)
def test_prompts_outputs_and_installs_go_and_lines_stay(text: str, executed: str) -> None:
    read = code.read(text)
    assert read.text == executed
    assert read.tree is not None


def test_a_line_for_the_kernel_needs_a_notebook() -> None:
    assert code.read("%cd tiny\nimport a").needs_notebook
    assert not code.read("!pip install a\nimport a").needs_notebook


def test_outputs_and_installs_are_remembered() -> None:
    assert code.read(">>> 1\n1").has_output
    assert not code.read(">>> x = 1").has_output
    assert code.read("!pip install -q a\nimport a").installs == ("pip install -q a",)


def test_what_no_parser_takes_says_where() -> None:
    read = code.read("x = 1\ny = = 2")
    assert read.tree is None
    assert read.error.startswith("line 2:")


def test_data_of_any_length_is_not_parsed() -> None:
    assert code.read("x = 1\n" * 100_000).tree is None

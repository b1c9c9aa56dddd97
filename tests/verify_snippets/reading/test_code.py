"""What is executed of what a card shows."""

import ast

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


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("if x:\n    %time y = f(x)\nprint(y)", "if x:\n    y = f(x)\nprint(y)"),
        ("%timeit -n 10 -r1 f(x)", "f(x)"),
        ("files = !ls\nprint(files)", "files = None\nprint(files)"),
        ("took = %timeit -o f()\nprint(took)", "took = None\nprint(took)"),
    ],
)
def test_a_kernels_line_is_read_for_the_python_in_it(text: str, python: str) -> None:
    read = code.read(text)
    assert read.text == text
    assert read.tree is not None
    assert ast.unparse(read.tree) == ast.unparse(ast.parse(python))


@pytest.mark.parametrize("text", ["format = %(name)s", "ratio = %5.2f"])
def test_what_looks_like_a_line_for_the_kernel_is_none(text: str) -> None:
    assert code.read(text).tree is None


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

"""Passes that show little."""

import pytest

from verify_snippets.blocks import read_blocks
from verify_snippets.snippets import read_snippets
from verify_snippets.vacuous import remark


def _remark(*blocks: str) -> str:
    card = "\n\nThen:\n\n".join(f"```python\n{block}\n```" for block in blocks)
    snippets = read_snippets(read_blocks(card), repo_id=None, metadata={})
    return remark(snippets[0], snippets)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import a\nfrom b import c", "only imports"),
        ("try:\n    import a\nexcept ImportError:\n    import b", "only imports"),
        ("import a\n\ndef f():\n    return a.g()", "only defines"),
        ("class A(B):\n    x = 1", "only defines"),
        ("X = {'a': [1, 2]}\nY: int = -3", "only defines"),
        ("# pip install it\n# and run it", "nothing in it to run"),
        ('"""A sketch."""\n...', "nothing in it to run"),
    ],
)
def test_vacuous(code: str, said: str) -> None:
    assert said in _remark(code)


@pytest.mark.parametrize(
    "code",
    [
        "import a\na.f()",
        "x = f()",
        "assert 1 + 1 == 2",
        "import os\nos.environ['A'] = '1'",
        "for x in [1]:\n    pass",
        "def f():\n    pass\n\nf()",
        "if __name__ == '__main__':\n    main()",
        "import a\n!ls",
        "with open('a') as f:\n    pass",
    ],
)
def test_not_vacuous(code: str) -> None:
    assert _remark(code) == ""


def test_nothing_is_said_of_a_step_of_others() -> None:
    assert _remark("import a", "x = 1") != ""
    assert _remark("import a", "a.f()") == ""
    assert _remark("def f():\n    return 1", "print(f())") == ""

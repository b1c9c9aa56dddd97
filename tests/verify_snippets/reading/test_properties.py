"""Whatever a card holds, it is read: no exception, and lines that are the card's own."""

from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_snippets import front_matter, needs
from verify_snippets.blocks import read_blocks
from verify_snippets.snippets import read_snippets
from verify_snippets.stand_ins import fill_with_samples

_PIECES = st.sampled_from(
    [
        *(
            "```",
            "````",
            "~~~",
            "```python",
            "```bash",
            "``` {.py}",
            "    ",
            "\t",
            "> ",
            "- ",
            "1. ",
            "# ",
            "---",
        ),
        *(
            "<!--",
            "-->",
            "<pre>",
            "</pre>",
            "<details>",
            "<div>",
            "<h2>x</h2>",
            "`pip install a`",
            "| a | b |",
        ),
        *(
            "import a",
            "from a import *",
            "x = y",
            "f(...)",
            "def f(x):",
            "    return x",
            ">>> x",
            "... y",
            "In [1]: z",
        ),
        *(
            "!pip install a",
            "%%time",
            "%cd b",
            "pip install -U a[b]>=1",
            "git clone https://h/a/b.git",
            "cd b",
            "'",
            '"',
        ),
        *(
            "python run.py --out=x \\",
            "cat <<EOF",
            "EOF",
            "{'a': 1}",
            '{"a": [',
            "a: b",
            "tensor([1])",
            "# Output: 1",
        ),
        *(
            "<your_path>",
            "path/to/x.png",
            "Image.open('a.png')",
            "conda install pytorch=1.8",
            "Install `a` and `b>=1`:",
            "cd x/y && ln -s $A ${B}",
            "export A=1",
            "открыть",
            "漢字",
            "\ufeff",
            "\u2028",
            "\x00",
            "\x0c",
            "é" * 40,
            "(" * 60,
        ),
    ]
)
_ENDS = st.sampled_from(["\n", "\n\n", "\r\n", "\r", " ", ""])
_MANGLED = st.lists(st.tuples(_PIECES, _ENDS), max_size=40).map(
    lambda pairs: "".join(piece + end for piece, end in pairs)
)
_CARDS = [path.read_bytes().decode() for path in sorted((Path(__file__).parents[2] / "cards").glob("*.md"))]


def _check(text: str) -> None:
    line_count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    blocks = read_blocks(text)
    snippets = read_snippets(blocks, repo_id="a/b", metadata=front_matter.read(text).metadata)
    assert [snippet.block for snippet in snippets] == list(blocks)
    assert [block.index for block in blocks] == list(range(len(blocks)))
    for earlier, later in pairwise(blocks):
        assert earlier.end_line < later.start_line
    for snippet in snippets:
        block = snippet.block
        assert 1 <= block.start_line <= block.end_line <= line_count
        assert block.start_line <= block.text_line <= line_count
        assert snippet.code.count("\n") == block.text.count("\n")
        assert all(0 <= other < len(blocks) and other != block.index for other in snippet.needs)
        assert all(word in block.text for word in snippet.placeholders)
        assert block.index not in needs.run_order(snippets, block.index)
        fill_with_samples(snippet.code, snippet.placeholders, "a/b", folder=PurePosixPath("/samples"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_MANGLED)
def test_mangled_markdown_is_read(text: str) -> None:
    _check(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    _check(text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_CARDS), st.integers(0, 2000), st.integers(0, 60), _PIECES)
def test_a_damaged_card_is_read(card: str, at: int, cut: int, piece: str) -> None:
    _check(card[:at] + piece + card[at + cut :])


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "`" * 500_000,
        "<h1 " * 100_000,
        "[" * 300_000,
        "> " * 100_000,
        "```\n" * 20_000,
        "```python\nx = " + "(" * 100_000 + "\n```",
        "```python\n" + ">>> f(\n" * 20_000,
        "```bash\n" + "cat <<EOF\n" * 10_000,
        "```bash\n" + "echo 'a\n" * 10_000,
        "```\n" + "1.1 " * 100_000,
        "---\na: " + "[" * 200_000 + "\n---\n",
        "<div>\n```\nx\n```\n" * 3_000,
        "```python\nimport a\nx = a.f(y)\n```\n" * 2_000,
        "install `a` and " * 20_000 + "\n```bash\nrun\n```\n",
        "```bash\n" + "A=1\nrun $A ${B} [C_D\n" * 5_000 + "```\n",
        "```python\nf(1)\n# " + "the " * 50_000 + "output\n```\n",
        "```python\n# " + "run " * 50_000 + "pip install a\n```\n",
        "```bash\nrun " + "[A_" * 30_000 + "\n```\n",
    ],
    ids=lambda text: repr(text[:16]),
)
def test_no_text_makes_it_slow(text: str) -> None:
    blocks = read_blocks(text)
    assert len(read_snippets(blocks, repo_id=None, metadata={})) == len(blocks)

"""Edits to a card: what is asked for changes, and no other byte does."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_snippets import front_matter
from verify_snippets.blocks import read_blocks
from verify_snippets.card import Card, Source
from verify_snippets.patching import CannotPatchError, Change, apply, unified
from verify_snippets.patching.lines import Edit, apply_edits, split
from verify_snippets.snippets import Snippet, read_snippets

CARDS = sorted((Path(__file__).parent.parent / "cards").glob("*.md"))


def card_of(text: str) -> Card:
    return Card(
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        source=Source.FILE,
        location="README.md",
        metadata=front_matter.read(text)[0],
    )


def snippets_of(text: str) -> tuple[Snippet, ...]:
    return read_snippets(read_blocks(text), repo_id=None, metadata={})


def renamed(text: str, old: str = "old", new: str = "new") -> str:
    """The card with one word changed in its last Python snippet."""
    snippet = [each for each in snippets_of(text) if each.kind.is_python][-1]
    change = Change(snippet=snippet.id, code=snippet.code.replace(old, new))
    return apply(card_of(text), [change]).card.text


def installed(text: str, *packages: str) -> str:
    """The card that tells to install more for its last Python snippet."""
    snippet = [each for each in snippets_of(text) if each.kind.is_python][-1]
    return apply(card_of(text), [Change(snippet=snippet.id, packages=packages)]).card.text


@pytest.mark.parametrize(
    "text",
    [
        "# T\n```python\nimport a\na.old(1)\n```\n",
        "---\r\nlicense: mit\r\n---\r\n# T  \r\n```python\r\nimport a  \r\na.old(1)\t\r\n```\r\nno end",
        "\ufeff# T\n\n~~~py\nimport a\na.old(1)\n~~~",
        "1. one\n\n   - two\n\n     ```python\n     import a\n     a.old(1)\n     ```\n",
        "> quote\n> ```python\n> import a\n> a.old(1)\n> ```\n",
        "# T\n\n    import a\n\n    a.old(1)\n\nend\n",
        "# T\n\n\timport a\n\n\ta.old(1)\n\nend\n",
        "```python\nif True:\n\timport a\n        a.old(1)\n```\n",
        "```pycon\n>>> import a\n>>> for b in a:\n...     b.old(1)\n...\n'old'\n```\n",
        "<pre><code>import a\na.old(1 &lt; 2)\n</code></pre>\n",
        "```python\n!pip install a\nimport a\na.old(1)\n```\n",
        "```python\nimport a\na.old(1)",
    ],
    ids=str.split(
        "fence crlf-front-matter bom-tildes nested-list quote indented tabs mixed-indents session pre "
        "notebook-line unclosed"
    ),
)
def test_a_word_changes_and_all_around_it_stays(text: str) -> None:
    assert renamed(text) == text.replace("a.old", "a.new").replace("b.old", "b.new")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```python\nx = np\n```\n", "```python\nimport np\nx = np\n```\n"),
        ("> ```python\r\n> x = np\r\n> ```\r\n", "> ```python\r\n> import np\r\n> x = np\r\n> ```\r\n"),
        ("```pycon\n>>> x = np\n1\n```\n", "```pycon\n>>> import np\n>>> x = np\n1\n```\n"),
        ("- a\n\n  ```py\n  x = np\n  ```\n", "- a\n\n  ```py\n  import np\n  x = np\n  ```\n"),
        ("T\n\n    import a\n    x = np\n", "T\n\n    import np\n    import a\n    x = np\n"),
    ],
)
def test_a_line_is_added_as_its_neighbours_are_written(text: str, expected: str) -> None:
    (snippet,) = snippets_of(text)
    patched = apply(card_of(text), [Change(snippet=snippet.id, code=f"import np\n{snippet.code}")])
    assert patched.card.text == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("```bash\npip install a\n```\n", "```bash\npip install a numpy\n```\n"),
        ("```bash\n$ pip install -U a \n```\n", "```bash\n$ pip install -U a numpy \n```\n"),
        ("```sh\npip install a  # first\n```\n", "```sh\npip install a  # first\npip install numpy\n```\n"),
        ('```sh\npip install "numpy>1"\n```\n', "```sh\npip install numpy\n```\n"),
        ("", "```bash\npip install numpy\n```\n\n"),
        ("~~~console\n$ ls\n~~~\n", "~~~console\n$ ls\n~~~\n{}~~~console\npip install numpy\n~~~\n\n"),
    ],
)
def test_a_package_joins_the_cards_own_install_line_or_gets_a_block(before: str, after: str) -> None:
    code = "# Use\n```python\nimport numpy\n```\n"
    if "{}" in after:
        heading, rest = code.split("\n", 1)
        expected = after.replace("{}", f"{heading}\n") + rest
    elif before:
        expected = after + code
    else:
        expected = code.replace("```python", f"{after}```python")
    assert installed(before + code, "numpy") == expected


def test_a_bound_is_quoted_for_the_shell() -> None:
    text = "```bash\npip install transformers\n```\n```python\nimport transformers\n```\n"
    assert '\npip install "transformers<5"\n' in installed(text, "transformers<5")


def test_several_changes_are_made_at_once_and_ids_say_where_their_blocks_went() -> None:
    text = "```python\nimport a\n```\n\n```python\nimport numpy\nold()\n```\n"
    changes = [
        Change(snippet="L1", code="import b\nimport a"),
        Change(snippet="L5", code="import numpy\nnew()", packages=("numpy",)),
    ]
    patched = apply(card_of(text), changes)
    assert patched.ids == {"L1": "L1", "L5": "L10"}
    assert snippets_of(patched.card.text)[-1].code == "import numpy\nnew()"


def test_a_change_that_would_be_read_otherwise_is_refused() -> None:
    with pytest.raises(CannotPatchError):
        renamed("```python\nimport a\na.old(1)\n```\n", "a.old(1)", "```")


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_no_change_is_no_change(path: Path) -> None:
    text = path.read_bytes().decode()
    same = [Change(snippet=snippet.id, code=snippet.code) for snippet in snippets_of(text)]
    assert apply(card_of(text), same).card.text == text


LINE = st.sampled_from(
    [
        "# T",
        "```python",
        "```",
        "    import a",
        "import a",
        "> b",
        "- c",
        "",
        "\t",
        "<pre>",
        ">>> a",
        "---",
        "  x  ",
    ]
)


@given(st.lists(st.tuples(LINE, st.sampled_from(["\n", "\r\n", "\r"])), max_size=30), LINE)
def test_whatever_a_card_looks_like_no_change_is_no_change(lines: list[tuple[str, str]], last: str) -> None:
    text = "".join(line + end for line, end in lines) + last
    assert "".join(split(text)) == text
    same = [Change(snippet=snippet.id, code=snippet.code) for snippet in snippets_of(text)]
    assert apply(card_of(text), same).card.text == text


def test_a_last_line_without_an_end_gets_one_only_where_more_follows() -> None:
    assert apply_edits(["a\r\n", "b"], [Edit(first=2, end=2, lines=("c",))]) == "a\r\nb\r\nc"
    assert apply_edits(["a\n", "b"], [Edit(first=1, end=2, lines=("c",))]) == "a\nc"


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs the program patch")
@pytest.mark.parametrize("after", ["a\nB\nc", "a\r\nb\nc\n", "b\nc", "a\nb\nc\nd"])
def test_the_diff_is_one_that_patch_applies(after: str, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_bytes(b"a\nb\nc")
    command = ["patch", "--binary", "-p1", "-s"]
    diff = unified("a\nb\nc", after, "README.md")
    subprocess.run(command, cwd=tmp_path, input=diff.encode(), check=True)
    assert card.read_bytes() == after.encode()


def test_the_diff_shows_what_changed() -> None:
    text = "```python\nimport a\na.old(1)\n```\n"
    diff = unified(text, renamed(text), "README.md").splitlines()
    assert [line for line in diff if line.startswith(("-a", "+a"))] == ["-a.old(1)", "+a.new(1)"]
    assert unified(text, text, "README.md") == ""

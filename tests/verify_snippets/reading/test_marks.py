"""Marks in a card's comments: what they say, where they hold, and that none is passed over in silence."""

import pytest

from snippet_sandbox.job import DEFAULT_TIME_LIMIT_S
from verify_snippets import mark_comments
from verify_snippets.blocks import read_blocks
from verify_snippets.claims import read_claims
from verify_snippets.kind import Kind
from verify_snippets.marks import LONGEST_S, Marks, allowed_time_s
from verify_snippets.snippets import Snippet, read_snippets


def snippets(text: str) -> tuple[Snippet, ...]:
    return read_snippets(read_blocks(text), repo_id=None, metadata={})


def marks(comment: str) -> Marks:
    """What a comment right above a block says of it."""
    (snippet,) = snippets(f"<!-- verify-snippets: {comment} -->\n```python\nprint(1)\n```\n")
    return snippet.marks


@pytest.mark.parametrize(
    ("comment", "wanted"),
    [
        ("skip", Marks(skip="")),
        ('skip reason="needs a camera"', Marks(skip="needs a camera")),
        ("skip='needs a camera'", Marks(skip="needs a camera")),
        ("timeout=120", Marks(time_limit_s=120.0)),
        ("timeout=1.5m", Marks(time_limit_s=90.0)),
        ("timeout = 1h", Marks(time_limit_s=3600.0)),
        ("profile=t4-small\n  expect-fail", Marks(profile="t4-small", expect_fail=True)),
        ('file expect-fail reason="old API"', Marks(expect_fail=True)),
    ],
)
def test_a_mark_says_what_it_says(comment: str, wanted: Marks) -> None:
    assert marks(comment) == wanted


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("", "says nothing"),
        ("skpi", "did you mean skip?"),
        ("Skip", "did you mean skip?"),
        ("timout=3", "did you mean timeout?"),
        ("timeout", "lacks its value"),
        ("timeout=0", "is no time"),
        ("timeout=-3", "is no time"),
        ("timeout=1e9", "is no time"),
        ("timeout=1 timeout=2", "given twice"),
        ('reason="why"', "belongs to skip or expect-fail"),
        ("expect-fail=TypeError", "takes no value"),
        ("needs=L1", "no other block"),
        ("needs=above", "is no line"),
        ('skip reason="unclosed', "no mark “reason="),
        ("file needs=none", "not of the whole file"),
    ],
)
def test_what_means_nothing_is_told(comment: str, told: str) -> None:
    unclear = marks(comment).unclear
    assert any(told in each for each in unclear), unclear


def test_marks_hold_for_the_block_right_below() -> None:
    near = "<!-- verify-snippets: skip -->\n\n<!-- another -->\n\n```python\na = 1\n```\n"
    far = "<!-- verify-snippets: skip -->\nWords.\n```python\nb = 1\n```\n"
    first, second = snippets(near + far)
    assert first.marks == Marks(skip="")
    assert second.marks.skip is None
    assert "stands above no block" in second.marks.unclear[0]
    (last,) = snippets("```python\nc = 1\n```\n<!-- verify-snippets: skip -->\n")
    assert "stands above no block" in last.marks.unclear[0]


def test_a_blocks_own_marks_go_before_those_of_the_file() -> None:
    of_file = "<!-- verify-snippets: file timeout=5m profile=cpu-basic -->\n\nWords.\n\n"
    text = of_file + "```python\na = 1\n```\n\n<!-- verify-snippets: timeout=10 -->\n```python\nb = 1\n```\n"
    first, second = snippets(text)
    assert first.marks == Marks(time_limit_s=300.0, profile="cpu-basic")
    assert second.marks == Marks(time_limit_s=10.0, profile="cpu-basic")


def test_needs_are_those_that_the_author_names() -> None:
    def card(mark: str) -> str:
        return f"```python\nx = 1\n```\n```python\nz = 1\n```\n{mark}\n```python\nprint(x)\n```\n"

    assert snippets(card(""))[2].needs == (0,)
    assert snippets(card("<!-- verify-snippets: needs=none -->"))[2].needs == ()
    assert snippets(card('<!-- verify-snippets: needs="L1, L5" -->'))[2].needs == (0, 1)


def test_what_is_said_to_fail_runs_though_it_lacks_a_name() -> None:
    fragment = "```python\nprint(undefined_name)\n```\n"
    assert not snippets(fragment)[0].runnable
    assert snippets(f"<!-- verify-snippets: expect-fail -->\n{fragment}")[0].runnable


def test_a_mark_is_no_prose() -> None:
    """Neither a claim, nor an installation, nor what decides on the kind of the block below it."""
    text = (
        "```python\nprint(1)\n```\n"
        '<!-- verify-snippets: skip reason="needs 16 GB of VRAM; pip install humanize. Output:" -->\n'
        "```\n1\n```\n"
    )
    read = snippets(text)
    assert read_claims(text, read, {}) == ()
    assert [each.kind for each in read] == [Kind.PYTHON, Kind.OUTPUT]
    assert [each.requirements for each in read] == [(), ()]
    unmarked = snippets(mark_comments.without(text))
    assert [each.kind for each in unmarked] == [each.kind for each in read]
    assert not any(each.block.prose_before.strip() for each in read)


def test_marks_in_code_are_code() -> None:
    assert marks("skip") != Marks()
    (shown,) = snippets("Write `<!-- verify-snippets: skip -->` above:\n\n```python\nprint(1)\n```\n")
    assert shown.marks == Marks()
    inside = "```html\n<!-- verify-snippets: skip -->\n```\n```python\nprint(1)\n```\n"
    assert [each.marks for each in snippets(inside)] == [Marks(), Marks()]


def test_a_card_can_ask_for_an_hour_and_for_no_more_than_the_user_named() -> None:
    assert allowed_time_s(None, 7.0) == 7.0
    assert allowed_time_s(3.0, 7.0) == 3.0
    assert allowed_time_s(100.0, 7.0) == 7.0
    assert allowed_time_s(900.0, DEFAULT_TIME_LIMIT_S) == 900.0
    assert allowed_time_s(1e9, DEFAULT_TIME_LIMIT_S) == LONGEST_S
    assert allowed_time_s(1e9, 7200.0) == 7200.0

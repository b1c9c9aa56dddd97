"""The Markdown report: whatever stands in it, it is one table, and it fits where it goes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import HOSTILE, rich
from verify_snippets.clean import clean, one_line
from verify_snippets.report import gfm, markdown
from verify_snippets.verdict import Verdict

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# what Markdown is made of, and what it is not
TEXT = st.text(st.sampled_from("`*_~[]()<>!|\\#@:-+=.1&;{}$/w \nab\t\u00e9"), max_size=30) | st.text(
    max_size=30
)


def inline(source: str) -> list[Token]:
    return [child for token in PARSER.parse(source) for child in token.children or []]


def shown(source: str) -> str:
    """A source as a reader sees it, without the spaces that keep things from meaning something."""
    return "".join(token.content for token in inline(source)).replace("\u200b", "")


@given(TEXT)
@example(HOSTILE)
@example("1. one")
@example("- one")
@example("===")
@example("a_b_ _c_ __d__")
@example("&lt; &#64;")
def test_text_is_text(plain: str) -> None:
    line = one_line(plain).replace("\u200b", "")
    source = gfm.text(plain)
    assert shown(source) == line
    assert {token.type for token in inline(source)} <= {"text", "text_special"}
    assert [token.type for token in PARSER.parse(source)] in (
        [],
        ["paragraph_open", "inline", "paragraph_close"],
    )


@given(TEXT)
@example("a `b` c `d_` _e_ `|`")
def test_prose_is_text_and_code(plain: str) -> None:
    source = gfm.prose(plain)
    assert {token.type for token in inline(source)} <= {"text", "text_special", "code_inline"}
    assert (
        shown(source).replace("`", "").split()
        == one_line(plain).replace("\u200b", "").replace("`", "").split()
    )
    assert source.count("`") % 2 == 0


@given(TEXT)
@example("`")
@example("``a`")
@example("a\\|b|c\\\\|")
@example(HOSTILE)
def test_code_is_code_even_in_a_table(plain: str) -> None:
    source = f"| a | b |\n|---|---|\n{gfm.table_row(gfm.code(plain), gfm.text(plain))}"
    tokens = PARSER.parse(source)
    assert [token.type for token in tokens].count("td_open") == 2
    code, text = [token for token in tokens if token.type == "inline"][2:]
    line = one_line(plain).replace("\u200b", "")
    assert "".join(child.content for child in code.children or []) == re.sub(
        r"\\(?=\|)", r"\\ ", one_line(plain)
    )
    assert {child.type for child in code.children or []} <= {"code_inline"}
    assert "".join(child.content for child in text.children or []).replace("\u200b", "") == line


@given(TEXT)
@example("```\n````\n~~~")
def test_nothing_closes_a_fence(plain: str) -> None:
    [block] = PARSER.parse(gfm.fenced(plain, "text"))
    assert block.type == "fence"
    assert block.content == f"{clean(plain)}\n"


@pytest.mark.parametrize(
    "trigger", ["@octocat", "#1", "http://evil.example", "www.evil.example", ":smile:", "a@b.c"]
)
def test_nothing_is_left_for_github_to_link(trigger: str) -> None:
    assert trigger not in "".join(token.content for token in inline(gfm.text(f"see {trigger}")))


def test_what_a_maintainer_needs_is_there() -> None:
    text = markdown.render(rich())
    assert "failed: network-refused" in text
    assert "failed with the libraries of 2025-06-01, too" in text
    assert "a repair was tried and passes" in text
    assert '+pipe = pipeline("text-generation", model="acme/tiny", dtype="auto")' in text
    assert "one number of 1 is further away" in text
    assert "Remark: it only imports" in text
    assert f"{rich().card.location}#L20" in text


def test_a_local_card_has_no_links() -> None:
    assert "](" not in markdown.render(rich("models/README.md")).replace("[x](", "")


def test_a_huge_report_is_shortened_and_says_so() -> None:
    run = samples.failure(4, message="|" * 500, stderr="`" * 5_000)
    report = samples.report(*(samples.snippet_report(line, run, HOSTILE) for line in range(1, 4_000)))
    text = markdown.render(report)
    assert len(text.encode()) <= markdown.LIMIT_BYTES
    assert re.search(r"_\d+ more snippets' details are left out: GitHub takes 1 MiB_", text)
    assert text.count("<details>") == text.count("</details>")


def test_what_passed_needs_no_details() -> None:
    report = samples.report(samples.snippet_report(3, samples.simple_run(Verdict.PASSED)))
    assert "Details" not in markdown.render(report)

"""Markdown is taken apart as CommonMark's own rules take it, however few of them are tried on a line."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from verify_snippets import markdown

_PIECES = [
    *("- ", "* ", "+ ", "1. ", "12) ", "> ", "```", "~~~", "# ", "---", "***", "___", "===", "[a]: b"),
    *("    ", "  ", "\t", "text", "a", "`", "\n", "\n", "\n\n", "* * *\n", "1", "_", "\\", "&"),
]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@given(_TEXTS)
def test_code_stands_where_commonmark_sees_it(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(text)
    expected = [
        (token.map[0] + 1, token.content.removesuffix("\n"))
        for token in tokens
        if token.type in {"fence", "code_block"} and token.map
    ]
    assert [(span.start_line, span.text) for span in markdown.read(text).code] == expected


@given(_TEXTS)
def test_headings_stand_where_commonmark_sees_them(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(text)
    expected = [
        (token.map[1], int(token.tag[1])) for token in tokens if token.type == "heading_open" and token.map
    ]
    assert [(title.line, title.level) for title in markdown.read(text).headings] == expected

"""Markdown is taken apart as CommonMark's own rules take it, however few of them are tried on a line."""

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from verify_snippets import markdown

# Every character that a block can begin with but ``<``, where cards are read more kindly than CommonMark.
_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "", " ", "  ", "    ", "\t", "> ", "- "]),
        st.sampled_from(
            [
                *(
                    "- a",
                    "* a",
                    "+ a",
                    "1. a",
                    "12) a",
                    "> a",
                    "```",
                    "~~~",
                    "# a",
                    "---",
                    "***",
                    "___",
                    "===",
                ),
                *("[a]: b", "text", "text", "", "", "* * *", "1", "_", "\\", "&", "-", "#", "a\n---"),
            ]
        ),
    ),
    max_size=12,
)


def _shape(token: Token) -> tuple[str, str, list[int] | None, str]:
    return token.type, token.tag, token.map, token.content


@settings(max_examples=400)
@given(_LINES)
def test_blocks_stand_where_commonmark_sees_them(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(indent + line for indent, line in lines)
    expected = MarkdownIt("commonmark").parse(text)
    assert list(map(_shape, markdown._PARSER.parse(text))) == list(map(_shape, expected))

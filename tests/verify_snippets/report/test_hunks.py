"""What a diff replaces is what it says."""

import difflib

from hypothesis import given
from hypothesis import strategies as st

from verify_snippets.report.hunks import Replacement, replacements

LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "- c\n", "+ d\n", "\n", "@@ -1 +1 @@\n", "e\r\n"]), max_size=12
)


@given(LINES, LINES, st.integers(0, 3))
def test_applied_they_make_the_new_text(old: list[str], new: list[str], context: int) -> None:
    diff = "".join(difflib.unified_diff(old, new, "README.md", "README.md", n=context))
    lines = [*old]
    for change in reversed(replacements(diff)):
        lines[change.line - 1 : change.line - 1 + change.deleted] = [change.inserted]
    assert "".join(lines) == "".join(new)


def test_a_last_line_may_have_no_end() -> None:
    diff = "@@ -1 +1 @@\n-old\n\\ No newline at end of file\n+new\n\\ No newline at end of file\n"
    assert replacements(diff) == [Replacement(line=1, deleted=1, inserted="new")]


def test_what_is_no_diff_replaces_nothing() -> None:
    assert replacements("- a list\n+ of things\n") == []

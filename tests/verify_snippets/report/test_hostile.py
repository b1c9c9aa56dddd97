"""Whatever a snippet prints, no report acts upon it."""

import pytest

from tests.verify_snippets.report.inert import acting, commands
from tests.verify_snippets.report.rich_sample import HOSTILE, rich
from verify_snippets.report import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_is_shown_and_never_obeyed(name: str) -> None:
    text = FORMATS[name].render(rich())
    assert acting(name, text) == []
    assert text.encode()  # a lone surrogate would be in the way of writing it
    assert name.startswith("badge") or "not markup" in text


def test_unescaped_it_would_be_obeyed() -> None:
    assert [command.name for command in commands(HOSTILE)] == ["error", "set-output", "error"]
    assert len(acting("markdown", HOSTILE)) >= 3

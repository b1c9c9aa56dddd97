"""Strangers' text, made safe to show."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_snippets.clean import clean, last_lines, one_line, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\text", "text"),
        ("\x1b(Btext\x1bc", "text"),
        ("\x9b31mred", "31mred"),
        ("10%\r50%\r100%", "100%"),
        ("line\r\nnext\r\n", "line\nnext\n"),
        ("a\tb", "a   b"),
        ("ab\u202ecd\u2066", "abcd"),
        ("\x1b", ""),
        ("\x1b[", ""),
        ("[bold]kept[/bold]", "[bold]kept[/bold]"),
        (
            "::error::forged\n \u3000::set-output name=x::y",
            ": :error::forged\n \u3000: :set-output name=x::y",
        ),
        ("\x1b[0m::error::forged", ": :error::forged"),
        ("so ##[error]forged", "so ## [error]forged"),
        ("std::vector x; # [1]", "std::vector x; # [1]"),
        ("日本語 🤗", "日本語 🤗"),
    ],
)
def test_only_what_can_be_read_is_left(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_nothing_that_steers_a_terminal_gets_through(text: str) -> None:
    assert not [c for c in clean(text) if (c < " " and c != "\n") or "\x7f" <= c <= "\x9f"]


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    "hostile", ["\x1b[" + "0;" * 500_000, "\x1b]" * 500_000, "\r" * 1_000_000, "\x1b" * 1_000_000]
)
def test_a_megabyte_made_to_be_slow_is_not(hostile: str) -> None:
    began = time.perf_counter()
    clean(hostile)
    assert time.perf_counter() - began < 2


def test_the_last_lines_are_those_that_hold_something() -> None:
    assert last_lines("a\n\nb\n  \nc\n\n", 2) == ["b", "c"]
    assert last_lines("", 2) == []


def test_a_long_line_is_cut_and_marked() -> None:
    assert last_lines("x" * 1000, 1, width=10) == ["xxxxxxxxx…"]
    assert shorten("short", 10) == "short"

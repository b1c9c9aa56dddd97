"""The YAML at the top of a card."""

import pytest

from verify_snippets import front_matter


def test_metadata_and_lines() -> None:
    read = front_matter.read("---\nlicense: mit\ntags:\n- a\n---\n# Card\n")
    assert read.metadata == {"license": "mit", "tags": ["a"]}
    assert read.lines == 5


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_a_byte_order_mark(end: str) -> None:
    metadata, lines = front_matter.read(f"\ufeff{end}---{end}license: mit{end}---{end}text")
    assert metadata == {"license": "mit"}
    assert lines == 4


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 0),
        ("# Card\n", 0),
        ("---\nlicense: mit\n", 0),  # never closed
        ("---\nA sentence between two rules.\n---\n", 0),
        ("---\n---\ntext", 2),
        ("---\nlicense: [open\n---\n", 3),
        ("---\ndate: 2023-13-45\n---\n", 3),
        ("---\na: !!python/object:os.system x\n---\n", 3),
    ],
)
def test_what_cannot_be_read_has_no_metadata(text: str, lines: int) -> None:
    assert front_matter.read(text) == ({}, lines)


def test_tabs_are_forgiven() -> None:
    assert front_matter.read("---\na:\n\tb: 1\n---\n").metadata == {"a": {"b": 1}}

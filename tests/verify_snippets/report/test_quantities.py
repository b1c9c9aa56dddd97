"""Bytes and seconds as people read them."""

import pytest

from verify_snippets.report.quantities import bytes_text, counted, elapsed_text, seconds_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (41_696, "41.7 kB"),
        (999_600, "1.00 MB"),
        (412_000_000, "412 MB"),
        (1_214_000_000, "1.21 GB"),
        (10**15, "1000 TB"),
    ],
)
def test_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.00 s"),
        (0.424, "0.42 s"),
        (9.996, "10.0 s"),
        (12.34, "12.3 s"),
        (99.97, "1 min 39 s"),
        (600, "10 min 00 s"),
    ],
)
def test_seconds(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.9, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 00 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 00 min"),
        (97_200, "27 h 00 min"),
    ],
)
def test_a_running_clock_shows_whole_seconds(seconds: float, text: str) -> None:
    assert elapsed_text(seconds) == text


def test_counts() -> None:
    assert [counted(count, "card") for count in (0, 1, 2, 1200)] == [
        "0 cards",
        "1 card",
        "2 cards",
        "1,200 cards",
    ]

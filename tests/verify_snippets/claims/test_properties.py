"""Whatever a card holds, its claims are read: no exception, the card's own lines and quotes, linear time."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_snippets import front_matter
from verify_snippets.blocks import read_blocks
from verify_snippets.claims import read_claims
from verify_snippets.snippets import read_snippets

_WORDS = (
    "16 GB", "1,5 Go", "11.5 GiB", "8x", "A100", "80GB", "RTX 4090", "TPU v3-8", "VRAM",
    "of RAM", "显存", "64张", "参数", "GPU", "on CPU",
    "trained on", "for 3 days", "8K", "context length", "tokens/s", "7B", "and",
    "parameters", "python 3.8+", "torch>=2.0", "version",
    "float16 precision", "Q4_K_M", "fits in", "at least", "~", "≥", "5 ms", "(", ")",
    "в течение", "학습", "é", "\u2028", "\x00", "1.2.3.4",
    "9" * 40, "one day", "a 3B model", "Latency (ms)", "[x](http://a/16GB)", "&nbsp;",
    "<br>", "**", "`", "\\(2,048\\)", "Größe",
)  # fmt: skip
_LINES = (
    "# Training", "## A100", "**Hardware**", "- ", "> ", "| Model | VRAM (GB) | Params |",
    "|---|---|---|", "| a | 8 | 7B |", "```python", "```",
    "# needs 8 GB", "<table>", "<tr><td rowspan=2>GPU memory</td><td>", "</table>", "<!--",
    "-->", "---", "Output:", "===", "front: matter",
)  # fmt: skip
_PIECES = st.one_of(st.sampled_from(_WORDS), st.sampled_from(_LINES))
_ENDS = st.sampled_from([" ", " ", " ", "\n", "\n\n", "\r\n", "\r", ""])
_MANGLED = st.lists(st.tuples(_PIECES, _ENDS), max_size=50).map(
    lambda pairs: "".join(piece + end for piece, end in pairs)
)
_CARDS = [
    path.read_bytes().decode() for path in sorted((Path(__file__).parents[2] / "cards").glob("claims_*.md"))
]


def _check(text: str) -> None:
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    metadata = front_matter.read(text).metadata
    snippets = read_snippets(read_blocks(text), repo_id="a/b", metadata=metadata)
    ids = {snippet.id for snippet in snippets}
    for claim in read_claims(text, snippets, metadata):
        assert 1 <= claim.line <= len(lines)
        assert claim.quote
        assert claim.quote in lines[claim.line - 1]
        assert set(claim.snippets) <= ids
        assert isinstance(claim.value, bool) == (claim.kind.value == "cpu_ok")


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_MANGLED)
def test_mangled_claims_are_read(text: str) -> None:
    _check(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    _check(text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_CARDS), st.integers(0, 1200), st.integers(0, 60), _PIECES)
def test_a_damaged_card_is_read(card: str, at: int, cut: int, piece: str) -> None:
    _check(card[:at] + piece + card[at + cut :])


@pytest.mark.parametrize(
    "piece",
    [
        *("1 ", "1,", "9", "16 GB ", "5 s ", "8x", "8 x ", "GPU ", "A100 ", "token "),
        *("1K context ", "7B, ", "parameters ", "torch 1.0 "),
        *("python 3", "int8/", "float16 ", "on CPU ", "trained for ", "at least ", "of the "),
        *("~", "- ", "the ", "参数", "约", "。", "в "),
        *("(", "[a](", "](", "<a ", "<", "<!--", "\\(", "|", "&", "*", "\t", "#", "# "),
        *("# a\n", "**a:** 1\n", "|a|\n|-|\n|1|\n", "<td>1", "\n"),
    ],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_time_grows_with_length(piece: str) -> None:
    """A pattern that tries every way to split a line would take hours, not seconds."""
    began = time.perf_counter()
    read_claims(f"1 GB {piece * (100_000 // len(piece))} 5B", (), {})
    assert time.perf_counter() - began < 20

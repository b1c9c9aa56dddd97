"""Long and odd texts on the page."""

import pytest

from verify_snippets.report.html.text import excerpt, told, visible


def test_what_is_hidden_is_spelled_out() -> None:
    assert visible("a\x00b\x1b\u202ec\x7f\ud800d\r\ne\tf") == "a␀b␛⟨U+202E⟩c⟨U+007F⟩⟨U+D800⟩d\ne\tf"


@pytest.mark.parametrize("count", [100, 100_000])
def test_the_ends_of_a_long_text_are_kept_and_the_rest_is_counted(count: int) -> None:
    shown = excerpt("".join(f"\x1b[31mline {n}\x1b[0m\n" for n in range(count)), 600)
    head, tail = shown.head.split("\n"), shown.tail.split("\n")
    assert head[0] == "line 0"
    assert len(shown.head) + len(shown.tail) <= 600
    left_out = int(shown.left_out.partition(" ")[0].replace(",", ""))
    assert len(head) + left_out + len(tail) in (count, count + 1)
    if count == 100:
        assert tail[-1] == "line 99"


def test_a_short_text_is_kept_whole() -> None:
    assert excerpt("a\nb\n", 600).head == "a\nb"
    assert not excerpt("\n", 600)


def test_what_grows_when_it_is_escaped_is_counted_as_it_will_be() -> None:
    shown = excerpt("<\n" * 500, 600)
    assert shown.left_out
    assert 5 * shown.head.count("<") <= 600


@pytest.mark.parametrize("length", [5_000, 500_000])
def test_a_single_line_without_end_is_cut(length: int) -> None:
    shown = excerpt("x" * length, 4_000)
    assert 1_000 < len(shown.head) + len(shown.tail) < 4_100


def test_sentences_show_names_as_code_and_nothing_as_markup() -> None:
    assert told("`a<b` is <gone>") == "<code>a&lt;b</code> is &lt;gone&gt;"

"""What a reader would call the same output is the same, and nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_snippets.comparison import Compared, Likeness, Shown, compare


def _compare(shown: str, printed: str, *, whole_lines: bool = True, lines_before: int = 0) -> Compared:
    text = Shown(text=shown, line=7, whole_lines=whole_lines, lines_before=lines_before)
    (compared,) = compare([text], printed)
    return compared


def _is_same(shown: str, printed: str, *, whole_lines: bool = True) -> bool:
    return _compare(shown, printed, whole_lines=whole_lines).likeness is Likeness.SAME


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        pytest.param("a  b\nc", "a b\n   c\n", id="spaces"),
        pytest.param("[0.1, 0.2, 0.3]", "[0.1, 0.2,\n 0.3]", id="wrapped"),
        pytest.param("0.6265", "0.62647", id="digits shown"),
        pytest.param("5.655609406528749", "5.6312", id="1 %"),
        pytest.param("[0.6265, 0.0012]", "[0.6265, 0.0016]", id="noise beside a large number"),
        pytest.param("1.0", "1", id="a whole number with a point"),
        pytest.param("-2.1e-05", "-2.11e-05", id="exponents"),
        pytest.param("{'b': 1, 'a': [2]}", "{'a': [2], 'b': 1}", id="keys"),
        pytest.param("{'b', 'a'}", "{'a', 'b'}", id="sets"),
        pytest.param("x {'d': {'z': 1, 'y': 2}} y", "x {'d': {'y': 2, 'z': 1}} y", id="nested keys"),
        pytest.param('{"ok": true, "n": null}', "{'ok': True, 'n': None}", id="JSON"),
        pytest.param("<f at 0x7f01abcd>", "<f at 0x7fffffff0000>", id="addresses"),
        pytest.param("<f at 0x...>", "<f at 0x7fffffff0000>", id="addresses cut"),
        pytest.param("at 2023-03-23 21:38:40", "at 2026-11-23 13:00:01", id="dates"),
        pytest.param("took 3.2s", "took 10.7 s", id="durations"),
        pytest.param("torch 2.1.0+cu118", "torch 2.13.0", id="versions"),
        pytest.param("saved to /home/me/a.wav", "saved to /tmp/x/a.wav", id="folders"),
        pytest.param("9", "config.json: 100%|████| 4/4 [00:00<00:00, 9.1kB/s]\n9", id="bars"),
        pytest.param("9", " 10%\r 50%\r9", id="overwritten"),
        pytest.param("9", "Downloading a.bin\n9", id="chatter"),
        pytest.param("9", "/x.py:3: UserWarning: old\n  warnings.warn(\n9", id="warnings"),
        pytest.param("2023-03-04 12:00:01 INFO done", "INFO:root:done", id="fronts of log lines"),
        pytest.param('["a"]', "['a']", id="quotes"),
        pytest.param("'GOOD'", "GOOD", id="no quotes"),
        pytest.param(
            "[[0.6265, 0.3477], [0.3499, 0.678 ]]", "[[0.6265 0.3477]\n [0.3499 0.678 ]]", id="commas"
        ),
        pytest.param(
            "tensor([0.5], device='cuda:0', grad_fn=<A>)", "tensor([0.5000])", id="a tensor's place"
        ),
        pytest.param("array([0.5, 0.25], dtype=float32)", "[0.5 0.25]", id="arrays"),
        pytest.param("{'a': 0.5}", "{'a': np.float32(0.5)}", id="NumPy 2"),
        pytest.param("[3, 384]", "torch.Size([3, 384])", id="shapes"),
        pytest.param("(5,)", "[5]", id="a shape of one"),
        pytest.param("{'a': 0.5}", "defaultdict(<class 'float'>, {'a': 0.5})", id="kinds of dicts"),
        pytest.param("tensor([[0.7282]])", "0.72815", id="a lone number"),
        pytest.param("0.7282", "tensor([[0.7282]])", id="a lone number in brackets"),
        pytest.param("once upon a ti...", "once upon a time there was\nmore", id="cut"),
        pytest.param("f(a=..., b=1)", "f(a=[1, 2, 3], b=1)", id="left out within"),
        pytest.param("...\nloading\n...\nmean 0.5", "x\nloading\ny\nz\nmean 0.5\n", id="lines left out"),
        pytest.param("last 3", "first 1\nsecond 2\nlast 3\n", id="printed among others"),
        pytest.param("吾輩は猫\nである", "吾輩は猫である", id="wrapped Japanese"),
    ],
)
def test_the_same(shown: str, printed: str) -> None:
    assert _is_same(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        pytest.param("0.57", "0.60", id="numbers"),
        pytest.param("41", "42", id="whole numbers"),
        pytest.param("[0.6265, 0.12]", "[0.6265, 0.16]", id="no noise"),
        pytest.param("0", "10", id="a digit of another number"),
        pytest.param("good", "not good", id="part of a line"),
        pytest.param("good", "good, but not quite", id="the front of a line"),
        pytest.param("MALICIOUS", "BENIGN", id="words"),
        pytest.param("Hello, world", "Hello world", id="commas of a text"),
        pytest.param("a\nb", "b\na", id="order"),
        pytest.param("['b', 'a']", "['a', 'b']", id="the order of a list"),
        pytest.param("a\nc", "a\nb\nc", id="a line between"),
        pytest.param("a...\nz", "ab\nc", id="the rest is not there"),
        pytest.param("torch.Size([1, 2])", "torch.Size([1, 3])", id="shapes"),
        pytest.param("[3, 384]", "(384, 3)", id="a shape turned"),
        pytest.param("0x1f", "0x2f", id="hexadecimal numbers"),
        pytest.param("a b", "ab", id="spaces between words"),
        pytest.param("nothing", "", id="no output"),
        pytest.param("it took 3 hours", "it took 5 hours", id="a number in a sentence"),
    ],
)
def test_not_the_same(shown: str, printed: str) -> None:
    compared = _compare(shown, printed)
    assert compared.likeness is Likeness.DIFFERENT
    assert compared.diff


@pytest.mark.parametrize("shown", ["", " \n ", "...", "100%|███| 3/3 [00:00<00:00, 3it/s]", "''"])
def test_what_says_nothing_is_never_the_same(shown: str) -> None:
    assert _compare(shown, shown).likeness is Likeness.EMPTY
    assert _compare(shown, "all is well").likeness is Likeness.EMPTY


def test_a_comment_shows_the_value_alone() -> None:
    assert _is_same("0.57", "score: 0.5701", whole_lines=False)
    assert not _is_same("0.57", "score: 0.5701")
    assert _is_same("score: 0.57", "0.5701", whole_lines=False)
    assert _is_same("0.57 (rather good)", "0.5701", whole_lines=False)
    assert not _is_same("0.57", "0.5701 of 1", whole_lines=False)


def test_texts_are_looked_for_in_order() -> None:
    shown = [Shown(text=text, line=line, whole_lines=False) for line, text in [(3, "0.1"), (5, "0.2")]]
    assert [one.likeness for one in compare(shown, "0.1\n0.2\n")] == [Likeness.SAME, Likeness.SAME]
    assert [one.likeness for one in compare(shown, "0.2\n0.1\n")] == [Likeness.SAME, Likeness.DIFFERENT]


def test_a_line_that_an_earlier_statement_printed_is_not_taken_for_it() -> None:
    assert _compare("1", "1\n2\n").likeness is Likeness.SAME
    assert _compare("1", "1\n2\n", lines_before=1).likeness is Likeness.DIFFERENT


def test_the_diff_shows_only_what_matters() -> None:
    shown = "loss 0.5000\nlabel good\nmean 1.25"
    assert _compare(shown, "Downloading\nloss 0.5012\nlabel bad\nmean  1.2500\n").diff.split("\n") == [
        "--- the card, line 7",
        "+++ printed",
        "@@ -1,3 +1,3 @@",
        " loss 0.5000",
        "-label good",
        "+label bad",
        " mean 1.25",
    ]


def test_a_long_diff_is_cut() -> None:
    diff = _compare("\n".join(f"a{n}" for n in range(99)), "\n".join(f"b{n}" for n in range(99))).diff
    assert len(diff.split("\n")) == 41
    assert diff.endswith("more lines")


_PIECES = st.sampled_from(
    [
        *"[]{}(),:.'\"#-\\ \n\r\t",
        *("...", "0.5", "1.", "1e999", "nan", "-3", "tensor(", "np.float32(", "字", "é", "{'a': 1, 'b'"),
        *("12:30", "2023-01-02", "0xdeadbeef", "100%|", "Warning: ", "INFO ", "/home/x", "\x1b[1m", "x"),
    ]
)
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))


@given(_TEXTS, _TEXTS)
def test_any_two_texts_can_be_compared(shown: str, printed: str) -> None:
    compared = _compare(shown, printed)
    assert bool(compared.diff) <= (compared.likeness is Likeness.DIFFERENT)


@given(_TEXTS)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert _compare(text, text).likeness in (Likeness.SAME, Likeness.EMPTY)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5), st.integers(1, 8))
def test_rounding_makes_no_difference_in_either_direction(numbers: list[float], digits: int) -> None:
    exact, rounded = str(numbers), str([round(number, digits) for number in numbers])
    assert _is_same(rounded, exact)
    assert _is_same(exact, rounded)


@pytest.mark.parametrize("piece", ["a a b\n", "[ ", "{'a': 1, ", "0.5 ... "])
def test_a_megabyte_takes_no_longer_than_it_must(piece: str) -> None:
    shown = piece * (20_000 // len(piece))
    begun = time.process_time()
    _compare(shown, piece.replace("b", "c") * (1_000_000 // len(piece)))
    assert time.process_time() - begun < 20

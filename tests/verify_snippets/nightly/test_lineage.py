"""Snippets that are known again when the card was edited."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.verify_snippets.nightly.histories import snippet, standing
from verify_snippets.nightly.lineage import CardSnippet, match
from verify_snippets.store.records import Standing

LOAD = 'from transformers import pipeline\npipe = pipeline("text-generation", model="acme/tiny")\n'
USE = 'print(pipe("Once upon a time", max_new_tokens=8)[0]["generated_text"])\n'
EDITED_LOAD = LOAD.replace('model="acme/tiny"', 'model="acme/tiny", dtype="auto"')
OTHER = "import soundfile\naudio, rate = soundfile.read('speech.wav')\n"


def _known(*codes: str, kind: str = "python") -> list[Standing]:
    return [
        standing(code, line=10 * n, lineage=f"old-{n}", kind=kind) for n, code in enumerate(codes, start=1)
    ]


def _card(*codes: str) -> list[CardSnippet]:
    return [snippet(code, line=7 * n) for n, code in enumerate(codes, start=1)]


def _lineages(old: list[Standing], *codes: str) -> list[str]:
    return list(match(old, _card(*codes)).values())


def test_the_same_code_is_the_same_snippet_wherever_it_stands() -> None:
    assert _lineages(_known(LOAD, USE), USE, LOAD) == ["old-2", "old-1"]


def test_what_was_edited_is_still_the_same() -> None:
    assert _lineages(_known(LOAD, USE), OTHER, EDITED_LOAD, USE)[1:] == ["old-1", "old-2"]


def test_what_was_put_in_between_is_new() -> None:
    first, between, last = _lineages(_known(LOAD, USE), LOAD, OTHER, USE)
    assert (first, last) == ("old-1", "old-2")
    assert between not in ("old-1", "old-2")


def test_what_was_written_anew_in_its_place_is_the_same() -> None:
    assert _lineages(_known(LOAD, USE), LOAD, OTHER) == ["old-1", "old-2"]
    assert _lineages(_known("print(1)"), "raise SystemExit") == ["old-1"]


def test_another_kind_of_block_is_not_the_same() -> None:
    assert _lineages(_known(LOAD, kind="shell-run"), OTHER) != ["old-1"]
    assert _lineages(_known(LOAD, kind="shell-run"), EDITED_LOAD) != ["old-1"]


def test_two_equal_blocks_stay_two() -> None:
    first, second = _lineages([], USE, USE)
    assert first != second
    assert _lineages(_known(USE, USE), USE, LOAD, USE)[::2] == ["old-1", "old-2"]


def test_of_equal_blocks_the_one_that_is_left_is_the_one_at_its_line() -> None:
    assert match(_known(USE, USE), [snippet(USE, line=20)]) == {"L20": "old-2"}


def test_code_that_comes_back_finds_its_lineage_again_but_nothing_else_takes_it() -> None:
    old = [replace(each, gone=True) for each in _known(LOAD)]
    assert _lineages(old, LOAD) == ["old-1"]
    assert _lineages(old, EDITED_LOAD) != ["old-1"]


def test_profiles_share_a_lineage() -> None:
    (one,) = _known(LOAD)
    other = replace(one, key=replace(one.key, profile="t4-small"))
    assert match([one, other], _card(LOAD)) == {"L7": "old-1"}


_CODES = st.lists(st.sampled_from([LOAD, EDITED_LOAD, USE, OTHER, "print(1)", "print(2)"]), max_size=7)


@given(_CODES, _CODES)
def test_every_snippet_has_a_lineage_of_its_own(old: list[str], new: list[str]) -> None:
    lineages = _lineages(_known(*old), *new)
    assert len(set(lineages)) == len(new)


@given(_CODES, st.data())
def test_a_night_that_was_cut_short_finds_the_same_names(codes: list[str], data: st.DataObject) -> None:
    card = _card(*codes)
    named = match([], card)
    stored = data.draw(st.sets(st.sampled_from(card))) if card else set()
    known = [
        replace(standing(each.code, lineage=named[each.snippet_id]), snippet_id=each.snippet_id)
        for each in stored
    ]
    assert match(known, card) == named

"""A night's news as people and programs read it."""

import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tests.verify_snippets.nightly.histories import START
from tests.verify_snippets.nightly.test_news import SLIP, change_to, failing, model, news
from verify_snippets.nightly.news import News
from verify_snippets.nightly.outline import headline
from verify_snippets.nightly.summary import as_json, markdown, message, text
from verify_snippets.store.records import CardState, ChangeKind

ENDPOINT = "https://hub.example"
HOSTILE = "</details><img src=x onerror=alert(1)> @everyone [x](javascript:x) ::set-output ![y](z) `a` <b>"


def _broken_by_a_release(count: int = 41) -> News:
    standings = [failing(f"m{n:03}") for n in range(count)]
    slips = [replace(failing("own", cause=SLIP), reason="NameError: name 'pipe' is not defined")]
    models = [model(f"m{n:03}", downloads=1000 - n) for n in range(count)] + [model("own")]
    return news([*standings, *slips], models=models)


def test_forty_cards_with_one_cause_are_one_line() -> None:
    told = text(_broken_by_a_release())
    assert told.startswith("acme: 42 new failures\n")
    assert "  41 cards: the pipeline `summarization` was removed in transformers 5.0\n" in told
    assert "  acme/own line 5: `print(1)`: NameError: name 'pipe' is not defined\n" in told


def test_nothing_new_is_said_in_one_line() -> None:
    assert headline(news([])) == "nothing new"
    still = news([failing("a"), failing("b")], changes=[])
    assert headline(still) == "nothing new (2 still failing)"
    assert (
        f"2 cards: the pipeline `summarization` was removed in transformers 5.0, since {START:%Y-%m-%d}"
        in (text(still))
    )


def test_what_is_fixed_says_how_it_used_to_fail() -> None:
    fixed = [replace(change_to(failing(name), ChangeKind.FIXED), after="passed") for name in "ab"]
    assert "2 cards used to fail: the pipeline `summarization` was removed" in text(
        news([], fixed, models=[model("a"), model("b")])
    )
    assert "acme/a line 5 used to fail: the pipeline" in text(news([], fixed[:1], models=[model("a")]))


def test_cards_that_were_not_verified_are_counted() -> None:
    models = [model("a", card=CardState.GATED), model("b", card=CardState.GATED)]
    assert "Not verified: 2 cards\n  2 cards: gated\n    acme/a, acme/b\n" in text(news([], models=models))


@pytest.mark.parametrize("limit", [100, 500, 2_000, 10_000])
def test_a_message_fits_and_keeps_what_matters_most(limit: int) -> None:
    told = message(_broken_by_a_release(400), limit=limit)
    assert len(told) <= limit
    if limit >= 500:
        assert "400 cards: the pipeline" in told


def test_what_is_left_out_is_counted() -> None:
    told = _broken_by_a_release(400)
    short = " ".join(text(told, limit=2_000).split())
    listed = len(re.findall(r"acme/m\d+", short))
    assert f"and {400 - listed} more" in short
    kinds = [replace(failing(f"m{n}", cause=SLIP), reason=f"slip {n}") for n in range(400)]
    assert "400 cards: a slip in the card's code" in text(news(kinds), limit=2_000)


def test_markdown_of_400_failures_is_short_until_it_is_unfolded() -> None:
    told = markdown(_broken_by_a_release(400), endpoint=ENDPOINT)
    assert len(told.encode()) < 100_000
    outside = re.sub(r"<details>.*?</details>", "", told, flags=re.DOTALL)
    assert len(outside.splitlines()) < 10
    assert "<summary>400 cards: the pipeline summarization was removed in transformers 5.0</summary>" in told
    assert f"[acme/m000]({ENDPOINT}/acme/m000/blob/main/README.md?code=true#L5) line 5" in told


def test_nothing_of_a_card_is_markup() -> None:
    hostile = replace(failing("a", cause=SLIP), title=HOSTILE, reason=HOSTILE)
    told = markdown(news([hostile]), endpoint=ENDPOINT)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(told)
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text", "text_special", "code_inline", "link_open", "link_close", "softbreak",
    }  # fmt: skip
    links = [child.attrs["href"] for child in inline if child.type == "link_open"]
    assert all(str(link).startswith(ENDPOINT) for link in links)
    outside_code = re.sub(r"(`+).*?\1", "", told)
    assert "@everyone" not in outside_code
    assert "<img" not in outside_code


def test_json_leaves_nothing_out() -> None:
    told = json.loads(as_json(_broken_by_a_release(400)))
    assert told["schema"] == "verify-snippets/news/v1"
    assert (told["is_new"], told["headline"]) == (True, "401 new failures")
    group, slip = told["topics"]["new failures"]
    assert (group["cause"], group["cards"], len(group["items"])) == ("version-too-new", 400, 400)
    assert slip["items"][0]["repo_id"] == "acme/own"

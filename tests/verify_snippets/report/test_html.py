"""The page as a whole: all that a report says, and nothing in it that a browser would act on."""

import base64
import hashlib
import re

import pytest

from tests.verify_snippets.report import html_samples, samples
from tests.verify_snippets.report.html_attacks import hostile
from tests.verify_snippets.report.html_reader import Reader
from verify_snippets.report import FORMATS
from verify_snippets.report.html import render
from verify_snippets.report.model import Report
from verify_snippets.verdict import Verdict


def test_it_says_all_that_the_report_says() -> None:
    page = Reader(render(html_samples.rich()))
    for words in (
        "acme/tiny: 3 passed, 1 failed, 1 skipped, 1 blocked",
        "transformers 5 removed the pipeline summarization",
        "version too new",
        "worked with transformers 4.57.6, fails since 5.0.0",
        "14.9 GB of the 16 GB that the card asks for were never used",
        "1 of 2 lines differs",
        "The fox saw the crow and said nothing.",
        "the reader has to supply 'path/to/your/audio.wav'",
        "less than 300 MB of memory",
        "peak of anonymous memory on 2 CPUs",
        "use text-generation",
        "a notebook of the repo",
        "Example CPU, 2 CPUs",
        "512 MB",
        "pipeline_tag",
    ):
        assert words in page.text
    assert "\x1b" not in page.text
    assert page.values("src", "img") == [f"data:image/png;base64,{html_samples.png()}"]
    assert page.headings[:2] == [1, 2]
    assert all(below <= above + 1 for above, below in zip(page.headings, page.headings[1:], strict=False))


def test_every_verdict_is_a_symbol_and_a_word() -> None:
    report = samples.every_verdict()
    page = Reader(render(report))
    for verdict in Verdict:
        assert verdict in page.text
    assert all(
        f"line {snippet.start_line}" in page.text for snippet in report.snippets if snippet.runs[0].error
    )


@pytest.mark.parametrize("report", [samples.report(), samples.report(complete=False, exit_code=130)])
def test_a_report_without_snippets_has_a_page(report: Report) -> None:
    page = Reader(render(report))
    assert "Nothing in this card can be run." in page.text
    assert ("Interrupted." in page.text) is not report.complete


def test_claims_of_one_paragraph_share_a_note_in_the_margin() -> None:
    claims = html_samples.rich().claims
    several = (*claims, claims[-1].model_copy(update={"quote": "300 MB"}))
    page = Reader(render(html_samples.report(claims=several)))
    assert "✓ RAM confirmed" in page.text
    assert "≠ 2 claims contradicted" in page.text
    assert "untested" not in page.text.partition("What the card claims")[0].partition("The card")[2]


def test_links_within_the_page_lead_somewhere() -> None:
    page = Reader(render(html_samples.rich()))
    names = set(page.values("id"))
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= names


def test_the_line_that_failed_is_marked_with_its_error() -> None:
    page = render(html_samples.rich())
    line = html_samples.line_of('pipeline("summarization")')
    marked = re.search(rf'class="line fault" data-n="{line}".*?\n<span class="fault-note">(.*?)</span>', page)
    assert marked
    assert marked.group(1).startswith("KeyError: ")


def test_code_is_copied_without_line_numbers() -> None:
    code = re.search(r"<pre><code>(.*?)</code>", render(html_samples.rich()), re.DOTALL)
    assert code
    assert re.sub(r"<[^>]*>", "", code.group(1)) == "pip install transformers torch\n"


def test_nothing_anywhere_in_a_report_becomes_markup() -> None:
    """Every text of a report, wherever it stands, is malicious at once."""
    page = render(hostile())
    reader = Reader(page)
    assert reader.tags.count("script") == 1
    assert reader.tags.count("style") == 1
    assert not [name for _, name, _ in reader.attributes if name.startswith("on") or name == "style"]
    assert reader.values("src") == [f"data:image/png;base64,{html_samples.png()}"]
    assert all(href.startswith(("#", "data:,", "https://example.org")) for href in reader.values("href"))
    assert "1337" not in reader.text
    assert not set(page) & {"\u202e", "\x07"}


def test_the_policy_names_the_one_style_and_the_one_script() -> None:
    page = render(html_samples.rich())
    policy = next(value for value in Reader(page).values("content") if "default-src" in value)
    assert policy.startswith("default-src 'none'; img-src data:; ")
    for tag in ("style", "script"):
        content = page.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (base64.b64encode(b"<svg onload=alert(1)>").decode(), "not the image/png that it says it is"),
        ('"><script>', "not readable"),
        (
            base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(1_500_000)).decode(),
            "left out to keep this page small",
        ),
    ],
)
def test_only_pictures_are_shown_as_pictures(data: str, told: str) -> None:
    run = html_samples.passed().model_copy(update={"pictures": (html_samples.picture(data=data),)})
    page = Reader(render(html_samples.report(html_samples.snippet(30, run))))
    assert told in page.text
    assert "img" not in page.tags


def test_two_hundred_snippets_that_print_a_lot_make_a_small_page() -> None:
    code = "```python\nprint(1)\n```\n\n"
    loud = html_samples.passed().model_copy(
        update={"stdout": "<&'\"\x00\u202e🤗\n" * 20_000, "stderr": "<" * 500_000}
    )
    snippets = [html_samples.snippet(1 + 4 * n, loud) for n in range(200)]
    page = render(html_samples.report(*snippets, text=code * 200))
    assert len(page.encode()) < 5_000_000
    assert page.count("left out") >= 200
    assert 'id="elsewhere"' not in page


def test_one_row_makes_it_a_format() -> None:
    assert FORMATS["html"].render(samples.report()) == render(samples.report())

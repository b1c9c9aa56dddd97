"""GPU memory in every report for people: beside the other memory, and only where there is some."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest

from tests.verify_snippets.report import html_samples, samples
from tests.verify_snippets.report.html_reader import Reader
from verify_snippets.claims import ClaimKind
from verify_snippets.ledger import ClaimVerdict
from verify_snippets.report import html, junit, markdown, terminal
from verify_snippets.report.model import Report
from verify_snippets.verdict import Verdict


def on_gpu() -> Report:
    """One snippet that ran on a GPU, and one that did not run at all."""
    claimed = html_samples.claim("about 1 GB of RAM", ClaimVerdict.CONTRADICTED, claimed=6e9, measured=8.1e9)
    line = html_samples.line_of("from transformers import pipeline")
    return html_samples.report(
        html_samples.snippet(line, html_samples.on_gpu()),
        html_samples.snippet(line + 20, samples.simple_run(Verdict.SKIPPED)),
        claims=(claimed.model_copy(update={"kind": ClaimKind.VRAM}),),
    )


def test_the_terminal_has_a_column_for_it() -> None:
    """With the numbers of those that had a GPU, which is named with its driver."""
    text = terminal.render(on_gpu())
    (head,) = [line for line in text.splitlines() if "verdict" in line]
    assert head.split()[-3:] == ["peak", "GPU", "memory"]
    assert "8.10 GB" in text
    assert "NVIDIA H100 80GB HBM3, driver 580.95.05, CUDA 13.0" in text


def test_markdown_has_a_column_for_it() -> None:
    """Every line of the table has as many cells."""
    text = markdown.render(on_gpu())
    table = [line for line in text.splitlines() if line.startswith("|")][:4]
    assert "peak GPU memory" in table[0]
    assert len({line.count("|") for line in table}) == 1
    assert "8.10 GB" in table[2]
    assert "driver 580.95.05" in text


@pytest.mark.parametrize("render", [terminal.render, markdown.render, html.render, junit.render])
def test_without_a_gpu_nothing_is_said_of_one(render: Callable[[Report], str]) -> None:
    """As most reports are."""
    assert "gpu" not in render(samples.every_verdict()).split("<style>")[0].lower()


def test_the_page_draws_the_peak_beside_what_is_claimed() -> None:
    """In words, too; and tells what torch said of it."""
    text = " ".join(Reader(html.render(on_gpu())).text.split())
    assert "Memory peaked at 8.10 GB." in text
    for level in ("limit: 16.0 GB.", "outgrown: 6.00 GB.", "claimed in line"):
        assert level in text
    assert "used 8.10 GB, reserved by torch 7.50 GB, in its tensors 7.20 GB" in text
    assert "580.95.05" in text


def test_junit_names_the_driver() -> None:
    """Among the properties of each suite."""
    properties = ET.fromstring(junit.render(on_gpu())).iter("property")  # noqa: S314 - our own
    assert {"gpu_driver": "driver 580.95.05, CUDA 13.0"}.items() <= {
        each.get("name"): each.get("value") for each in properties
    }.items()

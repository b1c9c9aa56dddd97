"""Reports with several columns, and on several cards, in every format."""

import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from tests.verify_snippets.report import html_attacks, html_samples, samples
from tests.verify_snippets.report.columns_sample import by_columns
from tests.verify_snippets.report.html_reader import Reader
from tests.verify_snippets.report.inert import acting
from tests.verify_snippets.report.rich_sample import HOSTILE, rich
from verify_snippets.cli import main
from verify_snippets.report import FORMATS, json_report, saved, several, terminal
from verify_snippets.report.findings import findings
from verify_snippets.report.model import Report
from verify_snippets.report.schema import schema

TWO = by_columns(samples.every_verdict(), "transformers<5", "transformers>=5")
OTHER = samples.every_verdict().model_copy(
    update={"card": TWO.card.model_copy(update={"repo_id": "acme/other"})}
)


def drawn(report: Report, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    with console.capture() as captured:
        terminal.draw(report, console)
    return captured.get()


def test_the_screen_has_a_cell_for_each_run() -> None:
    """Columns by number: their names would not fit beside each other."""
    text = drawn(TWO, 120)
    assert "1  cpu-basic, transformers<5  bubblewrap" not in text
    assert re.search(r"^1  cpu-basic, transformers<5 .*1 CPU cores", text, re.MULTILINE)
    lines = [line for line in text.splitlines() if line.count("✗ failed 4.25 s 412 MB") == 2]
    assert len(lines) == 1
    assert re.search(r"^✗ failed line \d+ \[cpu-basic, transformers>=5\]", text, re.MULTILINE)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_a_narrow_screen_leaves_out_what_matters_least(width: int) -> None:
    lines = drawn(by_columns(samples.every_verdict(), *"abcdefgh"), width).splitlines()
    assert max(map(len, lines)) <= width
    assert sum("✗" in line for line in lines)


def test_a_machine_reads_the_columns() -> None:
    """JSON by the schema, JUnit with a case for each cell, findings that name the column."""
    document = json.loads(FORMATS["json"].render(TWO))
    jsonschema.validate(document, schema())
    cases = ET.fromstring(FORMATS["junit"].render(TWO)).iter("testcase")  # noqa: S314 - ours
    names = [case.get("name", "") for case in cases]
    assert len(set(names)) == len(names) == 2 * len(TWO.snippets)
    titles = [finding.title for finding in findings(TWO)]
    assert any("[cpu-basic, transformers<5] failed" in title for title in titles)
    prints = [finding.fingerprint for finding in findings(TWO)]
    assert len(set(prints)) == len(prints)


def test_the_page_has_a_table() -> None:
    reader = Reader(FORMATS["html"].render(TWO))
    assert "By columns" in reader.text
    assert "By columns" not in Reader(FORMATS["html"].render(samples.every_verdict())).text


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_names_of_columns_are_shown_and_never_obeyed(name: str) -> None:
    """Libraries come from a command line, but also from a file that anybody may hand in for merging."""
    report = by_columns(rich(), HOSTILE, f"{HOSTILE}2")
    assert acting(name, FORMATS[name].render(report)) == []
    assert acting(name, several.render(name, [report, rich()])) == []


def test_nothing_of_a_hostile_table_becomes_markup() -> None:
    evil = html_attacks.EVIL
    report = by_columns(html_attacks.hostile(), f"a{evil}", f"b{evil}")
    for page in (FORMATS["html"].render(report), several.render("html", [report, html_samples.rich()])):
        reader = Reader(page)
        assert reader.tags.count("script") <= 1
        assert reader.tags.count("style") == 1
        assert not [name for _, name, _ in reader.attributes if name.startswith("on") or name == "style"]
        assert "1337" not in reader.text
        assert not set(page) & {"\u202e", "\x07"}


def test_several_cards_come_back_from_json(tmp_path: Path) -> None:
    file = tmp_path / "reports.json"
    file.write_text(several.render("json", [TWO, OTHER]), encoding="utf-8")
    assert saved.read(file) == (TWO, OTHER)
    assert several.render("json", [TWO]) == json_report.render(TWO)


def test_several_cards_in_every_format() -> None:
    """An overview, and all of each."""
    reports = [TWO, OTHER]
    told = several.render("terminal", reports)
    assert told.rstrip().splitlines()[-1].startswith("✗ acme/other at 0123456789ab  ")
    assert several.render("markdown", reports).startswith("## Model cards\n\n|  | card | verdicts |\n")
    assert len(json.loads(several.render("sarif", reports))["runs"]) == 2
    suites = ET.fromstring(several.render("junit", reports)).findall("testsuite")  # noqa: S314 - ours
    assert [suite.get("name", "").partition(":")[0] for suite in suites] == [
        "acme/tiny",
        "acme/tiny",
        "acme/other",
    ]
    assert json.loads(several.render("badge", reports))["message"] == "2/10 verified"
    page = Reader(several.render("html", reports))
    assert "acme/other" in page.text
    assert several.render("github", reports).count("/5 verified\n") == 2


def test_too_many_cards_for_github_are_counted() -> None:
    """Whole cards are left out, the last ones."""
    long = f"{'x' * 100}\n" * 20
    cards = [samples.report(samples.snippet_report(1, samples.failure(1, stderr=long)))] * 700
    text = several.render("markdown", cards)
    assert len(text.encode()) <= 1024 * 1024
    shown = text.count("\n## ")
    assert text.endswith(f"_{700 - shown} more cards are left out: GitHub takes 1 MiB_\n")


def test_merge_reads_all_files_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that can't be read is named; nothing is written then."""
    good, bad, out = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "out.json"
    good.write_text(json_report.render(TWO), encoding="utf-8")
    document = json.loads(good.read_text())
    document["snippets"][0]["runs"][0]["column"] = 7
    bad.write_text(json.dumps(document))
    assert main(["merge", str(good), str(bad), "--report", f"json:{out}"]) == 2
    assert f"{bad} is no valid report" in capsys.readouterr().err
    assert not out.exists()
    assert main(["merge", *[str(good)] * 300, "--report", f"json:{out}"]) == 1
    assert saved.read(out)[0].snippets == TWO.snippets

"""Annotations, as GitHub's runner reads them."""

from pathlib import Path

import pytest

from tests.verify_snippets.report import samples
from tests.verify_snippets.report.inert import Command, commands
from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.report import github
from verify_snippets.report.model import Report

ROOT = Path("/src")


def annotations(report: Report, root: Path = ROOT) -> list[Command]:
    return commands(github.commands(report, root=root))


def test_lines_of_a_card_in_the_workspace_are_marked() -> None:
    told = annotations(rich("/src/models/tiny/README.md"))
    refused = next(each for each in told if "ProxyError" in each.message)
    assert refused.name == "error"
    assert refused.properties == {
        "file": "models/tiny/README.md",
        "line": "22",
        "endLine": "22",
        "title": "line 20 failed: import requests",
    }
    assert refused.message.split("\n")[1] == "it spoke to 10.0.0.1, a private address"


def test_a_path_relative_to_the_current_folder_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    monkeypatch.chdir(tmp_path / "model")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    told = commands(github.render(rich("README.md")))
    assert {each.properties.get("file") for each in told} == {None, "model/README.md"}


@pytest.mark.parametrize("location", ["", "/elsewhere/README.md"])
def test_no_line_of_another_file_is_marked(location: str) -> None:
    told = annotations(rich(location))
    assert not [each for each in told if "file" in each.properties]
    assert "acme/tiny, line 20 failed: import requests" in [each.properties["title"] for each in told]


def test_claims_and_outputs_warn_and_remarks_are_noticed() -> None:
    told = [(each.name, each.properties["title"]) for each in annotations(rich("/src/README.md"))]
    assert ("warning", "line 6: ram < 300 MB is contradicted") in told
    assert ("warning", "line 8: it prints something else than the card shows") in told
    assert "remark" in next(title for name, title in told if name == "notice" and title.startswith("line 41"))


def test_the_worst_come_first_and_what_github_hides_is_counted() -> None:
    report = samples.report(*(samples.snippet_report(n, samples.failure(n)) for n in range(10, 1_000, 10)))
    told = annotations(report)
    assert [each.name for each in told] == ["notice"] + ["error"] * github.LIMIT
    assert told[-1].properties["title"] == "90 more in acme/tiny"


def test_all_is_well_is_told_too() -> None:
    [notice] = annotations(samples.report())
    assert (notice.name, notice.properties["title"], notice.message) == (
        "notice",
        "acme/tiny",
        "nothing to run",
    )

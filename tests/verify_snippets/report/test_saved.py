"""A report that was written as JSON is read back as it was, or the reader is told why not."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from snippet_images.errors import UsageError
from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.cli import main
from verify_snippets.report import FORMATS, json_report, saved
from verify_snippets.report.model import Report

EASY = samples.every_verdict()


def written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "report.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def told(report: Report) -> Any:
    return json.loads(json_report.render(report))


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    assert saved.read(written(tmp_path, json_report.render(EASY))) == (EASY,)


def test_hostile_text_comes_back_and_makes_the_same_reports(tmp_path: Path) -> None:
    (again,) = saved.read(written(tmp_path, json_report.render(rich())))
    for name, format_ in FORMATS.items():
        if name != "json":  # a lone surrogate of a snippet's output stays an escape there, and a letter here
            assert format_.render(again) == format_.render(rich()), name


def test_what_a_later_version_added_is_left_alone(tmp_path: Path) -> None:
    document = told(EASY) | {"added": 1}
    document["snippets"][0]["runs"][0]["added"] = {"later": True}
    assert saved.read(written(tmp_path, document)) == (EASY,)


def test_stdin_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json_report.render(EASY)))
    assert saved.read(Path("-")) == (EASY,)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no report"),
        ({"schema": "verify-snippets/report/v2"}, "by the schema 'verify-snippets/report/v2'"),
        (told(EASY) | {"snippets": [{"id": 1}]}, r"snippets\.0\.id"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        saved.read(written(tmp_path, document))
    assert caught.value.hint


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        saved.read(tmp_path / name)


def test_the_command_writes_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, json_report.render(EASY))
    reports = [f"--report={name}:{tmp_path / name}" for name in FORMATS]
    assert main(["report", str(path), *reports]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["report.json", *FORMATS])
    assert capsys.readouterr().out == ""


def test_the_command_shows_it_where_no_format_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(written(tmp_path, json_report.render(EASY)))]) == 0
    assert "1 passed, 1 failed" in capsys.readouterr().out

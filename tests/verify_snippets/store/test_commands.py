"""The commands over a store, as a person calls them."""

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyarrow import parquet  # type: ignore[import-untyped]  # has no types

from tests.verify_snippets.report.rich_sample import HOSTILE, rich
from tests.verify_snippets.store import values
from tests.verify_snippets.store.filled import fill
from tests.verify_snippets.store.values import DAY, NOW
from verify_snippets.cli import main
from verify_snippets.report import json_report
from verify_snippets.store import open_store
from verify_snippets.store.records import ClaimStanding, Steadiness
from verify_snippets.verdict import Verdict

FLAKY = replace(
    values.standing(values.key(lineage="other"), verdict=Verdict.FAILED, title=HOSTILE),
    snippet_id="L40",
    reason="cat.png is not there",
    since=NOW - 3 * DAY,
    since_revision="b" * 40,
    steadiness=Steadiness.FLAKY,
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with something of everything."""
    url = f"sqlite:///{tmp_path}/night.db"
    with open_store(url) as store:
        fill(store)
        store.put_standings([FLAKY])
        store.put_claims(
            [
                ClaimStanding(
                    repo_id="acme/tiny",
                    kind="memory",
                    quote="needs 2 GB",
                    line=7,
                    verdict="contradicted",
                    since=NOW,
                )
            ]
        )
        store.end_night(
            1, at=NOW + timedelta(minutes=61), counts={"models": 2, "cards failing": 1}, exit_code=1
        )
    return url


def test_history_tells_the_nights(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--store", url]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[1].split() == (
        ["1", "acme", "2026-11-23", "02:30", "1", "h", "01", "min", "2", "1", "failing", "1"]
    )
    assert main(["history", "--store", url, "--json"]) == 0
    (night,) = json.loads(capsys.readouterr().out)["nights"]
    assert night["number"] == 1
    assert night["ended_at"] == "2026-11-23T03:31:00Z"


def test_history_tells_what_was_said_of_a_model(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "https://huggingface.co/acme/tiny", "--store", url]) == 0
    told = capsys.readouterr().out
    lines = [line.split() for line in told.splitlines()]
    assert ["line", "40:", "missing-input:", "cat.png", "is", "not", "there"] in lines
    assert any({"failed,", "flaky", "2026-11-20", "bbbbbbb"} <= set(line) for line in lines)
    assert any({"7", "memory", "contradicted"} <= set(line) for line in lines)
    assert [
        "2026-11-24",
        "02:30",
        "12",
        "✓",
        "passed",
        "4.50",
        "s",
        "3.00",
        "GB",
        "aaaaaaa",
        "torch",
        "2.13.0",
    ] in lines
    assert "\x1b" not in told


def test_history_for_machines_has_every_snippet_with_its_runs(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", "acme/tiny", "--store", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "verify-snippets/history/v1"
    assert [(one["id"], one["verdict"], len(one["runs"])) for one in told["snippets"]] == [
        ("L12", "passed", 2),
        ("L12", "passed", 1),
        ("L40", "failed", 0),
    ]
    assert told["snippets"][0]["runs"][0]["versions"] == {"torch": "2.13.0"}
    assert told["snippets"][2]["cause"] == {"kind": "missing-input", "subjects": {"file": "cat.png"}}
    assert told["claims"][0]["quote"] == "needs 2 GB"


@pytest.mark.parametrize(
    ("target", "near"), [("acme/tyni", "acme/tiny"), ("acme", "acme/tiny"), ("zzz", "--store")]
)
def test_a_model_that_is_not_known_is_told_with_those_that_are_near(
    target: str, near: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["history", target, "--store", url]) == 2
    told = capsys.readouterr().err
    assert f"no model {target}" in told
    assert near in told


def test_an_empty_store_has_no_nights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    open_store(url).close()
    assert main(["history", "--store", url]) == 0
    assert "no night is in the store" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["history"], ["store", "export", "runs.csv"], ["store", "prune", "--older-than", "9"]]
)
def test_a_store_is_not_made_by_reading_it(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--store", f"sqlite:///{tmp_path}/typo.db"]) == 2
    assert "there is no store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_store_may_be_named_by_the_environment(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFY_SNIPPETS_STORE", url)
    assert main(["history", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["nights"]) == 1


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_every_run_is_exported_as_a_row(ending: str, url: str, tmp_path: Path) -> None:
    assert main(["store", "export", f"{tmp_path}/runs.{ending}", "--store", url]) == 0
    rows = read_table(tmp_path / f"runs.{ending}")
    assert [(row["repo_id"], row["verdict"], str(row["attempt"])) for row in rows] == [
        ("acme/tiny", "failed", "1"),
        ("acme/tiny", "passed", "2"),
        ("acme/tiny", "passed", "1"),
    ]
    assert float(str(rows[0]["duration_s"])) == 4.5
    assert str(rows[0]["ran_at"]).startswith("2026-11-23")
    assert [file.name for file in tmp_path.glob(".runs*")] == []


def read_table(file: Path) -> list[dict[str, object]]:
    """The rows of an exported file."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as stream:
            return [dict(row) for row in csv.DictReader(stream)]
    rows: list[dict[str, object]] = parquet.read_table(file).to_pylist()
    return rows


@pytest.mark.parametrize("reason", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\x1b[1m=1+1", "\t=1"])
def test_no_cell_of_a_spreadsheet_is_run(reason: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/night.db"
    run = values.run()
    with open_store(url) as store:
        store.add_run(replace(run, run=run.run.model_copy(update={"reason": reason})), values.standing())
    assert main(["store", "export", f"{tmp_path}/runs.csv", "--store", url]) == 0
    (row,) = read_table(tmp_path / "runs.csv")
    assert str(row["reason"]).startswith("'")


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [("runs.xls", 2, "neither a CSV nor a Parquet"), ("no/runs.csv", 3, "No such file")],
)
def test_what_can_not_be_exported_is_told(
    name: str, code: int, message: str, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["store", "export", f"{tmp_path}/{name}", "--store", url]) == code
    assert message in capsys.readouterr().err


def test_reports_of_other_machines_are_taken_over_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, file = f"sqlite:///{tmp_path}/night.db", tmp_path / "report.json"
    report = rich()
    file.write_text(json_report.render(report), encoding="utf-8")
    assert main(["store", "import", str(file), "--store", url]) == 0
    runs = sum(len(snippet.runs) for snippet in report.snippets)
    assert f"{runs} new runs" in capsys.readouterr().out
    before = everything(url)
    assert main(["store", "import", str(file), str(file), "--store", url]) == 0
    assert capsys.readouterr().out.count(" 0 new runs") == 2
    assert everything(url) == before


def everything(url: str) -> tuple[object, ...]:
    """What a store holds."""
    with open_store(url) as store:
        return list(store.every_run()), store.standings(gone=True), store.claim_standings(), store.changes()


def test_no_report_is_taken_over_where_one_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/night.db"
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json_report.render(rich()), encoding="utf-8")
    bad.write_text("{}", encoding="utf-8")
    assert main(["store", "import", str(good), str(bad), "--store", url]) == 2
    assert "bad.json is no report" in capsys.readouterr().err
    assert not (tmp_path / "night.db").exists()


def test_old_runs_are_removed_and_their_room_is_given_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/night.db"
    now = datetime.now(UTC)
    with open_store(url) as store:
        for day in range(60):
            store.add_run(values.run(under=f"k{day}", at=now - day * DAY), values.standing())
    before = (tmp_path / "night.db").stat().st_size
    assert main(["store", "prune", "--older-than", "30", "--store", url]) == 0
    assert "30 runs and reports" in capsys.readouterr().out
    assert (tmp_path / "night.db").stat().st_size < before
    with open_store(url) as store:
        assert len(store.runs("acme/tiny")) == 30

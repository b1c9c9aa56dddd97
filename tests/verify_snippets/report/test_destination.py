"""Reports land whole, or not at all, and what can't be written is known first."""

import io
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError
from tests.verify_snippets.report import samples
from verify_snippets.report import FORMATS, destination
from verify_snippets.report.destination import Destination


def to(path: Path) -> Destination:
    return destination.parse(f"json:{path}")


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_can_be_written(tmp_path: Path, format_: str) -> None:
    place = destination.parse(f"{format_}:{tmp_path / 'report'}")
    destination.write([samples.every_verdict()], place, io.StringIO())
    told = (tmp_path / "report").read_text(encoding="utf-8")
    assert ("verified" if format_ == "badge" else "acme/tiny") in told  # a badge's page says whose it is
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_a_dash_is_stdout() -> None:
    stdout = io.StringIO()
    destination.write([samples.report()], destination.parse("json:-"), stdout)
    assert json.loads(stdout.getvalue())["exit_code"] == 0


def test_a_path_may_hold_colons(tmp_path: Path) -> None:
    assert destination.parse(f"json:{tmp_path}/a:b.json").path == tmp_path / "a:b.json"


@pytest.mark.parametrize("text", ["xml:report.xml", "json", "json:", ""])
def test_what_names_no_report_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        destination.parse(text)
    assert caught.value.hint


def test_a_missing_folder_is_known_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="doesn't exist"):
        destination.check([to(tmp_path / "missing" / "report.json")])


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        destination.check([to(tmp_path)])


def test_a_read_only_place_is_known_first() -> None:
    place = Path("/proc/report.json")
    if not place.parent.is_dir():
        pytest.skip("no /proc, the one folder that root can't write to either")
    with pytest.raises(UsageError, match="can't be written"):
        destination.check([to(place)])


def test_two_reports_in_one_place_are_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "report.json")
    with pytest.raises(UsageError, match="two reports"):
        destination.check([to(tmp_path / "report.json"), to(tmp_path / "link")])
    with pytest.raises(UsageError, match="stdout"):
        destination.check([destination.parse("json:-"), destination.parse("terminal:-")])


def test_checking_leaves_nothing_behind_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("before")
    destination.check([to(tmp_path / "report.json"), to(tmp_path / "new.json")])
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"report.json": "before"}


def test_a_report_that_is_replaced_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text("before")
    real.chmod(0o640)
    (tmp_path / "link.json").symlink_to(real)
    destination.write([samples.report()], to(tmp_path / "link.json"), io.StringIO())
    assert (tmp_path / "link.json").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert json.loads(real.read_text())["exit_code"] == 0


def test_a_new_report_heeds_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        destination.write([samples.report()], to(tmp_path / "new.json"), io.StringIO())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    destination.write([samples.report()], to(pipe), io.StringIO())
    reader.join(timeout=10)
    assert json.loads(read[0])["exit_code"] == 0
    assert pipe.is_fifo()


def test_a_folder_that_vanished_meanwhile_is_our_trouble(tmp_path: Path) -> None:
    with pytest.raises(InfrastructureError, match="could not be written"):
        destination.write([samples.report()], to(tmp_path / "gone" / "report.json"), io.StringIO())

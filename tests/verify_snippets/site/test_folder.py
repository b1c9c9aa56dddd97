"""The site's folder: what did not change stays, what is of no more use goes, others' files are others'."""

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.site.folder import MANIFEST, open_folder


def _write(out: Path, files: dict[str, str]) -> tuple[int, int, int]:
    with open_folder(out) as folder:
        folder.announce(files)
        for path, text in files.items():
            folder.write(path, text)
        folder.finish()
    return folder.written, folder.unchanged, folder.removed


def _files(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} - {MANIFEST}


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    assert _write(out, {"index.html": "a", "models/x.html": "b"}) == (2, 0, 0)
    os.utime(out / "models/x.html", (1, 1))
    manifest = (out / MANIFEST).stat()
    assert _write(out, {"index.html": "c", "models/x.html": "b"}) == (1, 1, 0)
    assert (out / "models/x.html").stat().st_mtime == 1
    assert (out / MANIFEST).stat().st_ino == manifest.st_ino


def test_what_is_of_no_more_use_goes_with_its_folders_and_nothing_else_does(tmp_path: Path) -> None:
    _write(tmp_path, {"index.html": "", "models/a/x.html": "", "models/b/y.html": ""})
    (tmp_path / "CNAME").write_text("example.org")
    (tmp_path / "models/b/mine.txt").write_text("mine")
    assert _write(tmp_path, {"index.html": ""}) == (0, 1, 2)
    assert _files(tmp_path) == {"index.html", "CNAME", "models/b/mine.txt"}
    assert not (tmp_path / "models/a").exists()


def test_a_folder_with_others_files_is_refused_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match=r"thesis\.tex") as refused:
        _write(tmp_path, {"index.html": ""})
    assert refused.value.hint
    assert _files(tmp_path) == {"thesis.tex"}


def test_anothers_file_in_our_folder_is_not_written_over(tmp_path: Path) -> None:
    _write(tmp_path, {"index.html": ""})
    (tmp_path / "about.html").write_text("mine")
    with pytest.raises(UsageError, match=r"about\.html"):
        _write(tmp_path, {"index.html": "", "about.html": ""})
    assert (tmp_path / "about.html").read_text() == "mine"


def test_after_an_end_in_the_middle_the_next_time_knows_what_is_ours(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), open_folder(tmp_path) as folder:
        folder.announce(["models/x.html", "models/y.html", "index.html"])
        folder.write("models/x.html", "half of it", "first")
        raise KeyboardInterrupt
    assert _files(tmp_path) == {"models/x.html"}
    assert _write(tmp_path, {"models/x.html": "all of it", "index.html": ""}) == (2, 0, 0)
    assert _write(tmp_path, {"index.html": ""}) == (0, 1, 1)


def test_a_page_that_was_made_of_the_same_is_kept_without_being_made(tmp_path: Path) -> None:
    with open_folder(tmp_path) as folder:
        folder.announce(["x.html"])
        assert not folder.keep("x.html", "this")
        folder.write("x.html", "text", "this")
        folder.finish()
    with open_folder(tmp_path) as folder:
        assert folder.keep("x.html", "this")
        assert not folder.keep("x.html", "that")
    (tmp_path / "x.html").unlink()
    with open_folder(tmp_path) as folder:
        assert not folder.keep("x.html", "this")


@pytest.mark.parametrize("path", ["../thesis.tex", "/etc/passwd", "models/../../thesis.tex", "", "a//b"])
def test_a_manifest_that_leads_elsewhere_is_not_believed(tmp_path: Path, path: str) -> None:
    out, thesis = tmp_path / "out", tmp_path / "thesis.tex"
    thesis.write_text("years of work")
    _write(out, {"index.html": ""})
    manifest = json.loads((out / MANIFEST).read_text())
    (out / MANIFEST).write_text(json.dumps(manifest | {"files": {path: ""}}))
    with pytest.raises(UsageError, match="can't be read"):
        _write(out, {"index.html": ""})
    assert thesis.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "x"}', "[" * 100_000, "\x00"])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(UsageError, match="can't be read"):
        _write(tmp_path, {"index.html": ""})


def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    with open_folder(tmp_path), pytest.raises(InfrastructureError, match="another process"):
        _write(tmp_path, {"index.html": ""})


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="can't be used"):
        _write(tmp_path / "out", {"index.html": ""})


def test_a_full_disk_is_ours_to_tell_of(tmp_path: Path) -> None:
    tmp_path.joinpath(".verify-snippets-site.part").symlink_to("/dev/full")
    with pytest.raises(InfrastructureError, match="could not be written"):
        _write(tmp_path, {"index.html": "text"})

"""What a job has left is looked through with suspicion."""

import os
from pathlib import Path

import pytest

from snippet_sandbox.agent import album

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
HEADS = {
    "a.png": PNG,
    "b.jpg": b"\xff\xd8\xff\xe0" + b"\0" * 50,
    "c.gif": b"GIF89a" + b"\0" * 50,
    "d.WEBP": b"RIFF\x10\0\0\0WEBPVP8 ",
}


def collected(home: Path, *, most: int = 8, most_bytes: int = 1000) -> list[str]:
    """Names, in the order in which they are sent."""
    figures = str(home / ".verify-snippets" / "figures")
    return [left.name for left in album.collect(most, most_bytes, [str(home)], figures)]


def write(path: Path, content: bytes = PNG, *, at: int = 0) -> Path:
    """A file that was changed at a second of long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def test_every_kind_of_picture(tmp_path: Path) -> None:
    """Whatever its name's letters; oldest first."""
    for second, (name, content) in enumerate(HEADS.items()):
        write(tmp_path / "out" / name, content, at=second)
    assert collected(tmp_path) == list(HEADS)


def test_the_newest_count_and_figures_come_last(tmp_path: Path) -> None:
    """As far as there is room."""
    for second in range(4):
        write(tmp_path / f"{second}.png", at=second)
    for number in (1, 2, 3):
        write(tmp_path / ".verify-snippets" / "figures" / f"figure-{number}.png", at=10 + number)
    assert collected(tmp_path, most=3) == ["1.png", "2.png", "3.png"]
    assert collected(tmp_path, most=6) == ["0.png", "1.png", "2.png", "3.png", "figure-2.png", "figure-3.png"]


def test_what_is_no_picture_of_the_jobs(tmp_path: Path) -> None:
    """By type, by content, by size, or by where it lies."""
    picture = write(tmp_path / "real.png")
    (tmp_path / "link.png").symlink_to("/etc/passwd")
    (tmp_path / "linked.png").symlink_to(picture)
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    write(tmp_path / "page.png", b"<html><script>alert(1)</script>")
    write(tmp_path / "empty.png", b"")
    write(tmp_path / "text.txt", PNG)
    write(tmp_path / "big.png", PNG + bytes(1000))
    with (tmp_path / "sparse.png").open("wb") as sparse:
        sparse.write(PNG)
        sparse.truncate(10**10)
    for place in (".cache", "site-packages", "repo/.git", "model/.cache", "1/2/3/4/5"):
        write(tmp_path / place / "away.png")
    for fetched in ("repo", "model"):
        write(tmp_path / fetched / "teaser.png")
    assert collected(tmp_path) == ["real.png"]


def test_a_million_files_are_not_all_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do they hide what lies above them."""
    monkeypatch.setattr(album, "ENTRIES", 100)
    write(tmp_path / "above.png")
    for number in range(150):
        write(tmp_path / "many" / f"{number}.png", at=1)
    seen = collected(tmp_path, most=1000)
    assert "above.png" in seen
    assert len(seen) < 100


def test_no_time_no_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk ends when its time is over."""
    monkeypatch.setattr(album, "WALK_S", -1.0)
    write(tmp_path / "a.png")
    assert collected(tmp_path) == []


def test_what_became_something_else_is_not_read(tmp_path: Path) -> None:
    """It was looked at before, and may have been replaced."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to(write(tmp_path / "real.png"))
    for name in ("pipe.png", "link.png", "gone.png", "."):
        with pytest.raises(OSError):  # noqa: PT011 - whatever the kernel calls it
            album.read(str(tmp_path / name), 1000)
    assert len(album.read(str(tmp_path / "real.png"), 10)) == 11

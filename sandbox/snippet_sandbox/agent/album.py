"""Finds the pictures that a job has left, once nothing of it runs any more. Trusts no name, type or size.

Its home and /tmp began empty, so whatever lies there is the job's; but not what is mounted there, nor what
lies in hidden folders, where programs keep what they fetch.
"""

import os
import stat
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple

PLACES = ("/home/snippet", "/tmp")  # noqa: S108 - the container's own
FIGURES = "/home/snippet/.verify-snippets/figures"  # where ``figures.py`` draws
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
INSTALLED = frozenset({"site-packages", "dist-packages", "__pycache__", "node_modules"})
FETCHED = frozenset({".git", ".cache"})  # a folder that holds one of these was fetched as a whole
ENTRIES, DEPTH, WALK_S = 10_000, 4, 0.5
HEAD_BYTES = 12

MediaType = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]


class Left(NamedTuple):
    """A file that may be a picture.

    Attributes:
        path: where it lies.
        name: without its folder.
        changed_ns: when it was written to last, by its own word.
    """

    path: str
    name: str
    changed_ns: int


def media_type_of(head: bytes) -> MediaType | None:
    """What a file is by its first ``HEAD_BYTES`` bytes; None if it is no picture that browsers know."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return None


def collect(most: int, most_bytes: int, places: Iterable[str] = PLACES, figures: str = FIGURES) -> list[Left]:
    """The newest pictures, oldest first; figures that were left open come last, as far as there is room.

    Args:
        most: how many.
        most_bytes: how big each may be.
        places: folders to look through.
        figures: the folder of figures that we drew.
    """
    own = _pictures(_walk(places), most, most_bytes)
    drawn = _pictures(_walk([figures]), most - len(own), most_bytes)
    return own[::-1] + drawn[::-1]


def read(path: str, most_bytes: int) -> bytes:
    """A regular file's content, or as much of it as is one byte too long.

    Raises:
        OSError: it is no regular file, or can't be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no regular file")
        return file.read(most_bytes + 1)


def _pictures(entries: "Iterator[os.DirEntry[str]]", most: int, most_bytes: int) -> list[Left]:
    """The newest of those that are pictures and not too big, newest first."""
    found = sorted(_small_files(entries, most_bytes), key=lambda left: left.changed_ns, reverse=True)
    return list(islice(filter(_is_picture, found), max(0, most)))


def _small_files(entries: "Iterator[os.DirEntry[str]]", most_bytes: int) -> Iterator[Left]:
    for entry in entries:
        if not entry.name.lower().endswith(ENDINGS):
            continue
        try:
            seen = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISREG(seen.st_mode) and 0 < seen.st_size <= most_bytes:
            yield Left(entry.path, entry.name, seen.st_mtime_ns)


def _is_picture(left: Left) -> bool:
    try:
        return media_type_of(read(left.path, HEAD_BYTES)) is not None
    except OSError:
        return False


def _walk(places: Iterable[str]) -> "Iterator[os.DirEntry[str]]":
    """What lies in folders and those below them, the upper ones first; bounded in depth, number and time."""
    until, left = time.monotonic() + WALK_S, ENTRIES
    folders = deque((place, 0, _device(place)) for place in places)
    while folders and left > 0 and time.monotonic() < until:
        folder, depth, device = folders.popleft()
        if device is None or _device(folder) != device:
            continue  # not there, or something of the host's that is mounted
        entries = _entries(folder, left)
        left -= len(entries)
        if depth and not FETCHED.isdisjoint(entry.name for entry in entries):
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name in INSTALLED:
                continue
            if not _is_folder(entry):
                yield entry
            elif depth < DEPTH:
                folders.append((entry.path, depth + 1, device))


def _device(path: str) -> int | None:
    try:
        return os.lstat(path).st_dev
    except OSError:
        return None


def _entries(folder: str, most: int) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            return list(islice(entries, most))
    except OSError:
        return []


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False

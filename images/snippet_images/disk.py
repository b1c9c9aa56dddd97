"""Disk space: is there enough, and how to say that there was not."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from snippet_images.errors import ImageBuildError
from snippet_images.paths import CACHE_VARIABLE

_BLOCK_BYTES = 512  # the unit of st_blocks, whatever the file system's own block is
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("no space left on device", "disk quota exceeded")


def readable(count: int) -> str:
    """A number of bytes as people write it, such as ``1.6 GB``."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1000:.0f} kB"


def folder_bytes(folder: Path, *, shared: bool = True) -> int:
    """The disk that a folder takes. What vanishes while we look counts nothing.

    Args:
        folder: where to look.
        shared: whether to count files that have other names, too, and would not go with the folder.
    """
    total = 0
    for file in _files(folder):
        with contextlib.suppress(OSError):
            found = file.stat(follow_symlinks=False)
            if shared or found.st_nlink == 1:
                total += found.st_blocks * _BLOCK_BYTES
    return total


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """All files in it, however deep; an image has forty thousand, for which paths would take seconds."""
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    yield entry


def require(folder: Path, needed_bytes: int, purpose: str) -> None:
    """Check that the disk of ``folder`` has room.

    Args:
        folder: where something will be written; need not exist yet.
        needed_bytes: how much.
        purpose: what for, such as ``image cpu``.

    Raises:
        ImageBuildError: it has not.
    """
    free = free_bytes(folder)
    if free < needed_bytes:
        raise full_error(folder, needed_bytes, purpose)


def free_bytes(folder: Path) -> int:
    """What is free for us on the disk of ``folder``, which need not exist yet."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


def full_error(folder: Path, needed_bytes: int, purpose: str) -> ImageBuildError:
    """The error for a disk that is, or would be, full."""
    return ImageBuildError(
        f"the disk of {folder} is too full: {readable(free_bytes(folder))} are free "
        f"and {purpose} needs about {readable(needed_bytes)}",
        hint=f"`verify-snippets images prune` frees some; {CACHE_VARIABLE} names a folder on another disk",
    )


def speaks_of_full_disk(text: str) -> bool:
    """Whether a program's output says that the disk was full."""
    return any(words in text.lower() for words in _FULL_WORDS)


@contextmanager
def full_disk_explained(folder: Path, needed_bytes: int, purpose: str) -> Iterator[None]:
    """Turn our own errors about a full disk into one for the user.

    Raises:
        ImageBuildError: the disk was full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise full_error(folder, needed_bytes, purpose) from error
        raise

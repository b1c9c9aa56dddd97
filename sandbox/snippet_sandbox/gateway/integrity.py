"""Whether a downloaded file is what the Hub says it is.

The Hub names content by its hash: files in LFS by the SHA-256 of their bytes, all others by git's hash of the
blob (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects). The client compares sizes only.
"""

import hashlib
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_SHA256_LENGTH, _SHA1_LENGTH = 64, 40  # hex digits


class SpoiledError(Exception):
    """A file arrived with other bytes than the Hub named; it was removed again."""


def keep_if_whole(pointer: Path) -> None:
    """Check a file of the Hub cache that was just downloaded; remove it, if it is not what it is named.

    Args:
        pointer: its symbolic link in a snapshot. Where the cache has none the name says nothing, and the file
            is left as it is.

    Raises:
        SpoiledError: it was removed.
        OSError: it can't be read.
    """
    if not pointer.is_symlink():
        return
    blob = pointer.resolve()
    if is_named_by_its_content(blob):
        return
    pointer.unlink(missing_ok=True)
    blob.unlink(missing_ok=True)
    raise SpoiledError(f"{pointer.name} arrived with other bytes than the Hub named")


def is_named_by_its_content(blob: Path) -> bool:
    """Whether the name of ``blob`` is the hash of its content, or no hash at all."""
    if len(blob.name) == _SHA256_LENGTH:
        digest = hashlib.sha256()
    elif len(blob.name) == _SHA1_LENGTH:
        digest = hashlib.sha1(b"blob %d\0" % blob.stat().st_size, usedforsecurity=False)
    else:
        return True
    with blob.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest() == blob.name

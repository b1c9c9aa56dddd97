"""A door's own view of the Hub cache: what its container sees, read-only, as ``HF_HUB_CACHE``.

The client in the container asks HEAD first and writes only what it doesn't find. So the gateway puts a file
in the view *before* it answers HEAD, and the client writes nothing: weights exist once on the disk, however
many containers read them. A container doesn't see the user's whole cache, because that holds private repos
too.

Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

import errno
import hashlib
import os
import secrets
import shutil
import stat
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from snippet_sandbox.gateway.names import RepoName, check_path, check_revision, is_commit

_CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.EACCES)
_EVERYONE_READS = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_FOLDER_MODE = 0o755


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a file holds, and where.

    Attributes:
        file: the host's file.
        etag: names the blob; any text.
        size: in bytes.
        ours: whether it lies in the Hub cache, so that we may let everyone read it.
        mounted_at: where the container has it mounted; None where the view has to hold it.
    """

    file: Path
    etag: str
    size: int
    ours: bool = False
    mounted_at: PurePosixPath | None = None


class HubView:
    """A folder that is laid out as a Hub cache. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()
        _make_folder(root)

    def add_file(self, repo: RepoName, *, commit: str, path: str, content: "Content") -> None:
        """Show a file.

        Args:
            repo: whose file it is.
            commit: at which commit.
            path: where in the repo.
            content: what it holds.

        Raises:
            OSError: the disk is full, or the file can't be read.
        """
        folder = self.root / repo.cache_folder
        blob = folder / "blobs" / blob_name(content.etag)
        pointer = folder / "snapshots" / commit / check_path(path)
        with self._lock:
            # Older clients (huggingface_hub < 1) make the folder of their locks before they look for a file.
            locks = self.root / ".locks" / repo.cache_folder
            for needed in (locks, folder / "refs", blob.parent, pointer.parent):
                self._make_folders(needed)
            if not os.path.lexists(blob):
                _place(content, blob)
            if not os.path.lexists(pointer):
                pointer.symlink_to(os.path.relpath(blob, pointer.parent))

    def add_missing(self, repo: RepoName, *, commit: str, path: str) -> None:
        """Show that a file doesn't exist, as the client itself would note it."""
        marker = self.root / repo.cache_folder / ".no_exist" / commit / check_path(path)
        # Of ``a`` and ``a/b`` only one can be noted; of the other one the client asks again.
        with self._lock, suppress(NotADirectoryError, IsADirectoryError):
            self._make_folders(marker.parent)
            marker.touch(mode=0o644)

    def add_ref(self, repo: RepoName, *, revision: str, commit: str) -> None:
        """Show which commit a branch, a tag or a shortened commit stands for."""
        if revision == commit or is_commit(revision):
            return
        ref = self.root / repo.cache_folder / "refs" / check_revision(revision)
        with self._lock:
            self._make_folders(ref.parent)
            if not ref.exists():
                _write_whole(ref, commit)

    def _make_folders(self, folder: Path) -> None:
        for part in reversed(folder.relative_to(self.root).parents[:-1]):
            _make_folder(self.root / part)
        _make_folder(folder)


def blob_name(etag: str) -> str:
    """A file name for an ETag: the ETag itself where it is a hash, as in the client's own cache."""
    plain = etag.removeprefix("W/").strip('"')
    if plain.isalnum() and len(plain) <= 128:
        return plain
    return hashlib.sha256(etag.encode()).hexdigest()


def _place(content: Content, target: Path) -> None:
    """Have ``content`` at ``target`` for everyone to read: linked if that can be, else copied.

    A hard link takes no space and can't dangle when the user prunes the cache. It needs the same filesystem,
    and a file that this user owns (``fs.protected_hardlinks``); a copy is what remains.
    """
    if content.mounted_at is not None:
        target.symlink_to(content.mounted_at)
        return
    source = content.file.resolve()
    if content.ours:
        _let_everyone_read(source)
    if not (everyone_reads(source) and _link(source, target)):
        copy_open(source, target)


def _link(source: Path, target: Path) -> bool:
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        return False
    return True


def everyone_reads(source: Path) -> bool:
    """Whether the container's user, who is not ours, may read a file."""
    # A user's own file that only they can read is copied: its mode is not ours to change.
    return source.stat().st_mode & _EVERYONE_READS == _EVERYONE_READS


def _let_everyone_read(source: Path) -> None:
    # A tight umask makes tight blobs. Opening them shows nobody more: the same umask made the cache's folders
    # tight.
    if not everyone_reads(source):
        with suppress(OSError):
            source.chmod(source.stat().st_mode | _EVERYONE_READS)


def can_link(file: Path, folder: Path) -> bool:
    """Whether ``file`` can be shown in ``folder`` by a hard link, found out by trying."""
    probe = folder / f".probe-{secrets.token_hex(8)}"
    try:
        if not (everyone_reads(file.resolve()) and _link(file.resolve(), probe)):
            return False
    except OSError:
        return False
    probe.unlink()
    return True


def copy_open(source: Path, target: Path) -> None:
    """Copy a file for everyone to read."""
    # Under another name first: the container may be looking.
    partial = target.with_name(f".{target.name}.partial")
    try:
        shutil.copyfile(source, partial)
        partial.chmod(0o644)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _write_whole(target: Path, text: str) -> None:
    partial = target.with_name(f".{target.name}.partial")
    partial.write_text(text)
    partial.chmod(0o644)
    partial.rename(target)


def _make_folder(folder: Path) -> None:
    # With the mode set afterwards, for the user's umask may close folders to the container's user.
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(_FOLDER_MODE)

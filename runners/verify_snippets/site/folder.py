"""The folder that a site is written into: what did not change stays, and nobody else's file is touched.

A manifest in the folder lists every file that is ours. It is written before the first file and after the
last: killed in between, the next time knows what is ours all the same.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from snippet_images.errors import InfrastructureError, UsageError

MANIFEST = ".verify-snippets-site.json"
_SCHEMA = "verify-snippets/site/v1"
_PART = ".verify-snippets-site.part"  # what is being written; one at a time


@dataclass(kw_only=True)
class SiteFolder:
    """A site's folder while it is written; see :func:`open_folder`.

    Attributes:
        path: the folder.
        files: our files: path in the folder -> of what it was made; empty where its content tells.
        written: how many files were new or changed.
        unchanged: how many were not.
        removed: how many were of no more use.
    """

    path: Path
    files: dict[str, str]
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    _used: dict[str, str] = field(default_factory=dict)

    def announce(self, paths: Iterable[str]) -> None:
        """Say what will be written, so that it is known to be ours even if we are killed on the way.

        Raises:
            UsageError: there is a file by such a name that is not ours.
        """
        new = [path for path in paths if path not in self.files]
        for path in new:
            if (self.path / path).exists():
                raise UsageError(
                    f"{self.path / path} is not of this site, and would be written over",
                    hint="move it elsewhere, or choose another folder",
                )
        if new:
            self._write_manifest(self.files | dict.fromkeys(new, ""))
            self.files |= dict.fromkeys(new, "")

    def keep(self, path: str, made_of: str) -> bool:
        """Whether a file is there already and was made of the same; if so, it stays."""
        if self.files.get(path) != made_of or not _holds_something(self.path / path):
            return False
        self._used[path] = made_of
        self.unchanged += 1
        return True

    def write(self, path: str, text: str, made_of: str = "") -> None:
        """Write a file that was announced, whole or not at all, and only if its content is another."""
        data = text.encode("utf-8", errors="backslashreplace")
        place = self.path / path
        self._used[path] = made_of
        if _content(place, len(data)) == data:
            self.unchanged += 1
            return
        self._replace(place, data)
        self.written += 1

    def has(self, path: str) -> bool:
        """Whether a file was kept or written this time."""
        return path in self._used

    def finish(self) -> None:
        """Remove what is ours and of no more use."""
        for path in sorted(self.files.keys() - self._used.keys()):
            place = self.path / path
            if place.is_file() or place.is_symlink():
                place.unlink()
                self.removed += 1
            _remove_empty(place.parent, self.path)
        if self._used != self.files or not (self.path / MANIFEST).exists():
            self._write_manifest(self._used)

    def _write_manifest(self, files: dict[str, str]) -> None:
        document = {"schema": _SCHEMA, "files": dict(sorted(files.items()))}
        data = (json.dumps(document, indent=0) + "\n").encode()
        if _content(self.path / MANIFEST, len(data)) != data:
            self._replace(self.path / MANIFEST, data)

    def _replace(self, place: Path, data: bytes) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        part = self.path / _PART
        part.write_bytes(data)
        part.replace(place)


@contextmanager
def open_folder(path: Path) -> Iterator[SiteFolder]:
    """Make the folder if need be, and hold it for as long as it is written into.

    Raises:
        UsageError: it is no folder, can't be written into, or holds what is not ours.
        InfrastructureError: somebody else writes into it now, or the disk is full.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(
            f"{path} can't be used as a site's folder: {error.strerror}", hint="name another folder"
        ) from error
    try:
        _lock(handle, path)  # the kernel lets go of it when we die
        yield SiteFolder(path=path, files=_our_files(path))
    except OSError as error:
        raise InfrastructureError(
            f"the site could not be written to {path}: {error.strerror or error}",
            hint="is there room on the disk, and may you write there? What stands there still works",
        ) from error
    finally:
        with suppress(OSError):
            (path / _PART).unlink()
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InfrastructureError(
            f"another process writes a site to {path} now", hint="wait until it is done"
        ) from error


def _our_files(path: Path) -> dict[str, str]:
    """What the manifest lists; nothing for a folder that is empty."""
    if (path / MANIFEST).exists():
        return _read_manifest(path / MANIFEST)
    others = [place.name for place in path.iterdir() if place.name != _PART]
    if others:
        raise UsageError(
            f"{path} holds files that are of no site of ours, such as {min(others)!r}",
            hint="name a new or an empty folder",
        )
    return {}


def _read_manifest(manifest: Path) -> dict[str, str]:
    try:
        document = json.loads(manifest.read_bytes())
        files = document["files"] if document["schema"] == _SCHEMA else {}
        if files and all(_is_inside(path) and isinstance(of, str) for path, of in files.items()):
            return dict(files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise UsageError(
        f"{manifest} can't be read, so it is not known which files of that folder are ours",
        hint="name a new folder, or delete this one if it holds nothing but a site",
    )


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and path == "/".join(parts)


def _holds_something(place: Path) -> bool:
    """Whether it is a file that is not empty: a power cut may have left it so."""
    return place.is_file() and place.stat().st_size > 0


def _content(place: Path, size: int) -> bytes | None:
    """What a file holds, if it holds as many bytes; None otherwise."""
    try:
        return place.read_bytes() if place.stat().st_size == size else None
    except FileNotFoundError:
        return None


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder that is empty, and those above it, up to the site's own."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:  # something is in it
            return
        folder = folder.parent

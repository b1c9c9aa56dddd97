"""A local folder that stands in for a repo: a card can be verified before its repo is public."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from huggingface_hub import metadata_load

from snippet_sandbox.gateway.folder_traits import library_of, pipeline_tag_of, read_json
from snippet_sandbox.gateway.names import DEFAULT_REVISION, RefusedError, RepoName, check_path
from snippet_sandbox.gateway.view import Content

_HASHED_WHOLE_BYTES = 10_000_000  # the Hub puts larger files in LFS; hashing those would take minutes
_LEFT_OUT = frozenset({".git", ".hg", ".svn", ".cache", ".venv", "venv", "__pycache__", "node_modules"})
_FILES_LIMIT = 50_000


@dataclass(frozen=True, kw_only=True)
class FolderRepo:
    """A folder as it was when the run began.

    Attributes:
        name: the repo it stands in for.
        folder: where it is.
        commit: 40 hex digits made from what it holds; no commit of the Hub.
        files: its files by their path in the repo, sorted.
    """

    name: RepoName
    folder: Path
    commit: str
    files: Mapping[str, Content] = field(default_factory=dict)

    def knows(self, revision: str) -> bool:
        """Whether ``revision`` is one of the folder's: it has but one."""
        return revision in (DEFAULT_REVISION, "HEAD", self.commit, self.commit[:7])

    def info(self) -> dict[str, Any]:
        """What the Hub's API would say of the repo, as ``GET /api/models/{id}?blobs=true`` does.

        What the Hub would infer (library, pipeline) is inferred from the same files.
        """
        metadata = self._metadata()
        config = read_json(self.files.get("config.json"))
        library = metadata.get("library_name") or library_of(self.files, config)
        pipeline = metadata.get("pipeline_tag") or pipeline_tag_of(library, config)
        modified = datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)
        when = modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return {
            "_id": self.commit[:24],
            "id": self.name.id,
            "modelId": self.name.id,
            "author": self.name.owner or None,
            "sha": self.commit,
            "private": False,
            "gated": False,
            "disabled": False,
            "lastModified": when,
            "createdAt": when,
            "downloads": 0,
            "likes": 0,
            "tags": _tags(metadata, library, pipeline),
            "cardData": metadata,
            "config": {key: config[key] for key in ("architectures", "model_type") if key in config},
            "siblings": [_sibling(path, content) for path, content in self.files.items()],
            **({"library_name": library} if library else {}),
            **({"pipeline_tag": pipeline} if pipeline else {}),
        }

    def tree(self, path: str, *, recursive: bool) -> list[dict[str, Any]] | None:
        """What the Hub's API lists below ``path``; None if there is no such folder."""
        prefix = f"{path}/" if path else ""
        entries: dict[str, dict[str, Any]] = {}
        for name, content in self.files.items():
            if not name.startswith(prefix):
                continue
            rest = PurePosixPath(name.removeprefix(prefix))
            for parent in reversed(rest.parents[:-1] if recursive else rest.parents[-2:-1]):
                entries.setdefault(prefix + str(parent), _folder_entry(prefix + str(parent)))
            if recursive or len(rest.parts) == 1:
                entries[name] = _file_entry(name, content)
        return list(entries.values()) if entries or not path else None

    def paths_info(self, paths: list[str]) -> list[dict[str, Any]]:
        """What the Hub's API says of these paths; those that don't exist are left out."""
        found = []
        for path in (path.strip("/") for path in paths):
            if path in self.files:
                found.append(_file_entry(path, self.files[path]))
            elif any(name.startswith(f"{path}/") for name in self.files):
                found.append(_folder_entry(path))
        return found

    def _metadata(self) -> dict[str, Any]:
        card = self.files.get("README.md")
        if card is None:
            return {}
        try:
            return dict(metadata_load(card.file) or {})
        except (
            OSError,
            ValueError,
            yaml.YAMLError,
        ):  # a card that can't be read is the reader's matter, not the gateway's
            return {}


def read_folder(name: RepoName, folder: Path) -> FolderRepo:
    """The folder as it is now.

    Symbolic links that leave it are left out, save those of a Hub cache's snapshot.

    Raises:
        OSError: the folder can't be read.
    """
    root = folder.resolve()
    os.scandir(root).close()  # says why it can't be read, and os.walk would not
    files = dict(sorted(_files(root)))
    digest = hashlib.sha1(usedforsecurity=False)
    for path, content in files.items():
        digest.update(f"{path}\0{content.etag}\0{content.size}\n".encode())
    return FolderRepo(name=name, folder=root, commit=digest.hexdigest(), files=files)


def _files(root: Path) -> Iterator[tuple[str, Content]]:
    seen = 0
    for parent, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        for name in names:
            file = Path(parent, name)
            path = file.relative_to(root).as_posix()
            if _servable(path) and _inside(file, root):
                yield path, _content(file)
                seen += 1
        if seen > _FILES_LIMIT:
            raise OSError(f"{root} holds more than {_FILES_LIMIT:,} files: it can't be a repo")


def _servable(path: str) -> bool:
    try:
        check_path(path)
        path.encode()
    except (RefusedError, UnicodeEncodeError):
        return False
    return True


def _inside(file: Path, root: Path) -> bool:
    """Whether this is a regular file of the folder, or of the cache whose snapshot the folder is."""
    real = file.resolve()
    if not real.is_file():
        return False
    if real.is_relative_to(root):
        return True
    blobs = root.parent.parent / "blobs"
    return root.parent.name == "snapshots" and file.is_symlink() and _leads_to(file, blobs)


def _leads_to(link: Path, blobs: Path) -> bool:
    # One step, for a blob may itself be a link into the cache's store of shared blobs.
    target = Path(os.path.normpath(link.parent / link.readlink()))
    return target.parent == blobs


def _content(file: Path) -> Content:
    status = file.stat()
    if file.is_symlink() and file.readlink().parent.name == "blobs":
        return Content(file=file, etag=file.readlink().name, size=status.st_size)
    if status.st_size <= _HASHED_WHOLE_BYTES:
        return Content(file=file, etag=_git_blob_hash(file), size=status.st_size)
    identity = f"{file}\0{status.st_size}\0{status.st_mtime_ns}"
    return Content(file=file, etag=hashlib.sha256(identity.encode()).hexdigest(), size=status.st_size)


def _git_blob_hash(file: Path) -> str:
    data = file.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _is_lfs(content: Content) -> bool:
    return len(content.etag) == 64


def _sibling(path: str, content: Content) -> dict[str, Any]:
    sibling: dict[str, Any] = {"rfilename": path, "size": content.size, "blobId": content.etag[:40]}
    if _is_lfs(content):
        sibling["lfs"] = {"sha256": content.etag, "size": content.size, "pointerSize": 134}
    return sibling


def _file_entry(path: str, content: Content) -> dict[str, Any]:
    entry: dict[str, Any] = {"type": "file", "path": path, "size": content.size, "oid": content.etag[:40]}
    if _is_lfs(content):
        entry["lfs"] = {"oid": content.etag, "size": content.size, "pointerSize": 134}
    return entry


def _folder_entry(path: str) -> dict[str, Any]:
    return {
        "type": "directory",
        "path": path,
        "size": 0,
        "oid": hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest(),
    }


def _tags(metadata: dict[str, Any], *more: str | None) -> list[str]:
    written = metadata.get("tags")
    tags = [tag for tag in written if isinstance(tag, str)] if isinstance(written, list) else []
    return list(dict.fromkeys([*tags, *(tag for tag in more if tag)]))

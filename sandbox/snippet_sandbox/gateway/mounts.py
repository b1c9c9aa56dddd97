"""Files of local folders that can't be hard-linked into a view: small ones are copied, large ones mounted.

A large file that only its owner can read (``save_pretrained`` makes such) would be closed to the container's
user where it is mounted, so it is copied, once for the whole run.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from snippet_images.progress import Listener, Progress, silent
from snippet_sandbox.gateway.folder_repo import FolderRepo
from snippet_sandbox.gateway.names import RepoName
from snippet_sandbox.gateway.view import Content, can_link, copy_open, everyone_reads
from snippet_sandbox.job import Mount

MOUNT_ROOT = PurePosixPath("/run/repos")
_COPIED_BYTES = 16_000_000


@dataclass(frozen=True, kw_only=True)
class Mounted:
    """Folders, with the files that a container must have mounted for them."""

    folders: Mapping[RepoName, FolderRepo]
    mounts: tuple[Mount, ...]


def mounted_where_needed(
    folders: Mapping[RepoName, FolderRepo], run_folder: Path, listener: Listener = silent
) -> Mounted:
    """Which files of ``folders`` have to be mounted because they can't be linked into ``run_folder``.

    File by file and never the whole folder: next to its weights lie things that are not the repo's, such as
    ``.git/config`` with a password in it.
    """
    mounts: list[Mount] = []
    mounted: dict[RepoName, FolderRepo] = {}
    for number, (name, folder) in enumerate(folders.items()):
        files = dict(folder.files)
        for path, content in folder.files.items():
            if content.size <= _COPIED_BYTES or can_link(content.file, run_folder):
                continue
            if everyone_reads(content.file.resolve()):
                files[path] = replace(content, mounted_at=MOUNT_ROOT / str(number) / path)
                mounts.append(_mount(files[path]))
            else:
                listener(Progress(what=f"copying {path}, which only you can read", total=content.size))
                files[path] = _copied(content, run_folder / f".copy-{secrets.token_hex(8)}")
        mounted[name] = replace(folder, files=files)
    return Mounted(folders=mounted, mounts=tuple(mounts))


def _copied(content: Content, copy: Path) -> Content:
    copy_open(content.file.resolve(), copy)
    return replace(content, file=copy, ours=True)


def _mount(content: Content) -> Mount:
    if content.mounted_at is None:
        raise ValueError("this file is not to be mounted")
    return Mount(source=content.file.resolve(), target=content.mounted_at)

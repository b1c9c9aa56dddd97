"""Files of local folders that can't be hard-linked into a view: small ones are copied, large ones mounted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from snippet_sandbox.gateway.folder_repo import FolderRepo
from snippet_sandbox.gateway.names import RepoName
from snippet_sandbox.gateway.view import Content, can_link
from snippet_sandbox.job import Mount

MOUNT_ROOT = PurePosixPath("/run/repos")
_COPIED_BYTES = 16_000_000


@dataclass(frozen=True, kw_only=True)
class Mounted:
    """Folders, with the files that a container must have mounted for them."""

    folders: Mapping[RepoName, FolderRepo]
    mounts: tuple[Mount, ...]


def mounted_where_needed(folders: Mapping[RepoName, FolderRepo], probe_folder: Path) -> Mounted:
    """Which files of ``folders`` have to be mounted because they can't be linked into ``probe_folder``.

    File by file and never the whole folder: next to its weights lie things that are not the repo's, such as
    ``.git/config`` with a password in it.
    """
    mounts: list[Mount] = []
    mounted: dict[RepoName, FolderRepo] = {}
    for number, (name, folder) in enumerate(folders.items()):
        files = dict(folder.files)
        for path, content in folder.files.items():
            if content.size > _COPIED_BYTES and not can_link(content.file, probe_folder):
                files[path] = replace(content, mounted_at=MOUNT_ROOT / str(number) / path)
                mounts.append(_mount(files[path]))
        mounted[name] = replace(folder, files=files)
    return Mounted(folders=mounted, mounts=tuple(mounts))


def _mount(content: Content) -> Mount:
    if content.mounted_at is None:
        raise ValueError("this file is not to be mounted")
    return Mount(source=content.file.resolve(), target=content.mounted_at)

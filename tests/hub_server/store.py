"""What the test Hub holds: repos, their commits, branches and tags. Pure, in memory."""

import fnmatch
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.hub_server.discussions import Discussion, PullRequest

LFS_PATTERNS = ("*.safetensors", "*.bin", "*.gguf", "*.onnx", "*.pt", "*.zip")
_SETTINGS_FILE = ".hub.json"
_FRONT_MATTER = "---\n"
_FIRST_COMMIT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)  # others follow a day later each


@dataclass(frozen=True, kw_only=True)
class File:
    """A file at one commit."""

    data: bytes
    lfs: bool

    @property
    def blob_id(self) -> str:
        """Git's hash of the blob: of the content, or for LFS of the pointer file."""
        data = self._pointer() if self.lfs else self.data
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def etag(self) -> str:
        """As the Hub makes it."""
        return self.sha256 if self.lfs else self.blob_id

    def _pointer(self) -> bytes:
        version = "https://git-lfs.github.com/spec/v1"
        return f"version {version}\noid sha256:{self.sha256}\nsize {len(self.data)}\n".encode()


Tree = Mapping[str, File]


@dataclass(kw_only=True)
class Repo:
    """A repo with its history.

    Attributes:
        id: such as ``acme/tiny``.
        type: ``model``, ``dataset`` or ``space``.
        private: whether only the tokens in ``readers`` see it.
        gated: whether only the tokens in ``readers`` read its files.
        readers: tokens with access.
        commits: every commit's files.
        refs: the commit that each branch or tag stands for.
        tags: which refs are tags.
        discussions: of its community tab, pull requests among them.
        discussions_disabled: whether its owner has turned the community tab off.
        changed: commit -> path -> when the file was last changed, ISO 8601; the Hub tells it when asked.
        downloads: in the last 30 days.
        likes: how many it has; the next one each time that ``expand=likes`` asks.
        code_notebook: the notebook with the Hub's own code for the model; empty for none.
        told: what the Hub found out beside, such as ``transformersInfo``.
    """

    id: str
    type: str = "model"
    private: bool = False
    gated: bool = False
    readers: frozenset[str] = frozenset()
    commits: dict[str, Tree] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    discussions: list[Discussion] = field(default_factory=list)
    discussions_disabled: bool = False
    changed: dict[str, dict[str, str]] = field(default_factory=dict)
    downloads: int = 7
    likes: Iterator[int] = field(default_factory=lambda: itertools.repeat(1))
    code_notebook: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The organization or user that has it."""
        return self.id.partition("/")[0]

    @property
    def last_modified(self) -> str:
        """When it last changed, ISO 8601."""
        moment = _FIRST_COMMIT + timedelta(days=max(len(self.commits) - 1, 0))
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def commit(self, files: Mapping[str, str | bytes], *, branch: str = "main") -> str:
        """Replace all files of a branch; return the new commit."""
        tree = {path: _file(path, data) for path, data in sorted(files.items())}
        history = f"{self.type} {self.id} {len(self.commits)} {[(p, f.etag) for p, f in tree.items()]}"
        commit = hashlib.sha1(history.encode(), usedforsecurity=False).hexdigest()
        self.commits[commit] = tree
        self.refs[branch] = commit
        return commit

    def tag(self, name: str, commit: str | None = None) -> None:
        """Tag a commit, the newest of ``main`` by default."""
        self.refs[name] = commit or self.refs["main"]
        self.tags.add(name)

    @property
    def pull_requests(self) -> list[PullRequest]:
        """Those of its discussions that are pull requests."""
        return [each for each in self.discussions if isinstance(each, PullRequest)]

    def open_pull_request(self, author: str, title: str, body: str) -> PullRequest:
        """A new pull request, without a commit so far."""
        pull = PullRequest(number=len(self.discussions) + 1, author=author, title=title, body=body)
        self.discussions.append(pull)
        return pull

    def open_discussion(self, author: str, title: str, body: str) -> Discussion:
        """A new discussion."""
        number = len(self.discussions) + 1
        discussion = Discussion(number=number, author=author, title=title, body=body)
        self.discussions.append(discussion)
        return discussion

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, a tag or a (shortened) hash stands for."""
        if revision in self.refs:
            return self.refs[revision]
        if len(revision) >= 7:
            return next((commit for commit in self.commits if commit.startswith(revision)), None)
        return None

    def metadata(self, commit: str) -> dict[str, Any]:
        """The card's front matter."""
        card = self.commits[commit].get("README.md")
        text = card.data.decode(errors="replace") if card else ""
        if not text.startswith(_FRONT_MATTER):
            return {}
        value = yaml.safe_load(text.removeprefix(_FRONT_MATTER).partition("\n---")[0])
        return value if isinstance(value, dict) else {}


class Store:
    """All repos, and who has them.

    Attributes:
        users: owners that are people; others are organizations.
        empty_organizations: those that have no repo.
        collections: slug, such as ``acme/best-0123456789abcdef01234567``, -> the repos in it.
    """

    def __init__(self, repos: Iterator[Repo] | tuple[Repo, ...] = ()) -> None:
        self._repos = {(repo.type, repo.id): repo for repo in repos}
        self.users: set[str] = set()
        self.empty_organizations: set[str] = set()
        self.collections: dict[str, list[str]] = {}

    def organizations(self) -> set[str]:
        """All owners that are no users."""
        return ({repo.owner for repo in self._repos.values()} | self.empty_organizations) - self.users

    def find(self, repo_id: str) -> Repo | None:
        """The repo of this id, of whatever type."""
        return next((repo for repo in self._repos.values() if repo.id == repo_id), None)

    def add(self, repo: Repo) -> Repo:
        """Add a repo."""
        self._repos[repo.type, repo.id] = repo
        return repo

    def get(self, repo_type: str, repo_id: str) -> Repo | None:
        """The repo of this type and id."""
        return self._repos.get((repo_type, repo_id))

    def of_type(self, repo_type: str) -> list[Repo]:
        """All repos of a type."""
        return [repo for repo in self._repos.values() if repo.type == repo_type]

    def content(self, sha256: str) -> bytes | None:
        """Content in LFS."""
        for repo in self._repos.values():
            for tree in repo.commits.values():
                for file in tree.values():
                    if file.lfs and file.sha256 == sha256:
                        return file.data
        return None


def read_root(root: Path) -> Iterator[Repo]:
    """Repos from folders: ``ORG/NAME`` at ``main``, and ``ORG/NAME@REVISION`` at a tag of that name.

    Datasets and spaces stand below ``datasets/`` and ``spaces/``. A file ``.hub.json`` in a repo's folder may
    say ``{"gated": true, "private": true, "readers": ["hf_token"], "downloads": 12}``.
    """
    for repo_type, base in (("model", root), ("dataset", root / "datasets"), ("space", root / "spaces")):
        for folder in sorted(base.glob("*/*")) if base.is_dir() else ():
            if (
                folder.is_dir()
                and folder.parent.name not in ("datasets", "spaces")
                and "@" not in folder.name
            ):
                yield _read_repo(repo_type, folder)


def _read_repo(repo_type: str, folder: Path) -> Repo:
    settings = folder / _SETTINGS_FILE
    said = json.loads(settings.read_text()) if settings.is_file() else {}
    repo = Repo(
        id=f"{folder.parent.name}/{folder.name}",
        type=repo_type,
        private=bool(said.get("private")),
        gated=bool(said.get("gated")),
        readers=frozenset(said.get("readers", ())),
        downloads=int(said.get("downloads", 7)),
    )
    for tagged in sorted(folder.parent.glob(f"{folder.name}@*")):
        repo.tag(tagged.name.partition("@")[2], repo.commit(_read_files(tagged), branch="main"))
    repo.commit(_read_files(folder))
    return repo


def _read_files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != _SETTINGS_FILE
    }


def _file(path: str, data: str | bytes) -> File:
    content = data.encode() if isinstance(data, str) else data
    name = path.rpartition("/")[2]
    return File(data=content, lfs=any(fnmatch.fnmatch(name, pattern) for pattern in LFS_PATTERNS))

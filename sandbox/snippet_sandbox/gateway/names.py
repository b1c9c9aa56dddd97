"""What a request to the Hub asks for, read from its path; anything odd is refused here, once.

The paths are the Hub's own: https://huggingface.co/docs/hub/api. A path comes in as the client sent it, still
percent-encoded, because ``/`` and ``%2F`` differ: a revision such as ``refs/pr/1`` travels as one segment.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, yet not marked so

DEFAULT_REVISION = "main"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\\]")
_PATH_LIMIT = 2048  # characters; the Hub's longest file names are far shorter
_NAME_LIMIT = 255  # bytes of one part of a path, as file systems have it


class RefusedError(Exception):
    """The gateway doesn't answer this; the text says why."""


class RepoType(StrEnum):
    """What a repo holds."""

    MODEL = "model"
    DATASET = "dataset"
    SPACE = "space"


_API_NAMES = {"models": RepoType.MODEL, "datasets": RepoType.DATASET, "spaces": RepoType.SPACE}


@dataclass(frozen=True, kw_only=True, order=True)
class RepoName:
    """A repo of the Hub.

    Attributes:
        id: such as ``acme/tiny``, or ``gpt2`` for the oldest ones.
        type: what it holds.
    """

    id: str
    type: RepoType = RepoType.MODEL

    @property
    def owner(self) -> str:
        """The organization or user; empty for the oldest repos."""
        return self.id.partition("/")[0] if "/" in self.id else ""

    @property
    def cache_folder(self) -> str:
        """Its folder in a Hub cache."""
        return "--".join([f"{self.type}s", *self.id.split("/")])

    @property
    def api_path(self) -> str:
        """Where the Hub's API speaks about it."""
        return f"/api/{self.type}s/{self.id}"

    def __str__(self) -> str:
        return self.id if self.type is RepoType.MODEL else f"{self.type}s/{self.id}"


@dataclass(frozen=True, kw_only=True)
class FileRequest:
    """The content of a file, or its metadata with HEAD."""

    repo: RepoName
    revision: str
    path: str


@dataclass(frozen=True, kw_only=True)
class InfoRequest:
    """What the Hub knows of a repo."""

    repo: RepoName
    revision: str = DEFAULT_REVISION


@dataclass(frozen=True, kw_only=True)
class TreeRequest:
    """The files of a folder of a repo."""

    repo: RepoName
    revision: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class PathsRequest:
    """What the Hub knows of some paths of a repo; they stand in the request's body."""

    repo: RepoName
    revision: str


@dataclass(frozen=True, kw_only=True)
class AboutRequest:
    """Something else about a repo that may be read: ``refs``, ``auth-check``."""

    repo: RepoName
    what: str
    revision: str = DEFAULT_REVISION


@dataclass(frozen=True, kw_only=True)
class ListRequest:
    """A search for repos."""

    type: RepoType


@dataclass(frozen=True, kw_only=True)
class WhoAmIRequest:
    """Whose token this is."""


RepoRequest = FileRequest | InfoRequest | TreeRequest | PathsRequest | AboutRequest
HubRequest = RepoRequest | ListRequest | WhoAmIRequest


def is_commit(revision: str) -> bool:
    """Whether ``revision`` is a full commit hash."""
    return _COMMIT.fullmatch(revision) is not None


def quoted(path: str) -> str:
    """``path`` as it stands in a URL; its slashes stay."""
    return quote(path, safe="/")


def parse_hub_path(method: str, raw_path: str) -> HubRequest:
    """What a request asks of the Hub.

    Args:
        method: the HTTP method.
        raw_path: path as sent, percent-encoded; a query string is ignored.

    Raises:
        RefusedError: the gateway doesn't serve this, or the path is malformed.
    """
    path = raw_path.partition("?")[0].partition("#")[0]
    if len(path) > _PATH_LIMIT or not path.startswith("/"):
        raise RefusedError("this path is too long or malformed")
    segments = path[1:].split("/")
    request = _parse_api(segments[1:]) if segments[0] == "api" else _parse_file(segments)
    allowed = ("POST",) if isinstance(request, PathsRequest) else ("GET", "HEAD")
    if method not in allowed:
        raise RefusedError(f"{method} is not allowed here: the gateway only reads")
    return request


def _parse_file(segments: list[str]) -> FileRequest:
    repo_type = _API_NAMES.get(segments[0], RepoType.MODEL)
    if segments[0] in ("datasets", "spaces"):
        segments = segments[1:]
    for position in (1, 2):
        if len(segments) > position + 2 and segments[position] in ("resolve", "raw"):
            return FileRequest(
                repo=_repo(segments[:position], repo_type),
                revision=_revision(segments[position + 1]),
                path=_file_path(segments[position + 2 :]),
            )
    raise RefusedError("only files of repos and the reading parts of the Hub's API are served here")


def _parse_api(segments: list[str]) -> HubRequest:
    if segments == ["whoami-v2"]:
        return WhoAmIRequest()
    if not segments or segments[0] not in _API_NAMES:
        raise RefusedError("this part of the Hub's API is not served here")
    repo_type = _API_NAMES[segments[0]]
    rest = segments[1:]
    if rest in ([], [""]):
        return ListRequest(type=repo_type)
    split = 1 if len(rest) == 1 or rest[1] in _ABOUT_REPO else 2
    repo = _repo(rest[:split], repo_type)
    return _parse_about(repo, rest[split:])


_ABOUT_REPO = ("revision", "tree", "paths-info", "refs", "auth-check")


def _parse_about(repo: RepoName, segments: list[str]) -> HubRequest:
    match segments:
        case []:
            return InfoRequest(repo=repo)
        case ["revision", revision]:
            return InfoRequest(repo=repo, revision=_revision(revision))
        case ["tree", revision]:
            return TreeRequest(repo=repo, revision=_revision(revision))
        case ["tree", revision, *path]:
            return TreeRequest(repo=repo, revision=_revision(revision), path=_file_path(path))
        case ["paths-info", revision]:
            return PathsRequest(repo=repo, revision=_revision(revision))
        case ["refs" | "auth-check" as what]:
            return AboutRequest(repo=repo, what=what)
        case _:
            raise RefusedError("this part of the Hub's API is not served here")


def _repo(segments: list[str], repo_type: RepoType) -> RepoName:
    repo_id = "/".join(segments)
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise RefusedError("this is no valid repo id") from error
    return RepoName(id=repo_id, type=repo_type)


def _revision(segment: str) -> str:
    return check_revision(_decoded(segment))


def check_revision(revision: str) -> str:
    """``revision`` itself, if it can be a branch, a tag, a commit or a reference.

    Raises:
        RefusedError: it can't.
    """
    parts = revision.split("/")
    if _UNPRINTABLE.search(revision) or any(part.strip(".") == "" or _is_too_long(part) for part in parts):
        raise RefusedError("this is no valid revision")
    return revision


def _file_path(segments: list[str]) -> str:
    return check_path("/".join(_segment(segment) for segment in segments))


def _segment(segment: str) -> str:
    plain = _decoded(segment)
    if "/" in plain:
        raise RefusedError("this path has an encoded slash")
    return plain


def _decoded(segment: str) -> str:
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError as error:
        raise RefusedError("this path is not UTF-8") from error


def check_path(path: str) -> str:
    """``path`` itself, if it can be the path of a file inside a repo.

    Raises:
        RefusedError: it can't: it is absolute, climbs out, or has characters that no file name should have.
    """
    parts = path.split("/")
    if _UNPRINTABLE.search(path) or any(part in ("", ".", "..") or _is_too_long(part) for part in parts):
        raise RefusedError("this is no valid path of a file")
    return path


def _is_too_long(part: str) -> bool:
    return len(part.encode()) > _NAME_LIMIT

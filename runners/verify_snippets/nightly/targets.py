"""What a night's TARGET means, as far as the text alone tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from snippet_images.errors import UsageError
from verify_snippets.target import HUB_HOSTS, check_repo_id

_COLLECTION = re.compile(r"[^/\s]+/[^/\s]+-[0-9a-f]{24}")  # its title, then the number of an object
_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9])?")
_PATH_START = re.compile(r"(\.{0,2}/|~)")
_FILE_LIMIT_BYTES = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Owner:
    """All models of an organization or a user."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The models of a collection on the Hub.

    Attributes:
        slug: such as ``acme/best-of-2026-64f9a55bb3115b4f513ec026``.
    """

    slug: str

    @property
    def name(self) -> str:
        """As the Hub's addresses have it."""
        return f"collections/{self.slug}"


@dataclass(frozen=True, kw_only=True)
class Models:
    """Models that are named one by one.

    Attributes:
        name: of the file that names them, or of the only one.
        repo_ids: each once.
    """

    name: str
    repo_ids: tuple[str, ...]


Target = Owner | Collection | Models


def read_target(target: str, endpoint: str) -> Target:
    """What a target means: a local file of ids, an address on the Hub, a collection, an owner or one model.

    Args:
        target: what the user named; a file that exists goes before all else.
        endpoint: the Hub's address.

    Raises:
        UsageError: it can't be any of these, or the file can't be read.
    """
    text = target.strip()
    if not text or "\0" in text:
        raise UsageError(
            "the target is empty", hint="name an organization, a collection or a file of repo ids"
        )
    parts = urlsplit(text)
    if parts.scheme in ("http", "https"):
        if parts.hostname not in (*HUB_HOSTS, urlsplit(endpoint).hostname):
            raise UsageError(f"{text} is not an address on the Hub", hint="name an organization such as acme")
        return _on_hub(text, [part for part in parts.path.split("/") if part])
    path = Path(text).expanduser()
    if path.exists() or _PATH_START.match(text) or text.endswith(".txt"):
        return _read_file(path)
    return _on_hub(text, text.split("/"))


def _on_hub(target: str, parts: list[str]) -> Target:
    match parts:
        case ["collections", owner, slug]:
            return Collection(slug=f"{owner}/{slug}")
        case ["datasets" | "spaces" as kind, *_]:
            raise UsageError(f"{target} is one of the Hub's {kind}", hint="only cards of models are verified")
        case [name] | [name, "models"] if _OWNER.fullmatch(name):
            return Owner(name=name)
        case [owner, name, *_] if _COLLECTION.fullmatch(f"{owner}/{name}"):
            return Collection(slug=f"{owner}/{name}")
        case [owner, name, *_]:
            repo_id = f"{owner}/{name}"
            check_repo_id(repo_id, f"there is no file {target}; as a repo id it")
            return Models(name=repo_id, repo_ids=(repo_id,))
        case _:
            raise UsageError(
                f"{target} is no organization's name", hint="name one such as acme, or a file of repo ids"
            )


def _read_file(path: Path) -> Models:
    try:
        if path.stat().st_size > _FILE_LIMIT_BYTES:
            raise UsageError(
                f"{path} is too large for a list of repo ids", hint="one id a line, nothing else"
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8", hint="write one repo id a line") from error
    except IsADirectoryError as error:
        raise UsageError(
            f"{path} is a folder", hint="name a file with one repo id a line; one card: verify-snippets PATH"
        ) from error
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}", hint="check the path") from error
    repo_ids = tuple(dict.fromkeys(_ids(path, text)))
    if not repo_ids:
        raise UsageError(f"{path} names no models", hint="write one repo id a line, such as acme/tiny")
    return Models(name=str(path), repo_ids=repo_ids)


def _ids(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.partition("#")[0].strip()
        if word:
            check_repo_id(word, f"{path} line {number}: {word}")
            yield word

"""TARGET -> Card: a repo on the Hub, a local folder, or a card alone."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from snippet_images.errors import UsageError
from snippet_images.progress import Listener, Progress, silent
from verify_snippets import front_matter
from verify_snippets.card import CARD_NAME, Card, Source
from verify_snippets.pattern import Pattern

# The longest cards that people write have a few hundred kilobytes. A card of more than 5 MB is a mistake, or
# meant to keep us busy.
CARD_LIMIT_BYTES = 5_000_000
_BINARY_SAMPLE_BYTES = 8_192
_PATH_START = Pattern(r"(\.{0,2}/|~|\.{1,2}$)")
HUB_HOSTS = ("huggingface.co", "hf.co")


@dataclass(frozen=True, kw_only=True)
class _HubTarget:
    repo_id: str
    revision: str | None


def load_card(
    target: str,
    *,
    repo_id: str | None = None,
    revision: str | None = None,
    endpoint: str | None = None,
    listener: Listener = silent,
) -> Card:
    """Find and read the card that ``target`` means.

    A local path that exists goes before a repo of the same name.

    Args:
        target: a repo id, a repo's address on the Hub, a folder, or the path of a card.
        repo_id: the repo that a folder or a card alone stands for.
        revision: a branch, a tag or a commit of a repo on the Hub.
        endpoint: the Hub's address; the user's own by default.
        listener: hears what is being done.

    Raises:
        UsageError: there is no such card, or it can't be read.
        InfrastructureError: the Hub doesn't answer as it should.
    """
    if repo_id is not None:
        check_repo_id(repo_id, f"--repo-id {repo_id}")
    path = _local_path(target)
    if path is not None:
        return _local_card(path, repo_id=repo_id, revision=revision)

    from huggingface_hub import constants  # takes longer to import than a local card takes to plan

    found = _hub_target(target, endpoint or constants.ENDPOINT)
    if repo_id is not None:
        raise UsageError(
            f"--repo-id says which repo a local folder stands for, and {target} is a repo on the Hub",
            hint="leave --repo-id out, or name a folder",
        )
    listener(Progress(what=f"reading the card of {found.repo_id}"))
    address = (endpoint or constants.ENDPOINT).rstrip("/")
    return _hub_card(found, revision=revision, endpoint=address, listener=listener)


def load_hub_card(
    repo_id: str, *, revision: str | None = None, endpoint: str | None = None, listener: Listener = silent
) -> Card:
    """The card of a model on the Hub, whatever lies on this machine under the same name.

    Args:
        repo_id: of the model.
        revision: a branch, a tag or a commit; None for ``main``.
        endpoint: the Hub's address; the user's own by default.
        listener: hears of the download.

    Raises:
        GatedError: the repo is given only to those who were let in.
        NoCardError: it has no card.
        UsageError: the card can't be read for another reason.
        InfrastructureError: the Hub doesn't answer as it should.
    """
    from huggingface_hub import constants  # as above

    address = (endpoint or constants.ENDPOINT).rstrip("/")
    target = _HubTarget(repo_id=repo_id, revision=revision)
    return _hub_card(target, revision=None, endpoint=address, listener=listener)


def is_local(target: str) -> bool:
    """Whether a target is on this machine, or would be.

    Raises:
        UsageError: it can't be read at all.
    """
    return _local_path(target) is not None


# --- what the target means


def _local_path(target: str) -> Path | None:
    """The path that a target means, whether or not it is there; None if it isn't a path."""
    if not target.strip() or "\0" in target:
        raise UsageError("the target is empty", hint="name a repo, a folder or a README.md")
    if urlsplit(target).scheme in ("http", "https"):
        return None
    try:
        path = Path(target).expanduser()
        exists = os.path.lexists(path)
    except (OSError, RuntimeError) as error:  # RuntimeError: no such user's home
        raise UsageError(f"{target} can't be read: {error}", hint="check the path") from error
    if exists or _PATH_START.match(target) or target.lower().endswith((".md", ".markdown")):
        return path
    return None


def _hub_target(target: str, endpoint: str) -> _HubTarget:
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https"):
        check_repo_id(target, f"there is no file or folder {target}; as a repo id it")
        return _HubTarget(repo_id=target, revision=None)
    if parts.hostname not in (*HUB_HOSTS, urlsplit(endpoint).hostname):
        raise UsageError(
            f"{target} is not an address on the Hub",
            hint="name a repo id such as acme/tiny, a folder or a README.md",
        )
    return _address_on_hub(target, [part for part in parts.path.split("/") if part])


def _address_on_hub(target: str, parts: list[str]) -> _HubTarget:
    match parts:
        case ["datasets" | "spaces" as kind, *_]:
            raise UsageError(f"{target} is one of the Hub's {kind}", hint="only cards of models are verified")
        case [owner, name, "tree" | "blob" | "resolve", revision, *_]:
            found = _HubTarget(repo_id=f"{owner}/{name}", revision=revision)
        case [owner, name, *_]:
            found = _HubTarget(repo_id=f"{owner}/{name}", revision=None)
        case [name]:
            found = _HubTarget(repo_id=name, revision=None)
        case _:
            raise UsageError(f"{target} names no repo", hint="name a repo id such as acme/tiny")
    check_repo_id(found.repo_id, f"{target}: {found.repo_id}")
    return found


def check_repo_id(repo_id: str, subject: str) -> None:
    """Make sure that a text can be the id of a repo.

    Raises:
        UsageError: it can't; ``subject`` begins the sentence that says so.
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, not marked so

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise UsageError(
            f"{subject} is not valid: {reason}",
            hint="a repo id is like acme/tiny; a folder is like ./tiny",
        ) from error


# --- a repo on the Hub


def _hub_card(found: _HubTarget, *, revision: str | None, endpoint: str, listener: Listener) -> Card:
    from verify_snippets.hub import TooLargeError, fetch_card, user_token

    if revision and found.revision and revision != found.revision:
        raise UsageError(
            f"the address says revision {found.revision} and --revision says {revision}",
            hint="leave one of them out",
        )
    try:
        on_hub = fetch_card(
            found.repo_id,
            revision or found.revision,
            size_limit=CARD_LIMIT_BYTES,
            endpoint=endpoint,
            token=user_token(),
            listener=listener,
        )
    except TooLargeError as error:
        raise _too_large(f"the card of {found.repo_id}", error.size) from error
    text = _decode(on_hub.data, f"the card of {on_hub.repo_id}")
    return Card(
        text=text,
        sha256=hashlib.sha256(on_hub.data).hexdigest(),
        source=Source.HUB,
        location=on_hub.address,
        repo_id=on_hub.repo_id,
        revision=on_hub.commit,
        metadata=front_matter.read(text)[0],
    )


# --- a folder, or a card alone


def _local_card(path: Path, *, repo_id: str | None, revision: str | None) -> Card:
    if revision is not None:
        raise UsageError(
            f"{path} is on this machine and has no revisions",
            hint="leave --revision out; to verify a repo on the Hub, name its repo id",
        )
    folder = path if path.is_dir() else None
    file = path / CARD_NAME if folder else path
    data = _read(file, folder)
    text = _decode(data, str(file))
    return Card(
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        source=Source.FOLDER if folder else Source.FILE,
        location=str(file),
        repo_id=repo_id,
        folder=folder.resolve() if folder else None,
        metadata=front_matter.read(text)[0],
    )


def _read(file: Path, folder: Path | None) -> bytes:
    if not file.exists():
        raise _missing(file, folder)
    if not file.is_file():
        raise UsageError(
            f"{file} is not a file", hint=f"name a folder that holds a {CARD_NAME}, or the card itself"
        )
    try:
        size = file.stat().st_size
        if size > CARD_LIMIT_BYTES:
            raise _too_large(str(file), size)
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}", hint="check its permissions") from error


def _missing(file: Path, folder: Path | None) -> UsageError:
    if folder is None:
        return UsageError(
            f"there is no file or folder {file}", hint="check the path; a repo id has no ./ before it"
        )
    others = sorted(other.name for other in folder.iterdir() if other.suffix.lower() == ".md")[:3]
    hint = f"it has {', '.join(others)}: name the card itself" if others else f"write its {CARD_NAME} first"
    return UsageError(f"{folder} holds no {CARD_NAME}", hint=hint)


# --- the bytes of a card


def _decode(data: bytes, subject: str) -> str:
    """The card's text. A few bytes that aren't UTF-8 are no reason to leave a card unread."""
    if not data.strip():
        raise UsageError(f"{subject} is empty", hint="there is nothing to verify")
    if b"\0" in data[:_BINARY_SAMPLE_BYTES]:
        raise UsageError(f"{subject} is no text", hint="a card is Markdown in UTF-8")
    text = data.decode("utf-8", errors="replace")
    if text.count("\ufffd") > len(text) // 10:
        raise UsageError(f"{subject} is no text in UTF-8", hint="save it as UTF-8")
    return text


def _too_large(subject: str, size: int) -> UsageError:
    return UsageError(
        f"{subject} has {size / 1e6:.1f} MB and at most {CARD_LIMIT_BYTES / 1e6:.0f} MB are read",
        hint="move data out of the card, into files of the repo",
    )

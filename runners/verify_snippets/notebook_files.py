"""The notebooks of a repo: found in a local folder or on the Hub, and read; bounded in number and size."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from verify_snippets.card import Card
from verify_snippets.notebooks import NotebookFile

NOTEBOOKS_AT_MOST = 10
NOTEBOOK_LIMIT_BYTES = 20_000_000  # with the outputs that it was saved with


def find_notebooks(
    card: Card, sizes: Mapping[str, int], *, endpoint: str | None = None
) -> tuple[NotebookFile, ...]:
    """Read the notebooks of a card's repo; one that can't be read says why.

    Those that the card names come first, then the others by their paths, as many as are read; the next one
    says that it and those after it are too many.

    Args:
        card: whose repo is meant.
        sizes: bytes by path of the repo's notebooks.
        endpoint: the Hub's address; the user's own by default.
    """
    paths = sorted(filter(_is_own, sizes), key=lambda path: (PurePosixPath(path).name not in card.text, path))
    read = [_read(card, path, sizes[path], endpoint) for path in paths[:NOTEBOOKS_AT_MOST]]
    too_many = f"the repo has {len(paths)} notebooks, and the first {NOTEBOOKS_AT_MOST} are run"
    return (*read, *(NotebookFile(path=path, trouble=too_many) for path in paths[NOTEBOOKS_AT_MOST:][:1]))


def _is_own(path: str) -> bool:
    """Whether a path is of a notebook that the repo's author wrote; not a copy that an editor keeps."""
    return not any(part.startswith(".") for part in PurePosixPath(path).parts)


def _read(card: Card, path: str, size: int, endpoint: str | None) -> NotebookFile:
    if size > NOTEBOOK_LIMIT_BYTES:
        most = f"{NOTEBOOK_LIMIT_BYTES / 1e6:.0f} MB"
        return NotebookFile(path=path, trouble=f"it has {size / 1e6:.0f} MB, and at most {most} are read")
    try:
        file = card.folder / path if card.folder else _fetched(card, path, endpoint)
        return NotebookFile(path=path, text=file.read_text(encoding="utf-8-sig", errors="replace"))
    except Exception as error:  # noqa: BLE001 - the client lets its HTTP library's own errors through
        return NotebookFile(path=path, trouble=f"it can't be read: {error}")


def _fetched(card: Card, path: str, endpoint: str | None) -> Path:
    from huggingface_hub import constants, hf_hub_download

    hub = endpoint or constants.ENDPOINT
    return Path(hf_hub_download(str(card.repo_id), path, revision=card.revision, endpoint=hub))

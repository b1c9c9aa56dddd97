"""Opening a store: where it is, whether it can be one, and its tables brought up to date."""

from pathlib import Path

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.store import schema
from verify_snippets.store.address import Address, default_file, parse
from verify_snippets.store.database import PATIENCE_S, Database
from verify_snippets.store.store import Store


def opened(url: str | None, *, must_exist: bool) -> Store:
    """The store at ``url``; see ``open_store``."""
    address = parse(url)
    _check_file(address, must_exist=must_exist)
    database = Database(address, patience_s=0)  # who has just typed a wrong name wants to hear so at once
    try:
        schema.bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    database.patience_s = PATIENCE_S
    return Store(database)


def _check_file(address: Address, *, must_exist: bool) -> None:
    file = address.file
    if file is None:
        return
    if must_exist and not file.exists():
        raise UsageError(
            f"there is no store {address.shown} yet",
            hint="`verify-snippets org NAME` makes one; --store names another",
        )
    if file == default_file().resolve():
        _make(file.parent)
    if file.is_dir():
        raise UsageError(f"the store {address.shown} is a folder", hint=f"name a file in it: {file}/night.db")
    if not file.parent.is_dir():
        raise UsageError(
            f"the store's folder {file.parent} doesn't exist", hint=f"make it: mkdir -p {file.parent}"
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InfrastructureError(
            f"the folder {folder} can't be made: {error.strerror or error}",
            hint="say with --store where history is to be kept",
        ) from error

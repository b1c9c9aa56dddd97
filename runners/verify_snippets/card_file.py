"""A local card's file, changed as a whole or not at all."""

import hashlib
from pathlib import Path

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.card import Card
from verify_snippets.report.destination import replace_file


def new_bytes(before: Card, after: Card) -> bytes:
    """The bytes of a changed card: those of the card before, but for what was changed in its text.

    Raises:
        UsageError: the card before has bytes that are no UTF-8, and would lose them.
    """
    if hashlib.sha256(before.text.encode()).hexdigest() != before.sha256:
        raise UsageError(
            f"{before.location} has bytes that are not UTF-8, which a change would lose",
            hint="save it as UTF-8 first",
        )
    return after.text.encode()


def write(before: Card, after: Card) -> Path:
    """Write a changed card in the place of the card that it was made from, and return the path.

    Raises:
        UsageError: the file is no longer what was read, or can't be written.
        InfrastructureError: writing failed; the file is as it was.
    """
    path, data = Path(before.location), new_bytes(before, after)
    try:
        now = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"{path} can't be read again: {error.strerror}", hint="run it again") from error
    if now != before.sha256:
        raise UsageError(f"{path} was changed in the meantime", hint="run it again on the new text")
    try:
        replace_file(path.resolve(), data)
    except PermissionError as error:
        raise UsageError(
            f"{path} can't be written: {error.strerror}", hint="check its permissions"
        ) from error
    except OSError as error:
        raise InfrastructureError(f"{path} can't be written: {error.strerror}", hint="make room") from error
    return path

"""Where a report goes: ``FORMAT:PATH``, with ``-`` for stdout.

Whether a report can be written is known before anything runs: nobody wants to hear it after ten minutes.
"""

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.report import FORMATS
from verify_snippets.report.model import Report


@dataclass(frozen=True, kw_only=True)
class Destination:
    """One report to write.

    Attributes:
        format: name of a format: of reports, a key in ``report.FORMATS``.
        path: the file; None for stdout.
    """

    format: str
    path: Path | None


def parse(text: str, endings: Mapping[str, str] | None = None) -> Destination:
    """Read ``FORMAT:PATH``.

    Args:
        text: as the user wrote it.
        endings: what the files of each format usually end in; by default those of ``report.FORMATS``.

    Raises:
        UsageError: no such format, or no path.
    """
    if endings is None:
        endings = {name: known.ending for name, known in FORMATS.items()}
    format_, colon, path = text.partition(":")
    if format_ not in endings:
        hint = f"FORMAT is one of: {', '.join(endings)}"
        raise UsageError(f"there is no report format {format_!r}", hint=hint)
    if not colon or not path:
        usual = f"{format_}:report.{endings[format_]}"
        raise UsageError(
            f"the report {text!r} has no path",
            hint=f"say where to write it, such as {usual} or {format_}:- for stdout",
        )
    return Destination(format=format_, path=None if path == "-" else Path(path).expanduser())


def check(destinations: Sequence[Destination]) -> None:
    """Make sure that every report can be written, and none over another.

    Raises:
        UsageError: one can't.
    """
    places = [d.path.resolve() if d.path else None for d in destinations]
    for place in places:
        if places.count(place) > 1:
            raise UsageError(
                f"two reports go to {place or 'stdout'}", hint="give each report a place of its own"
            )
        if place is not None:
            _check_writable(place)


def write(reports: Sequence[Report], destination: Destination, stdout: TextIO) -> None:
    """Write reports on one or several cards; a file appears whole or not at all.

    Raises:
        InfrastructureError: the file could be written when it was checked, and now can't.
    """
    from verify_snippets.report import several  # which draws

    put(several.render(destination.format, reports), destination, stdout)


def put(text: str, destination: Destination, stdout: TextIO) -> None:
    """Write what was laid out in a destination's format; a file appears whole or not at all.

    Raises:
        InfrastructureError: the file could be written when it was checked, and now can't.
    """
    if destination.path is None:
        stdout.write(text)
        stdout.flush()
        return
    data = text.encode("utf-8", errors="backslashreplace")
    try:
        replace_file(destination.path.resolve(), data)
    except OSError as error:
        raise InfrastructureError(
            f"the report {destination.path} could not be written: {error.strerror or error}",
            hint="is the disk full?",
        ) from error


def _check_writable(path: Path) -> None:
    folder = path.parent
    if path.is_dir():
        raise UsageError(
            f"the report {path} is a folder", hint=f"name a file in it, such as {path}/report.json"
        )
    if not folder.is_dir():
        raise UsageError(
            f"the report's folder {folder} doesn't exist", hint=f"make it first: mkdir -p {folder}"
        )
    try:
        if _is_special(path):
            writable = os.access(path, os.W_OK)
        else:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".verify-snippets-"):
                writable = True
    except OSError as error:
        raise UsageError(
            f"the report {path} can't be written: {error.strerror or error}", hint="choose another place"
        ) from error
    if not writable:
        raise UsageError(f"the report {path} can't be written", hint="choose another place")


def _is_special(path: Path) -> bool:
    """Whether ``path`` is there and is a pipe or device, which can't be replaced."""
    return path.exists() and not stat.S_ISREG(path.stat().st_mode)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; its mode stays.

    Args:
        path: with no link in it.
        data: its new content.

    Raises:
        OSError: it can't be written; what was there is there still.
    """
    if _is_special(path):
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".verify-snippets-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode_for(path))
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _mode_for(path: Path) -> int:
    """The mode of the file that is replaced, or what a new file would get under the user's umask."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask

"""Writes a recording."""

import hashlib
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from snippet_sandbox.errors import UsageError
from snippet_sandbox.gateway.tape.exchange import Exchange, Headers, Question, line_of, without_secrets

INDEX: Final = "index.jsonl"
BODIES: Final = "bodies"
_CHUNK_BYTES = 1 << 20


class RecordingError(Exception):
    """Nothing more can be recorded."""


class Recorder:
    """A recording that is being made. Safe to use from several threads.

    An answer is in the index once all of it is on the disk, so a run that is killed leaves a recording of
    what it had until then.

    Args:
        folder: made if it isn't there.

    Raises:
        UsageError: the folder has a recording already, or can't be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bodies = folder / BODIES
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise UsageError(
                    f"{folder} is not empty, and a recording begins with nothing",
                    hint="name another folder for --record, or play the one that is there with --replay",
                )
            folder.chmod(0o700)  # it may hold what only the user's token opens
            self._bodies.mkdir()
            (folder / INDEX).touch()
        except OSError as error:
            raise UsageError(
                f"nothing can be recorded in {folder}: {error.strerror}", hint="name a folder of your own"
            ) from error

    def keep(
        self, asked: Question, body: bytes, *, status: int = 200, headers: Headers = (), door: str = ""
    ) -> None:
        """Keep an answer.

        Raises:
            RecordingError: the disk is full.
        """
        draft = self.draft()
        draft.write(body)
        draft.keep(asked, status=status, headers=headers, door=door)

    def keep_file(self, asked: Question, file: Path, *, headers: Headers = (), door: str = "") -> None:
        """Keep an answer whose body is a file that never changes: linked where it can be, else copied.

        Raises:
            RecordingError: it can't be read, or the disk is full.
        """
        with self.said_plainly():
            with file.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            self._place(file, sha256)
            kept = without_secrets(headers)
            self._note(Exchange(door=door, asked=asked, status=200, headers=kept, body_sha256=sha256))

    def draft(self) -> "Draft":
        """A body that is still coming."""
        with self.said_plainly():
            return Draft(self._partial(), self)

    def finish(self, partial: Path, exchange: Exchange) -> None:
        """Give a draft its name and its line in the index."""
        partial.chmod(0o644)  # a container's user may have to read it
        partial.replace(self._bodies / exchange.body_sha256)
        self._note(exchange)

    @contextmanager
    def said_plainly(self) -> Iterator[None]:
        """Whatever the disk refuses is a ``RecordingError``."""
        try:
            yield
        except OSError as error:
            raise RecordingError(
                f"nothing more can be recorded in {self.folder}: {error.strerror or error}"
            ) from error

    def _place(self, file: Path, sha256: str) -> None:
        place = self._bodies / sha256
        if place.exists():
            return
        partial = self._partial()
        try:
            os.link(file, partial)
        except OSError:
            shutil.copyfile(file, partial)
            partial.chmod(0o644)
        partial.replace(place)

    def _partial(self) -> Path:
        return self._bodies / f".{secrets.token_hex(8)}.partial"

    def _note(self, exchange: Exchange) -> None:
        with self._lock, (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(line_of(exchange))


class Draft:
    """A body on its way to the disk: either kept as a whole, or nothing is left of it."""

    def __init__(self, partial: Path, recorder: Recorder) -> None:
        self._partial = partial
        self._recorder = recorder
        self._file = partial.open("wb")
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """More of it came.

        Raises:
            RecordingError: the disk is full.
        """
        self._digest.update(chunk)
        with self._recorder.said_plainly():
            self._file.write(chunk)

    def keep(self, asked: Question, *, status: int, headers: Headers, door: str) -> None:
        """That was all of it.

        Raises:
            RecordingError: the disk is full.
        """
        exchange = Exchange(
            door=door,
            asked=asked,
            status=status,
            headers=without_secrets(headers),
            body_sha256=self._digest.hexdigest(),
        )
        with self._recorder.said_plainly():
            self._file.close()
            self._recorder.finish(self._partial, exchange)

    def discard(self) -> None:
        """Forget it, unless it was kept."""
        with suppress(OSError):
            self._file.close()
            self._partial.unlink(missing_ok=True)

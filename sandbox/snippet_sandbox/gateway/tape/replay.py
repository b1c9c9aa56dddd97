"""Reads a recording, and finds the answer to a question in it."""

import threading
from collections import defaultdict
from pathlib import Path

from snippet_sandbox.errors import UsageError
from snippet_sandbox.gateway.tape.exchange import Exchange, MalformedError, Question, exchange_of
from snippet_sandbox.gateway.tape.recorder import BODIES, INDEX


class Replay:
    """A recording that was made. Safe to use from several threads.

    What was asked several times is answered in the order of the recording, for each job apart, and at its end
    with the last answer again.

    Args:
        folder: of the recording.

    Raises:
        UsageError: it holds none, or one that can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._by_door: dict[tuple[str, Question], list[Exchange]] = defaultdict(list)
        self._by_question: dict[Question, list[Exchange]] = defaultdict(list)
        self._given: dict[tuple[str, Question], int] = defaultdict(int)
        for exchange in _read(folder):
            self._by_door[exchange.door, exchange.asked].append(exchange)
            self._by_question[exchange.asked].append(exchange)

    def find(self, asked: Question, *, door: str = "") -> Exchange | None:
        """The answer that is due for a question; None if it was never asked.

        A job's own answers come first. Where it had none those of other jobs serve, for steps may be run in
        another order, or tried once more.
        """
        with self._lock:
            answers = self._by_door.get((door, asked)) or self._by_question.get(asked)
            if not answers:
                return None
            position = self._given[door, asked]
            self._given[door, asked] += 1
            return answers[min(position, len(answers) - 1)]

    def body(self, exchange: Exchange) -> Path:
        """The file that holds an answer's body."""
        return self.folder / BODIES / exchange.body_sha256


def _read(folder: Path) -> list[Exchange]:
    try:
        lines = (folder / INDEX).read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{folder} holds no recording: {INDEX} can't be read", hint="make one with --record"
        ) from error
    if lines and not lines[-1].endswith("\n"):
        lines.pop()  # the run was killed while it wrote it
    exchanges = []
    for number, line in enumerate(lines, start=1):
        try:
            exchanges.append(exchange_of(line))
        except MalformedError as error:
            raise UsageError(
                f"line {number} of {folder / INDEX} can't be understood: {error}", hint="record it anew"
            ) from error
    return exchanges

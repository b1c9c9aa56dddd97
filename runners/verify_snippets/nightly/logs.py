"""What a night says while it goes on: events with stable names, for people as text, for machines as JSON."""

import json
import logging
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, TextIO

from snippet_images.errors import UserFacingError
from snippet_images.progress import Progress
from verify_snippets.clean import one_line
from verify_snippets.plan import Plan, Step
from verify_snippets.report.model import RunReport


class Level(StrEnum):
    """How much an event matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class EventName(StrEnum):
    """What can happen in a night. Names are stable: programs wait for them."""

    NIGHT_BEGAN = "night_began"  # night, target, resumed, engine, engine_version, image
    LISTED = "listed"  # models
    AGENDA = "agenda"  # due, unchanged, later, expected_s
    MODEL_BEGAN = "model_began"  # repo_id, snippets
    SNIPPET_BEGAN = "snippet_began"  # repo_id, snippet
    VERDICT = "verdict"  # repo_id, snippet, verdict, attempt, reused; it is in the store by then
    SUSPECTED = "suspected"  # repo_id, snippet: a failure that a second run must confirm
    MODEL_ENDED = "model_ended"  # repo_id, verdicts
    MODEL_NOT_READ = "model_not_read"  # repo_id, state, reason
    MODEL_BROKEN = "model_broken"  # repo_id, reason
    PROGRESS = "progress"  # what, done, total, unit
    NOTE = "note"
    TROUBLE = "trouble"
    NIGHT_ENDED = "night_ended"  # night, exit_code, counts
    NIGHT_FAILED = "night_failed"  # reason, hint, exit_code: it could not begin, or not go on


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        name: what it is.
        text: one line for people.
        level: how much it matters.
        fields: what programs read, of JSON's types; see ``EventName``.
    """

    name: EventName
    text: str
    level: Level = Level.INFO
    fields: Mapping[str, object] = field(default_factory=dict)


class Log(Protocol):
    """Where a night says what happens. Called from several threads."""

    def tell(self, event: Event) -> None:
        """Something happened."""

    def show(self, progress: Progress) -> None:
        """Something is going on: an image is built, a file downloaded."""


class JsonLog:
    """One JSON object a line: ``ts`` (ISO 8601, UTC), ``level``, ``event``, ``text``, and the event's fields.

    Args:
        stream: where the lines go; each is flushed.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._is_read = True
        self._shown = ""

    def tell(self, event: Event) -> None:
        """Write it, whatever it is."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = {"ts": now, "level": event.level, "event": event.name, "text": one_line(event.text)}
        line = json.dumps(head | dict(event.fields), default=str)
        with self._lock:
            try:
                if self._is_read:
                    self._stream.write(f"{line}\n")
                    self._stream.flush()
            except OSError:  # its reader is gone, or its disk is full: the night is for the store
                self._is_read = False

    def show(self, progress: Progress) -> None:
        """Write what is new: how far it has come by the second is for those who watch."""
        if progress.what == self._shown:
            return
        self._shown = progress.what
        fields = {
            "what": progress.what,
            "done": progress.done,
            "total": progress.total,
            "unit": progress.unit,
        }
        self.tell(Event(name=EventName.PROGRESS, text=progress.what, fields=fields))


_HEARD = ("verify_snippets", "huggingface_hub")  # what else would be printed right through the screen
_LEVELS = {logging.WARNING: Level.WARNING, logging.ERROR: Level.ERROR, logging.CRITICAL: Level.ERROR}


@contextmanager
def hearing(log: Log) -> Iterator[None]:
    """Tell meanwhile what the store and the Hub's client say through Python's logging, from warnings up."""
    handler = _ToLog(log)
    loggers = [logging.getLogger(name) for name in _HEARD]
    before = [(logger, logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [handler], False
    try:
        yield
    finally:
        for logger, handlers, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate


class _ToLog(logging.Handler):
    """Python's logging, told in a night's log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        level = _LEVELS.get(record.levelno, Level.INFO)
        event = Event(
            name=EventName.TROUBLE, text=record.getMessage(), level=level, fields={"logger": record.name}
        )
        self._log.tell(event)


@dataclass(frozen=True, kw_only=True)
class CardScreen:
    """The log, as the stages of one card know their screen.

    Attributes:
        log: where all goes to.
        repo_id: whose card it is.
    """

    log: Log
    repo_id: str

    def show(self, progress: Progress) -> None:
        """Something is going on."""
        self.log.show(progress)

    def say(self, text: str) -> None:
        """One line that stays."""
        self.log.tell(
            Event(name=EventName.NOTE, text=f"{self.repo_id}: {text}", fields={"repo_id": self.repo_id})
        )

    def planned(self, plan: Plan) -> None:
        """The card is read."""
        running = sum(step.runs for step in plan.steps)
        fields = {"repo_id": self.repo_id, "snippets": len(plan.steps), "running": running}
        text = f"{self.repo_id}: {len(plan.steps)} snippets, {running} to run"
        self.log.tell(Event(name=EventName.MODEL_BEGAN, text=text, fields=fields))

    def started(self, step: Step) -> None:
        """A snippet begins."""
        fields = {"repo_id": self.repo_id, "snippet": step.snippet.id, "profile": step.profile}
        text = f"{self.repo_id} {step.snippet.id} begins"
        self.log.tell(Event(name=EventName.SNIPPET_BEGAN, text=text, fields=fields))

    def finished(self, step: Step, run: RunReport) -> None:
        """A snippet has its verdict, and the store has it, too."""
        self.verdict(step, run, attempt=1)

    def verdict(self, step: Step, run: RunReport, *, attempt: int) -> None:
        """A snippet has the verdict of one attempt, and the store has it, too."""
        fields = {
            "repo_id": self.repo_id,
            "snippet": step.snippet.id,
            "profile": step.profile,
            "verdict": run.verdict,
            "reason": run.reason,
            "attempt": attempt,
            "reused": run.reused_from is not None,
            "duration_s": run.duration_s,
        }
        text = f"{self.repo_id} {step.snippet.id} {run.verdict}: {run.reason}"
        self.log.tell(Event(name=EventName.VERDICT, text=text, fields=fields))


def said_of(error: BaseException | None) -> str:
    """What went wrong, on one line: our own code's slips are told by name."""
    if isinstance(error, UserFacingError):
        return error.message
    return f"this should not have happened: {type(error).__name__}: {error}"


def slip(repo_id: str, error: BaseException) -> Event:
    """An error of our own code, with where it happened."""
    said = said_of(error)
    trace = "".join(traceback.format_exception(error))
    return Event(
        name=EventName.TROUBLE,
        text=f"{repo_id}: {said}" if repo_id else said,
        level=Level.ERROR,
        fields={"repo_id": repo_id, "reason": repr(error), "traceback": trace},
    )

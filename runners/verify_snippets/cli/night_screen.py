"""How a night shows itself: lines that keep changing on a terminal, a line a model in a log, or JSON."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from snippet_images.progress import Progress
from verify_snippets import screen as screens
from verify_snippets.clean import one_line
from verify_snippets.nightly.logs import Event, EventName, JsonLog, Level, Log, hearing
from verify_snippets.report.quantities import elapsed_text

_FOR_PROGRAMS = frozenset({EventName.VERDICT, EventName.SNIPPET_BEGAN, EventName.MODEL_BEGAN})
_STYLES = {Level.INFO: "", Level.WARNING: "yellow", Level.ERROR: "red"}
_RUNNING_SHOWN = 4
_REFRESHES_PER_S = 4
_BAR_WIDTH = 30


@contextmanager
def open_log(stream: TextIO, *, as_json: bool) -> Iterator[Log]:
    """The log that fits: JSON where that was asked for, else what ``stream`` can show."""
    with ExitStack() as stack:
        log = plain_log(stream, as_json=as_json)
        console = screens.console_for(stream)
        if not as_json and console.file.isatty() and console.is_interactive:
            log = stack.enter_context(LiveLog(console))
        stack.enter_context(hearing(log))
        yield log


def plain_log(stream: TextIO, *, as_json: bool, began: float | None = None) -> Log:
    """A log on which nothing changes any more, as for a night whose work is done.

    Args:
        stream: where it goes.
        as_json: for programs.
        began: since when seconds are counted, by the monotonic clock; now by default.
    """
    return JsonLog(stream) if as_json else LineLog(screens.console_for(stream), began=began)


class LineLog:
    """A line for each model and for what stands in its way; nothing of single snippets.

    Args:
        console: where the lines go.
        began: since when seconds are counted, by the monotonic clock; now by default.
    """

    def __init__(self, console: Console, *, began: float | None = None) -> None:
        self._lines = screens.LineScreen(console, began=began)

    def tell(self, event: Event) -> None:
        """One line, unless it is only for programs."""
        if event.name not in _FOR_PROGRAMS:
            self._lines.say(event.text)

    def show(self, progress: Progress) -> None:
        """Thinned out."""
        self._lines.show(progress)


class LiveLog:
    """How far the night has come, what runs now, and for how long it will; a context manager.

    Args:
        console: an interactive one.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._done, self._total = 0, 0
        self._expected_s, self._expected_done_s = 0.0, 0.0
        self._verdicts: Counter[str] = Counter()
        self._running: dict[tuple[str, str], float] = {}
        self._progress = ""
        self._live = screens.live(console, self._draw, times_a_second=_REFRESHES_PER_S)

    def __enter__(self) -> "LiveLog":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def tell(self, event: Event) -> None:
        """A line that stays, or a change in those that don't."""
        with self._lock:
            self._follow(event)
        stays = event.name not in _FOR_PROGRAMS and event.name is not EventName.MODEL_ENDED
        if stays or event.level is not Level.INFO:
            self._console.print(Text(one_line(event.text), style=_STYLES[event.level]))

    def show(self, progress: Progress) -> None:
        """Shown until something else is going on."""
        with self._lock:
            self._progress = f"{one_line(progress.what)}  {screens.amount(progress)}"

    def _follow(self, event: Event) -> None:
        fields = event.fields
        place = str(fields.get("repo_id", "")), str(fields.get("snippet", ""))
        match event.name:
            case EventName.LISTED | EventName.NIGHT_BEGAN:
                self._progress = ""
            case EventName.AGENDA:
                self._total = _number(fields.get("due"))
                self._expected_s = float(str(fields.get("expected_s") or 0))
                self._began = time.monotonic()
            case EventName.SNIPPET_BEGAN:
                self._running[place] = time.monotonic()
                self._progress = ""
            case EventName.VERDICT:
                self._running.pop(place, None)
            case EventName.MODEL_ENDED | EventName.MODEL_BROKEN | EventName.MODEL_NOT_READ:
                self._done = _number(fields.get("done"))
                self._expected_done_s += float(str(fields.get("expected_s") or 0))
                verdicts = fields.get("verdicts")
                self._verdicts.update(verdicts if isinstance(verdicts, dict) else {})

    def _draw(self) -> RenderableType:
        now = time.monotonic()
        with self._lock:
            running = sorted(self._running.items(), key=lambda item: item[1])
            lines: list[RenderableType] = [
                _row(f"  {repo_id} {snippet}", elapsed_text(now - at))
                for (repo_id, snippet), at in running[:_RUNNING_SHOWN]
            ]
            if len(running) > _RUNNING_SHOWN:
                lines.append(Text(f"  and {len(running) - _RUNNING_SHOWN} more", "dim"))
            if self._progress:
                lines.append(_row(f"  {self._progress}", ""))
            lines.append(self._summary(now))
        return Group(*lines)

    def _summary(self, now: float) -> RenderableType:
        if not self._total:
            return _row("working", elapsed_text(now - self._began))
        counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self._verdicts.items()))
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=_BAR_WIDTH)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        grid.add_column(no_wrap=True, justify="right")
        bar = ProgressBar(total=self._total, completed=self._done, width=_BAR_WIDTH)
        grid.add_row(bar, Text(f"{self._done}/{self._total} models"), Text(counts), Text(self._left(now)))
        return grid

    def _left(self, now: float) -> str:
        """How long it will still take, as far as what is done shows."""
        if not (self._expected_done_s and self._expected_s):
            return elapsed_text(now - self._began)
        left_s = max(0.0, (now - self._began) * (self._expected_s / self._expected_done_s - 1))
        return f"about {elapsed_text(left_s)} left"


def _row(text: str, end: str) -> RenderableType:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    grid.add_column(no_wrap=True, justify="right")
    grid.add_row(Text(text), Text(end))
    return grid


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0

"""The screen: the one place that decides how to draw.

Data goes to stdout, talk to stderr. On a terminal the talk is a few lines that keep changing; elsewhere (a
log, a pipe, a dumb terminal) it is plain lines, few enough to be read afterwards.
"""

import io
import os
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, TYPE_CHECKING, Protocol, Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from snippet_images.progress import Progress
from verify_snippets.clean import one_line, shorten
from verify_snippets.options import Screen
from verify_snippets.plan import Plan, Step
from verify_snippets.report.marks import MARKS, marked
from verify_snippets.report.quantities import bytes_text, elapsed_text, seconds_text

if TYPE_CHECKING:
    from verify_snippets.report.model import RunReport

_REFRESHES_PER_S = 8
_QUIET_S = 2.0  # a log gets no two lines of progress closer together than this,
_SAME_QUIET_S = 15.0  # and none closer than this about the same thing
_SNIPPETS_SHOWN = 3
_BAR_WIDTH = 20

Clock = Callable[[], float]


class OpenScreen(Screen, Protocol):
    """A screen, and a context manager: closed before anything else is written to the terminal."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Console(Console):
    """A console that goes on in silence when its reader goes away (``| head``)."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        forget_reader(self.file)


def forget_reader(stream: IO[str]) -> None:
    """Send what is still to be written to ``stream`` nowhere: its reader is gone.

    Python flushes its streams once more on the way out, and would exit with 120 if that failed.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def console_for(stream: TextIO) -> Console:
    """A console that takes no text for markup, and never fails on a character that ``stream`` can't hold."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return _Console(file=stream, markup=False, highlight=False, emoji=False)


def open_screen(stream: TextIO | None = None) -> OpenScreen:
    """The screen that fits ``stream`` (stderr by default)."""
    console = console_for(sys.stderr if stream is None else stream)
    if console.file.isatty() and console.is_interactive:
        return LiveScreen(console)
    return LineScreen(console)


def amount(progress: Progress) -> str:
    """How far something has come, such as ``12.3 MB of 90.9 MB`` or ``3/9``; empty where nobody knows."""
    if progress.done is None:
        return ""
    if progress.unit == "bytes":
        done = bytes_text(progress.done)
        return done if progress.total is None else f"{done} of {bytes_text(progress.total)}"
    return f"{progress.done}" if progress.total is None else f"{progress.done}/{progress.total}"


def _planned_text(plan: Plan) -> str:
    running = sum(step.runs for step in plan.steps)
    name = plan.card.repo_id or plan.card.location
    return one_line(f"{name}: {len(plan.snippets)} code blocks, {running} to run")


def _step_title(step: Step) -> str:
    lines = (line for line in step.snippet.block.text.split("\n") if line.strip())
    return shorten(one_line(next(lines, "")), 120)


def _finished_text(step: Step, run: "RunReport", encoding: str) -> str:
    took = "" if run.duration_s is None else f" in {seconds_text(run.duration_s)}"
    return f"{marked(run.verdict, encoding=encoding)} {step.snippet.place}{took}"


class _Tally:
    """Counts the snippets that run: how many there are, and how many have begun."""

    def __init__(self) -> None:
        self.total = 0
        self.begun = 0

    def begin_anew(self, plan: Plan) -> None:
        """Another plan: all of its steps are still to come."""
        self.total, self.begun = sum(step.runs for step in plan.steps), 0

    def begin(self) -> str:
        self.begun += 1
        return f"{self.begun}/{max(self.total, self.begun)}"


class LineScreen:
    """Plain lines, each with the seconds since the start; progress is thinned out.

    Args:
        console: where they go.
        clock: in seconds.
        began: the start, by that clock; now by default.
    """

    def __init__(
        self, console: Console, *, clock: Clock = time.monotonic, began: float | None = None
    ) -> None:
        self._console = console
        self._clock = clock
        self._began = clock() if began is None else began
        self._lock = threading.Lock()
        self._tally = _Tally()
        self._last_at = float("-inf")
        self._last_what = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close: lines stay."""

    def show(self, progress: Progress) -> None:
        """Say it, unless something was said a moment ago."""
        with self._lock:
            quiet = _SAME_QUIET_S if progress.what == self._last_what else _QUIET_S
            now = self._clock()
            if now - self._last_at < quiet:
                return
            self._last_at, self._last_what = now, progress.what
            self._line(f"{progress.what}  {amount(progress)}")

    def say(self, text: str) -> None:
        """One line."""
        with self._lock:
            self._line(text)

    def planned(self, plan: Plan) -> None:
        """One line on what will run."""
        with self._lock:
            self._tally.begin_anew(plan)
            self._line(_planned_text(plan))

    def started(self, step: Step) -> None:
        """One line with the snippet's number."""
        with self._lock:
            self._line(f"snippet {self._tally.begin()}, {step.snippet.place}: {_step_title(step)}")

    def finished(self, step: Step, run: "RunReport") -> None:
        """One line with the verdict."""
        with self._lock:
            self._line(_finished_text(step, run, self._console.encoding))

    def _line(self, text: str) -> None:
        elapsed = self._clock() - self._began
        self._console.print(Text(f"[{elapsed:4.0f} s] {one_line(text)}"), soft_wrap=True)


def live(console: Console, draw: Callable[[], RenderableType], *, times_a_second: float) -> Live:
    """Lines at the bottom of a terminal that are drawn again and again, and gone in the end."""
    return Live(
        get_renderable=draw,
        console=console,
        refresh_per_second=times_a_second,
        transient=True,
        redirect_stdout=False,
    )


class LiveScreen:
    """A few lines at the bottom of a terminal that say what is happening now."""

    def __init__(self, console: Console, *, clock: Clock = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._began = clock()
        self._lock = threading.Lock()
        self._tally = _Tally()
        self._progress: Progress | None = None
        self._running: dict[str, tuple[str, float]] = {}  # step -> what to show, when it began
        self._spinner = Spinner("dots" if console.encoding.lower().startswith("utf") else "line")
        self._live = live(console, self._draw, times_a_second=_REFRESHES_PER_S)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, progress: Progress) -> None:
        """Shown until something else happens, or until it is done."""
        done = progress.total is not None and progress.done == progress.total
        with self._lock:
            self._progress = None if done else progress

    def say(self, text: str) -> None:
        """A line that stays, above those that change."""
        self._console.print(Text(one_line(text)))

    def planned(self, plan: Plan) -> None:
        """A line on what will run."""
        self._tally.begin_anew(plan)
        self.say(_planned_text(plan))

    def started(self, step: Step) -> None:
        """The snippet is shown while it runs."""
        with self._lock:
            self._progress = None
            text = f"snippet {self._tally.begin()}, {step.snippet.place}: {_step_title(step)}"
            self._running[_key(step)] = (text, self._clock())

    def finished(self, step: Step, run: "RunReport") -> None:
        """A line that stays, with the verdict."""
        with self._lock:
            self._running.pop(_key(step), None)
        text = _finished_text(step, run, self._console.encoding)
        self._console.print(Text(text, style=MARKS[run.verdict].style))

    def _draw(self) -> RenderableType:
        now = self._clock()
        with self._lock:
            running = list(self._running.values())
            progress = self._progress
        lines: list[RenderableType] = [
            self._running_line(text, now - at) for text, at in running[:_SNIPPETS_SHOWN]
        ]
        if len(running) > _SNIPPETS_SHOWN:
            lines.append(Text(f"  and {len(running) - _SNIPPETS_SHOWN} more", "dim"))
        if progress is not None:
            lines.append(self._progress_line(progress, now))
        return Group(*lines) if lines else self._running_line("working", now - self._began)

    def _running_line(self, text: str, elapsed_s: float) -> RenderableType:
        return self._line(
            Text(text, no_wrap=True, overflow="ellipsis"), Text(elapsed_text(elapsed_s), no_wrap=True)
        )

    def _progress_line(self, progress: Progress, now: float) -> RenderableType:
        what = Text(one_line(progress.what), no_wrap=True, overflow="ellipsis")
        cells: list[RenderableType] = []
        if progress.done is not None and progress.total:
            width = _BAR_WIDTH if self._console.width >= 80 else _BAR_WIDTH // 2
            cells.append(ProgressBar(total=progress.total, completed=progress.done, width=width))
        known = amount(progress)
        if known:
            cells.append(Text(known, no_wrap=True))
        if self._running:
            return self._line(what, *cells)
        return self._line(what, *cells, Text(elapsed_text(now - self._began), no_wrap=True))

    def _line(self, text: Text, *cells: RenderableType) -> RenderableType:
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=1)
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        for _ in cells:
            grid.add_column(no_wrap=True, justify="right")
        grid.add_row(self._spinner, text, *cells)
        return grid


def _key(step: Step) -> str:
    return f"{step.snippet.id} {step.profile}"

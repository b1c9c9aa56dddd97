"""What is said while work goes on, on a terminal and elsewhere."""

import io
import os
import pty
import threading
from collections.abc import Iterator

import pytest
from rich.console import Console

from snippet_images.progress import Progress
from snippet_sandbox.profile import PROFILES
from tests.verify_snippets.report import samples
from verify_snippets import screen as screens
from verify_snippets.screen import LineScreen, LiveScreen, amount
from verify_snippets.verdict import Verdict

STEP = samples.plan().steps[0]


class Clock:
    """Stands still until it is told to move on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def lines(log: io.StringIO, clock: Clock) -> LineScreen:
    return LineScreen(screens.console_for(log), clock=clock)


def live(width: int, clock: Clock) -> tuple[LiveScreen, Console]:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=True, markup=False, highlight=False, emoji=False
    )
    return LiveScreen(console, clock=clock), console


def drawn(screen: LiveScreen, console: Console) -> str:
    with console.capture() as captured:
        console.print(screen._draw())
    return captured.get()


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(what="x"), ""),
        (Progress(what="x", done=12_340_000, total=90_900_000), "12.3 MB of 90.9 MB"),
        (Progress(what="x", done=999), "999 B"),
        (Progress(what="x", done=3, total=9, unit="steps"), "3/9"),
        (Progress(what="x", done=3, unit="steps"), "3"),
    ],
)
def test_amounts_are_read_as_people_read_them(progress: Progress, text: str) -> None:
    assert amount(progress) == text


def test_a_stream_that_is_no_terminal_gets_lines() -> None:
    assert isinstance(screens.open_screen(io.StringIO()), LineScreen)


@pytest.fixture
def terminal() -> Iterator[io.TextIOWrapper]:
    """The slave end of a pseudo terminal, which nobody reads."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        yield stream
    os.close(master)


def test_a_terminal_gets_a_live_screen(terminal: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert isinstance(screens.open_screen(terminal), LiveScreen)


def test_a_dumb_terminal_gets_lines(terminal: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(screens.open_screen(terminal), LineScreen)


def test_no_color_is_heeded(terminal: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    console = screens.console_for(terminal)
    with console.capture() as captured:
        console.print("text", style="red")
    assert captured.get() == "text\n"


def test_lines_tell_the_whole_story(lines: LineScreen, log: io.StringIO, clock: Clock) -> None:
    lines.say("engine: bubblewrap 0.11.0")
    lines.planned(samples.plan())
    clock.now += 3
    lines.started(STEP)
    clock.now += 4.5
    lines.finished(STEP, samples.simple_run(Verdict.PASSED, duration_s=4.5))
    assert log.getvalue().splitlines() == [
        "[   0 s] engine: bubblewrap 0.11.0",
        "[   0 s] acme/tiny: 4 code blocks, 2 to run",
        "[   3 s] snippet 1/2, line 10: from transformers import pipeline",
        "[   8 s] ✓ passed line 10 in 4.50 s",
    ]


def test_a_log_is_not_flooded(lines: LineScreen, log: io.StringIO, clock: Clock) -> None:
    for done in range(1000):
        lines.show(Progress(what="downloading a", done=done, total=1000))
        clock.now += 0.06  # 60 s in all
    assert len(log.getvalue().splitlines()) == 4
    for n in range(1000):
        lines.show(Progress(what=f"downloading {n}"))
        clock.now += 0.02  # 20 s in all
    assert len(log.getvalue().splitlines()) == 4 + 10


def test_what_is_said_in_a_log_is_one_line_whatever_it_holds(lines: LineScreen, log: io.StringIO) -> None:
    lines.say(samples.EVIL + "\nsecond")
    lines.show(Progress(what=samples.EVIL + "\nsecond"))
    assert len(log.getvalue().splitlines()) == 2
    assert "\x1b" not in log.getvalue()
    assert "[bold red]" in log.getvalue()


@pytest.mark.parametrize("width", [40, 60, 200])
def test_what_happens_now_fits_the_terminal(width: int, clock: Clock) -> None:
    screen, console = live(width, clock)
    screen.planned(samples.plan())
    screen.started(STEP)
    screen.show(Progress(what="downloading " + "x" * 300, done=10_000_000, total=90_000_000))
    clock.now += 75
    text = drawn(screen, console)
    assert "1/2" in text
    assert "1 min 15 s" in text
    assert "10.0 MB of 90.0 MB" in text
    assert len(text.splitlines()) == 2


def test_many_snippets_at_once_do_not_fill_the_terminal(clock: Clock) -> None:
    screen, console = live(80, clock)
    for line in range(1, 21):
        snippet = samples.snippet(line, line, "code()\n")
        screen.started(type(STEP)(snippet=snippet, hardware=PROFILES["cpu-basic"], runs=True, reason=""))
    text = drawn(screen, console)
    assert "and 17 more" in text
    assert len(text.splitlines()) == 4


def test_progress_that_is_done_goes_away(clock: Clock) -> None:
    screen, console = live(80, clock)
    screen.show(Progress(what="downloading weights", done=1, total=2))
    assert "weights" in drawn(screen, console)
    screen.show(Progress(what="downloading weights", done=2, total=2))
    assert "weights" not in drawn(screen, console)


def test_a_finished_snippet_stays_above(clock: Clock) -> None:
    screen, console = live(80, clock)
    with screen:
        screen.started(STEP)
        screen.finished(STEP, samples.simple_run(Verdict.FAILED, duration_s=1.5))
        assert "from transformers" not in drawn(screen, console)
    file = console.file
    assert isinstance(file, io.StringIO)
    assert "failed line 10 in 1.50 s" in file.getvalue()


def test_a_live_screen_takes_no_orders_from_strangers(clock: Clock) -> None:
    screen, console = live(100, clock)
    screen.show(Progress(what=samples.EVIL))
    text = drawn(screen, console)
    assert "[bold red]not markup[/]" in text
    assert "\x1b[2J" not in text
    assert "renamed" not in text


def test_screens_may_be_used_from_many_threads(clock: Clock, log: io.StringIO) -> None:
    for screen in (live(80, clock)[0], LineScreen(screens.console_for(log), clock=clock)):
        with screen:
            threads = [threading.Thread(target=screen.say, args=(f"line {n}",)) for n in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=10)
    assert sorted(line[9:] for line in log.getvalue().splitlines()) == sorted(f"line {n}" for n in range(20))


def test_a_stream_that_holds_ascii_only_is_enough() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    with screens.open_screen(stream) as screen:
        screen.say("日本語")
        screen.finished(STEP, samples.simple_run(Verdict.PASSED))
    stream.flush()
    assert b"+ passed line 10" in raw.getvalue()

"""How a night shows itself to people."""

import io

from rich.console import Console

from snippet_images.progress import Progress
from verify_snippets.cli.night_screen import LineLog, LiveLog, open_log
from verify_snippets.nightly.logs import Event, EventName, JsonLog, Level


def event(name: EventName, text: str = "", level: Level = Level.INFO, **fields: object) -> Event:
    return Event(name=name, text=text, level=level, fields=fields)


BEGAN = event(EventName.SNIPPET_BEGAN, repo_id="acme/tiny", snippet="L5")
ENDED = event(EventName.VERDICT, repo_id="acme/tiny", snippet="L5", verdict="passed")
DONE = event(
    EventName.MODEL_ENDED,
    "1/4 acme/tiny: 1 passed",
    repo_id="acme/tiny",
    done=1,
    total=4,
    expected_s=3.0,
    verdicts={"passed": 1},
)
AGENDA = event(EventName.AGENDA, "4 models due", due=4, expected_s=12.0)


def test_a_log_has_a_line_for_each_model_and_none_for_each_snippet() -> None:
    stream = io.StringIO()
    log = LineLog(Console(file=stream, width=100))
    for told in (AGENDA, BEGAN, ENDED, DONE):
        log.tell(told)
    assert [line.partition("] ")[2] for line in stream.getvalue().splitlines()] == [
        "4 models due",
        "1/4 acme/tiny: 1 passed",
    ]


def test_a_terminal_shows_what_runs_and_how_far_it_has_come() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    live = LiveLog(console)
    for told in (AGENDA, DONE, BEGAN):
        live.tell(told)
    live.show(Progress(what="downloading model.safetensors", done=1, total=2, unit="steps"))
    with console.capture() as shown:
        console.print(live._draw())
    drawn = shown.get()
    for words in ("acme/tiny L5", "downloading model.safetensors  1/2", "1/4 models", "1 passed", "left"):
        assert words in drawn
    live.tell(ENDED)
    with console.capture() as shown:
        console.print(live._draw())
    assert "L5" not in shown.get()


def test_a_stream_that_is_no_terminal_gets_lines_and_json_where_it_is_asked_for() -> None:
    with open_log(io.StringIO(), as_json=False) as log:
        assert isinstance(log, LineLog)
    with open_log(io.StringIO(), as_json=True) as log:
        assert isinstance(log, JsonLog)

"""What a night says, for programs."""

import io
import json
import logging
from datetime import datetime

import pytest

from snippet_images.progress import Progress
from verify_snippets.nightly.logs import Event, EventName, JsonLog, Level, hearing


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_event_is_one_object_on_one_line() -> None:
    stream = io.StringIO()
    JsonLog(stream).tell(
        Event(
            name=EventName.MODEL_BROKEN,
            text="two\nlines and \x1b[31mcolour",
            level=Level.WARNING,
            fields={"repo_id": "acme/tiny", "reason": "a\nb"},
        )
    )
    (told,) = lines(stream)
    assert datetime.fromisoformat(str(told.pop("ts"))).tzinfo is not None
    assert told == {
        "level": "warning",
        "event": "model_broken",
        "text": "two lines and colour",
        "repo_id": "acme/tiny",
        "reason": "a\nb",
    }


def test_progress_is_told_once_for_each_thing() -> None:
    stream = io.StringIO()
    log = JsonLog(stream)
    for done in range(3):
        log.show(Progress(what="downloading a.bin", done=done, total=3))
    log.show(Progress(what="downloading b.bin"))
    assert [told["what"] for told in lines(stream)] == ["downloading a.bin", "downloading b.bin"]


def test_a_reader_that_goes_away_ends_no_night() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    log = JsonLog(Gone())
    log.tell(Event(name=EventName.NOTE, text="to nobody"))
    log.tell(Event(name=EventName.NOTE, text="to nobody again"))


def test_what_others_log_is_told_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    with hearing(JsonLog(stream)):
        logging.getLogger("verify_snippets.store.database").warning("the store %s", "is away")
        logging.getLogger("huggingface_hub.file_download").info("of no interest")
    logging.getLogger("verify_snippets.store").debug("not heard any more")
    (told,) = lines(stream)
    assert (told["event"], told["level"], told["text"]) == ("trouble", "warning", "the store is away")
    assert capsys.readouterr().err == ""

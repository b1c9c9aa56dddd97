"""The folder that a recording is."""

import json
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.errors import UsageError
from snippet_sandbox.gateway.tape.exchange import (
    Exchange,
    MalformedError,
    Question,
    exchange_of,
    line_of,
    without_secrets,
)
from snippet_sandbox.gateway.tape.recorder import Recorder, RecordingError
from snippet_sandbox.gateway.tape.replay import Replay

PAGE = Question(method="GET", url="https://example.org/a?b=c")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "recording"


def said(folder: Path, asked: Question, *, door: str = "", times: int = 1) -> list[bytes | None]:
    replay = Replay(folder)
    answers = [replay.find(asked, door=door) for _ in range(times)]
    return [replay.body(answer).read_bytes() if answer else None for answer in answers]


class TestRecording:
    def test_an_answer_comes_back_as_it_was(self, folder: Path) -> None:
        headers = (("Content-Type", "text/html"), ("X-A", "1"), ("X-A", "2"))
        Recorder(folder).keep(PAGE, b"page", status=203, headers=headers, door="L1")
        answer = Replay(folder).find(PAGE, door="L1")
        assert answer is not None
        assert (answer.status, answer.headers) == (203, headers)
        assert said(folder, PAGE, door="L1") == [b"page"]

    def test_the_index_can_be_read_by_people(self, folder: Path) -> None:
        Recorder(folder).keep(PAGE, b"page", headers=(("Content-Type", "text/html"),), door="L1")
        (line,) = (folder / "index.jsonl").read_text().splitlines()
        told = json.loads(line)
        assert (told["method"], told["url"], told["status"]) == ("GET", PAGE.url, 200)
        assert told["headers"] == [["Content-Type", "text/html"]]
        assert (folder / "bodies" / told["body"]).read_bytes() == b"page"

    def test_the_same_body_is_kept_once(self, folder: Path, tmp_path: Path) -> None:
        recorder = Recorder(folder)
        (tmp_path / "file").write_bytes(b"page")
        recorder.keep(PAGE, b"page")
        recorder.keep_file(PAGE, tmp_path / "file")
        assert len(list((folder / "bodies").iterdir())) == 1
        assert said(folder, PAGE, times=2) == [b"page", b"page"]

    def test_a_file_takes_no_second_place_on_the_disk(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "weights").write_bytes(b"w" * 100)
        Recorder(folder).keep_file(PAGE, tmp_path / "weights")
        (body,) = (folder / "bodies").iterdir()
        assert body.stat().st_ino == (tmp_path / "weights").stat().st_ino

    def test_secrets_are_not_written_down(self, folder: Path) -> None:
        names = ("Set-Cookie", "set-cookie", "Authorization", "Cookie", "Proxy-Authorization")
        Recorder(folder).keep(PAGE, b"", headers=tuple((name, "s3cret") for name in names))
        assert "s3cret" not in (folder / "index.jsonl").read_text()
        assert without_secrets([("Cookie", "a"), ("ETag", "b")]) == (("ETag", "b"),)

    def test_a_body_that_breaks_off_leaves_nothing(self, folder: Path) -> None:
        draft = Recorder(folder).draft()
        draft.write(b"half")
        draft.discard()
        assert list((folder / "bodies").iterdir()) == []
        assert said(folder, PAGE) == [None]

    def test_nobody_else_may_look(self, folder: Path) -> None:
        Recorder(folder)
        assert folder.stat().st_mode & 0o077 == 0

    def test_many_at_a_time(self, folder: Path) -> None:
        recorder = Recorder(folder)
        questions = [Question(method="GET", url=f"https://example.org/{number}") for number in range(50)]
        threads = [threading.Thread(target=recorder.keep, args=(q, q.url.encode())) for q in questions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [said(folder, q) for q in questions] == [[q.url.encode()] for q in questions]

    def test_a_folder_with_anything_in_it_is_left_alone(self, folder: Path) -> None:
        Recorder(folder)
        with pytest.raises(UsageError, match="is not empty"):
            Recorder(folder)

    def test_a_folder_that_can_not_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(UsageError, match="nothing can be recorded in"):
            Recorder(tmp_path / "file" / "below")

    def test_a_disk_that_takes_no_more(self, folder: Path) -> None:
        recorder = Recorder(folder)
        (folder / "bodies").rmdir()
        with pytest.raises(RecordingError, match="nothing more can be recorded"):
            recorder.keep(PAGE, b"page")


class TestReplay:
    def test_what_was_asked_again_is_answered_in_order_then_with_the_last(self, folder: Path) -> None:
        recorder = Recorder(folder)
        for body in (b"1", b"2"):
            recorder.keep(PAGE, body)
        assert said(folder, PAGE, times=4) == [b"1", b"2", b"2", b"2"]

    def test_each_job_has_its_own_order(self, folder: Path) -> None:
        recorder = Recorder(folder)
        for door, body in (("L1", b"1"), ("L2", b"2"), ("L1", b"3")):
            recorder.keep(PAGE, body, door=door)
        assert said(folder, PAGE, door="L2", times=2) == [b"2", b"2"]
        assert said(folder, PAGE, door="L1", times=2) == [b"1", b"3"]
        assert said(folder, PAGE, door="L9", times=2) == [b"1", b"2"]

    @pytest.mark.parametrize(
        "other",
        [
            Question(method="HEAD", url=PAGE.url),
            Question(method="GET", url="https://example.org/a"),
            Question(method="GET", url=PAGE.url, range="bytes=0-1"),
            Question(method="GET", url=PAGE.url, body_sha256="0" * 64),
        ],
    )
    def test_another_question_has_no_answer(self, folder: Path, other: Question) -> None:
        Recorder(folder).keep(PAGE, b"page")
        assert said(folder, other) == [None]

    def test_a_run_that_was_killed_leaves_what_it_had(self, folder: Path) -> None:
        Recorder(folder).keep(PAGE, b"page")
        with (folder / "index.jsonl").open("a") as index:
            index.write('{"method": "GE')
        assert said(folder, PAGE) == [b"page"]

    @pytest.mark.parametrize("text", ["no json\n", "{}\n", "[]\n", '{"body": "../../etc/passwd"}\n'])
    def test_an_index_of_something_else(self, folder: Path, text: str) -> None:
        Recorder(folder)
        (folder / "index.jsonl").write_text(text)
        with pytest.raises(UsageError, match="line 1 of"):
            Replay(folder)

    def test_no_recording(self, folder: Path) -> None:
        with pytest.raises(UsageError, match="holds no recording"):
            Replay(folder)


_TEXT = st.text(max_size=20)


@given(url=_TEXT, headers=st.lists(st.tuples(_TEXT, _TEXT), max_size=3), status=st.integers(100, 599))
def test_any_answer_survives_its_line(url: str, headers: list[tuple[str, str]], status: int) -> None:
    asked = Question(method="GET", url=url)
    exchange = Exchange(door="L1", asked=asked, status=status, headers=tuple(headers), body_sha256="a" * 64)
    line = line_of(exchange)
    assert line.count("\n") == 1
    assert exchange_of(line) == exchange


@given(st.text(max_size=40))
def test_any_other_line_is_refused(line: str) -> None:
    with pytest.raises(MalformedError):
        exchange_of(line)

"""Running programs of the host, and reading streams that may fall silent."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from snippet_images import process, streams

SLEEPER = """
import subprocess, time
print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
time.sleep(60)
"""


def _is_gone(pid: int) -> bool:
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_lines_are_heard_and_the_last_ones_kept() -> None:
    """Output comes as it is written, stderr among it."""
    heard: list[str] = []
    code = "import sys; [print(i) for i in range(100)]; print('trouble', file=sys.stderr); sys.exit(3)"
    finished = process.run([sys.executable, "-c", code], limit_s=30, on_line=heard.append)
    assert finished.returncode == 3
    assert not finished.ok
    assert "trouble" in heard
    assert len(heard) == 101
    assert finished.output.splitlines()[-1] in {"99", "trouble"}


def test_too_long_ends_it_and_its_children() -> None:
    """The limit is kept, and nothing stays."""
    children: list[int] = []
    begin = time.monotonic()
    finished = process.run(
        [sys.executable, "-c", SLEEPER], limit_s=1.5, on_line=lambda line: children.append(int(line))
    )
    assert finished.timed_out
    assert not finished.ok
    assert time.monotonic() - begin < 10
    assert _is_gone(children[0])


def test_an_interrupt_ends_it_and_its_children() -> None:
    """Ctrl-C arrives as an exception wherever we are."""
    children: list[int] = []

    def interrupt(line: str) -> None:
        children.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.run([sys.executable, "-c", SLEEPER], limit_s=30, on_line=interrupt)
    assert _is_gone(children[0])


def test_what_it_makes_can_be_read_by_everybody(tmp_path: Path) -> None:
    """Whatever our own umask is: containers run as another user."""
    before = os.umask(0o077)
    try:
        made = tmp_path / "made"
        process.run([sys.executable, "-c", f"open({str(made)!r}, 'w').close()"], limit_s=30)
    finally:
        os.umask(before)
    assert made.stat().st_mode & 0o777 == 0o644


def test_a_stream_in_time_is_passed_on_with_its_error() -> None:
    """Items first, then what went wrong."""

    def source() -> Iterator[int]:
        yield 1
        raise ConnectionError("gone")

    items = streams.within(source(), limit_s=5, silence_s=5)
    assert next(items) == 1
    with pytest.raises(ConnectionError, match="gone"):
        next(items)


def _slow(pause_s: float) -> Iterator[int]:
    for item in range(100):
        yield item
        time.sleep(pause_s)


def test_a_silent_stream_is_given_up() -> None:
    """A read that hangs does not hang us."""
    with pytest.raises(TimeoutError, match="silent"):
        list(streams.within(_slow(30), limit_s=20, silence_s=0.2))


def test_an_endless_stream_is_given_up() -> None:
    """Even one that always has something to say."""
    with pytest.raises(TimeoutError, match="not done"):
        list(streams.within(_slow(0.05), limit_s=0.5, silence_s=5))


def test_lines_are_put_together_from_chunks() -> None:
    """A line may come in pieces, and the last one without an end."""
    assert list(streams.lines([b"a", b"b\nc\n", b"\xc3", b"\xa9\nend"])) == ["ab", "c", "é", "end"]

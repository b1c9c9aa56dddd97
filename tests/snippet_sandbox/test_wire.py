"""What an agent sends is cut into lines, however it comes."""

import threading
import time
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.gpus.allocation import Grant
from snippet_sandbox.metering import Meter
from snippet_sandbox.wire import Silence, Wire


class Pieces:
    """A container whose agent sends these and is gone."""

    memory_limit_bytes: int | None = None
    own_kernel = False
    root_pid = 0
    grant: Grant | None = None
    environment: Mapping[str, str] = {}

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def send(self, data: bytes) -> None: ...
    def kill(self) -> None: ...

    def receive(self, timeout_s: float) -> bytes | None:
        return self._pieces.pop(0) if self._pieces else b""

    def meter(self) -> Meter:
        raise NotImplementedError

    def oom_killed(self) -> bool:
        return False


@given(st.lists(st.sampled_from([b"a", b"\n", b"bc", b"d\ne", b"\n\n"])), st.integers(1, 5))
def test_lines_come_whole_and_in_order(pieces: list[bytes], at_a_time: int) -> None:
    """Whatever they are cut into, and however often we stop to listen."""
    wire, never, heard = Wire(Pieces(pieces)), threading.Event(), list[bytes]()

    def hear(line: bytes) -> bool:
        heard.append(line)
        return len(heard) % at_a_time == 0

    while wire.listen(hear, time.monotonic() + 60, never) is not Silence.CLOSED:
        pass
    assert heard == b"".join(pieces).split(b"\n")[:-1]


def test_a_long_line_is_not_searched_again_and_again() -> None:
    """Sixty megabytes in small pieces are read in a moment."""
    wire, began = Wire(Pieces([bytes(20_000)] * 3000 + [b"\n"])), time.monotonic()
    heard = wire.listen(lambda line: len(line) == 60_000_000, began + 60, threading.Event())
    assert heard is Silence.LAST_WORD
    assert time.monotonic() - began < 5

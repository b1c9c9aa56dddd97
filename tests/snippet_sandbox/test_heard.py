"""What an agent may say, and when it is believed."""

import json

from snippet_sandbox.heard import Heard

NONCE = "n0"


def line(prefix: str = NONCE, **message: object) -> bytes:
    """As it comes over the wire."""
    return f"{prefix} {json.dumps(message)}".encode()


def test_without_the_nonce_nothing_was_said() -> None:
    """A job that finds the wire can't speak on it."""
    heard = Heard(NONCE)
    assert not heard.hear(line("forged", end={"exit_code": 0}))
    assert heard.read(line("forged", picture="a.png")) == {}
    assert heard.end is None


def test_figures_are_drawn_once() -> None:
    """Whoever says twice that they begin would be given time, and memory, twice."""
    heard = Heard(NONCE)
    said = ["end", "begin", "begin", "end", "begin", "end"]
    assert [heard.hear(line(figures=state)) for state in said] == [False, True, False, True, False, False]
    assert not heard.hear_end(line(figures="begin"))
    assert heard.hear_end(line(end={"exit_code": 0}))


def test_the_highest_that_torch_says_of_itself_is_kept() -> None:
    """A part may have had it forget the peaks of those before it; what no GPU has is not believed."""
    heard = Heard(NONCE)
    for reserved, allocated in ((3000, 2000), (1000, 2500), (10**4000, -1)):
        assert not heard.hear(line(gpu={"reserved": reserved, "allocated": allocated}))
    assert heard.gpu == {"reserved": 3000, "allocated": 2500}

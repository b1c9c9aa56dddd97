"""Links are asked for on real servers of this machine, and nowhere where a card has no business."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from verify_snippets.checklist.asking import ask_all, is_on_public_web
from verify_snippets.checklist.material import Answer


class _Pages(BaseHTTPRequestHandler):
    """Answers with the status that the path names; remembers what it was asked."""

    asked: list[str] = []  # noqa: RUF012  one server, one list

    def do_HEAD(self) -> None:
        """Refuse what only GET gives."""
        self._answer()

    def do_GET(self) -> None:
        """Give the status."""
        self._answer()

    def _answer(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        what = self.path.strip("/")
        status = 405 if what == "no-head" and self.command == "HEAD" else 200
        if what.isdigit():
            status = int(what)
        where = {
            "there": "/200",
            "round": "/round",
            "inside": "http://10.0.0.1/",
            "file": "file:///etc/passwd",
        }
        if what in where:
            self.send_response(302)
            self.send_header("Location", where[what])
        else:
            self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name
        """Nothing to say."""


@pytest.fixture(name="address", scope="module")
def an_address() -> Iterator[str]:
    """Of a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("200", Answer.ANSWERS),
        ("there", Answer.ANSWERS),
        ("no-head", Answer.ANSWERS),
        ("404", Answer.DEAD),
        ("410", Answer.DEAD),
        ("403", Answer.UNCLEAR),
        ("429", Answer.UNCLEAR),
        ("503", Answer.UNCLEAR),
        ("999", Answer.UNCLEAR),
        ("round", Answer.UNCLEAR),
        ("inside", Answer.UNCLEAR),
        ("file", Answer.UNCLEAR),
    ],
)
def test_answers(address: str, path: str, answer: Answer) -> None:
    """Only what is surely gone is dead."""
    link = f"{address}/{path}"
    assert ask_all([link], may_ask=lambda host, _: host.is_loopback)[link].answer is answer


def test_a_name_that_nobody_has() -> None:
    """Is dead, or, where there are no names at all, unclear; never an error."""
    link = "http://no-such-host.invalid/"
    assert ask_all([link])[link].answer is not Answer.ANSWERS


def test_private_hosts_are_never_asked(address: str) -> None:
    """Neither by number nor by name: a card is a stranger's text."""
    _Pages.asked.clear()
    port = address.rpartition(":")[2]
    links = [address, f"http://localhost:{port}/", f"http://[::1]:{port}/", "http://169.254.169.254/latest/"]
    told = ask_all(links)
    assert {each.answer for each in told.values()} == {Answer.UNCLEAR}
    assert _Pages.asked == []


def test_public_hosts_have_web_ports() -> None:
    """Others are closed."""
    from ipaddress import ip_address

    assert is_on_public_web(ip_address("93.184.216.34"), 443)
    assert not is_on_public_web(ip_address("93.184.216.34"), 22)
    assert not is_on_public_web(ip_address("192.168.1.1"), 443)


def test_what_is_no_web_address() -> None:
    """Is left out, or told; one broken link is no error."""
    assert ask_all(["mailto:a@b.c", "#top", "images/a.png"]) == {}
    told = ask_all(["http://[broken", "https://", "http://a b/"])
    assert Answer.ANSWERS not in {each.answer for each in told.values()}

"""A webhook of one's own, for tests: it takes what a night's news send it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SECRET = "s3cr3t-token"


@dataclass(kw_only=True)
class Webhook:
    """A web server on a port of this machine.

    Attributes:
        port: its port.
        refusals: how many of the first requests are refused.
        asked: how many requests came.
        bodies: what it took, as JSON.
    """

    port: int = 0
    refusals: int = 0
    asked: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """As apprise writes it; its path is a secret."""
        return f"json://127.0.0.1:{self.port}/{SECRET}"


@contextmanager
def open_webhook() -> Iterator[Webhook]:
    """One that listens until the context is left."""
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            webhook.asked += 1
            refused = webhook.asked <= webhook.refusals
            if not refused:
                webhook.bodies.append(json.loads(body))
            self.send_response(503 if refused else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        webhook.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield webhook
        finally:
            server.shutdown()
            thread.join()

"""A web host with a certificate, which a test can take away."""

import asyncio
import hashlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from snippet_sandbox.gateway.dialer import HostUnreachableError
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Streams

HOSTS = ("example.org", "other.example.org")
LARGE = bytes(range(256)) * 4096  # 1 MiB


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def do_GET(self) -> None:
        type(self).count += 1
        body = self._body()
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Set-Cookie", "session=s3cret")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"one ", b"two"):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body) + (10 if self.path == "/truncated" else 0)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        if self.path == "/truncated":
            self.close_connection = True

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        answer = hashlib.sha256(sent).hexdigest().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _body(self) -> bytes:
        match self.path:
            case "/counter":
                return str(type(self).count).encode()
            case "/large":
                return LARGE
            case _:
                return f"{self.headers['Host']}{self.path} {self.headers.get('Authorization')}".encode()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        pass


class World:
    """Public names, all of one local host, by HTTP and by HTTPS.

    Attributes:
        tls: what trusts its certificates.
        asked: every connection that was asked for.
    """

    def __init__(self) -> None:
        authority = trustme.CA()
        self.tls = ssl.create_default_context()
        authority.configure_trust(self.tls)
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*HOSTS).configure_cert(own)
        handler = type("Handler", (_Handler,), {"count": 0})
        self._servers = {80: self._serve(handler), 443: self._serve(handler, own)}
        self.asked: list[tuple[str, int]] = []

    def _serve(self, handler: Any, context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    async def connect(self, host: str, port: int) -> Streams:
        """As a dialer does."""
        self.asked.append((host, port))
        if host == "private.example.org":
            raise RefusedError("private.example.org has the address 10.0.0.1, which is not public")
        if host == "down.example.org" or not self._servers:
            raise HostUnreachableError(f"{host} does not answer")
        return await asyncio.open_connection("127.0.0.1", self._servers[port].server_address[1])

    def end(self) -> None:
        """Nothing answers any more."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._servers = {}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.end()

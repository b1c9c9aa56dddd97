"""The way to web hosts: an HTTP proxy that knows whom a job may speak to."""

import asyncio

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.dialer import Dialer, HostUnreachableError
from snippet_sandbox.gateway.doorman import Secure
from snippet_sandbox.gateway.names import RefusedError
from snippet_sandbox.gateway.pipe import Pipe, Streams
from snippet_sandbox.gateway.tape.mediator import Mediator
from snippet_sandbox.gateway.web_policy import WebPolicy
from snippet_sandbox.gateway.web_request import ProxyRequest, parse_proxy_request


class WebDoor:
    """Serves the proxy requests of one job.

    Args:
        policy: whom it may speak to.
        dialer: opens connections.
        ledger: where contacts are noted.
        idle_limit_s: how long a connection may be silent, in seconds.
        mediator: where answers are recorded or replayed, serves what the policy allows.
    """

    def __init__(
        self,
        *,
        policy: WebPolicy,
        dialer: Dialer,
        ledger: Ledger,
        idle_limit_s: float,
        mediator: Mediator | None = None,
    ) -> None:
        self._policy = policy
        self._mediator = mediator
        self._dialer = dialer
        self._ledger = ledger
        self._idle_limit_s = idle_limit_s

    async def serve(self, head: bytes, job: Streams, secure: Secure) -> None:
        """Serve one request.

        Args:
            head: of the request.
            job: the job's end of the connection.
            secure: begins TLS on it, as the server.
        """
        try:
            request = parse_proxy_request(head)
        except RefusedError as error:
            await _say(job[1], 403, "Forbidden", str(error))
            return
        try:
            await self._serve_allowed(request, job, secure)
        except RefusedError as error:
            self._ledger.refused(request.host)
            await _say(job[1], 403, "Forbidden", str(error))
        except HostUnreachableError as error:
            await _say(job[1], 502, "Bad Gateway", str(error))

    async def _serve_allowed(self, request: ProxyRequest, job: Streams, secure: Secure) -> None:
        objection = self._policy.objection(request.host, request.port)
        if objection is not None:
            raise RefusedError(objection)
        if self._mediator is not None:
            await self._mediator.serve(request, job, secure)
        else:
            await self._join(request, job)

    async def _join(self, request: ProxyRequest, job: Streams) -> None:
        """Connect, then copy both ways until either end stops."""
        remote = await self._dialer.connect(request.host, request.port)
        self._ledger.host(request.host)
        try:
            if request.method == "CONNECT":
                job[1].write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                remote[1].write(request.onward)
                self._ledger.sent(len(request.onward))
            await Pipe(job=job, remote=remote, ledger=self._ledger, idle_limit_s=self._idle_limit_s).copy()
        finally:
            remote[1].close()


async def _say(writer: asyncio.StreamWriter, status: int, phrase: str, text: str) -> None:
    body = text.encode() + b"\n"
    head = (
        f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()

"""Answers of the gateway."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from snippet_sandbox.gateway.contacts import Ledger
from snippet_sandbox.gateway.hub_source import HubTroubleError, NotServedError
from snippet_sandbox.gateway.view import Content

_CHUNK_BYTES = 1_000_000


def text_reply(text: str, *, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """A line of plain text."""
    return web.Response(status=status, text=text + "\n", headers=headers)


def json_reply(value: Any, ledger: Ledger, *, commit: str = "") -> web.Response:
    """JSON; dates and the like as text."""
    body = json.dumps(value, default=str).encode()
    ledger.received(len(body))
    headers = {"X-Repo-Commit": commit} if commit else {}
    return web.Response(body=body, content_type="application/json", headers=headers)


def refusal_reply(error: NotServedError) -> web.Response:
    """The Hub's refusal, in its own protocol: the client tells missing from gated by these headers."""
    headers = {"X-Error-Message": " ".join(error.message.split())}
    if error.code:
        headers["X-Error-Code"] = error.code
    if error.commit:
        headers["X-Repo-Commit"] = error.commit
    body = json.dumps({"error": error.message})
    return web.Response(status=error.status, text=body, content_type="application/json", headers=headers)


class BrokenOffError(Exception):
    """An answer's head is out, and its body can't follow.

    Args:
        cause: why.
    """

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@asynccontextmanager
async def begun(response: web.StreamResponse, request: web.BaseRequest) -> AsyncIterator[None]:
    """Send the head of an answer; within, its body is sent.

    Raises:
        BrokenOffError: the body can't be sent. No other answer may follow, for the job would take it for the
            rest of this one's body.
        ConnectionError: the job went away.
    """
    await response.prepare(request)
    try:
        yield
        await response.write_eof()
    except ConnectionError:
        raise
    except Exception as error:
        raise BrokenOffError(error) from error


async def send_file(
    request: web.BaseRequest, content: Content, ledger: Ledger, *, commit: str = ""
) -> web.StreamResponse:
    """A file with its metadata as the Hub gives it, or the asked range of it; for HEAD no content.

    Raises:
        NotServedError: the range lies outside the file.
        BrokenOffError: the job has had all its bytes, or the file can't be read to its end.
        OSError: the file can't be opened.
    """
    start, stop = _asked_range(request, content.size)
    partial = "Range" in request.headers and request.method == "GET"
    response = web.StreamResponse(status=206 if partial else 200)
    response.headers["ETag"] = f'"{content.etag}"'
    if commit:
        response.headers["X-Linked-Etag"] = f'"{content.etag}"'
        response.headers["X-Linked-Size"] = str(content.size)
        response.headers["X-Repo-Commit"] = commit
    response.headers["Accept-Ranges"] = "bytes"
    response.content_type = "application/octet-stream"
    if partial:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    response.content_length = stop - start
    async with begun(response, request):
        if request.method == "GET":
            await _stream(response, content, start, stop, ledger)
    return response


async def _stream(
    response: web.StreamResponse, content: Content, start: int, stop: int, ledger: Ledger
) -> None:
    with content.file.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(_CHUNK_BYTES, left))
            if not chunk:
                raise HubTroubleError(f"{content.file} became shorter while it was read")
            left -= len(chunk)
            ledger.received(len(chunk))
            ledger.check_bytes()
            await response.write(chunk)


def _asked_range(request: web.BaseRequest, size: int) -> tuple[int, int]:
    """Start and stop of the asked range; the whole file for HEAD and where none is asked for."""
    if "Range" not in request.headers or request.method != "GET":
        return 0, size
    try:
        asked = request.http_range
    except ValueError as error:
        raise NotServedError("this range can't be read", status=416) from error
    start, stop, _ = asked.indices(size)
    if start >= stop:
        raise NotServedError(f"the file has only {size} bytes", status=416)
    return start, stop

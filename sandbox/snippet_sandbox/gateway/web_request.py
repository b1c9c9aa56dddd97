"""The heads of requests to a proxy: read strictly, for what they mean must be the same to every reader.

CONNECT: RFC 9110, section 9.3.6.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from snippet_sandbox.gateway.names import RefusedError

_HOST = re.compile(r"[a-z0-9_.-]{1,253}|[0-9a-f:.]{2,45}")  # a name, or an address without its brackets
_TARGET = re.compile(r"[\x21-\x7e\x80-\xff]+")
_METHOD = re.compile(r"[A-Z]{1,20}")
_VERSION = re.compile(r"HTTP/1\.[01]")
_FIELD = re.compile(
    r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*"
)  # RFC 9110, section 5; no folded lines
_NOT_PASSED_ON = frozenset(
    {
        "host",
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
    }
)


@dataclass(frozen=True, kw_only=True)
class ProxyRequest:
    """The head of a request to a proxy.

    Attributes:
        method: ``CONNECT`` or an ordinary method.
        host: whom it is for, lower case, no brackets.
        port: of the host.
        onward: the head as it goes on to the host; empty for ``CONNECT``.
    """

    method: str
    host: str
    port: int
    onward: bytes = b""


def parse_proxy_request(head: bytes) -> ProxyRequest:
    """Read the head of a request, its empty line included.

    Raises:
        RefusedError: it can't be read, or asks for something that a proxy doesn't do.
    """
    try:
        lines = head.decode("latin-1").split("\r\n")
        method, target, version = lines[0].split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise RefusedError("this request can't be read") from error
    if not _TARGET.fullmatch(target) or not _HOST.fullmatch(host) or not _VERSION.fullmatch(version):
        raise RefusedError("this request can't be read")
    if method != "CONNECT" and (parts.scheme != "http" or not _METHOD.fullmatch(method)):
        raise RefusedError("this request can't be read")
    if method == "CONNECT":
        return ProxyRequest(method=method, host=host, port=443 if port is None else port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    named = host_field(host, port, usual=80)
    onward = _onward(method, path, version, named, lines[1:])
    return ProxyRequest(method=method, host=host, port=80 if port is None else port, onward=onward)


def parse_inner_request(head: bytes, host: str, port: int) -> bytes:
    """The head of a request inside a tunnel, as it goes on to the tunnel's host.

    Raises:
        RefusedError: it can't be read.
    """
    lines = head.decode("latin-1").split("\r\n")
    try:
        method, path, version = lines[0].split(" ")
    except ValueError as error:
        raise RefusedError("this request can't be read") from error
    readable = _METHOD.fullmatch(method) and _TARGET.fullmatch(path) and _VERSION.fullmatch(version)
    if not readable or not path.startswith("/"):
        raise RefusedError("this request can't be read")
    return _onward(method, path, version, host_field(host, port, usual=443), lines[1:])


def host_field(host: str, port: int | None, *, usual: int) -> str:
    """A host and its port as addresses and the ``Host`` field have them.

    The host that was checked is the host that is named, whatever the job wrote (RFC 9112, section 3.2.2).
    """
    named = f"[{host}]" if ":" in host else host
    return named if port in (None, usual) else f"{named}:{port}"


def _onward(method: str, path: str, version: str, named: str, fields: Sequence[str]) -> bytes:
    # One request a connection: the next one might be for another host.
    first = [f"{method} {path} {version}", f"Host: {named}", "Connection: close"]
    return "\r\n".join([*first, *_kept_fields(fields), "", ""]).encode("latin-1")


def _kept_fields(lines: Sequence[str]) -> list[str]:
    """The header's fields that go on to the host.

    Raises:
        RefusedError: a field is one thing to one reader and something else to another.
    """
    fields = [line for line in lines if line]
    if not all(_FIELD.fullmatch(line) for line in fields):
        raise RefusedError("a field of this request's header is malformed")
    names = [field.partition(":")[0].lower() for field in fields]
    if names.count("content-length") > 1 or {"content-length", "transfer-encoding"} <= set(names):
        raise RefusedError("this request has two lengths")
    return [field for name, field in zip(names, fields, strict=True) if name not in _NOT_PASSED_ON]

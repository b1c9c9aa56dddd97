"""What is kept of a question to the world and of its answer. Pure."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

Headers = tuple[tuple[str, str], ...]

_SHA256 = re.compile(r"[0-9a-f]{64}")
# Whoever has the recording must not be able to speak in the user's or the snippet's name.
_SECRET = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "set-cookie2", "www-authenticate"}
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What tells one request from another.

    Attributes:
        method: of HTTP; ``CONNECT`` stands for reaching the host at all.
        url: without name and password.
        range: the asked range of bytes, as written; empty for all of them.
        body_sha256: of the request's body; empty for none. The body itself is not kept.
    """

    method: str
    url: str
    range: str = ""
    body_sha256: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A question and its answer.

    Attributes:
        door: of the job that asked; empty where the answer is for all.
        asked: the question.
        status: of HTTP.
        headers: the answer's, in its order, without secrets.
        body_sha256: names the body among the recording's.
    """

    door: str
    asked: Question
    status: int
    headers: Headers
    body_sha256: str


class MalformedError(ValueError):
    """A line of an index can't be understood."""


def without_secrets(headers: Iterable[tuple[str, str]]) -> Headers:
    """Headers that may be written down."""
    return tuple((name, value) for name, value in headers if name.lower() not in _SECRET)


def line_of(exchange: Exchange) -> str:
    """A line of an index, its end included."""
    value = {"door": exchange.door, **asdict(exchange.asked), "status": exchange.status}
    return json.dumps({**value, "headers": exchange.headers, "body": exchange.body_sha256}) + "\n"


def exchange_of(line: str) -> Exchange:
    """What a line of an index says.

    Raises:
        MalformedError: nothing that was written by ``line_of``.
    """
    try:
        value = json.loads(line)
        body = value["body"]
        if not _SHA256.fullmatch(body):  # it becomes the name of a file
            raise MalformedError("a body has no name")
        return Exchange(
            door=str(value["door"]),
            asked=Question(
                method=str(value["method"]),
                url=str(value["url"]),
                range=str(value["range"]),
                body_sha256=str(value["body_sha256"]),
            ),
            status=int(value["status"]),
            headers=tuple((str(name), str(text)) for name, text in value["headers"]),
            body_sha256=body,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError(str(error)) from error

"""Asking again where it may help."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import stamina
from huggingface_hub.errors import HfHubHTTPError

_LONGEST_PAUSE_S = 10.0
RETRIED_STATUS = frozenset({408, 429, 500, 502, 503, 504})

# Retries are told where they end in failure; until then they are nobody's business. With this handler Python
# no longer prints them for want of any, and a program that sets up logging still hears of them.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def retries(*, on: Callable[[Exception], bool | float], timeout_s: float | None) -> Any:
    """Three attempts; to be iterated over, as ``stamina.retry_context``.

    Args:
        on: whether an error may pass; a number is how long to wait first, in seconds.
        timeout_s: after which there is no further attempt; None for no such limit.
    """
    return stamina.retry_context(on=on, attempts=3, timeout=timeout_s, wait_initial=0.3, wait_max=2.0)


def pause_before_retry(error: Exception) -> bool | float:
    """Whether to ask the Hub again after ``error``, and after how many seconds if it said so itself.

    A Hub that wants to be left alone for longer than a snippet can wait isn't asked again.
    """
    if not hub_may_recover(error):
        return False
    asked_s = asked_pause_s(error)
    if asked_s is None:
        return True
    return asked_s if asked_s <= _LONGEST_PAUSE_S else False


def asked_pause_s(error: Exception) -> float | None:
    """How long the Hub asks to be left alone, in seconds; None if it doesn't say.

    ``Retry-After`` is a number of seconds or a date: RFC 9110, section 10.2.3.
    """
    if not isinstance(error, HfHubHTTPError):
        return None
    said = error.response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def hub_may_recover(error: Exception) -> bool:
    """Whether the client failed in a way that may pass: no answer, too many requests, a server's error."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in RETRIED_STATUS
    # By module and not by type: the client's transport was requests, then httpx, then httpx2.
    transport = type(error).__module__.partition(".")[0]
    return transport in ("httpx", "httpx2", "httpcore", "httpcore2", "requests")

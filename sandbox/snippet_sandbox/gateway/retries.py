"""Asking again where it may help."""

import logging
from collections.abc import Callable
from typing import Any

import stamina
from huggingface_hub.errors import HfHubHTTPError

RETRIED_STATUS = frozenset({408, 429, 500, 502, 503, 504})

# Retries are told where they end in failure; until then they are nobody's business. With this handler Python
# no longer prints them for want of any, and a program that sets up logging still hears of them.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def retries(*, on: Callable[[Exception], bool], timeout_s: float) -> Any:
    """Three attempts in at most ``timeout_s`` seconds; to be iterated over, as ``stamina.retry_context``."""
    return stamina.retry_context(on=on, attempts=3, timeout=timeout_s, wait_initial=0.3, wait_max=2.0)


def hub_may_recover(error: Exception) -> bool:
    """Whether the client failed in a way that may pass: no answer, too many requests, a server's error."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in RETRIED_STATUS
    # By module and not by type: the client's transport was requests, then httpx, then httpx2.
    transport = type(error).__module__.partition(".")[0]
    return transport in ("httpx", "httpx2", "httpcore", "httpcore2", "requests")

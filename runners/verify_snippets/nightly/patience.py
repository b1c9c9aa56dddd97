"""Asking the Hub again for minutes: a night has the time, and half a list is none."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import parse_ratelimit_headers  # type: ignore[attr-defined]  # public

from snippet_images.errors import InfrastructureError
from snippet_images.progress import Listener, Progress, silent
from snippet_sandbox.gateway.retries import asked_pause_s, hub_may_recover

NIGHT_S = 600.0  # the Hub counts requests in windows of five minutes: one of them, and what led to it
SOMEBODY_WAITS_S = 10.0
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long something is asked again and again.

    Attributes:
        limit_s: from the first time on.
        cancel: ends it.
        listener: hears of every pause.
    """

    limit_s: float = SOMEBODY_WAITS_S
    cancel: threading.Event = field(default_factory=threading.Event)
    listener: Listener = silent

    def ask(self, call: Callable[[], T]) -> T:
        """What ``call`` gives, asked again after a pause where that may help.

        Raises:
            Exception: what it raised last.
            InfrastructureError: the user interrupted.
        """
        ends_at = time.monotonic() + self.limit_s
        for attempt in count():
            try:
                return call()
            except Exception as error:
                pause_s = _pause_s(error, attempt)
                if pause_s is None or time.monotonic() + pause_s > ends_at:
                    raise
            self.listener(Progress(what=f"the Hub has no answer now; asking again in {pause_s:.1f} s"))
            if self.cancel.wait(pause_s):
                raise InfrastructureError("interrupted while the Hub was asked")
        raise AssertionError("counting never ends")


class NoAnswerError(Exception):
    """The Hub answered, and not with what it should: a page cut short, an error page of something between."""


def _pause_s(error: Exception, attempt: int) -> float | None:
    """How long to wait, in seconds; None where asking again is no use."""
    if not (hub_may_recover(error) or isinstance(error, NoAnswerError)):
        return None
    asked_s = asked_pause_s(error)
    if asked_s is None and isinstance(error, HfHubHTTPError):
        limit = parse_ratelimit_headers(error.response.headers)
        asked_s = limit.reset_in_seconds if limit is not None and limit.remaining == 0 else None
    if asked_s is not None:
        return float(asked_s) + _FIRST_PAUSE_S
    return min(_FIRST_PAUSE_S * 2.0**attempt, _LONGEST_PAUSE_S)

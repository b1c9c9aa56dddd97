"""A night's news by mail, Slack, Discord, webhooks and whatever else apprise knows.

An address is a URL that holds what is secret of it, so none is ever shown: neither in an error nor in a log.
https://github.com/caronc/apprise/wiki tells how they are written.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from snippet_images.errors import UsageError
from verify_snippets.clean import one_line, shorten
from verify_snippets.nightly.news import News
from verify_snippets.nightly.outline import title
from verify_snippets.nightly.summary import message

if TYPE_CHECKING:
    from apprise import NotifyBase

VARIABLE = "VERIFY_SNIPPETS_NOTIFY"
_PAUSES_S = (2.0, 10.0)  # between the attempts on one address
_TITLE_LENGTH = 200
_LONGEST_BODY = 8_000  # characters: who wants more opens the dashboard
_SHORTEST_BODY = 60  # one that says no more than how many
_REASON_LENGTH = 200
_SECRET_LENGTH = 4  # shorter pieces of a URL are no secret, and would blot out what is said
_HINT = (
    "write it as apprise does, such as mailtos://user:password@example.org, slack://..., discord://..., or "
    "jsons://example.org/path for a webhook"
)


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where news are sent.

    Attributes:
        name: what people are told of it: the service and which of the given addresses it is.
        url: as given; a secret.
        plugin: apprise's, which sends there.
    """

    name: str
    url: str
    plugin: "NotifyBase"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of sending to one address.

    Attributes:
        name: of the address.
        trouble: why nothing arrived; empty where it did.
    """

    name: str
    trouble: str = ""


def read_addresses(given: Sequence[str], environ: Mapping[str, str]) -> tuple[Address, ...]:
    """The addresses of the command line and of the environment, each once.

    Args:
        given: URLs, and files of URLs as ``@PATH``: one a line, ``#`` begins a comment.
        environ: its ``VERIFY_SNIPPETS_NOTIFY`` may hold more, between blanks or lines.

    Raises:
        UsageError: one of them is no address, or a file can't be read.
    """
    named = [("--notify", each) for each in given]
    named += [(VARIABLE, each) for each in environ.get(VARIABLE, "").split()]
    origins: dict[str, str] = {}
    for origin, each in named:
        for url in _urls(each):
            origins.setdefault(url, origin)
    return tuple(
        _address(url, origin, number) for number, (url, origin) in enumerate(origins.items(), start=1)
    )


def send(
    news: News, addresses: Iterable[Address], *, pause: Callable[[float], object] = time.sleep
) -> tuple[Delivery, ...]:
    """Send the news to every address; what can't be delivered is tried again, and then told.

    Args:
        news: what to send.
        addresses: where to.
        pause: waits so many seconds.
    """
    return tuple(_deliver(news, address, pause) for address in addresses)


def _urls(given: str) -> Iterator[str]:
    if not given.startswith("@"):
        yield given.strip()
        return
    file = Path(given.removeprefix("@"))
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the file of addresses {file} can't be read: {error}",
            hint="one URL a line; `#` begins a comment",
        ) from error
    yield from (line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _address(url: str, origin: str, number: int) -> Address:
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id="verify-snippets", app_desc="Runs the snippets of model cards", app_url="", async_mode=False
    )
    with _overheard():
        plugin = Apprise.instantiate(url, asset=asset)
    if plugin is None:
        scheme = re.match(r"[a-z0-9+.-]{1,20}(?=://)", url, re.IGNORECASE)
        which = f"the one that begins with {scheme[0]}://" if scheme else "one without a scheme"
        raise UsageError(f"{origin} has an address that news can't be sent to: {which}", hint=_HINT)
    return Address(name=f"{plugin.service_name} (address {number})", url=url, plugin=plugin)


def _deliver(news: News, address: Address, pause: Callable[[float], object]) -> Delivery:
    trouble = _attempt(news, address)
    for pause_s in _PAUSES_S:
        if not trouble:
            break
        pause(pause_s)
        trouble = _attempt(news, address)
    return Delivery(name=address.name, trouble=trouble)


def _attempt(news: News, address: Address) -> str:
    """Why it could not be delivered; empty where it was."""
    from apprise import Apprise

    plugin = address.plugin
    room = min(plugin.body_maxlen - (0 if plugin.title_maxlen else _TITLE_LENGTH), _LONGEST_BODY)
    body = _calling_nobody(message(news, limit=max(room, _SHORTEST_BODY)))
    one_line_on_all = _calling_nobody(
        shorten(title(news), min(plugin.title_maxlen or _TITLE_LENGTH, _TITLE_LENGTH))
    )
    sender = Apprise()
    sender.add(plugin)
    try:
        with _overheard() as said:
            if sender.notify(body=body, title=one_line_on_all, body_format="text"):
                return ""
        told = said.getvalue()
    except Exception as error:  # noqa: BLE001 - whatever a service's plugin raises: the night has ended well
        told = f"{type(error).__name__}: {error}"
    return shorten(one_line(_without_secrets(told, address.url)), _REASON_LENGTH) or "it was not accepted"


def _calling_nobody(text: str) -> str:
    """The text with nothing in it that a chat takes for a call to its members."""
    return re.sub(r"[@<](?=\S)", "\\g<0>\u200b", text)


def _without_secrets(told: str, url: str) -> str:
    """What a service said, without any piece of the address."""
    pieces = {
        piece for piece in re.split(r"[/:@?&=,]+", url.partition("://")[2]) if len(piece) >= _SECRET_LENGTH
    }
    for piece in sorted(pieces | {unquote(piece) for piece in pieces}, key=len, reverse=True):
        told = told.replace(piece, "***")
    return told


@contextmanager
def _overheard() -> Iterator[StringIO]:
    """What apprise warns of meanwhile; kept off the screen, for it may hold an address."""
    logger, said = logging.getLogger("apprise"), StringIO()
    handler, propagates = logging.StreamHandler(said), logger.propagate
    handler.setLevel(logging.WARNING)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates

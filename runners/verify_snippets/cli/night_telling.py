"""What is told of a night when its work is done: to people, to files, to other programs."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from snippet_images.errors import UserFacingError
from verify_snippets import screen as screens
from verify_snippets.nightly.logs import Event, EventName, Level, Log
from verify_snippets.nightly.news import News
from verify_snippets.nightly.news_gathering import news_of
from verify_snippets.nightly.night import NightResult
from verify_snippets.nightly.sending import Address, read_addresses, send
from verify_snippets.report import destination
from verify_snippets.report.destination import Destination
from verify_snippets.store.records import Night
from verify_snippets.store.store import Store

if TYPE_CHECKING:
    from verify_snippets.cli.night_discussions import Discussions

ENDINGS = {"markdown": "md", "json": "json", "text": "txt"}
"""The formats that a night's summary is written in, and what their files usually end in."""
_UNTOLD_NIGHTS = 14  # news that are older than that are none


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Who is told of a night, and where. Everything is checked before the night begins.

    Attributes:
        addresses: where news are sent.
        discussions: the models' community tabs; None where they are not told.
        destinations: where the summary is written, beside stdout.
        site: the dashboard's folder; None for no dashboard.
        site_public_only: whether it leaves out private models.
    """

    addresses: tuple[Address, ...] = ()
    discussions: "Discussions | None" = None
    destinations: Sequence[Destination] = ()
    site: Path | None = None
    site_public_only: bool = False

    @classmethod
    def prepare(
        cls,
        *,
        notify: Sequence[str],
        open_discussions: bool,
        discuss_anywhere: bool,
        destinations: Sequence[Destination],
        site: Path | None,
        site_public_only: bool,
    ) -> Self:
        """Check what was asked for.

        Raises:
            UsageError: something of it can't be done.
        """
        return cls(
            addresses=read_addresses(notify, os.environ),
            discussions=_join(others=discuss_anywhere) if open_discussions else None,
            destinations=destinations,
            site=site,
            site_public_only=site_public_only,
        )

    def send(self, result: NightResult, store: Store, log: Log) -> News:
        """Send the news, once a night and only where something changed; tell the community tabs."""
        earlier = [night for night in store.nights() if _is_before(night, result.night)]
        news = _news(result, store, is_first=not earlier)
        if result.night.told_at is None:
            self._send(news, result, earlier, store, log)
        if self.discussions is not None:
            self.discussions.bring_up_to_date(
                result.listing, store, lambda text, bad: (_warn if bad else _note)(log, text)
            )
        return news

    def _send(
        self, news: News, result: NightResult, earlier: Sequence[Night], store: Store, log: Log
    ) -> None:
        """Send the news of tonight, and of the nights before whose news reached nobody."""
        untold = [night.number for night in takewhile(lambda night: night.told_at is None, earlier)]
        if untold and self.addresses:
            news = _news(result, store, also=untold[:_UNTOLD_NIGHTS], is_first=news.is_first)
        deliveries = send(news, self.addresses) if news.is_new else ()
        for delivery in deliveries:
            if delivery.trouble:
                _warn(log, f"news could not be sent to {delivery.name}: {delivery.trouble}")
        if deliveries and all(delivery.trouble for delivery in deliveries):
            _warn(log, "nobody heard of this night's news; they are sent with the next one's")
        else:
            store.night_told(result.night.number, at=datetime.now(UTC))

    def write(self, news: News, store: Store, log: Log) -> None:
        """Write the dashboard, the summary's files, and the summary to stdout."""
        if self.site is not None:
            self._write_site(self.site, store, log)
        for place in sorted(self.destinations, key=lambda each: each.path is None):
            destination.put(_laid_out(news, place.format), place, sys.stdout)
        if all(place.path is not None for place in self.destinations):
            screens.console_for(sys.stdout)  # what a card says may hold characters that stdout can't
            click.echo(_laid_out(news, "text"), nl=False)

    def _write_site(self, folder: Path, store: Store, log: Log) -> None:
        from huggingface_hub import constants

        from verify_snippets.site.build import build

        try:
            build(store, folder, hub=constants.ENDPOINT.rstrip("/"), public_only=self.site_public_only)
        except UserFacingError as error:
            _warn(log, f"the dashboard was not written: {error.message}; `verify-snippets site` writes it")


def _join(*, others: bool) -> "Discussions":
    from verify_snippets.cli.night_discussions import Discussions

    return Discussions.join(others=others)


def _is_before(one: Night, other: Night) -> bool:
    return one.target == other.target and one.number < other.number


def _news(result: NightResult, store: Store, *, also: Sequence[int] = (), is_first: bool) -> News:
    """What the night is worth telling, with what changed in earlier nights that are to be told with it."""
    wanted = {model.repo_id for model in result.listing.models}
    return news_of(
        result.night,
        changes=[
            change for number in sorted({*also, result.night.number}) for change in store.changes(number)
        ],
        models=[model for model in store.models() if model.listed.repo_id in wanted],
        standings=store.standings(),
        claims=store.claim_standings(),
        broken={broken.repo_id: broken.reason for broken in result.broken},
        later=len(wanted.intersection(result.left_over)),
        is_first=is_first,
    )


def _laid_out(news: News, format_: str) -> str:
    from huggingface_hub import constants

    from verify_snippets.nightly import summary

    match format_:
        case "markdown":
            return summary.markdown(news, endpoint=constants.ENDPOINT.rstrip("/"))
        case "json":
            return summary.as_json(news)
        case _:
            return summary.text(news)


def _note(log: Log, text: str) -> None:
    log.tell(Event(name=EventName.NOTE, text=text))


def _warn(log: Log, text: str) -> None:
    log.tell(Event(name=EventName.TROUBLE, text=text, level=Level.WARNING))

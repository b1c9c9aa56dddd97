"""A night's news laid out: Markdown for CI, plain text for people, JSON for programs. Pure."""

import json
import textwrap
from collections.abc import Iterator
from urllib.parse import quote

from verify_snippets.nightly.news import Item, News
from verify_snippets.nightly.outline import ROOMS, Entry, Outline, Place, Section, cards, fitted, headline
from verify_snippets.report import gfm
from verify_snippets.report.markdown import LIMIT_BYTES

SCHEMA = "verify-snippets/news/v1"
_WIDTH = 100
_UNFOLDED = 3  # places of an entry that are told without unfolding it
_ROOMS = ROOMS[2:]  # text can't be unfolded: nobody wants all names of forty cards
_TEXT_LIMIT = 20_000  # characters: some two hundred lines


def text(news: News, *, limit: int = _TEXT_LIMIT) -> str:
    """The news as plain text of at most ``limit`` characters, ending in a newline."""
    return fitted(news, lambda told: "\n".join(_text_lines(told)) + "\n", limit=limit, rooms=_ROOMS)


def message(news: News, *, limit: int) -> str:
    """The same without its title, for a message that has one of its own."""
    return fitted(news, lambda told: "\n".join(_body_lines(told)).strip() + "\n", limit=limit, rooms=_ROOMS)


def markdown(news: News, *, endpoint: str, limit: int = LIMIT_BYTES) -> str:
    """The news in GitHub's Markdown.

    Args:
        news: what to tell.
        endpoint: the Hub's address, where the cards are.
        limit: in bytes; by default what GitHub takes for the summary of a step.
    """
    return fitted(
        news,
        lambda told: "\n".join(_markdown_lines(told, endpoint)) + "\n",
        limit=limit,
        size=lambda written: len(written.encode()),
    )


def as_json(news: News) -> str:
    """All of the news as one JSON object, nothing left out."""
    night = news.night
    told = {
        "schema": SCHEMA,
        "night": night.number,
        "target": night.target,
        "started_at": night.started_at.isoformat(),
        "tool_version": night.tool_version,
        "image": night.image,
        "counts": night.counts,
        "headline": headline(news),
        "is_new": news.is_new,
        "is_first": news.is_first,
        "suspected": news.suspected,
        "later": news.later,
        "topics": {
            topic: [
                {
                    "headline": group.headline,
                    "cause": group.kind,
                    "cards": len(group.repo_ids),
                    "downloads": group.downloads,
                    "items": [_json_item(item) for item in group.items],
                }
                for group in groups
            ]
            for topic, groups in news.topics.items()
        },
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _json_item(item: Item) -> dict[str, object]:
    return {
        "repo_id": item.repo_id,
        "downloads": item.downloads,
        "line": item.line or None,
        "profile": item.profile or None,
        "title": item.title,
        "reason": item.reason,
        "since": None if item.since is None else item.since.isoformat(),
    }


def _text_lines(told: Outline) -> Iterator[str]:
    yield told.title
    yield from _body_lines(told)


def _body_lines(told: Outline) -> Iterator[str]:
    yield from told.remarks
    for section in told.sections:
        yield ""
        yield section.title
        for entry in section.entries:
            yield from _text_entry(entry)
        if section.more:
            yield f"  {_more_entries(section)}"


def _text_entry(entry: Entry) -> Iterator[str]:
    if not entry.head:
        yield from (_text_place(place, indent="  ") for place in entry.places)
        return
    yield f"  {entry.head}"
    if entry.places and not any(place.about for place in entry.places):
        names = [_where(place) for place in entry.places]
        more = f" and {entry.more} more" if entry.more else ""
        yield from _wrapped(", ".join(names) + more)
        return
    yield from (_text_place(place, indent="    ") for place in entry.places)
    if entry.more and entry.places:
        yield f"    and {entry.more} more"


def _wrapped(names: str) -> list[str]:
    return textwrap.wrap(
        names,
        _WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _text_place(place: Place, *, indent: str) -> str:
    return f"{indent}{_where(place)}{f': {place.about}' if place.about else ''}"


def _where(place: Place) -> str:
    return f"{place.repo_id} {place.words}".rstrip()


def _more_entries(section: Section) -> str:
    if not section.entries:
        return "see the store, or the dashboard, for them"
    return f"and {section.more} more, of {cards(section.more_cards)}"


def _markdown_lines(told: Outline, endpoint: str) -> Iterator[str]:
    yield f"## {gfm.text(told.title)}"
    for remark in told.remarks:
        yield ""
        yield gfm.prose(remark)
    for section in told.sections:
        yield ""
        yield from _markdown_section(section, endpoint)


def _markdown_section(section: Section, endpoint: str) -> Iterator[str]:
    """What is new in full view; what is not, to unfold."""
    lines = [line for entry in section.entries for line in _markdown_entry(entry, endpoint)]
    if section.more:
        lines.append(f"- {_more_entries(section)}")
    if section.is_new:
        yield from (f"### {gfm.text(section.title)}", "", *lines)
    else:
        yield from _folded(gfm.text(section.title), lines)


def _markdown_entry(entry: Entry, endpoint: str) -> Iterator[str]:
    places = [_markdown_place(place, endpoint) for place in entry.places]
    if not entry.head:
        yield from (f"- {place}" for place in places)
        return
    more = [f"and {entry.more} more"] if entry.more else []
    if len(places) + len(more) <= _UNFOLDED:
        yield f"- {gfm.prose(entry.head)}"
        yield from (f"  - {place}" for place in [*places, *more])
        return
    yield f"- <details><summary>{_summary(entry.head)}</summary>"
    yield ""
    yield from (f"  - {place}" for place in [*places, *more])
    yield ""
    yield "  </details>"


def _folded(title: str, lines: list[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *lines, "", "</details>")


def _summary(head: str) -> str:
    """A group's headline where HTML stands around it, in which backticks mean nothing."""
    return gfm.text(head.replace("`", "")).removeprefix(" ")


def _markdown_place(place: Place, endpoint: str) -> str:
    line = f"?code=true#L{place.line}" if place.line else ""
    address = f"{endpoint}/{quote(place.repo_id)}/blob/main/README.md{line}"
    about = f": {gfm.prose(place.about)}" if place.about else ""
    return f"[{gfm.text(place.repo_id)}]({address}) {place.words}".rstrip() + about

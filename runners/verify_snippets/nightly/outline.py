"""A night's news in plain words, put in order and shortened: what every way to tell it lays out. Pure.

Names of code stand between backticks. Reasons and titles are strangers' text on one line; how it is kept from
being markup is up to who lays it out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verify_snippets.clean import one_line, shorten
from verify_snippets.nightly.news import CHANGES, Item, News, NewsGroup, Topic
from verify_snippets.report.quantities import counted

_REASON_LENGTH = 200
_TITLE_LENGTH = 80
_CLAIMS = (Topic.NEW_CONTRADICTION, Topic.CLAIM_HOLDS, Topic.STILL_CONTRADICTED)
_FAILED = " used to fail"  # of what is fixed, whose cause is that of before
_LASTING = (Topic.STILL_FAILING, Topic.STILL_FLAKY, Topic.STILL_CONTRADICTED)


@dataclass(frozen=True, kw_only=True)
class Room:
    """How much is told; what is left out is counted.

    Attributes:
        groups: of a topic that changed.
        lasting_groups: of a topic that did not.
        places: of a group.
    """

    groups: int
    lasting_groups: int
    places: int


ROOMS: Final = (
    Room(groups=100, lasting_groups=50, places=100),
    Room(groups=50, lasting_groups=20, places=30),
    Room(groups=20, lasting_groups=10, places=8),
    Room(groups=10, lasting_groups=3, places=4),
    Room(groups=5, lasting_groups=0, places=2),
    Room(groups=3, lasting_groups=0, places=0),
    Room(groups=0, lasting_groups=0, places=0),
)
"""From the widest to one that has the headline and the counts alone."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One snippet, claim or card.

    Attributes:
        repo_id: whose card.
        line: in the card, 1-based; 0 for the card as a whole.
        words: where in the card, such as ``line 12 on t4-small``; empty for the card as a whole.
        about: what is said of it alone; empty where the entry says it all.
    """

    repo_id: str
    line: int
    words: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What has one cause.

    Attributes:
        head: such as ``41 cards: the pipeline `summarization` was removed in transformers 5.3``; empty where
            there is one place alone, which tells everything.
        places: the most downloaded first.
        more: how many places are left out.
    """

    head: str
    places: tuple[Place, ...]
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class Section:
    """One topic.

    Attributes:
        topic: which.
        title: such as ``New failures: 41 snippets of 40 cards``.
        entries: the weightiest first.
        more: how many entries are left out.
        more_cards: how many cards those speak of.
    """

    topic: Topic
    title: str
    entries: tuple[Entry, ...]
    more: int = 0
    more_cards: int = 0

    @property
    def is_new(self) -> bool:
        """Whether it tells of a change."""
        return self.topic in CHANGES


@dataclass(frozen=True, kw_only=True)
class Outline:
    """The whole news.

    Attributes:
        title: such as ``acme: 41 new failures, 3 fixed``.
        remarks: sentences that come before the sections.
        sections: what matters most comes first.
    """

    title: str
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]


def outline(news: News, room: Room = ROOMS[0]) -> Outline:
    """The news with as much detail as there is room for."""
    several_profiles = len({item.profile for topic in news.topics for item in news.items(topic)} - {""}) > 1
    return Outline(
        title=title(news),
        remarks=tuple(_remarks(news)),
        sections=tuple(_section(topic, news, room, with_profile=several_profiles) for topic in news.topics),
    )


def fitted(
    news: News,
    render: Callable[[Outline], str],
    *,
    limit: int,
    size: Callable[[str], int] = len,
    rooms: Sequence[Room] = ROOMS,
) -> str:
    """The news with as much detail as fits.

    Args:
        news: what to tell.
        render: lays it out.
        limit: how long it may be.
        size: how long a text is, in the limit's unit.
        rooms: how much detail it may have, the most first.
    """
    text = ""
    for room in rooms:
        text = render(outline(news, room))
        if size(text) <= limit:
            return text
    return shorten(text, limit)


def title(news: News) -> str:
    """One line on all of it, such as ``acme: 41 new failures, 3 fixed``."""
    return f"{one_line(news.night.target)}: {headline(news)}"


def headline(news: News) -> str:
    """All of it in a few words, such as ``41 new failures, 3 fixed``."""
    counts = [_count(topic, news) for topic in news.topics if topic in CHANGES]
    return ", ".join(counts) or _quiet(news)


def cards(count: int) -> str:
    """So many cards."""
    return counted(count, "card")


def day(moment: datetime) -> str:
    """The date."""
    return f"{moment:%Y-%m-%d}"


def _quiet(news: News) -> str:
    lasting = [_count(topic, news) for topic in news.topics if topic in _LASTING]
    return f"nothing new ({', '.join(lasting)})" if lasting else "nothing new"


def _count(topic: Topic, news: News) -> str:
    count = len(news.items(topic))
    if count != 1:
        return f"{count} {topic}"
    return f"1 {topic.replace('failures', 'failure').replace('claims', 'claim').replace('hold ', 'holds ')}"


def _remarks(news: News) -> Sequence[str]:
    told = []
    if news.is_first and Topic.NEW_FAILURE in news.topics:
        told.append("This is the first night, so everything that fails is new.")
    if news.suspected:
        which = counted(news.suspected, "snippet")
        told.append(f"{which} failed once, and could not be run again to confirm it.")
    if news.later:
        told.append(f"{cards(news.later)} did not fit in the budget; the next night begins with them.")
    return told


def _section(topic: Topic, news: News, room: Room, *, with_profile: bool) -> Section:
    groups = news.topics[topic]
    shown = room.groups if topic in CHANGES else room.lasting_groups
    left_out = groups[shown:]
    return Section(
        topic=topic,
        title=f"{topic[:1].upper()}{topic[1:]}: {_extent(topic, news.items(topic))}",
        entries=tuple(_entry(topic, group, room, with_profile=with_profile) for group in groups[:shown]),
        more=len(left_out),
        more_cards=len({repo_id for group in left_out for repo_id in group.repo_ids}),
    )


def _extent(topic: Topic, items: Sequence[Item]) -> str:
    count = len({item.repo_id for item in items})
    if topic is Topic.NOT_VERIFIED:
        return cards(count)
    noun = "claim" if topic in _CLAIMS else "snippet"
    return f"{counted(len(items), noun)} of {cards(count)}"


def _entry(topic: Topic, group: NewsGroup, room: Room, *, with_profile: bool) -> Entry:
    alone = len(group.items) == 1
    about = _headline(group) if alone and (group.says_all or not group.items[0].reason) else ""
    shown = group.items if alone else group.items[: room.places]
    explained = group.says_all and not alone
    return Entry(
        head="" if alone else _head(topic, group),
        places=tuple(
            _place(item, about or ("" if explained else _about(item)), topic, with_profile=with_profile)
            for item in shown
        ),
        more=len(group.items) - len(shown),
    )


def _head(topic: Topic, group: NewsGroup) -> str:
    told = cards(len(group.repo_ids))
    if group.headline:
        told = f"{told}{_FAILED if topic is Topic.FIXED else ''}: {_headline(group)}"
    oldest = min((item.since for item in group.items if item.since is not None), default=None)
    since_one_day = {day(item.since) for item in group.items if item.since is not None}
    if topic in _LASTING and group.says_all and oldest is not None:
        told += f", since {day(oldest)}{'' if len(since_one_day) == 1 else ' or later'}"
    return told


def _headline(group: NewsGroup) -> str:
    return shorten(one_line(group.headline), _REASON_LENGTH)


def _about(item: Item) -> str:
    words = shorten(one_line(item.title).replace("`", "'"), _TITLE_LENGTH)
    reason = shorten(one_line(item.reason), _REASON_LENGTH)
    return ": ".join(part for part in (f"`{words}`" if words else "", reason) if part)


def _place(item: Item, about: str, topic: Topic, *, with_profile: bool) -> Place:
    on = f" on {item.profile}" if item.profile and with_profile else ""
    failed = _FAILED if topic is Topic.FIXED and about else ""
    if about and topic in _LASTING and item.since is not None:
        about = f"{about}, since {day(item.since)}"
    return Place(
        repo_id=one_line(item.repo_id),
        line=item.line,
        words=f"line {item.line}{on}{failed}" if item.line else "",
        about=about,
    )

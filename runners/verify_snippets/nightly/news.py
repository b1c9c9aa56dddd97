"""What a night is worth telling, as values: topics, groups of what has one cause, what is in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verify_snippets.causes import Cause
from verify_snippets.store.records import Night


class Topic(StrEnum):
    """What a piece of news is about; what matters most comes first."""

    NEW_FAILURE = "new failures"
    NEW_CONTRADICTION = "newly contradicted claims"
    FIXED = "fixed"
    CLAIM_HOLDS = "claims that hold again"
    FLAKY = "newly flaky"
    STEADY_AGAIN = "steady again"
    STILL_FAILING = "still failing"
    STILL_CONTRADICTED = "claims still contradicted"
    STILL_FLAKY = "still flaky"
    NOT_VERIFIED = "not verified"


_WORTH_A_MESSAGE = frozenset(
    {Topic.NEW_FAILURE, Topic.NEW_CONTRADICTION, Topic.FIXED, Topic.CLAIM_HOLDS, Topic.FLAKY}
)
CHANGES = _WORTH_A_MESSAGE | {Topic.STEADY_AGAIN}
"""Topics that tell of a change."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One snippet, claim or card in the news.

    Attributes:
        repo_id: whose card.
        downloads: of the model in the last 30 days.
        line: in the card, 1-based; 0 for the card as a whole.
        profile: the hardware's name; empty where none has a part in it.
        title: the snippet's first line, or the claim's words; empty for a card.
        reason: in words.
        since: when it came to be so; None where that is tonight or doesn't matter.
    """

    repo_id: str
    downloads: int = 0
    line: int = 0
    profile: str = ""
    title: str = ""
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class NewsGroup:
    """What has one cause.

    Attributes:
        headline: the cause, as a clause; names of code stand between backticks.
        says_all: whether that is all there is to say; else each item's own reason says more.
        kind: of the cause; None where the group is not one of failures.
        items: the most downloaded first.
    """

    headline: str
    says_all: bool = False
    kind: Cause | None = None
    items: tuple[Item, ...]

    @property
    def repo_ids(self) -> tuple[str, ...]:
        """The cards in it, each once, the most downloaded first."""
        return tuple(dict.fromkeys(item.repo_id for item in self.items))

    @property
    def downloads(self) -> int:
        """Of all its models in the last 30 days."""
        return sum({item.repo_id: item.downloads for item in self.items}.values())


@dataclass(frozen=True, kw_only=True)
class News:
    """All that is worth telling of a night.

    Attributes:
        night: which.
        is_first: whether no night of the same target came before it.
        topics: the groups of each topic that has any, the most downloaded first.
        suspected: how many snippets failed once and could not be run again to confirm it.
        later: how many models did not fit in the night's budget.
    """

    night: Night
    is_first: bool = False
    topics: Mapping[Topic, tuple[NewsGroup, ...]]
    suspected: int = 0
    later: int = 0

    @property
    def is_new(self) -> bool:
        """Whether anything changed that somebody wants to be sent a message for."""
        return not _WORTH_A_MESSAGE.isdisjoint(self.topics)

    def items(self, topic: Topic) -> list[Item]:
        """All of one topic."""
        return [item for group in self.topics.get(topic, ()) for item in group.items]

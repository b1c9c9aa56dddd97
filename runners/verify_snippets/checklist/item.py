"""One item of the checklist."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How an item stands."""

    DONE = "done"
    MISSING = "missing"  # or there, and wrong
    NOT_NEEDED = "not needed"  # this model has no use for it
    NOT_SEEN = "not seen"  # a machine could, and had no chance to: no Hub, not run ...
    HUMAN = "not for a machine"


class Group(StrEnum):
    """What an item is about."""

    METADATA = "Metadata"
    FILES = "Files"
    USAGE = "Usage"
    CARD = "Card"
    AROUND = "Around the release"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item.

    Attributes:
        key: its name for programs, unique in a checklist.
        group: what it is about.
        title: its name for people.
        state: how it stands.
        evidence: what was seen, or why nothing was; one sentence.
        line: the card's line that shows it, 1-based; None for none.
        add: the lines to add to the card, or to change in it; empty for none.
    """

    key: str
    group: Group
    title: str
    state: State
    evidence: str
    line: int | None = None
    add: str = ""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What an item is called, whatever comes of it."""

    key: str
    group: Group
    title: str

    def done(self, evidence: str, *, line: int | None = None) -> Item:
        """It is there."""
        return self._item(State.DONE, evidence, line=line)

    def missing(self, evidence: str, *, add: str = "", line: int | None = None) -> Item:
        """It isn't, or it is wrong."""
        return self._item(State.MISSING, evidence, add=add, line=line)

    def not_needed(self, evidence: str) -> Item:
        """Such a model has no use for it."""
        return self._item(State.NOT_NEEDED, evidence)

    def not_seen(self, evidence: str) -> Item:
        """It was not to be found out this time."""
        return self._item(State.NOT_SEEN, evidence)

    def human(self, evidence: str) -> Item:
        """Somebody has to look."""
        return self._item(State.HUMAN, evidence)

    def _item(self, state: State, evidence: str, *, line: int | None = None, add: str = "") -> Item:
        return Item(
            key=self.key,
            group=self.group,
            title=self.title,
            state=state,
            evidence=evidence,
            line=line,
            add=add,
        )

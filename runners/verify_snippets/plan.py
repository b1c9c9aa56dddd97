"""The plan: which snippet runs under which profile, in which order, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from verify_snippets.card import Card
from verify_snippets.snippets import Snippet


@dataclass(frozen=True, kw_only=True)
class Step:
    """One snippet under one profile, or the reason why it does not run.

    Attributes:
        snippet: what it is about.
        profile: name of the profile.
        runs: whether it runs.
        reason: why it runs under this profile, or why it doesn't run; one sentence.
        first: snippets that run before it in the same container, in order.
        filled: placeholder -> what stands in for it.
    """

    snippet: Snippet
    profile: str
    runs: bool
    reason: str
    first: tuple[Snippet, ...] = ()
    filled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would run.

    Attributes:
        card: the card.
        snippets: one for each block, in the card's order.
        steps: one for each snippet that is code.
    """

    card: Card
    snippets: tuple[Snippet, ...]
    steps: tuple[Step, ...]

"""What a card's author says of a block in comments that don't show: to skip it, to give it time ..."""

from dataclasses import dataclass

from snippet_sandbox.job import DEFAULT_TIME_LIMIT_S

LONGEST_S = 3600.0
"""As long as a card can ask for where the user named no limit of their own."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What the comments above one block say.

    Attributes:
        skip: why it is not to be run, empty for no reason given; None to run it.
        time_limit_s: how long it may take, with what it needs; None for as long as the user allows.
        profile: the name of the hardware to run it under; None to follow the card.
        expect_fail: it shows what does not work: that it fails is what the card says.
        unclear: what is written there and means nothing, a sentence each.
    """

    skip: str | None = None
    time_limit_s: float | None = None
    profile: str | None = None
    expect_fail: bool = False
    unclear: tuple[str, ...] = ()


NO_MARKS = Marks()


def allowed_time_s(asked_s: float | None, limit_s: float) -> float:
    """How long a snippet may take.

    A card may ask for less at any time, and for up to ``LONGEST_S`` where the user left the limit as it is;
    a limit that the user named is never exceeded: cards are strangers'.

    Args:
        asked_s: what the card asks for; None for nothing.
        limit_s: the user's limit.
    """
    if asked_s is None:
        return limit_s
    return min(asked_s, LONGEST_S if limit_s == DEFAULT_TIME_LIMIT_S else limit_s)

"""What a card's author says of a block in comments that don't show: to skip it, to give it time ..."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What the comments above one block say.

    Attributes:
        skip: why it is not to be run; None to run it.
        time_limit_s: how long it may take, with what it needs; None for as long as the user allows.
        profile: the name of the hardware to run it under; None to follow the card.
        expect_fail: it shows what does not work: that it fails is what the card says.
    """

    skip: str | None = None
    time_limit_s: float | None = None
    profile: str | None = None
    expect_fail: bool = False


NO_MARKS = Marks()

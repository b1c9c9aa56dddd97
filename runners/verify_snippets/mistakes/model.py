"""What is said of a mistake."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """Something that is wrong with a card.

    Attributes:
        line: the card's own, 1-based.
        problem: what is wrong, in one line.
        remedy: what to do about it.
        swallows: lines that it takes the meaning from.
    """

    line: int
    problem: str
    remedy: str
    swallows: range = range(0)

"""Where an output holds what a card shows.

Two numbers are the same if they agree

- to the digits that are written, on the side with fewer of them: authors round;
- or to 1 % (``RELATIVE``): half precision keeps about three digits, and models add that up over layers;
- or to 0.1 % of the largest number of the list that they stand in (``OF_SCALE``): what rounding leaves of a
  small number beside a large one is noise.

Whole numbers have to be equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from verify_snippets.comparison.tokens import Token

RELATIVE = 1e-2
OF_SCALE = 1e-3
_ROUNDING = 1 + 1e-9  # floats are not decimal: 0.675 is a little less than half a unit off 0.68


class TooLongError(Exception):
    """Finding out would take too long."""


@dataclass(kw_only=True)
class Budget:
    """How many tokens may be compared, so that no output makes us search for minutes."""

    left: int = 3_000_000

    def spend(self) -> None:
        """Compare one pair of tokens.

        Raises:
            TooLongError: it is used up.
        """
        self.left -= 1
        if self.left < 0:
            raise TooLongError


@dataclass(frozen=True, kw_only=True)
class Span:
    """Part of an output, from token ``start`` until before ``end``."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Haystack:
    """A real output that is searched.

    Attributes:
        tokens: all of it.
        starts: for each token, whether its line starts with it.
        ends: for each token, whether its line ends with it.
    """

    tokens: Sequence[Token]
    starts: Sequence[bool]
    ends: Sequence[bool]


def haystack(tokens: Sequence[Token]) -> Haystack:
    """An output, made ready to be searched."""
    breaks = [before.line != after.line for before, after in pairwise(tokens)]
    edge = [True] if tokens else []
    return Haystack(tokens=tokens, starts=edge + breaks, ends=breaks + edge)


def same(shown: Token, real: Token) -> bool:
    """Whether a token that a card shows is the one that was printed."""
    if shown.text == real.text:
        return True
    if shown.value is not None and real.value is not None:
        return _same_number(shown, real)
    return shown.is_cut and real.text.startswith(shown.text)


def _same_number(shown: Token, real: Token) -> bool:
    difference = abs(shown.value - real.value) if shown.value is not None and real.value is not None else 0.0
    if not (shown.half_unit or real.half_unit):
        return difference == 0  # both whole
    size = max(abs(shown.value or 0.0), abs(real.value or 0.0))
    scale = max(shown.scale, real.scale)
    slack = max(shown.half_unit, real.half_unit, RELATIVE * size, OF_SCALE * scale)
    return difference <= slack * _ROUNDING


def find(
    shown: Sequence[Token],
    within: Haystack,
    budget: Budget,
    *,
    after: int = 0,
    whole_lines: bool = True,
) -> Span | None:
    """The first place where an output holds what is shown, to the end of a line.

    Args:
        shown: what a card shows.
        within: what was printed.
        budget: how long to search.
        after: the first token that may be part of it.
        whole_lines: it must begin a line, too.

    Raises:
        TooLongError: it would take too long to find out.
    """
    pieces = _pieces(shown)
    if not any(pieces):
        return None
    open_start, open_end = not pieces[0], not pieces[-1]
    pieces = [piece for piece in pieces if piece]
    for start in range(after, len(within.tokens)):
        if (whole_lines and not open_start and not within.starts[start]) or not _is_at(
            pieces[0], within, start, budget
        ):
            continue
        end = _end(pieces, within, start, budget, open_end=open_end)
        if end is not None:
            return Span(start=start, end=end)
        if len(pieces) > 1:
            return None  # what could not be found below this start is not below a later one
    return None


def _pieces(shown: Sequence[Token]) -> list[list[Token]]:
    """What is shown between the places where something was left out."""
    pieces: list[list[Token]] = [[]]
    for token in shown:
        if token.is_anything:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def _end(
    pieces: Sequence[Sequence[Token]], within: Haystack, start: int, budget: Budget, *, open_end: bool
) -> int | None:
    """Where the last piece ends if the first begins at ``start``; None if one is missing."""
    end = start + len(pieces[0])
    for number, piece in enumerate(pieces):
        is_closing = number == len(pieces) - 1 and not open_end
        if number == 0:
            if is_closing and not within.ends[end - 1]:
                return None
            continue
        found = _next(piece, within, end, budget, closes_line=is_closing)
        if found is None:
            return None
        end = found + len(piece)
    return end


def _next(
    piece: Sequence[Token], within: Haystack, after: int, budget: Budget, *, closes_line: bool
) -> int | None:
    for start in range(after, len(within.tokens) - len(piece) + 1):
        if _is_at(piece, within, start, budget) and (not closes_line or within.ends[start + len(piece) - 1]):
            return start
    return None


def _is_at(piece: Sequence[Token], within: Haystack, start: int, budget: Budget) -> bool:
    if start + len(piece) > len(within.tokens):
        return False
    for offset, token in enumerate(piece):
        budget.spend()
        if not same(token, within.tokens[start + offset]):
            return False
    return True

"""Compare what a card shows with what was printed. Pure, and linear in the length of both."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from verify_snippets.comparison import lines, matching, tokens
from verify_snippets.comparison.differences import diff
from verify_snippets.comparison.lines import Line
from verify_snippets.comparison.matching import Budget, Haystack, Span, TooLongError
from verify_snippets.comparison.tokens import Token

MAX_CHARACTERS = 200_000
"""Of an output that is taken apart; nobody reads more of it on a card."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A text that a card shows as printed.

    Attributes:
        text: as the card has it.
        line: where the card has it, 1-based.
        whole_lines: whether it is all that those lines say; a comment beside the code that prints
            ``score: 0.5`` may say ``0.5`` alone.
        lines_before: how many lines are printed before it for certain.
    """

    text: str
    line: int
    whole_lines: bool = True
    lines_before: int = 0


class Likeness(StrEnum):
    """How a shown text relates to what was printed."""

    SAME = "same"
    DIFFERENT = "different"
    EMPTY = "empty"  # nothing of it is left to compare
    TOO_LONG = "too long"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What came of comparing one shown text.

    Attributes:
        likeness: how it relates to what was printed.
        diff: unified; empty unless it is different.
    """

    likeness: Likeness
    diff: str = ""


def compare(shown: Sequence[Shown], printed: str) -> tuple[Compared, ...]:
    """Compare texts, in the order in which they were printed, with an output.

    What else was printed, before, between and after, is no difference: authors show what matters, and what
    a needed snippet printed stands in the same output.

    Args:
        shown: what the card shows, in order.
        printed: the whole output.
    """
    budget = Budget()
    real_lines = lines.telling(_ends(printed))
    real = matching.haystack(tokens.read(real_lines))
    spans: list[Span | None] = []
    likenesses: list[Likeness] = []
    after = 0
    for text in shown:
        likeness, span = _look_for(text, real, after, budget, is_whole=len(printed) <= MAX_CHARACTERS)
        after = span.end if span else after
        spans.append(span)
        likenesses.append(likeness)
    return tuple(
        Compared(
            likeness=likeness,
            diff=_diff(text, real_lines, spans, number, real) if likeness is Likeness.DIFFERENT else "",
        )
        for number, (text, likeness) in enumerate(zip(shown, likenesses, strict=True))
    )


def lines_left(shown: str, printed: str) -> str:
    """What a card shows, without the lines that stand in an output: of a terminal, those of one stream."""
    budget = Budget()
    real = matching.haystack(tokens.read(lines.telling(_ends(printed))))
    try:
        return "\n".join(
            line
            for line in shown[:MAX_CHARACTERS].split("\n")
            if not matching.find(tokens.read(lines.telling(line)), real, budget)
        )
    except TooLongError:
        return shown


def _ends(printed: str) -> str:
    """The beginning and the end of an output that is too long to be taken apart."""
    half = MAX_CHARACTERS // 2
    return printed if len(printed) <= MAX_CHARACTERS else f"{printed[:half]}\n{printed[-half:]}"


def _look_for(
    shown: Shown, real: Haystack, after: int, budget: Budget, *, is_whole: bool
) -> tuple[Likeness, Span | None]:
    if len(shown.text) > MAX_CHARACTERS:
        return Likeness.TOO_LONG, None
    read = tokens.read(lines.telling(shown.text), with_gaps=True)
    if all(token.is_anything for token in read):
        return Likeness.EMPTY, None
    first = bisect_left(real.tokens, shown.lines_before, key=lambda token: token.line) if is_whole else 0
    try:
        for wanted, whole_lines in _ways_to_say(read, whole_lines=shown.whole_lines):
            span = matching.find(wanted, real, budget, after=max(after, first), whole_lines=whole_lines)
            if span:
                return Likeness.SAME, span
    except TooLongError:
        return Likeness.TOO_LONG, None
    return (Likeness.DIFFERENT if is_whole else Likeness.TOO_LONG), None


_LABEL_LENGTH = 8


def _ways_to_say(read: Sequence[Token], *, whole_lines: bool) -> Iterator[tuple[Sequence[Token], bool]]:
    """What is shown, and what is as good: a lone number in brackets or not; a value without its label."""
    yield read, whole_lines
    numbers = [token for token in read if token.value is not None]
    if len(numbers) == 1 and all(token is numbers[0] or token.text in "[]" for token in read):
        opener = Token(text="[", line=numbers[0].line)
        closer = Token(text="]", line=numbers[0].line)
        for depth in range(3):
            yield [opener] * depth + numbers + [closer] * depth, True
    if not whole_lines:
        if len(numbers) == 1 and len(read) > 1 and read[0] is numbers[0]:
            yield numbers, False  # and a remark
        label = next((n for n, token in enumerate(read[:_LABEL_LENGTH]) if token.text in ":="), None)
        if label is not None and label + 1 < len(read) and read[0].text[0].isalpha():
            yield read[label + 1 :], False


def _diff(
    shown: Shown, real: Sequence[Line], spans: Sequence[Span | None], number: int, read: Haystack
) -> str:
    """What is different about one text: against what was printed between those found before and after it."""
    wanted = lines.telling(shown.text)
    before = [span for span in spans[:number] if span]
    after = [span for span in spans[number + 1 :] if span]
    first = max(read.tokens[before[-1].end - 1].line + 1 if before else 0, shown.lines_before)
    between = [line for line in real if line.number >= first]
    if after:
        between = [line for line in between if line.number < read.tokens[after[0].start].line]
    if not shown.whole_lines:  # what is printed further down is none of its business
        between = between[: len(wanted) + _FURTHER_LINES]
    return diff(wanted, between, card_line=shown.line)


_FURTHER_LINES = 4

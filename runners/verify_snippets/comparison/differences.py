"""What is different, for people: a unified diff that shows only what matters."""

from collections import defaultdict
from collections.abc import Sequence
from difflib import unified_diff

from verify_snippets.clean import shorten
from verify_snippets.comparison import matching, tokens
from verify_snippets.comparison.lines import Line
from verify_snippets.comparison.tokens import Token

MAX_LINES = 40
_MAX_COMPARED, _MAX_WIDTH, _MAX_ALIKE = 300, 400, 8


def diff(shown: Sequence[Line], real: Sequence[Line], *, card_line: int) -> str:
    """A unified diff from what a card shows to what was printed.

    A printed line that says the same as one of the card's is written as the card writes it: what is left
    is what differs. At most ``MAX_LINES`` lines, the cut marked.

    Args:
        shown: what the card shows.
        real: what was printed there.
        card_line: where the card shows it, 1-based.
    """
    as_shown = [line.text.rstrip() for line in shown[:_MAX_COMPARED]]
    as_printed = [line.text.rstrip() for line in real[:_MAX_COMPARED]]
    told = _as_the_card(shown[:_MAX_COMPARED], real[:_MAX_COMPARED])
    lines = _unified(as_shown, told, card_line) or _unified(as_shown, as_printed, card_line)
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"... {len(lines) - MAX_LINES} more lines"]
    return "\n".join(lines)


def _unified(before: Sequence[str], after: Sequence[str], card_line: int) -> list[str]:
    lines = unified_diff(before, after, f"the card, line {card_line}", "printed", n=2, lineterm="")
    return [shorten(line, _MAX_WIDTH) for line in lines]


def _as_the_card(shown: Sequence[Line], real: Sequence[Line]) -> list[str]:
    by_shape: defaultdict[tuple[str, ...], list[tuple[str, tuple[Token, ...]]]] = defaultdict(list)
    for line in shown:
        read = tokens.read([line])
        by_shape[_shape(read)].append((line.text.rstrip(), read))
    return [_rewritten(line, by_shape.get(_shape(read := tokens.read([line])), ()), read) for line in real]


def _rewritten(line: Line, alike: Sequence[tuple[str, tuple[Token, ...]]], read: tuple[Token, ...]) -> str:
    for text, shown in alike[:_MAX_ALIKE]:
        if all(matching.same(a, b) for a, b in zip(shown, read, strict=True)):
            return text
    return line.text.rstrip()


def _shape(read: Sequence[Token]) -> tuple[str, ...]:
    """A line without its numbers."""
    return tuple("#" if token.value is not None else token.text for token in read)

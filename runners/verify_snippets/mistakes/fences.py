"""Fences that nobody closed: the text below them is shown as code."""

from collections.abc import Iterator, Sequence

from verify_snippets.blocks import Block
from verify_snippets.markdown import split
from verify_snippets.mistakes.model import Mistake
from verify_snippets.pattern import Pattern
from verify_snippets.plan import Plan

_OPENING = Pattern(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t>]*(`{3,}|~{3,})")
"""Of a fence, in lists and quotes, too."""
_CLOSING = Pattern(r"[ \t>]*(`{3,}|~{3,})[ \t]*$")
_NEXT = Pattern(r"[ \t>]*(`{3,}|~{3,})[ \t]*\{?[A-Za-z][\w+.#-]*\}?[ \t]*$")
"""What only begins a block: a fence and the name of a language."""


def open_fences(plan: Plan) -> Iterator[Mistake]:
    """Fences that have no end, or only the end of a later block."""
    lines = split(plan.card.text)
    for snippet in plan.snippets:
        block = snippet.block
        fence = _fence(_OPENING, lines, block.start_line)
        if not fence:  # indented code, or <pre>
            continue
        following = _next_opening(lines, block, fence)
        if following:
            problem = f"the block that begins here is not closed before the next one, at line {following}"
        elif (
            not _closes(_fence(_CLOSING, lines, block.end_line), fence) or block.end_line == block.start_line
        ):
            problem = "the block that begins here is never closed"
        else:
            continue
        yield Mistake(
            line=block.start_line,
            problem=problem,
            remedy=f"close it with {fence} where the code ends",
            swallows=range(block.start_line, block.end_line + 1),
        )


def _next_opening(lines: Sequence[str], block: Block, fence: str) -> int:
    """The line in a block where another one begins; 0 if none does.

    A block that shows Markdown is fenced by more ticks than those inside it, or by others.
    """
    inside = range(block.start_line + 1, block.end_line)
    return next((n for n in inside if _closes(_fence(_NEXT, lines, n), fence)), 0)


def _fence(pattern: Pattern, lines: Sequence[str], line: int) -> str:
    found = pattern.match(lines[line - 1]) if line <= len(lines) else None
    return found.group(1) if found is not None else ""


def _closes(ticks: str, fence: str) -> bool:
    """Whether ticks are of a fence's sort, and enough of them."""
    return bool(ticks) and ticks[0] == fence[0] and len(ticks) >= len(fence)

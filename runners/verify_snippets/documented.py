"""What a card shows as a snippet's output: the text, the card's line, and the statement that gives it."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets import documented_comments, outputs, printing, reading
from verify_snippets.block_view import last_sentence
from verify_snippets.blocks import Block
from verify_snippets.code import Code
from verify_snippets.pattern import Pattern
from verify_snippets.snippets import Snippet


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One text that a card shows as output.

    Attributes:
        text: as the card has it, without comment marks, prompts and what announces it.
        line: the card's line where it begins, 1-based.
        statement: the top-level statement that gives it; None where it is the output of the whole snippet.
        is_printed: whether running it prints it; a session also shows the value of an expression.
        doubt: why the card may not show it word for word; empty where it does.
        is_apart: whether it stands in a block of its own.
        lines_before: how many lines the snippet prints before it for certain.
    """

    text: str
    line: int
    statement: ast.stmt | None
    is_printed: bool
    doubt: str = ""
    is_apart: bool = False
    lines_before: int = 0


def find(snippet: Snippet, snippets: Sequence[Snippet], printers: frozenset[str]) -> tuple[Piece, ...]:
    """What the card shows as the output of a snippet, in the card's order; nothing for what isn't Python.

    Args:
        snippet: the snippet.
        snippets: all of the card's, by their block's index.
        printers: functions that print, of the snippet and of those it needs.
    """
    if snippet.output_block is None or not snippet.kind.is_python:
        return ()
    code = reading.read(snippet.block).code
    if code.tree is None:
        return ()
    if snippet.output_block != snippet.block.index:
        is_printed = any(printing.shows(it, printers, echoes=code.is_session) for it in code.tree.body)
        piece = _apart(snippets[snippet.output_block].block, is_printed=is_printed)
        return (piece,) if piece.text.strip() else ()
    places = _Places(block=snippet.block, code=code, tree=code.tree, printers=printers)
    return tuple(_inside(places))


_LIKE = Pattern(
    r"\b(like this|something like|looks? like|similar|for (example|instance)|e\.g\.|such as|might|may|could|"
    r"approximately|roughly|around)\b|例",
    re.IGNORECASE,
)
_TITLE_LINE = Pattern(
    r"\s*(#+\s*)?((expected|example|sample|printed) )?(outputs?|results?)\s*:?\s*\n", re.IGNORECASE
)
_EMPTY_LINES = Pattern(r"(?:[^\S\n]*\n)*")


def _apart(block: Block, *, is_printed: bool) -> Piece:
    """A block of its own."""
    title = _TITLE_LINE.match(block.text)
    front = _EMPTY_LINES.match(block.text, title.end() if title else 0)
    skipped = front.end() if front else 0
    return Piece(
        text=block.text[skipped:].rstrip(),
        line=block.text_line + block.text.count("\n", 0, skipped),
        statement=None,
        is_printed=is_printed,
        doubt=documented_comments.EXAMPLE if _LIKE.search(last_sentence(block.prose_before)) else "",
        is_apart=True,
    )


@dataclass(frozen=True, kw_only=True)
class _Places:
    """A block whose output stands inside it, and which statement is where."""

    block: Block
    code: Code
    tree: ast.Module
    printers: frozenset[str]

    def piece(self, text: str, line: int, statement: ast.stmt | None, *, doubt: str = "") -> Piece:
        """A text that stands on a line of the block, 1-based, and is given by a statement."""
        return Piece(
            text=text,
            line=self.block.text_line + line - 1,
            statement=statement,
            is_printed=statement is not None
            and printing.shows(statement, self.printers, echoes=self.code.is_session),
            doubt=doubt,
            lines_before=printing.lines_before(self.tree, statement) if statement else 0,
        )

    def giving(self, line: int) -> ast.stmt | None:
        """The statement that gives what a line shows: the one on it, or the last that is above it.

        A comment may also stand above what prints; it does where nothing above it shows a value.
        """
        on_it = next((s for s in self.tree.body if s.lineno <= line <= _end(s)), None)
        if on_it is not None:
            return on_it
        above = next((s for s in reversed(self.tree.body) if _end(s) < line), None)
        below = next((s for s in self.tree.body if s.lineno > line), None)
        if above is not None and (isinstance(above, ast.Expr) or printing.prints(above, self.printers)):
            return above
        is_printed_below = below is not None and printing.prints(below, self.printers)
        return below if is_printed_below and self._is_right_above(line, below) else above

    def _is_right_above(self, line: int, statement: ast.stmt | None) -> bool:
        lines = self.code.text.split("\n")
        return statement is not None and all(
            text.lstrip().startswith("#") for text in lines[line : statement.lineno - 1]
        )


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _inside(places: _Places) -> Iterator[Piece]:
    """What stands between the lines of the code, however it is told from it."""
    if places.code.has_output:
        yield from _answers(places)
        return
    strings = [
        places.piece(str(node.value.value), node.lineno, _before(places.tree, node))
        for node in outputs.loose_strings(places.tree)
        if isinstance(node.value, ast.Constant)
    ]
    comments = [
        places.piece(shown.text, shown.line, places.giving(shown.line), doubt=shown.doubt)
        for shown in documented_comments.read(places.code)
    ]
    yield from sorted((piece for piece in [*strings, *comments] if piece.text.strip()), key=_line)


def _line(piece: Piece) -> int:
    return piece.line


def _before(tree: ast.Module, statement: ast.stmt) -> ast.stmt | None:
    """The statement above one."""
    return next((s for s in reversed(tree.body) if s.lineno < statement.lineno), None)


_PROMPT = Pattern(r"\s*(>>>|\.\.\.|In ?\[\d*\]:) ?")
_MARK = Pattern(r"\s*(>>>|Out ?\[\d*\]:) ?")


def _answers(places: _Places) -> Iterator[Piece]:
    """The answers of a prompt session; or, where code without prompts has them, the lines after ``>>>``."""
    code_lines = places.code.text.split("\n")
    raw_lines = places.block.text.split("\n")
    held: list[str] = []
    first = 0
    for number, (raw, code) in enumerate(zip(raw_lines, code_lines, strict=False), start=1):
        if code.strip() or (places.code.is_session and _PROMPT.match(raw)):
            yield from _answer(places, held, first)
            held = []
        elif _is_answer(raw, is_session=places.code.is_session, is_within=bool(held)):
            first = first if held else number
            held.append(_MARK.sub("", raw, count=1))
    yield from _answer(places, held, first)


def _is_answer(raw: str, *, is_session: bool, is_within: bool) -> bool:
    if not is_session:
        return raw.lstrip().startswith(">>>")
    return bool(raw.strip()) or is_within


def _answer(places: _Places, held: Sequence[str], first: int) -> Iterator[Piece]:
    if any(line.strip() for line in held):
        yield places.piece("\n".join(held).rstrip(), first, places.giving(first))

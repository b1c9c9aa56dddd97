"""A block's code, line by line: coloured, numbered as in the card, the line that failed marked."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from verify_snippets import block_view
from verify_snippets.report.html.text import visible

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_MAX_COLOURED = 20_000  # characters: what is longer is data, and reading it takes time
_PYTHON = frozenset({"py", "python", "python3", "py3", "ipython"})
_SHELL = frozenset({"bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a block; ``number`` is the card's own."""

    number: int
    html: Markup


def lines(text: str, *, first: int, tag: str, is_python: bool) -> tuple[Line, ...]:
    """The lines of a block whose first one is the card's line ``first``."""
    lexer = _lexer(tag, is_python=is_python) if len(text) <= _MAX_COLOURED else None
    coloured = _coloured(text, lexer) if lexer else [escape(visible(line)) for line in text.split("\n")]
    return tuple(Line(number=first + index, html=html) for index, html in enumerate(coloured))


def _lexer(tag: str, *, is_python: bool) -> "Lexer | None":
    from pygments.lexers.data import JsonLexer, YamlLexer  # only now: they take time to load
    from pygments.lexers.python import PythonLexer
    from pygments.lexers.shell import BashLexer

    language = block_view.language(tag)
    options = {"stripnl": False, "ensurenl": False}
    if language in _PYTHON or (is_python and not language):
        return PythonLexer(**options)
    if language in _SHELL:
        return BashLexer(**options)
    if language in {"json", "jsonc"}:
        return JsonLexer(**options)
    return YamlLexer(**options) if language in {"yaml", "yml"} else None


def _coloured(text: str, lexer: "Lexer") -> list[Markup]:
    written: list[list[Markup]] = [[]]
    for colour, piece in _pieces(text, lexer):
        first, *rest = piece.split("\n")
        written[-1].append(_span(colour, first))
        written += [[_span(colour, line)] for line in rest]
    return [Markup("").join(line) for line in written]


def _pieces(text: str, lexer: "Lexer") -> Iterator[tuple[str, str]]:
    """Colour and text; colours are names of classes, empty for none."""
    return ((_colour(kind), piece) for kind, piece in lexer.get_tokens(text))


@functools.cache
def _colour(kind: "_TokenType") -> str:
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    colours = (
        (Comment, "c"),
        (Keyword, "k"),
        (Operator.Word, "k"),
        (String, "s"),
        (Number, "n"),
        (Name.Function, "f"),
        (Name.Class, "f"),
        (Name.Decorator, "f"),
        (Name.Builtin, "b"),
        (Name.Tag, "f"),
    )
    return next((colour for family, colour in colours if kind[: len(family)] == family), "")


def _span(colour: str, text: str) -> Markup:
    shown = escape(visible(text))
    return Markup('<span class="{}">{}</span>').format(colour, shown) if colour and text.strip() else shown

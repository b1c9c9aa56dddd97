"""Text from strangers in GitHub-flavoured Markdown: shown as it is, and never obeyed. Pure.

https://github.github.com/gfm/ is the specification. Beyond it GitHub turns ``@name`` and ``#1`` into links
that notify people, and addresses into links; none of it in code spans, nor across a zero-width space.
"""

import re

from verify_snippets.clean import clean, one_line
from verify_snippets.pattern import Pattern

_MEANINGFUL = Pattern(r"[#$&*<>@\[\\\]^`{|}~]|:(?=\S)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_BEGINNING = Pattern(r"^(\d{0,9})([-+=.)])(?![0-9A-Za-z])")  # of a list, of a line that makes a heading
_TRIGGERS = frozenset("@#:")  # of mentions, issues, addresses and emoji: what follows must not touch them
_WWW = Pattern(r"\b(www)\.", re.IGNORECASE)
_TICKS = Pattern("`+")
_IN_TICKS = Pattern(r"`([^`\s](?:[^`]*[^`\s])?)`")
_ZERO_WIDTH_SPACE = "&#8203;"


def text(plain: str) -> str:
    """``plain`` on one line, as text: in a paragraph, a table's cell or an HTML element.

    What could mean something is written as a character reference, which by the specification never does.
    """
    return _escaped(one_line(plain))


def prose(plain: str) -> str:
    """``plain`` on one line, as text, with what stands between backticks as code."""
    pieces = _IN_TICKS.split(one_line(plain))
    return "".join(code(piece) if n % 2 else _escaped(piece) for n, piece in enumerate(pieces))


def code(plain: str) -> str:
    """``plain`` on one line, as a code span."""
    line = one_line(plain)
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    padding = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def table_row(*cells: str) -> str:
    """A row of a table, of cells that are Markdown.

    A table takes a bar for the end of a cell, even in a code span, unless a backslash stands before it; a
    backslash that stands there already is moved away from it, lest it escape ours.
    """
    escaped = (re.sub(r"\\(?=\|)", r"\\ ", cell).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"


def fenced(lines: str, language: str) -> str:
    """``lines`` as a block of code, whose fence nothing in them can close."""
    shown = clean(lines)
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}\n"


def _escaped(line: str) -> str:
    line = _MEANINGFUL.sub(lambda found: _reference(found[0]), _WWW.sub("\\1\u200b.", line))
    line = _BEGINNING.sub(lambda found: found[1] + _reference(found[2]), line)
    return line.replace("\u200b", _ZERO_WIDTH_SPACE)


def _reference(letter: str) -> str:
    return f"&#{ord(letter)};{_ZERO_WIDTH_SPACE if letter in _TRIGGERS else ''}"


def _longest_run(plain: str) -> int:
    return max((len(run) for run in _TICKS.findall(plain)), default=0)

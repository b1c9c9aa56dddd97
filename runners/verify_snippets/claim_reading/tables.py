"""Tables, cell by cell, each with its column's header and its row's name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_RULE_SIGNS = frozenset(" \t>|:-")
_MOST_LINES = 4000  # of one table


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell; ``column`` is where its text begins in the card's line, ``row`` the first cell of its row."""

    line: int
    column: int
    text: str
    header: str
    row: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """The cells of a table, header included, and the index of the first line below it."""

    cells: tuple[Cell, ...]
    end: int


def at(lines: Sequence[str], index: int) -> Table | None:
    """The table that begins at a line; None if none does."""
    if re.match(r"\s*<table\b", lines[index], re.IGNORECASE):
        return _html_table(lines, index)
    if "|" not in lines[index] or index + 1 >= len(lines) or not _is_rule(lines[index + 1]):
        return None
    end = index + 2
    while end < len(lines) and "|" in lines[end] and lines[end].strip() and end - index < _MOST_LINES:
        end += 1
    return Table(cells=tuple(_pipe_cells(lines, index, end)), end=end)


def _is_rule(line: str) -> bool:
    return "|" in line and "-" in line and _RULE_SIGNS.issuperset(line)


def _pipe_cells(lines: Sequence[str], index: int, end: int) -> Iterator[Cell]:
    headers = [text for _, text in _split(lines[index])]
    yield from (
        Cell(line=index + 1, column=at, text=text, header="", row="") for at, text in _split(lines[index])
    )
    for number in range(index + 2, end):
        cells = _split(lines[number])
        row = next((text for _, text in cells if text.strip()), "")
        for place, (column, text) in enumerate(cells):
            header = headers[place] if place < len(headers) else ""
            yield Cell(line=number + 1, column=column, text=text, header=header, row=row if place else "")


_PIPE = re.compile(r"(?<!\\)\|")


def _split(line: str) -> list[tuple[int, str]]:
    """The cells of a row: where each begins, and its text."""
    edges = [found.start() for found in _PIPE.finditer(line)]
    starts = [0, *(edge + 1 for edge in edges)]
    ends = [*edges, len(line)]
    cells = [(start, line[start:end]) for start, end in zip(starts, ends, strict=True)]
    if cells and not cells[0][1].strip(" \t>"):
        cells = cells[1:]
    if cells and not cells[-1][1].strip():
        cells = cells[:-1]
    return cells


_HTML_PART = re.compile(r"<(/?)(tr|td|th|table)\b[^<>]{0,500}>", re.IGNORECASE)


def _html_table(lines: Sequence[str], index: int) -> Table | None:
    """A table written as HTML: each cell is taken to stand in one line, as nearly all do."""
    cells: list[tuple[int, int, int, str]] = []  # row, line, column, text
    row, end = 0, index
    for number in range(index, min(len(lines), index + _MOST_LINES)):
        end = number + 1
        parts = list(_HTML_PART.finditer(lines[number]))
        for place, part in enumerate(parts):
            name, closes = part.group(2).lower(), bool(part.group(1))
            if name == "tr" and not closes:
                row += 1
            if name in {"td", "th"} and not closes:
                until = parts[place + 1].start() if place + 1 < len(parts) else len(lines[number])
                cells.append((row, number + 1, part.end(), lines[number][part.end() : until]))
        if any(part.group(2).lower() == "table" and part.group(1) for part in parts):
            break
    return Table(cells=tuple(_named(cells)), end=end) if cells else None


def _named(cells: Sequence[tuple[int, int, int, str]]) -> Iterator[Cell]:
    headers: list[str] = []
    first_row, place, previous, name = cells[0][0], 0, -1, ""
    for row, line, column, text in cells:
        if row != previous:
            place, previous, name = 0, row, text
        if row == first_row:
            headers.append(text)
            yield Cell(line=line, column=column, text=text, header="", row="")
        else:
            header = headers[place] if place < len(headers) else ""
            yield Cell(line=line, column=column, text=text, header=header, row=name if place else "")
        place += 1

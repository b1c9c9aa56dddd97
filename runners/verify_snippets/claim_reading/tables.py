"""Tables, cell by cell, each with its column's header and its row's name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from verify_snippets.pattern import Pattern

_RULE_SIGNS = frozenset(" \t>|:-")
_MOST_NAMES = 600  # characters of a row in which names are looked for
_MOST_LINES = 4000  # of one table


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell; ``column`` is where its text begins in the card's line.

    ``row`` is the first cell of its row, unless it is that one itself; ``names`` are all words of the row.
    """

    line: int
    column: int
    text: str
    header: str
    row: str
    names: str = ""


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
    heads = _split(lines[index])
    headers = [text for _, text in heads]
    for place, (column, text) in enumerate(
        heads
    ):  # of a table of two columns, the first line is a row like any other
        yield Cell(line=index + 1, column=column, text=text, header="", row=headers[0] if place else "")
    for number in range(index + 2, end):
        cells = _split(lines[number])
        row = next((text for _, text in cells if text.strip()), "")
        for place, (column, text) in enumerate(cells):
            header = headers[place] if place < len(headers) else ""
            yield Cell(
                line=number + 1,
                column=column,
                text=text,
                header=header,
                row=row if place else "",
                names=lines[number][:_MOST_NAMES],
            )


_PIPE = Pattern(r"(?<!\\)\|")


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


class _Raw(NamedTuple):
    """A cell of an HTML table, as found; ``rows`` and ``columns`` are how many it spans."""

    row: int
    line: int
    column: int
    text: str
    tag: str
    rows: int = 1
    columns: int = 1


class _Headers(NamedTuple):
    """The rows that are headers, and the columns' names."""

    rows: frozenset[int]
    texts: dict[int, str]


_HTML_PART = Pattern(r"<(/?)(tr|td|th|table)\b[^<>]{0,500}>", re.IGNORECASE)


def _html_table(lines: Sequence[str], index: int) -> Table | None:
    """A table written as HTML; of a cell's text, the first line that has any is taken."""
    cells: list[_Raw] = []
    row, end = 0, index
    waits: tuple[str, int, int] | None = None
    for number in range(index, min(len(lines), index + _MOST_LINES)):
        end = number + 1
        parts = list(_HTML_PART.finditer(lines[number]))
        if waits is not None and lines[number].strip():
            until = parts[0].start() if parts else len(lines[number])
            cells.append(_Raw(row, number + 1, 0, lines[number][:until], *waits))
            waits = None
        for place, part in enumerate(parts):
            name, closes = part.group(2).lower(), bool(part.group(1))
            row += name == "tr" and not closes
            if name in {"td", "th"} and not closes:
                until = parts[place + 1].start() if place + 1 < len(parts) else len(lines[number])
                text = lines[number][part.end() : until]
                opening = (name, _spans(part.group(), "rowspan"), _spans(part.group(), "colspan"))
                waits = opening if not text.strip() and place + 1 == len(parts) else None
                if waits is None:
                    cells.append(_Raw(row, number + 1, part.end(), text, *opening))
        if any(part.group(2).lower() == "table" and part.group(1) for part in parts):
            break
    return Table(cells=tuple(_named(cells)), end=end) if cells else None


def _spans(tag: str, name: str) -> int:
    """How many rows or columns a cell spans."""
    found = re.search(rf"{name}\s?=\s?[\"']?(\d{{1,2}})", tag, re.IGNORECASE)
    return max(int(found.group(1)), 1) if found else 1


def _named(cells: Sequence[_Raw]) -> Iterator[Cell]:
    placed = list(_placed(cells))
    headers = _headers(placed)
    words: dict[int, str] = {}
    for cell in cells:
        words[cell.row] = f"{words.get(cell.row, '')} {cell.text}"[: _MOST_NAMES + 1]
    previous, name = -1, ""
    for cell, place in placed:
        if cell.row != previous:
            previous, name = cell.row, cell.text
        is_head = cell.row in headers.rows
        yield Cell(
            line=cell.line,
            column=cell.column,
            text=cell.text,
            header="" if is_head else headers.texts.get(place, ""),
            row="" if is_head or not place else name,
            names=words[cell.row][:_MOST_NAMES],
        )


def _placed(cells: Sequence[_Raw]) -> Iterator[tuple[_Raw, int]]:
    """Each cell with its column, those taken by cells that span rows passed over."""
    taken: dict[int, int] = {}  # column: the last row that a cell from above reaches into
    place, previous = 0, -1
    for cell in cells:
        if cell.row != previous:
            place, previous = 0, cell.row
        while taken.get(place, -1) >= cell.row:
            place += 1
        for column in range(place, place + cell.columns):
            taken[column] = cell.row + cell.rows - 1
        yield cell, place
        place += cell.columns


def _headers(placed: Sequence[tuple[_Raw, int]]) -> _Headers:
    """The rows that a table begins with and that are all ``<th>``; else its first row."""
    rows: dict[int, list[tuple[_Raw, int]]] = {}
    for cell, place in placed:
        rows.setdefault(cell.row, []).append((cell, place))
    heads: list[int] = []
    for number, row in rows.items():
        if any(cell.tag != "th" for cell, _ in row):
            break
        heads.append(number)
    heads = heads or [placed[0][0].row]
    texts = {
        column: cell.text
        for head in heads
        for cell, place in rows[head]
        for column in range(place, place + cell.columns)
    }
    return _Headers(frozenset(heads), texts)

"""Snippets by columns on a screen: a cell is a verdict with as much beside it as there is room for."""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from verify_snippets.clean import one_line
from verify_snippets.report import gpus
from verify_snippets.report.columns import Table
from verify_snippets.report.marks import MARKS, marked
from verify_snippets.report.model import RunReport
from verify_snippets.report.quantities import bytes_text, seconds_text
from verify_snippets.report.telling import title_of

_GAP = "  "
_LEAST_TITLE = 12
_WORDS, _TIME, _MEMORY = 1, 2, 3  # how much a cell says beside the verdict's mark: each more than the last


def draw(table: Table, console: Console) -> RenderableType:
    """The columns by their numbers, and the table below them."""
    lines = [*_legend(table), Text(), *_lines(table, console)]
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
    return Padding(Group(*lines), (1, 0, 1, 0), expand=False)


def _legend(table: Table) -> list[Text]:
    width = len(str(len(table.columns)))
    lines = []
    for number, (name, place) in enumerate(zip(table.columns, table.places, strict=True), 1):
        line = Text(f"{number:>{width}}{_GAP}")
        line.append(name, "bold")
        line.append(f"{_GAP}{place}" if place else "", "dim")
        lines.append(line)
    return lines


def _lines(table: Table, console: Console) -> list[Text]:
    numbers = [Text(one_line(snippet.number)) for snippet, _ in table.lines]
    titles = [Text(title_of(snippet)) for snippet, _ in table.lines]
    cells = _fitting_cells(table, console, _widest(numbers, "line") + len(_GAP) + _LEAST_TITLE)
    heads = [str(number) for number, _ in enumerate(table.columns, 1)]
    widths = [_widest([row[n] for row in cells], head) for n, head in enumerate(heads)]
    taken = _widest(numbers, "line") + len(_GAP) + sum(len(_GAP) + width for width in widths)
    room = max(_LEAST_TITLE, min(_widest(titles, "snippet"), console.width - taken))
    head = [Text("line", "bold"), Text("snippet", "bold"), *(Text(head, "bold") for head in heads)]
    rows = [head, *([a, b, *row] for a, b, row in zip(numbers, titles, cells, strict=True))]
    return [_aligned(row, [_widest(numbers, "line"), room, *widths]) for row in rows]


def _fitting_cells(table: Table, console: Console, taken: int) -> list[list[Text]]:
    """The cells with as much detail as fits beside what is taken; the least where nothing does."""
    cells: list[list[Text]] = []
    for detail in (_MEMORY, _TIME, _WORDS, 0):
        cells = [[_cell(run, detail, console) for run in runs] for _, runs in table.lines]
        widths = (max(cell.cell_len for cell in column) for column in zip(*cells, strict=True))
        if taken + sum(len(_GAP) + width for width in widths) <= console.width:
            break
    return cells


def _cell(run: RunReport | None, detail: int, console: Console) -> Text:
    if run is None:
        return Text()
    style = MARKS[run.verdict].style
    words = marked(run.verdict, encoding=console.encoding)
    text = Text(words if detail else words.partition(" ")[0], style)
    if detail >= _TIME and run.duration_s is not None:
        text.append(f" {seconds_text(run.duration_s)}", "not bold default")
    if detail >= _MEMORY and run.memory.anonymous_bytes is not None:
        text.append(f" {bytes_text(run.memory.anonymous_bytes)}", "not bold default")
    if detail >= _MEMORY and (peak := gpus.peak_bytes(run)) is not None:
        text.append(f" GPU {bytes_text(peak)}", "not bold default")
    return text


def _widest(texts: Sequence[Text], head: str) -> int:
    return max([len(head), *(text.cell_len for text in texts)])


def _aligned(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    for number, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        cell.truncate(width, overflow="ellipsis")
        cell.align("left" if number else "right", width)
    return Text(_GAP).join(cells)

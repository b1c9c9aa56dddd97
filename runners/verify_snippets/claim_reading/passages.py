"""A card cut into statements: the sentences, cells, comments and output lines that can carry a claim."""

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Unpack

from verify_snippets import front_matter
from verify_snippets.blocks import Block
from verify_snippets.claim_reading import ownership, sentences, tables, telling
from verify_snippets.claim_reading.letters import plain
from verify_snippets.claim_reading.statement import Around, Piece, Statement
from verify_snippets.kinds import Kind
from verify_snippets.pattern import Pattern


def split_lines(card_text: str) -> list[str]:
    """The card's lines, without their ends."""
    return card_text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def statements(card_text: str, blocks: Iterable[Block], names: str) -> Iterator[Statement]:
    """Every statement of a card that may carry a claim, from top to bottom.

    Args:
        card_text: the whole card.
        blocks: its blocks.
        names: what the model is called, where the card's title doesn't say.
    """
    reader = _Reader(split_lines(card_text), {block.start_line: block for block in blocks}, names)
    return reader.read(front_matter.count_lines(card_text))


_HEADING = Pattern(r" {0,3}(#{1,6})(?=\s|$)")
_HTML_HEADING = Pattern(r"\s*<h([1-6])\b[^>]{0,300}>(.{0,300}?)(?:</h[1-6]>|$)", re.IGNORECASE)
_SUMMARY = Pattern(
    r"\s*(?:<details\b[^>]{0,300}>\s*)?<summary\b[^>]{0,300}>(.{1,300}?)(?:</summary>|$)", re.IGNORECASE
)
_UNDERLINE = Pattern(r" {0,3}(=+|-+)\s*$")
_BOLD_LINE = Pattern(r"\s*(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__)\s*:?\s*$")
_ITEM = Pattern(r"(\s*)(?:>\s?)*(\s*)(?:(?:[-*+]|\d{1,3}[.)])\s+|[•·▪◦‣]\s*|\*(?=[^*\s]))")
_LABEL = Pattern(r"\s*(?:\*\*|__)[^*_]{1,60}(?::(?:\*\*|__)|(?:\*\*|__)\s?:)")
_CONTENTS = Pattern(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[[^\]]{0,200}\]\(#[^)]{0,300}\)\s*$")
_COMMENT_EDGE = Pattern(r"<!--|-->")
_BOLD_LEVEL = 7
_LETTERS = frozenset(f"{string.ascii_letters}([\"'")  # with which no markup of a line begins


class _Reader:
    """Walks down a card, paragraph by paragraph."""

    def __init__(self, lines: Sequence[str], blocks: Mapping[int, Block], names: str) -> None:
        self._lines = lines
        self._blocks = blocks
        self._headings: list[tuple[int, int, str]] = []  # line, level, title
        self._paragraph: list[Piece] = []
        self._items: list[tuple[int, str]] = []  # indent and words of the list items that are open
        self._lead = ""
        self._family = ownership.family(names)
        self._titled = False
        self._title_line = 0  # where the card's own title stands, which says nothing of what is below it

    def read(self, skip: int) -> Iterator[Statement]:
        index, hidden = skip, False
        while index < len(self._lines):
            block = self._blocks.get(index + 1)
            if block is not None and not hidden:
                yield from self._flush()
                yield from self._inside(block)
                index = max(block.end_line, index + 1)
                continue
            line = self._lines[index]
            was_hidden, hidden = hidden, _hidden_after(line, hidden=hidden)
            if was_hidden:
                index += 1
                continue
            table = tables.at(self._lines, index) if "|" in line or "<t" in line or "<T" in line else None
            if table is not None:
                yield from self._flush()
                yield from self._table(table)
                index = table.end
                continue
            yield from self._line(index, line)
            index += 1
        yield from self._flush()

    def _line(self, index: int, line: str) -> Iterator[Statement]:
        first = line.lstrip()[:1]
        if not first:
            yield from self._flush()
        elif first in _LETTERS:
            self._paragraph.append(Piece(index + 1, 0, line))
        elif (title := self._title(line, first)) is not None:
            yield from self._flush()
            yield from self._open(index + 1, *title)
        elif "](#" in line and _CONTENTS.match(line):
            yield from self._flush()
        else:
            yield from self._item(index, line)

    def _item(self, index: int, line: str) -> Iterator[Statement]:
        """A line that may begin a list's item, or a labelled one: ``**Size:** 3 GB``."""
        item = _ITEM.match(line)
        if item is not None:
            yield from self._flush()
            self._enter(len(item.group(1).expandtabs()) + len(item.group(2).expandtabs()), line[item.end() :])
        elif _LABEL.match(line):
            yield from self._flush()
        column = item.end() if item else 0
        self._paragraph.append(Piece(index + 1, column, line[column:]))

    def _title(self, line: str, first: str) -> tuple[int, str] | None:
        if first == "#" and (found := _HEADING.match(line)) is not None:
            return len(found.group(1)), line[found.end() :].strip().rstrip("#")
        if first == "<" and (found := _HTML_HEADING.match(line)) is not None:
            return int(found.group(1)), found.group(2)
        if first == "<" and (found := _SUMMARY.match(line)) is not None:
            return _BOLD_LEVEL, found.group(1)
        if first in "=-" and len(self._paragraph) == 1 and _UNDERLINE.match(line):
            title = self._paragraph.pop().text
            return (1 if first == "=" else 2), title
        if first in "*_" and not self._paragraph and (found := _BOLD_LINE.match(line)) is not None:
            return _BOLD_LEVEL, found.group(1)
        return None

    def _open(self, line: int, level: int, title: str) -> Iterator[Statement]:
        while self._headings and self._headings[-1][1] >= level:
            self._headings.pop()
        if not self._titled:
            self._titled, self._title_line = True, line if level == 1 else 0
            self._family = ownership.family(plain(title)[: sentences.LONGEST_CONTEXT]) or self._family
        self._headings.append((line, level, plain(title).strip()[: sentences.LONGEST_CONTEXT]))
        self._items, self._lead = [], ""
        text = self._lines[line - 1]
        if text.strip() and not _UNDERLINE.match(text):
            yield from self._say([Piece(line, 0, text)], is_heading=True)
        elif line > 1:
            yield from self._say([Piece(line - 1, 0, self._lines[line - 2])], is_heading=True)

    def _enter(self, indent: int, text: str) -> None:
        while self._items and self._items[-1][0] >= indent:
            self._items.pop()
        self._items.append((indent, plain(text)[: sentences.LONGEST_CONTEXT]))

    def _flush(self) -> Iterator[Statement]:
        paragraph, self._paragraph = self._paragraph, []
        if not paragraph:
            return
        is_item = bool(self._items) and (paragraph[0].column > 0 or paragraph[0].text.startswith((" ", "\t")))
        if not is_item:
            self._items = []
        parents = [text for _, text in self._items[:-1]] if is_item else []
        lead = " ".join([self._lead, *parents]) if is_item else ""
        yield from self._say(paragraph, lead=lead)
        if not is_item:
            self._lead = plain(paragraph[-1].text)[-sentences.LONGEST_CONTEXT :]

    def _table(self, table: tables.Table) -> Iterator[Statement]:
        is_other = ownership.of_others(table.cells, self._family)
        for cell in table.cells:
            if not telling.hints(cell.text) or telling.is_score(cell.text, cell.header, cell.row):
                continue
            yield from self._say(
                [Piece(cell.line, cell.column, cell.text)],
                lead=self._lead,
                header=plain(cell.header).strip(),
                row=plain(cell.row).strip(),
                is_cell=True,
                is_of_another=is_other(cell),
            )

    def _inside(self, block: Block) -> Iterator[Statement]:
        for piece in _spoken(block, self._lines):
            yield from self._say([piece], block=block.index)

    def _say(self, pieces: Sequence[Piece], **around: Unpack[Around]) -> Iterator[Statement]:
        if any(telling.hints(piece.text) for piece in pieces):
            yield from sentences.statements(pieces, {**self._surroundings(), **around})

    def _surroundings(self) -> Around:
        titles = tuple(title for line, _, title in self._headings if line != self._title_line)
        return {"headings": titles, "section": self._section()}

    def _section(self) -> int:
        real = [line for line, level, _ in self._headings if level != _BOLD_LEVEL]
        return real[-1] if real else 0


def _hidden_after(line: str, *, hidden: bool) -> bool:
    """Whether an HTML comment is open at the end of a line."""
    if "--" not in line:
        return hidden
    for edge in _COMMENT_EDGE.finditer(line):
        hidden = edge.group() == "<!--"
    return hidden


_COMMENT = Pattern(r"(?:^|\s)#+\s?(?=\S)")
_CODE_IN_COMMENT = Pattern(
    r"\s*(?:[\w.]+\s*=\s*\S|(?:!|%|\$ )?(?:pip3?|conda|python3?|import|from|git|apt|export|"
    r"docker|print|model|pipe)\b.{0,80}[(=]|"
    r"(?:!|%|\$ )?(?:pip3?|conda|uv|apt(?:-get)?) install|[\w.]+\()"
)


def _spoken(block: Block, lines: Sequence[str]) -> Iterator[Piece]:
    """What a block says in words: its comments, or the lines of an output."""
    if block.kind is Kind.OUTPUT:
        wanted = range(block.text_line, block.end_line + 1)
        yield from (Piece(number, 0, lines[number - 1]) for number in wanted if 0 < number <= len(lines))
    elif block.kind.is_python or block.kind.is_shell:
        for number in range(block.text_line, block.end_line + 1):
            line = lines[number - 1] if 0 < number <= len(lines) else ""
            found = _COMMENT.search(line) if "#" in line else None
            if found is not None and not _CODE_IN_COMMENT.match(line, found.end()):
                yield Piece(number, found.end(), line[found.end() :])

"""A card cut into statements: the sentences, cells, comments and output lines that can carry a claim."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from verify_snippets import front_matter
from verify_snippets.blocks import Block
from verify_snippets.claim_reading import ownership, tables, telling
from verify_snippets.claim_reading.letters import plain
from verify_snippets.kinds import Kind

# The longest real card seen has 140,000 characters; what comes after these is not looked at.
MOST_CHARACTERS = 512 * 1024
LONGEST_STATEMENT = 1200  # characters; what is longer is cut, so that reading stays linear
_LONGEST_CONTEXT = 400  # characters of a lead or a heading that are looked at


class Piece(NamedTuple):
    """Some text of one line of the card."""

    line: int
    column: int  # 0-based, where the text begins in the line
    text: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The smallest piece of a card that says something.

    Attributes:
        text: its words, one space between them, markup left out.
        headings: the headings it stands under, outermost first.
        lead: what introduces it: the words before a list or a table.
        before: the sentence before it, in the same paragraph.
        header: of a table cell: its column's header.
        row: of a table cell: its row's first cell.
        section: the line of the heading it stands under; 0 for none.
        block: index of the block whose comment or output it is; None for prose.
        is_cell: whether it is a table's cell.
        is_heading: whether it is a heading.
        is_of_another: of a table's cell: whether its row or column is another model's.
    """

    text: str
    headings: tuple[str, ...] = ()
    lead: str = ""
    before: str = ""
    header: str = ""
    row: str = ""
    section: int = 0
    block: int | None = None
    is_cell: bool = False
    is_heading: bool = False
    is_of_another: bool = False
    words: Sequence[Piece] = field(repr=False)
    starts: Sequence[int] = field(repr=False)

    def place(self, offset: int) -> tuple[int, int]:
        """The card's line and column of a character of the text."""
        index = max(bisect_right(self.starts, offset) - 1, 0)
        word = self.words[index]
        return word.line, word.column + min(offset - self.starts[index], len(word.text))

    def span(self, start: int, end: int, line: int) -> tuple[int, int] | None:
        """The columns of ``line`` that hold the text from ``start`` to ``end``; None if none do."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_right(self.starts, max(end - 1, start)) - 1, first)
        on_line = [index for index in range(first, last + 1) if self.words[index].line == line]
        if not on_line:
            return None
        head, tail = self.words[on_line[0]], self.words[on_line[-1]]
        left = head.column + (start - self.starts[first] if on_line[0] == first else 0)
        right = tail.column + (
            min(end - self.starts[last], len(tail.text)) if on_line[-1] == last else len(tail.text)
        )
        return left, right


def split_lines(card_text: str) -> list[str]:
    """The card's lines, without their ends; at most ``MOST_CHARACTERS`` of them."""
    return re.split(r"\r\n|\r|\n", card_text.removeprefix("\ufeff")[:MOST_CHARACTERS])


def statements(card_text: str, blocks: Iterable[Block], names: str) -> Iterator[Statement]:
    """Every statement of a card that may carry a claim, from top to bottom.

    Args:
        card_text: the whole card.
        blocks: its blocks.
        names: what the model is called, where the card's title doesn't say.
    """
    reader = _Reader(split_lines(card_text), {block.start_line: block for block in blocks}, names)
    return reader.read(front_matter.count_lines(card_text[:MOST_CHARACTERS]))


_HEADING = re.compile(r" {0,3}(#{1,6})(?=\s|$)")
_HTML_HEADING = re.compile(r"\s*<h([1-6])\b[^>]{0,300}>(.{0,300}?)(?:</h[1-6]>|$)", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*$")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)([^*_]{2,80}?)(?:\*\*|__)\s*:?\s*$")
_ITEM = re.compile(r"(\s*)(?:>\s?)*(\s*)(?:(?:[-*+]|\d{1,3}[.)])\s+|[•·▪◦‣]\s*|\*(?=[^*\s]))")
_LABEL = re.compile(r"\s*(?:\*\*|__)[^*_]{1,60}(?::(?:\*\*|__)|(?:\*\*|__)\s?:)")
_CONTENTS = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[[^\]]{0,200}\]\(#[^)]{0,300}\)\s*$")
_COMMENT_EDGE = re.compile(r"<!--|-->")
_BOLD_LEVEL = 7


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
            table = tables.at(self._lines, index) if "|" in line or "<t" in line.lower() else None
            if table is not None:
                yield from self._flush()
                yield from self._table(table)
                index = table.end
                continue
            yield from self._line(index, line)
            index += 1
        yield from self._flush()

    def _line(self, index: int, line: str) -> Iterator[Statement]:
        if not line.strip():
            yield from self._flush()
            return
        title = self._title(line)
        if title is not None:
            yield from self._flush()
            yield from self._open(index + 1, *title)
            return
        if _CONTENTS.match(line):
            yield from self._flush()
            return
        item = _ITEM.match(line)
        if item is None and _LABEL.match(line):
            yield from self._flush()
        if item is not None:
            yield from self._flush()
            self._enter(len(item.group(1).expandtabs()) + len(item.group(2).expandtabs()), line[item.end() :])
        self._paragraph.append(
            Piece(index + 1, item.end() if item else 0, line[item.end() :] if item else line)
        )

    def _title(self, line: str) -> tuple[int, str] | None:
        if (found := _HEADING.match(line)) is not None:
            return len(found.group(1)), line[found.end() :].strip().rstrip("#")
        if (found := _HTML_HEADING.match(line)) is not None:
            return int(found.group(1)), found.group(2)
        if _UNDERLINE.match(line) and len(self._paragraph) == 1:
            title = self._paragraph.pop().text
            return (1 if "=" in line else 2), title
        if not self._paragraph and (found := _BOLD_LINE.match(line)) is not None:
            return _BOLD_LEVEL, found.group(1)
        return None

    def _open(self, line: int, level: int, title: str) -> Iterator[Statement]:
        while self._headings and self._headings[-1][1] >= level:
            self._headings.pop()
        if not self._titled:
            self._titled, self._title_line = True, line if level == 1 else 0
            self._family = ownership.family(plain(title)[:_LONGEST_CONTEXT]) or self._family
        self._headings.append((line, level, plain(title).strip()[:_LONGEST_CONTEXT]))
        self._items, self._lead = [], ""
        text = self._lines[line - 1]
        if text.strip() and not _UNDERLINE.match(text):
            yield from self._say([Piece(line, 0, text)], is_heading=True)
        elif line > 1:
            yield from self._say([Piece(line - 1, 0, self._lines[line - 2])], is_heading=True)

    def _enter(self, indent: int, text: str) -> None:
        while self._items and self._items[-1][0] >= indent:
            self._items.pop()
        self._items.append((indent, plain(text)[:_LONGEST_CONTEXT]))

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
            self._lead = plain(paragraph[-1].text)[-_LONGEST_CONTEXT:]

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

    def _say(self, pieces: Sequence[Piece], **around: object) -> Iterator[Statement]:
        if not any(telling.hints(piece.text) for piece in pieces):
            return
        words = [
            Piece(piece.line, piece.column + found.start(), found.group())
            for piece in pieces
            for found in re.finditer(r"\S+", plain(piece.text))
        ]
        yield from _sentences(words, self._surroundings(around))

    def _surroundings(self, around: dict[str, object]) -> dict[str, object]:
        titles = tuple(title for line, _, title in self._headings if line != self._title_line)
        return {"headings": titles, "section": self._section(), **around}

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


_ENDS = frozenset(".!?;。！？；")
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|approx|ca|vs|etc|ver|no|min|max|resp|z\.B|incl|Fig|Sec|Tab|env)|^\(?\w)\.$",
    re.IGNORECASE,
)
_CJK_END = re.compile(r"[。！？；]")


def _sentences(words: Sequence[Piece], around: dict[str, object]) -> Iterator[Statement]:
    """Statements of at most a sentence each; the words of a table's cell stay together."""
    before = ""
    for group in _groups(words, whole=bool(around.get("is_cell"))):
        text = " ".join(word.text for word in group)
        if around.get("is_cell") or telling.may_claim(text):
            yield _statement(text, group, before, around)
        before = text[-_LONGEST_CONTEXT:]


def _groups(words: Sequence[Piece], *, whole: bool) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    size = 0
    for word in _split_words(words):
        group.append(word)
        size += len(word.text) + 1
        ends = word.text[-1] in _ENDS and not whole and not _NO_END.search(word.text)
        if ends or size > LONGEST_STATEMENT:
            yield group
            group, size = [], 0
    if group:
        yield group


def _split_words(words: Iterable[Piece]) -> Iterator[Piece]:
    """Words as they stand; those of scripts without spaces are cut behind their sentences' ends."""
    for word in words:
        if len(word.text) <= LONGEST_STATEMENT and word.text.isascii():
            yield word
            continue
        begin = 0
        if not word.text.isascii():
            for found in _CJK_END.finditer(word.text):
                yield Piece(word.line, word.column + begin, word.text[begin : found.end()])
                begin = found.end()
        for start in range(begin, len(word.text), LONGEST_STATEMENT):
            yield Piece(
                word.line,
                word.column + start,
                word.text[start : min(start + LONGEST_STATEMENT, len(word.text))],
            )


def _statement(text: str, words: Sequence[Piece], before: str, around: dict[str, object]) -> Statement:
    starts, position = [], 0
    for word in words:
        starts.append(position)
        position += len(word.text) + 1
    return Statement(text=text, before=before, words=words, starts=starts, **around)  # type: ignore[arg-type]


_COMMENT = re.compile(r"(?:^|\s)#+\s?(?=\S)")
_CODE_IN_COMMENT = re.compile(
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

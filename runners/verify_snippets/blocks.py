"""Blocks: the code blocks of a card, with the card's own line numbers."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the text of a block is, whatever its tag says."""

    PYTHON = "python"
    NOTEBOOK_CELL = "notebook-cell"  # Python with ! or % lines
    SHELL_INSTALL = "shell-install"  # sets up: pip, apt, git clone, downloads, cd
    SHELL_RUN = "shell-run"
    OUTPUT = "output"
    CONFIG = "config"
    OTHER_LANGUAGE = "other-language"
    PSEUDO = "pseudo"


@dataclass(frozen=True, kw_only=True)
class Block:
    """One code block of a card.

    Attributes:
        index: 0-based position among the card's blocks.
        start_line: 1-based line of the opening fence, or of the first line of an indented block.
        end_line: line of the closing fence, or of the last line of the block.
        language_tag: the info string as written; empty for none.
        text: the block's content, dedented as Markdown does, line ends as ``\\n``.
        text_line: the card's line that holds the first line of ``text``.
        prose_before: the text between the block before (or the last heading) and this one.
        kind: what the text is.
    """

    index: int
    start_line: int
    end_line: int
    language_tag: str
    text: str
    text_line: int
    prose_before: str
    kind: Kind

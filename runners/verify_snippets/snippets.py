"""Snippets: what of a card can be run, and what each needs."""

from dataclasses import dataclass

from verify_snippets.blocks import Block, Kind


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A block, understood.

    Attributes:
        id: ``L`` and the card's line where the block starts, such as ``L42``.
        block: the block it comes from.
        code: what would be executed: prompts, outputs and install lines replaced by blank lines, so
            that line n of ``code`` stays line ``block.text_line + n - 1`` of the card.
        runnable: whether it is meant to be run once its placeholders are filled in.
        reason: why it is not runnable; empty if it is.
        placeholders: literal strings that the reader must replace first, in order of appearance.
        needs: indices of the blocks it needs directly.
        needs_gpu: whether the code itself demands a GPU.
        output_block: index of the block with its documented output; its own if it stands inside.
        requirements: what the card tells the reader to install for it, as written.
        undeclared: top-level modules it imports that the card never tells the reader to install.
    """

    id: str
    block: Block
    code: str
    runnable: bool
    reason: str = ""
    placeholders: tuple[str, ...] = ()
    needs: tuple[int, ...] = ()
    needs_gpu: bool = False
    output_block: int | None = None
    requirements: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of its block."""
        return self.block.kind

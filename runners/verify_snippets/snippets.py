"""Snippets: what of a card can be run, and what each needs."""

import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from verify_snippets import (
    cell_code,
    collector,
    gpu,
    mark_reading,
    needs,
    outputs,
    placeholders,
    reading,
    requirements,
    runnable,
    traces,
)
from verify_snippets.blocks import Block, Kind
from verify_snippets.card import CARD_NAME
from verify_snippets.mark_reading import Marked
from verify_snippets.marks import NO_MARKS, Marks
from verify_snippets.needs import Needs


class Origin(StrEnum):
    """Where a snippet comes from."""

    CARD = "card"
    NOTEBOOK = "notebook"  # of the repo
    HUB = "hub"  # the Hub's own "Use this model" code


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """A block, understood.

    Attributes:
        id: ``L`` and the card's line where the block starts, such as ``L42``; of a notebook's cell the
            notebook's path and the cell's number, such as ``demo.ipynb:3``; of the Hub's own code ``hub:``,
            the library's name and a number, such as ``hub:transformers:1``. Unique in its plan.
        block: the block it comes from, or what a cell or the Hub's code is in place of one.
        code: what would be executed: prompts, outputs and install lines replaced by blank lines, so
            that line n of ``code`` stays line ``block.text_line + n - 1`` of the card.
        cell: what a notebook's kernel would execute, likewise, where it takes one: ``!`` and ``%`` lines are
            in it; empty where Python alone will do.
        runnable: whether it is meant to be run once its placeholders are filled in.
        reason: why it is not runnable; empty if it is.
        placeholders: literal strings that the reader must replace first, in order of appearance.
        needs: indices of the blocks it needs directly.
        needs_gpu: whether the code itself demands a GPU.
        output_block: index of the block with its documented output; its own if it stands inside.
        requirements: what the card tells the reader to install for it, as written.
        undeclared: top-level modules it imports that the card never tells the reader to install.
        is_session: whether it is a prompt session, which shows the value of every expression.
        origin: where it comes from.
        document: the file whose lines ``block`` counts, which tracebacks name.
        marks: what the card's author says of it in comments.
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
    is_session: bool = False
    origin: Origin = Origin.CARD
    document: str = CARD_NAME
    marks: Marks = NO_MARKS
    cell: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for people: the card's line, or what it is called."""
        return f"line {self.block.start_line}" if self.origin is Origin.CARD else self.id

    @property
    def file_name(self) -> str:
        """What tracebacks call the file that it is in; what stands in no card has lines of its own."""
        return self.document if self.origin is Origin.CARD else self.id

    @property
    def kind(self) -> Kind:
        """The kind of its block."""
        return self.block.kind


def read_snippets(
    blocks: Sequence[Block], *, repo_id: str | None, metadata: Mapping[str, Any]
) -> tuple[Snippet, ...]:
    """Understand the blocks of one card: exactly one snippet a block, in the same order.

    Args:
        blocks: all of a card's blocks.
        repo_id: the card's own repo, whose name is never a placeholder; None if nobody named it.
        metadata: the card's front matter; the library it names counts as declared.
    """
    with collector.paused():
        return _read(blocks, repo_id=repo_id, library=str(metadata.get("library_name") or ""))


def _read(blocks: Sequence[Block], *, repo_id: str | None, library: str) -> tuple[Snippet, ...]:
    readings = [reading.read(block) for block in blocks]
    left = [traces.find(it) for it in readings]
    marked = mark_reading.read(blocks)
    needed = [_as_marked(need, each) for need, each in zip(needs.find(readings, left), marked, strict=True)]
    needed_blocks = [need.blocks for need in needed]
    installs = requirements.find(readings, needed_blocks, [trace.clones for trace in left])
    shown = outputs.find(readings)
    devices = [gpu.named_devices(it) for it in readings]
    return tuple(
        _snippet(
            readings[index],
            left[index],
            around=[left[other] for other in needed_blocks[index]],
            devices={name for other in needed_blocks[index] for name in devices[other]},
            need=needed[index],
            installs=installs[index],
            shown=shown[index],
            repo_id=repo_id,
            library=library,
            marks=marked[index].marks,
        )
        for index in range(len(readings))
    )


def _as_marked(need: Needs, marked: Marked) -> Needs:
    """What a block needs: what the card's author says, or else what was found."""
    if marked.needs is None and not marked.marks.expect_fail:
        return need
    return Needs(blocks=need.blocks if marked.needs is None else marked.needs)  # meant to run, names or not


def _snippet(
    it: reading.Reading,
    own: traces.Traces,
    *,
    around: Sequence[traces.Traces],
    devices: Collection[str],
    need: Needs,
    installs: tuple[str, ...],
    shown: int | None,
    repo_id: str | None,
    library: str,
    marks: Marks,
) -> Snippet:
    block = it.block
    reason = runnable.why_not(it, need)
    asked = placeholders.meant_to_run(block.kind, runnable=not reason)
    made = {path for trace in (own, *around) for path in trace.makes}
    if any(trace.clones for trace in (own, *around)):
        made.add(placeholders.CHECKOUT)
    unset = own.expands.difference(*(trace.sets for trace in around))
    return Snippet(
        id=f"L{block.start_line}",
        block=block,
        code=it.code.text,
        runnable=not reason,
        reason=reason,
        placeholders=placeholders.find(it, {*made, repo_id or ""}, unset) if asked else (),
        needs=need.blocks if (asked or block.kind.is_python) else (),
        needs_gpu=gpu.is_needed(it, devices),
        output_block=shown,
        requirements=installs,
        undeclared=requirements.undeclared(it, (*installs, library)),
        is_session=it.code.is_session,
        marks=marks,
        cell=_cell(it),
    )


def _cell(it: reading.Reading) -> str:
    if it.block.kind is Kind.NOTEBOOK_CELL and cell_code.wants_kernel(it.code):
        return cell_code.for_kernel(textwrap.dedent(it.block.text))
    return it.code.cell

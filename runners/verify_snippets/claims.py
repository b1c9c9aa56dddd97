"""Claims: the promises of a card that a machine can check."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from verify_snippets import mark_comments
from verify_snippets.claim_reading import (
    context,
    devices,
    gpus,
    memory,
    parameters,
    passages,
    precision,
    scope,
    speed,
    versions,
)
from verify_snippets.claim_reading.model import Claim, ClaimKind, Comparator, Found, Scope
from verify_snippets.claim_reading.statement import Statement
from verify_snippets.pattern import Pattern
from verify_snippets.snippets import Snippet

__all__ = ["READ_CHARACTERS", "Claim", "ClaimKind", "Comparator", "Scope", "read_claims"]

READ_CHARACTERS = 1 << 19
"""How much of a card is read for claims: four times the longest card we know, and no reader gets so far."""


def read_claims(
    card_text: str, snippets: Sequence[Snippet], metadata: Mapping[str, Any]
) -> tuple[Claim, ...]:
    """Every machine-checkable promise of a card's first ``READ_CHARACTERS``, in the order of its lines.

    Args:
        card_text: the whole card, front matter included, line ends as written.
        snippets: what was made of the card's blocks: one each, in the same order.
        metadata: the card's front matter.
    """
    read = mark_comments.without(_beginning(card_text))
    lines = passages.split_lines(read)
    blocks = [snippet.block for snippet in snippets if snippet.block.end_line <= len(lines)]
    index = _Index.of(snippets)
    claims: dict[tuple[object, ...], Claim] = {}
    for statement in passages.statements(read, blocks, _names(snippets, metadata)):
        for found in _read(statement):
            if scope.is_no_promise(statement, found):
                continue
            claim = _claim(statement, found, lines, index)
            claims.setdefault((claim.kind, claim.value, claim.unit, claim.line), claim)
    return tuple(sorted(claims.values(), key=lambda claim: claim.line))


def _beginning(card_text: str) -> str:
    """As much of a card as is read, in whole lines."""
    if len(card_text) <= READ_CHARACTERS:
        return card_text
    return card_text[: card_text.rfind("\n", 0, READ_CHARACTERS) + 1]


_REPO = Pattern(r"[\"'][\w.-]{1,60}/([\w.-]{1,100})[\"']")


def _names(snippets: Sequence[Snippet], metadata: Mapping[str, Any]) -> str:
    """What the model is called, by its front matter or by the first repo that its code loads."""
    index = metadata.get("model-index")
    first = index[0] if isinstance(index, list) and index else {}
    name = first.get("name") if isinstance(first, dict) else None
    loaded = (_REPO.search(each.block.text) for each in snippets)
    return str(name or next((found.group(1) for found in loaded if found), ""))


def _read(statement: Statement) -> Iterator[Found]:
    models = gpus.named(statement)
    taken = [(model.start, model.end) for model in models]
    yield from memory.read(statement, taken)
    yield from gpus.read(statement, models)
    yield from devices.read(statement)
    yield from precision.read(statement)
    yield from parameters.read(statement)
    yield from context.read(statement)
    yield from speed.read(statement)
    yield from versions.read(statement)


@dataclass(frozen=True, kw_only=True)
class _Index:
    """The snippets, found at once: a long card has thousands of them, and as many claims.

    Attributes:
        snippets: one for each block, in the blocks' order.
        makers: by the block that documents an output, the snippets that make it.
        sections: by the line of a heading, the ids of the runnable snippets right below it.
    """

    snippets: Sequence[Snippet]
    makers: Mapping[int, Sequence[Snippet]]
    sections: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, snippets: Sequence[Snippet]) -> Self:
        makers: defaultdict[int, list[Snippet]] = defaultdict(list)
        sections: defaultdict[int, list[str]] = defaultdict(list)
        for snippet in snippets:
            if snippet.output_block is not None:
                makers[snippet.output_block].append(snippet)
            if snippet.runnable and snippet.block.headings:
                sections[snippet.block.headings[-1].line].append(snippet.id)
        ids = {line: tuple(each) for line, each in sections.items()}
        return cls(snippets=snippets, makers=makers, sections=ids)


def _claim(statement: Statement, found: Found, lines: Sequence[str], index: _Index) -> Claim:
    line = statement.line(found.start)
    columns = statement.span(found.quote_start, found.quote_end, line)
    quote = lines[line - 1][slice(*columns)] if columns else ""
    whose = Scope.OTHER if scope.is_of_another(statement) else scope.of(statement, found)
    spoken_of = _spoken_of(statement, index) if whose is Scope.INFERENCE else ()
    return Claim(
        kind=_kind(statement, found, index),
        comparator=found.comparator,
        value=found.value,
        unit=found.unit,
        scope=whose,
        quote=quote,
        line=line,
        snippets=spoken_of,
    )


_PLAINLY_RAM = Pattern(r"\bRAM\b|\b(?:cpu|system|host) memory\b", re.IGNORECASE)


def _kind(statement: Statement, found: Found, index: _Index) -> ClaimKind:
    """Memory that a block prints or comments on is the GPU's where the block puts its model there."""
    if found.kind is not ClaimKind.RAM or statement.block is None or _PLAINLY_RAM.search(statement.text):
        return found.kind
    around = (index.snippets[statement.block], *index.makers.get(statement.block, ()))
    return ClaimKind.VRAM if any(each.needs_gpu for each in around) else ClaimKind.RAM


def _spoken_of(statement: Statement, index: _Index) -> tuple[str, ...]:
    """The snippets that a statement speaks of: its own block's, else those of its own section."""
    if statement.block is not None:
        own = index.snippets[statement.block]
        return tuple(each.id for each in index.makers.get(statement.block, [own]))
    return index.sections.get(statement.section, ())

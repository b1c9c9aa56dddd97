"""Claims: the promises of a card that a machine can check."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
from verify_snippets.snippets import Snippet

__all__ = ["Claim", "ClaimKind", "Comparator", "Scope", "read_claims"]


def read_claims(
    card_text: str, snippets: Sequence[Snippet], metadata: Mapping[str, Any]
) -> tuple[Claim, ...]:
    """Every machine-checkable promise of a card, in the order of its lines.

    Args:
        card_text: the whole card, front matter included, line ends as written.
        snippets: what was made of the card's blocks: one each, in the same order.
        metadata: the card's front matter.
    """
    lines = passages.split_lines(card_text)
    blocks = [snippet.block for snippet in snippets]
    claims: dict[tuple[object, ...], Claim] = {}
    for statement in passages.statements(card_text, blocks, _names(snippets, metadata)):
        for found in _read(statement):
            if scope.is_no_promise(statement, found):
                continue
            claim = _claim(statement, found, lines, snippets)
            claims.setdefault((claim.kind, claim.value, claim.unit, claim.line), claim)
    return tuple(sorted(claims.values(), key=lambda claim: claim.line))


_REPO = re.compile(r"[\"'][\w.-]{1,60}/([\w.-]{1,100})[\"']")


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


def _claim(statement: Statement, found: Found, lines: Sequence[str], snippets: Sequence[Snippet]) -> Claim:
    line = statement.line(found.start)
    columns = statement.span(found.quote_start, found.quote_end, line)
    quote = lines[line - 1][slice(*columns)] if columns else ""
    whose = Scope.OTHER if scope.is_of_another(statement) else scope.of(statement, found)
    spoken_of = _spoken_of(statement, snippets) if whose is Scope.INFERENCE else ()
    return Claim(
        kind=_kind(statement, found, snippets),
        comparator=found.comparator,
        value=found.value,
        unit=found.unit,
        scope=whose,
        quote=quote,
        line=line,
        snippets=spoken_of,
    )


_PLAINLY_RAM = re.compile(r"\bRAM\b|\b(?:cpu|system|host) memory\b", re.IGNORECASE)


def _kind(statement: Statement, found: Found, snippets: Sequence[Snippet]) -> ClaimKind:
    """Memory that a block prints or comments on is the GPU's where the block puts its model there."""
    if found.kind is not ClaimKind.RAM or statement.block is None or _PLAINLY_RAM.search(statement.text):
        return found.kind
    around = [each for each in snippets if statement.block in {each.block.index, each.output_block}]
    return ClaimKind.VRAM if any(each.needs_gpu for each in around) else ClaimKind.RAM


def _spoken_of(statement: Statement, snippets: Sequence[Snippet]) -> tuple[str, ...]:
    """The snippets that a statement speaks of: its own block's, else those of its own section."""
    if statement.block is not None:
        own = snippets[statement.block]
        makers = [each for each in snippets if each.output_block == statement.block]
        return tuple(each.id for each in (makers or [own]))
    if not statement.section:
        return ()
    return tuple(
        snippet.id
        for snippet in snippets
        if snippet.runnable
        and snippet.block.headings
        and snippet.block.headings[-1].line == statement.section
    )

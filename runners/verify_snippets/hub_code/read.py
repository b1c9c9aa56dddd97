"""The Hub's own code as snippets: read as a card's blocks are, with ids and lines of their own. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from verify_snippets import packages
from verify_snippets.blocks import Block, Kind, read_blocks
from verify_snippets.hub_code.model import HubCode, LibraryCode
from verify_snippets.pattern import Pattern
from verify_snippets.snippets import Origin, Snippet, read_snippets

_TICKS = Pattern(r"`+")


def read_hub_code(
    code: HubCode | None, *, repo_id: str | None, offset: int, card: Sequence[Snippet] = ()
) -> tuple[Snippet, ...]:
    """One snippet a sample; those of a library need only each other.

    Args:
        code: what the Hub shows; None for nothing.
        repo_id: the model's.
        offset: how many snippets stand before them in the plan.
        card: the card's own, among which the same code may be: then it is not run a second time.
    """
    found: list[Snippet] = []
    known = {_plain(snippet.code): snippet.id for snippet in reversed(card) if snippet.runnable}
    for library in code.libraries if code else ():
        blocks = [_block(sample, index) for index, sample in enumerate(library.samples)]
        snippets = read_snippets(blocks, repo_id=repo_id, metadata={})
        start = offset + len(found)
        found += (_placed(snippet, library, start, known) for snippet in snippets)
    return tuple(found)


def _block(sample: str, index: int) -> Block:
    """A sample as a block: what it is, is seen by the same signs as in a card that doesn't say."""
    text = re.sub(r"\r\n?", "\n", sample.encode("utf-8", errors="replace").decode("utf-8")).strip("\n")
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    fence = "`" * max(longest + 1, 3)
    (block,) = read_blocks(f"{fence}\n{text}\n{fence}\n")
    return replace(block, index=index, start_line=1, end_line=text.count("\n") + 1, text_line=1)


def _placed(snippet: Snippet, library: LibraryCode, start: int, known: Mapping[str, str]) -> Snippet:
    """A snippet in its place in the plan. The Hub's page names the library: its reader has installed it."""
    index = snippet.block.index
    twin = known.get(_plain(snippet.code)) if snippet.runnable else None
    words = _words_only(snippet.block)
    brought = {module: packages.bringing(module) for module in snippet.undeclared}
    return replace(
        snippet,
        id=f"{library.document}:{index + 1}",
        block=replace(snippet.block, index=start + index, kind=Kind.PYTHON if words else snippet.kind),
        needs=tuple(start + needed for needed in snippet.needs),
        output_block=None,  # the Hub's page shows none
        requirements=tuple(dict.fromkeys((*snippet.requirements, *filter(None, brought.values())))),
        undeclared=tuple(module for module, package in brought.items() if not package),
        origin=Origin.HUB,
        document=library.document,
        runnable=snippet.runnable and twin is None and not words,
        reason=_reason(snippet, twin, words),
    )


def _reason(snippet: Snippet, twin: str | None, words: str) -> str:
    """Why it isn't run; empty if it is."""
    if twin:
        return f"the card has this very code: see {twin}"
    if words:
        return f"the Hub has no code for this model, and says: {words}"
    return snippet.reason.replace(" of the card", "")  # whose lines these are not


def _words_only(block: Block) -> str:
    """What the Hub says in place of code, such as that the type of model is unknown; empty for code."""
    text = block.text.strip()
    is_code = bool(_plain(text)) and (block.kind.is_python or block.kind.is_shell)
    return "" if is_code or "\n" in text else text.strip("# ")


def _plain(code: str) -> str:
    """Code without what makes no difference: comments on lines of their own, empty lines, spaces at ends."""
    lines = (line.rstrip() for line in code.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))

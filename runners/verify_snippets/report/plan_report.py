"""A plan, for people and for machines: what would run, and why the rest would not."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from verify_snippets.card import Card
from verify_snippets.claims import READ_CHARACTERS
from verify_snippets.clean import one_line, shorten
from verify_snippets.ledger import Entry
from verify_snippets.plan import Plan, Step
from verify_snippets.report.layout import put
from verify_snippets.report.ledger_text import claim_lines
from verify_snippets.report.quantities import counted
from verify_snippets.snippets import Origin, Snippet


def render_json(plan: Plan) -> str:
    """The plan as JSON; ``needs`` and ``output_block`` are indices into ``blocks``."""
    return json.dumps(_document(plan), indent=2, ensure_ascii=False) + "\n"


def draw(plan: Plan, console: Console) -> None:
    """The plan for people: one entry for each block, in the card's order."""
    card = plan.card
    revision = f" at {card.revision[:12]}" if card.revision else ""
    console.print(Text(one_line(f"{card.repo_id or card.location}{revision}"), "bold"))
    steps = {step.snippet.block.index: step for step in plan.steps}
    for snippet in plan.snippets:
        _draw_entry(snippet, steps.get(snippet.block.index), plan, console)
    _draw_claims(plan, console)
    running = sum(step.runs for step in plan.steps)
    console.print()
    if running:
        blocks = counted(len(plan.snippets), "code block")
        console.print(Text(f"{running} of {blocks} would run", "bold"))
    else:
        console.print(Text(_nothing(plan), "bold"))


def _draw_claims(plan: Plan, console: Console) -> None:
    if len(plan.card.text) > READ_CHARACTERS:
        told = f"claims are read in the first {READ_CHARACTERS:,} characters of a card; this one is longer"
        console.print(Text(told, "yellow"))
    if not plan.ledger:
        return
    console.print()
    console.print(Text("What the card claims", "bold"))
    for entry in plan.ledger:
        claim = entry.claim
        for part in claim_lines(
            line=claim.line,
            what=f"{claim.kind} {claim.comparator} {claim.value} {claim.unit}",
            verdict=entry.verdict,
            quote=claim.quote,
            reason=entry.reason,
            found=entry.found,
        ):
            put(part, console)


def _nothing(plan: Plan) -> str:
    if not plan.snippets:
        return "this card has no code blocks: nothing would run"
    return f"nothing would run: none of the {counted(len(plan.snippets), 'code block')} can"


def _draw_entry(snippet: Snippet, step: Step | None, plan: Plan, console: Console) -> None:
    block = snippet.block
    many = "" if block.end_line == block.start_line else f"-{block.end_line}"
    place = f"line {block.start_line}{many}" if snippet.origin is Origin.CARD else one_line(snippet.id)
    runs = step is not None and step.runs
    head = Text(f"{place}  ", "bold" if runs else "dim")
    head.append(f"{snippet.kind}  ")
    head.append(_fate(snippet, step), "green" if runs else "")
    console.print()
    console.print(head)
    title = _first_line(snippet)
    if title:
        console.print(Text(f"    {title}", "dim", no_wrap=True, overflow="ellipsis"))
    details = [*_details(snippet, step, plan)]
    if details:
        put(Padding(Text("\n".join(details)), (0, 0, 0, 4), expand=False), console)


def _fate(snippet: Snippet, step: Step | None) -> str:
    if step is not None and step.runs:
        return one_line(f"runs under {step.profile}: {step.reason}")
    reason = (step.reason if step is not None else "") or snippet.reason
    return one_line(f"does not run: {reason}" if reason else "does not run")


def _details(snippet: Snippet, step: Step | None, plan: Plan) -> Iterator[str]:
    if snippet.needs:
        yield _needed([plan.snippets[index] for index in snippet.needs])
    if snippet.needs_gpu:
        yield "needs a GPU"
    if snippet.requirements:
        yield one_line(f"installs {', '.join(snippet.requirements)}")
    if snippet.undeclared:
        yield one_line(f"imports what the card never says to install: {', '.join(snippet.undeclared)}")
    yield from map(one_line, snippet.marks.unclear)
    filled = dict(step.filled) if step is not None else {}
    for placeholder in snippet.placeholders:
        if placeholder in filled:
            yield one_line(f"placeholder {placeholder!r} filled in with {filled[placeholder]!r}")
        else:
            yield one_line(f"placeholder {placeholder!r}")


def _needed(needed: Sequence[Snippet]) -> str:
    if any(each.origin is not Origin.CARD for each in needed):
        return one_line(f"needs {', '.join(each.id for each in needed)}")
    lines = ", ".join(str(each.block.start_line) for each in needed)
    return f"needs the {'block' if len(needed) == 1 else 'blocks'} at line {lines}"


def _first_line(snippet: Snippet) -> str:
    lines = (line for line in snippet.block.text.split("\n") if line.strip())
    return shorten(one_line(next(lines, "")), 160)


def _document(plan: Plan) -> dict[str, Any]:
    return {
        "card": _card(plan.card),
        "blocks": [_block(snippet) for snippet in plan.snippets],
        "claims": [_claim(entry) for entry in plan.ledger],
        "steps": [_step(step) for step in plan.steps],
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "repo_id": card.repo_id,
        "revision": card.revision,
        "source": str(card.source),
        "location": card.location,
        "sha256": card.sha256,
    }


def _block(snippet: Snippet) -> dict[str, Any]:
    block = snippet.block
    return {
        "index": block.index,
        "id": snippet.id,
        "start_line": block.start_line,
        "end_line": block.end_line,
        "language_tag": block.language_tag,
        "kind": str(block.kind),
        "runnable": snippet.runnable,
        "reason": snippet.reason,
        "placeholders": list(snippet.placeholders),
        "needs": list(snippet.needs),
        "needs_gpu": snippet.needs_gpu,
        "output_block": snippet.output_block,
        "requirements": list(snippet.requirements),
        "undeclared": list(snippet.undeclared),
        "unclear_marks": list(snippet.marks.unclear),
    }


def _claim(entry: Entry) -> dict[str, Any]:
    claim = entry.claim
    return {
        "kind": str(claim.kind),
        "comparator": str(claim.comparator),
        "value": claim.value,
        "unit": claim.unit,
        "scope": str(claim.scope),
        "line": claim.line,
        "quote": claim.quote,
        "snippets": list(claim.snippets),
        "verdict": str(entry.verdict),
        "reason": entry.reason,
        "found": entry.found,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "snippet": step.snippet.id,
        "profile": step.profile,
        "runs": step.runs,
        "reason": step.reason,
        "first": [snippet.id for snippet in step.first],
        "filled": dict(step.filled),
    }

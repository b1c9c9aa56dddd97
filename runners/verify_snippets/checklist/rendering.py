"""The checklist written out: for a terminal, for a GitHub issue, for programs. Pure."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from verify_snippets.card import Card
from verify_snippets.checklist.item import Item, State
from verify_snippets.clean import clean, one_line
from verify_snippets.report import gfm
from verify_snippets.report.terminal import FILE_WIDTH

SCHEMA = "verify-snippets/checklist/v1"
FORMATS = {"text": "txt", "markdown": "md", "json": "json"}
"""What a checklist is written as, and what its files usually end in."""

_MARKS = {
    State.DONE: ("✓", "green"),
    State.MISSING: ("✗", "red"),
    State.NOT_NEEDED: ("–", "dim"),
    State.NOT_SEEN: ("?", "yellow"),
    State.HUMAN: ("☐", "cyan"),
}


def draw(card: Card, items: Sequence[Item], console: Console) -> None:
    """Show it on a terminal."""
    console.print(Text(one_line(card.repo_id or card.location), style="bold"))
    for group, members in groupby(items, key=lambda item: item.group):
        console.print()
        console.print(Text(group.value, style="bold"))
        for item in members:
            mark, style = _MARKS[item.state]
            where = f" (line {item.line})" if item.line else ""
            title = Text.assemble(
                (f"{mark} ", style), item.title, (f": {one_line(item.evidence)}{where}", "default")
            )
            console.print(Padding(title, (0, 0, 0, 2), expand=False))
            if item.add and item.state is State.MISSING:
                console.print(Padding(Text(clean(item.add), style="cyan"), (0, 0, 0, 6), expand=False))
    console.print()
    console.print(Text(counted(items), style="bold"))


def text(card: Card, items: Sequence[Item]) -> str:
    """As on a terminal, without colours."""
    console = Console(file=io.StringIO(), width=FILE_WIDTH, color_system=None, force_terminal=False)
    with console.capture() as captured:
        draw(card, items, console)
    return captured.get()


def counted(items: Sequence[Item]) -> str:
    """How many items stand how, in one line."""
    counts = Counter(item.state for item in items)
    return ", ".join(f"{counts[state]} {state.value}" for state in State if counts[state])


def markdown(card: Card, items: Sequence[Item]) -> str:
    """A task list in GitHub's Markdown."""
    return "\n".join(_markdown_lines(card, items)) + "\n"


def _markdown_lines(card: Card, items: Sequence[Item]) -> Iterator[str]:
    yield f"# Release checklist: {gfm.text(card.repo_id or card.location)}"
    yield ""
    yield counted(items)
    for group, members in groupby(items, key=lambda item: item.group):
        yield ""
        yield f"## {group.value}"
        yield ""
        for item in members:
            box = "x" if item.state in (State.DONE, State.NOT_NEEDED) else " "
            how = "" if item.state in (State.DONE, State.MISSING) else f"{item.state.value}: "
            where = f" (line {item.line})" if item.line else ""
            yield f"- [{box}] **{item.title}**: {how}{gfm.text(one_line(item.evidence))}{where}"
            if item.add and item.state is State.MISSING:
                yield ""
                yield from (f"  {line}".rstrip() for line in gfm.fenced(item.add, "").splitlines())
                yield ""


def as_json(card: Card, items: Sequence[Item]) -> str:
    """All of it as one JSON object."""
    told = {
        "schema": SCHEMA,
        "repo_id": card.repo_id,
        "revision": card.revision,
        "sha256": card.sha256,
        "counts": Counter(item.state.value for item in items),
        "items": [asdict(item) for item in items],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

"""What came of a snippet, into the store: its run, and where that moves what is known of it, in one step."""

from typing import TYPE_CHECKING

from verify_snippets.nightly.lineage import CardSnippet
from verify_snippets.nightly.standing import Advance, advance
from verify_snippets.snippets import Snippet
from verify_snippets.store.records import Standing, StoredRun

if TYPE_CHECKING:
    from verify_snippets.store.store import Store


def card_snippet(snippet: Snippet) -> CardSnippet:
    """A snippet, as its history knows it."""
    lines = (line.strip() for line in snippet.block.text.splitlines())
    return CardSnippet(
        snippet_id=snippet.id,
        kind=snippet.kind,
        title=next((line for line in lines if line), ""),
        code=snippet.code,
    )


def record(
    store: "Store",
    run: StoredRun,
    standing: Standing | None,
    snippet: CardSnippet,
    *,
    confirming: bool = False,
) -> Advance:
    """Store a run and where it leads; both are on disk when this returns.

    Args:
        store: where to.
        run: what came of it.
        standing: what was known before; None for a snippet that is new.
        snippet: it, in the card of now.
        confirming: whether this is one more run under the key of a failure that is only suspected.

    Raises:
        InfrastructureError: it can't be stored.
    """
    moved = advance(standing, run, snippet=snippet, confirming=confirming)
    store.add_run(run, moved.standing, moved.changes)
    return moved

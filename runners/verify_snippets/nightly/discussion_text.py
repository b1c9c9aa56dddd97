"""What a discussion on a model's community tab says. Pure; nothing of a card is markup in it."""

import re
from collections.abc import Sequence
from itertools import groupby

from verify_snippets.clean import one_line, shorten
from verify_snippets.nightly.outline import day
from verify_snippets.report import gfm
from verify_snippets.store.records import Standing, line_of

TITLE = "Some code snippets of this model card fail"
"""Of every discussion: by it, its author and the marker one is found again when the store was lost."""
THANKS = "None of these snippets fails any more, so this can be closed. Thank you!"
_GREETING = (
    "Hello! The code snippets of this card were run as they are written, each in a fresh container, as "
    "somebody would who copies them today. These failed, and failed again when they were run once more:"
)
_PROMISE = (
    "This comment is kept up to date, and the discussion is closed once none of them fails. If you would "
    "rather not hear of them, close it: it will not be opened again for these snippets."
)
_MARKER = re.compile(r"<!-- verify-snippets failures:((?: [\w-]+)*) -->")
_SHOWN = 30  # snippets
_REASON_LENGTH = 300
_TITLE_LENGTH = 100


def body(repo_id: str, failing: Sequence[Standing]) -> str:
    """The comment that a discussion begins with; the same for the same failures.

    Args:
        repo_id: the model.
        failing: its snippets that fail.
    """
    ordered = sorted(failing, key=lambda one: (line_of(one.snippet_id), one.key.profile))
    snippets = [list(same) for _, same in groupby(ordered, key=lambda one: one.key.lineage)]
    parts = [
        _marker(ordered),
        _GREETING,
        "\n".join(_snippet(same) for same in snippets[:_SHOWN]),
    ]
    if len(snippets) > _SHOWN:
        parts.append(f"… and {len(snippets) - _SHOWN} more.")
    parts += [
        "To see it for yourself:",
        gfm.fenced(f"pip install verify-snippets\nverify-snippets {repo_id}", "sh").rstrip(),
        _PROMISE,
    ]
    return "\n\n".join(parts) + "\n"


def lineages(text: str) -> frozenset[str] | None:
    """The snippets that a comment of ours told of; None for a comment that is not one of ours."""
    found = _MARKER.match(text.strip())
    return frozenset(found[1].split()) if found else None


def _marker(failing: Sequence[Standing]) -> str:
    names = dict.fromkeys(re.sub(r"[^\w-]", "", one.key.lineage) for one in failing)
    return f"<!-- verify-snippets failures: {' '.join(names)} -->"


def _snippet(same: Sequence[Standing]) -> str:
    """One snippet under each profile that it fails under."""
    first = same[0]
    title = gfm.code(shorten(one_line(first.title), _TITLE_LENGTH))
    begun = min(one.since for one in same)
    head = f"- **Line {line_of(first.snippet_id)}**{f', {title}' if title else ''}, since {day(begun)}: "
    if len(same) == 1:
        return head + _reason(first)
    return head + "".join(f"\n  - on {gfm.text(one.key.profile)}: {_reason(one)}" for one in same)


def _reason(one: Standing) -> str:
    return gfm.prose(shorten(one_line(one.reason), _REASON_LENGTH)) or str(one.verdict)

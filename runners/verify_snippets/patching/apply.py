"""Changes to snippets, made in the card, and read back to see that nothing else has changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from verify_snippets import packages
from verify_snippets.blocks import read_blocks
from verify_snippets.card import Card
from verify_snippets.patching import code_edits, install_edits
from verify_snippets.patching.lines import CannotPatchError, Edit, apply_edits, moved, split
from verify_snippets.snippets import Snippet, read_snippets

__all__ = ["CannotPatchError", "Change", "Patched", "apply"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to be different about one snippet.

    Attributes:
        snippet: its id in the card as it is.
        code: its new code; None to leave that as it is.
        packages: what the card is to tell its reader to install, too.
    """

    snippet: str
    code: str | None = None
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Patched:
    """A card with changes made.

    Attributes:
        card: the card as it would be.
        ids: the id of each snippet in the card as it is -> its id in this one.
    """

    card: Card
    ids: Mapping[str, str]


def apply(card: Card, changes: Sequence[Change]) -> Patched:
    """Make changes in a card's text.

    The result is read as any card is: it has the snippets that it had, each with the code that it had or was
    to get, and what was to be installed is what the reader is told to install.

    Args:
        card: as it is.
        changes: at most one for each snippet.

    Raises:
        CannotPatchError: a change can't be made so that all this holds.
    """
    if not changes:
        return Patched(card=card, ids={snippet.id: snippet.id for snippet in _read(card)})
    try:
        return _applied(card, changes, own_place=True)
    except CannotPatchError:
        if not any(change.packages for change in changes):
            raise
        return _applied(card, changes, own_place=False)


def _applied(card: Card, changes: Sequence[Change], *, own_place: bool) -> Patched:
    snippets = _read(card)
    lines = split(card.text)
    inside = _code_edits(lines, snippets, changes)
    installs = _install_edits(lines, snippets, changes, own_place=own_place)
    edits = [*inside, *installs]
    _check_apart(edits)
    text = apply_edits(lines, edits)
    patched = Patched(
        card=replace(card, text=text, sha256=hashlib.sha256(text.encode()).hexdigest()),
        ids={each.id: f"L{_new_start(each, inside, installs)}" for each in snippets},
    )
    _check(patched, snippets, {change.snippet: change for change in changes})
    return patched


def _new_start(snippet: Snippet, inside: Sequence[Edit], installs: Sequence[Edit]) -> int:
    """The line where a snippet's block starts afterwards: code that comes first in it belongs to it."""
    index = snippet.block.start_line - 1
    above = [edit for edit in inside if edit.first < index]
    return moved(index, [*above, *installs]) + 1


def _read(card: Card) -> tuple[Snippet, ...]:
    return read_snippets(read_blocks(card.text), repo_id=card.repo_id, metadata=card.metadata)


def _code_edits(lines: Sequence[str], snippets: Sequence[Snippet], changes: Sequence[Change]) -> list[Edit]:
    by_id = {snippet.id: snippet for snippet in snippets}
    found: list[Edit] = []
    for change in changes:
        if change.code is not None:
            found += code_edits.edits_for(lines, by_id[change.snippet], change.code)
    return found


def _install_edits(
    lines: Sequence[str], snippets: Sequence[Snippet], changes: Sequence[Change], *, own_place: bool
) -> list[Edit]:
    """One edit for each place, whoever needs something there."""
    by_id = {snippet.id: snippet for snippet in snippets}
    wanted: dict[int, tuple[Snippet, list[str]]] = {}
    for change in changes:
        if change.packages:
            snippet = by_id[change.snippet]
            edit = install_edits.added_to_own(lines, snippets, snippet, ["x"]) if own_place else None
            place = edit.first if edit else -snippet.block.start_line
            _, words = wanted.setdefault(place, (snippet, []))
            words += [word for word in change.packages if word not in words]
    return [
        (place >= 0 and install_edits.added_to_own(lines, snippets, snippet, words))
        or install_edits.block_before(lines, snippets, snippet, words)
        for place, (snippet, words) in wanted.items()
    ]


def _check_apart(edits: Sequence[Edit]) -> None:
    """Two edits of one line would undo each other."""
    ordered = sorted(edits, key=lambda edit: (edit.first, edit.end))
    for before, after in pairwise(ordered):
        if after.first < before.end:
            raise CannotPatchError(f"two changes meet at line {after.first + 1}")


def _check(patched: Patched, before: Sequence[Snippet], changes: Mapping[str, Change]) -> None:
    after = {snippet.id: snippet for snippet in _read(patched.card)}
    for snippet in before:
        change = changes.get(snippet.id, Change(snippet=snippet.id))
        found = after.get(patched.ids[snippet.id])
        if found is None:
            raise CannotPatchError(f"the block at line {snippet.block.start_line} would no longer be one")
        expected = snippet.code if change.code is None else change.code
        if found.code != expected and not _only_installs_changed(found, snippet):
            raise CannotPatchError(
                f"the block at line {snippet.block.start_line} would be read in another way"
            )
        told = {packages.name(word) for word in found.requirements}
        if not {packages.name(word) for word in change.packages} <= told:
            raise CannotPatchError("the card would not tell the reader to install it for that block")


def _only_installs_changed(after: Snippet, before: Snippet) -> bool:
    """Whether a block that only installs has more to install, which is what was wanted of it."""
    return before.kind.is_shell and after.kind is before.kind

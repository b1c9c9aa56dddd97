"""Looking up what was renamed or removed in which version of the libraries that model cards use. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

from verify_snippets import api_rows
from verify_snippets.api_rows import Change, ChangeKind

__all__ = ["Change", "ChangeKind", "find", "of_kind"]


def find(kind: ChangeKind, old: str, library: str = "", where: str = "") -> Change | None:
    """The change to a name, or None if nothing is known of it.

    Args:
        kind: what it is.
        old: its name, without dots.
        library: whose it is; empty for any.
        where: for an argument or a method, the last part of the dotted name that takes it; empty for any.
    """
    for row in _by_kind()[kind]:
        fits_place = not where or not row.where or where in row.where
        if library in ("", row.library) and fits_place and fnmatchcase(old, row.old):
            return replace(row, old=old)
    return None


def of_kind(kind: ChangeKind) -> tuple[Change, ...]:
    """Every change of a kind."""
    return _by_kind()[kind]


@cache
def _by_kind() -> Mapping[ChangeKind, tuple[Change, ...]]:
    rows = tuple(api_rows.rows())
    return {kind: tuple(row for row in rows if row.kind is kind) for kind in ChangeKind}

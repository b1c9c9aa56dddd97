"""Edits to a card's text that leave every other byte as it was."""

from verify_snippets.patching.apply import CannotPatchError, Change, Patched, apply
from verify_snippets.patching.diff import unified

__all__ = ["CannotPatchError", "Change", "Patched", "apply", "unified"]

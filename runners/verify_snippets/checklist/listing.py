"""The checklist as a whole. Pure."""

from collections.abc import Sequence

from verify_snippets.checklist import around, files, metadata, prose, usage
from verify_snippets.checklist.item import Item
from verify_snippets.checklist.material import Material


def checklist(material: Material) -> Sequence[Item]:
    """Every item, in the order of a release: what the Hub shows first comes first."""
    parts = (metadata, files, usage, prose, around)
    return [item for part in parts for item in part.items(material)]

"""Where a card's file lies, as those who show its lines want it named."""

import os
from pathlib import Path

from verify_snippets.card import Source
from verify_snippets.report.model import CardReport


def workspace() -> Path:
    """The folder that CI checked the repository out to (GitHub names it), or the current one."""
    return Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())


def in_workspace(card: CardReport, root: Path) -> str | None:
    """The card's path below ``root``, with slashes; None for a card that lies elsewhere, or on the Hub."""
    if card.source is Source.HUB:
        return None
    path = Path(card.location)
    whole = path.parent.resolve() / path.name  # the file itself may be a link: it is the link that is shown
    return whole.relative_to(root.resolve()).as_posix() if whole.is_relative_to(root.resolve()) else None


def line_address(card: CardReport, line: int) -> str | None:
    """Where a card's line can be read on the web; None for a card of this machine."""
    return f"{card.location}#L{line}" if card.source is Source.HUB else None

"""What a change looks like to people, and to ``patch``."""

import difflib
from collections.abc import Iterator

from verify_snippets.patching.lines import split

_NO_END = "\n\\ No newline at end of file\n"


def unified(before: str, after: str, name: str, *, context: int = 3) -> str:
    """The unified diff from one text to another, line ends as they are; empty where they are the same.

    Args:
        before: the card as it is.
        after: the card as it would be.
        name: of the file, for the diff's head.
        context: how many unchanged lines are shown around each change.
    """
    changes = difflib.unified_diff(
        split(before), split(after), fromfile=f"a/{name}", tofile=f"b/{name}", n=context
    )
    return "".join(_ended(changes))


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith(("\n", "\r")) else line + _NO_END

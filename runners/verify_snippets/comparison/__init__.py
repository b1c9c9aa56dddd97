"""Whether an output is the one that a card shows: what a reader would call the same is the same."""

from verify_snippets.comparison.compare import Compared, Likeness, Shown, compare, lines_left

__all__ = ["Compared", "Likeness", "Shown", "compare", "lines_left"]

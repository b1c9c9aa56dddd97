"""Verdicts: from what the sandbox measured to what is said of a snippet."""

from enum import StrEnum


class Verdict(StrEnum):
    """What is said of a snippet."""

    PASSED = "passed"
    FAILED = "failed"
    CONTRADICTED = "contradicted"  # ran, but not as the card says
    SKIPPED = "skipped"
    BLOCKED = "blocked"  # one it needs failed
    BROKEN = "broken"  # our infrastructure failed: never held against the card

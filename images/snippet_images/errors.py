"""Errors that a person reads: what happened, and what to do next.

Every exit code means one thing:

====  =========================================
0     nothing failed and nothing was contradicted
1     the card is at fault
2     wrong usage, or input that can't be read
3     our own infrastructure is at fault
130   interrupted
====  =========================================

A snippet that fails is a result and never one of these.
"""


class UserFacingError(Exception):
    """An error whose text is meant for the person at the keyboard.

    Args:
        message: one line: what happened, and to what.
        hint: one line: what to do next; empty where there is nothing to do.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(UserFacingError):
    """What was asked for can't be done: a wrong name, a missing repo, an unreadable card."""

    exit_code = 2


class InfrastructureError(UserFacingError):
    """The engine, the disk, the network or the Hub let us down; the card has no part in it."""

    exit_code = 3


class ImageBuildError(InfrastructureError):
    """An image could not be built."""

"""Errors of the sandbox. They mean that *we* could not run a job, never that a snippet failed."""

from typing import Self

from snippet_images.errors import InfrastructureError, UsageError, UserFacingError

__all__ = [
    "EngineError",
    "EngineTimeoutError",
    "EngineUnavailableError",
    "GatewayError",
    "InfrastructureError",
    "ProfileError",
    "UsageError",
    "UserFacingError",
]


class ProfileError(UsageError):
    """The profile doesn't exist, or this host can't give it."""


class EngineUnavailableError(InfrastructureError):
    """The engine that was asked for does not answer, or no engine does."""


class EngineError(InfrastructureError):
    """The engine answered, but could not do what was asked."""

    def adding(self, detail: str) -> Self:
        """The same error, with what the engine or the agent said besides."""
        return type(self)(f"{self.message}: {detail}" if detail else self.message, hint=self.hint)


class EngineTimeoutError(EngineError):
    """A call to the engine took longer than it may."""


class GatewayError(InfrastructureError):
    """The gateway could not be opened."""

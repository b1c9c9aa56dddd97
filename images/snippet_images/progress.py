"""How long work says what it is doing. The one who drives decides how to draw it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One thing that is happening now.

    Attributes:
        what: a short phrase, such as ``downloading model.safetensors``.
        done: how much is done, in ``unit``; None where it isn't known.
        total: how much there is, in ``unit``; None where it isn't known.
        unit: ``bytes`` or ``steps``.
    """

    what: str
    done: int | None = None
    total: int | None = None
    unit: str = "bytes"


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """A listener that hears nothing."""

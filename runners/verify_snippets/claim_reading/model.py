"""What a claim is, and what a reader of one kind of claim hands back."""

from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    """What a claim speaks of."""

    VRAM = "vram"
    RAM = "ram"
    GPU_MODEL = "gpu_model"
    GPU_COUNT = "gpu_count"
    CPU_OK = "cpu_ok"
    DTYPE = "dtype"
    PARAMETERS = "parameters"
    DISK_SIZE = "disk_size"
    LATENCY = "latency"
    THROUGHPUT = "throughput"
    CONTEXT_LENGTH = "context_length"
    LIBRARY_VERSION = "library_version"
    PYTHON_VERSION = "python_version"


class Comparator(StrEnum):
    """How the value is meant."""

    AT_LEAST = ">="  # needed
    AT_MOST = "<="  # fits in, takes at most
    ABOUT = "~"  # measured or rough
    EXACTLY = "=="
    MORE = ">"
    LESS = "<"


class Scope(StrEnum):
    """What of the model's life a claim speaks of."""

    INFERENCE = "inference"
    TRAINING = "training"
    OTHER = "other"  # another model, a baseline, building, conversion


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One machine-checkable promise.

    Attributes:
        kind: what it speaks of.
        comparator: how the value is meant.
        value: a number in ``unit``; text for GPU models, dtypes and versions; a bool for ``cpu_ok``.
        unit: GB, GiB, MB, ms, s, min, hours, days, tokens/s, B and M (parameters), tokens, K tokens, M
            tokens; for ``library_version`` the library's name; empty for a plain count.
        scope: inference, training or other.
        quote: an exact piece of the card's line ``line``.
        line: the card's line, 1-based.
        snippets: ids of the snippets that it speaks of; empty for the model as a whole.
    """

    kind: ClaimKind
    comparator: Comparator
    value: float | str | bool
    unit: str
    scope: Scope
    quote: str
    line: int
    snippets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """A claim inside one statement, before it is known whose and where.

    Attributes:
        kind: what it speaks of.
        comparator: how the value is meant.
        value: as in :class:`Claim`.
        unit: as in :class:`Claim`.
        start: where the value begins in the statement's text.
        end: where the value ends.
        quote_start: where the words that give it its meaning begin, at most ``start``.
        quote_end: where they end, at least ``end``.
        scope: what the words themselves say; None where the scope is left to the surroundings.
    """

    kind: ClaimKind
    comparator: Comparator
    value: float | str | bool
    unit: str = ""
    start: int
    end: int
    quote_start: int
    quote_end: int
    scope: Scope | None = None

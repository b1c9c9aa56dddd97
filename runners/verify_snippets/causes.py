"""Why a snippet failed: a closed list, so that failures can be counted, grouped and mended by their cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """What brought a failure about."""

    UNDECLARED_DEPENDENCY = "undeclared-dependency"  # the card never says to install it
    NOT_INSTALLABLE = "not-installable"  # what the card says to install can't be
    VERSION_TOO_NEW = "version-too-new"  # renamed or removed in the installed version
    VERSION_TOO_OLD = "version-too-old"
    MISSING_INPUT = "missing-input"  # a file that the card does not provide
    WRONG_REPO = "wrong-repo"  # another repo than the card's, or one that does not exist
    GATED = "gated"  # or private
    NEEDS_GPU = "needs-gpu"
    OUT_OF_MEMORY = "out-of-memory"
    TIME_LIMIT = "time-limit"
    NETWORK_REFUSED = "network-refused"
    SYNTAX_ERROR = "syntax-error"
    NEEDS_KEYBOARD = "needs-keyboard"
    NEEDS_DISPLAY = "needs-display"
    EXTERNAL_SERVICE = "external-service"  # or a key to one
    CARD_BUG = "card-bug"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """The cause of a failure.

    Attributes:
        cause: which of the list.
        sentence: what happened and why, for people.
        subjects: what it is about, by role: ``module``, ``package``, ``library``, ``version`` (the installed
            one), ``name`` (that is gone), ``callee``, ``argument``, ``replacement``, ``since`` (the version
            that changed it), ``task``, ``repo``, ``file``, ``host``, ``device`` ... as far as known.
    """

    cause: Cause
    sentence: str
    subjects: Mapping[str, str] = field(default_factory=dict)

"""What can be wrong with a card: a rule for each cause of a failure and each kind of claim, and some more."""

from dataclasses import dataclass
from typing import Final

from verify_snippets.causes import Cause
from verify_snippets.claims import ClaimKind
from verify_snippets.report.model import CauseReport


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Something that a card is held to.

    Attributes:
        id: such as ``snippet/missing-input`` or ``claim/vram``; it never changes its meaning.
        short: what is wrong, in one sentence.
        help: what to do about it.
    """

    id: str
    short: str
    help: str


CONTRADICTED: Final = "snippet/contradicted"
BLOCKED: Final = "snippet/blocked"
BROKEN: Final = "snippet/broken"
OUTPUT: Final = "output/differs"
REMARK: Final = "snippet/remark"

_CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.UNDECLARED_DEPENDENCY: (
        "The code imports a package that the card never says to install.",
        "Add the package to the card's installation command.",
    ),
    Cause.NOT_INSTALLABLE: (
        "What the card says to install can't be installed.",
        "Name packages and versions that exist and go together.",
    ),
    Cause.VERSION_TOO_NEW: (
        "The code uses something that the current version of a library has renamed or removed.",
        "Write the code for the current version, or say which version it needs.",
    ),
    Cause.VERSION_TOO_OLD: (
        "The code uses something that the version of a library that it gets does not have yet.",
        "Say which version it needs at least.",
    ),
    Cause.MISSING_INPUT: (
        "The code reads a file that the card does not provide.",
        "Use a file of the repo, or show how to get one.",
    ),
    Cause.WRONG_REPO: (
        "The code loads another repo than the card's, or one that does not exist.",
        "Write the repo's own id.",
    ),
    Cause.GATED: (
        "The code loads a repo that is gated or private.",
        "Say that access must be asked for, and where.",
    ),
    Cause.NEEDS_GPU: ("The code runs on a GPU only.", "Say so, or choose the device that is there."),
    Cause.OUT_OF_MEMORY: (
        "The code needs more memory than the card says or its hardware has.",
        "Say how much memory it needs.",
    ),
    Cause.TIME_LIMIT: (
        "The code did not come to its end in the time that it was given.",
        "Give it a smaller task, or say how long it takes.",
    ),
    Cause.NETWORK_REFUSED: (
        "The code speaks to a host that it may not speak to.",
        "Use files of the repo, or allow the host with --web.",
    ),
    Cause.SYNTAX_ERROR: ("The code is not valid Python.", "Mend it; tag what is no Python as what it is."),
    Cause.NEEDS_KEYBOARD: ("The code waits for somebody to type.", "Give it a value to work on."),
    Cause.NEEDS_DISPLAY: ("The code opens a window.", "Save to a file instead."),
    Cause.EXTERNAL_SERVICE: (
        "The code needs a service or a key that the reader has to bring.",
        "Say so where the code stands.",
    ),
    Cause.CARD_BUG: ("The code has a bug of its own.", "Mend it: the message says what is wrong."),
    Cause.UNKNOWN: ("The code fails.", "The message says how it ended."),
}

_CLAIMS: dict[ClaimKind, str] = {
    ClaimKind.VRAM: "how much GPU memory it needs",
    ClaimKind.RAM: "how much memory it needs",
    ClaimKind.GPU_MODEL: "which GPU it runs on",
    ClaimKind.GPU_COUNT: "how many GPUs it needs",
    ClaimKind.CPU_OK: "whether it runs without a GPU",
    ClaimKind.DTYPE: "which number format its weights have",
    ClaimKind.PARAMETERS: "how many parameters it has",
    ClaimKind.DISK_SIZE: "how large its files are",
    ClaimKind.LATENCY: "how long it takes",
    ClaimKind.THROUGHPUT: "how much it does in a second",
    ClaimKind.CONTEXT_LENGTH: "how many tokens it reads",
    ClaimKind.LIBRARY_VERSION: "which version of a library it needs",
    ClaimKind.PYTHON_VERSION: "which version of Python it needs",
}

_OTHERS = (
    Rule(
        id=CONTRADICTED,
        short="The code runs, but not as the card says.",
        help="Correct the card's sentence, or the code that it speaks of.",
    ),
    Rule(
        id=BLOCKED,
        short="The code needs another block of the card, which failed.",
        help="Mend the block that it needs.",
    ),
    Rule(
        id=BROKEN,
        short="The code could not be judged: the trouble was with what runs it, and not with the card.",
        help="Run it again; `verify-snippets doctor` says what this machine can do.",
    ),
    Rule(
        id=OUTPUT,
        short="The code prints something else than the card shows.",
        help="Show what it prints now.",
    ),
    Rule(
        id=REMARK,
        short="Something about the code is worth knowing and decides nothing.",
        help="Read the remark; nothing has to be done.",
    ),
)


def of_failure(cause: CauseReport | None) -> str:
    """The id of the rule that a failure breaks."""
    return f"snippet/{cause.kind if cause else Cause.UNKNOWN}"


def of_claim(kind: ClaimKind) -> str:
    """The id of the rule for a kind of claim."""
    return f"claim/{kind.replace('_', '-')}"


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *(Rule(id=f"snippet/{cause}", short=short, help=cure) for cause, (short, cure) in _CAUSES.items()),
        *(
            Rule(
                id=of_claim(kind),
                short=f"The card says {what}, and that is not so.",
                help="Write what was measured, or make it true.",
            )
            for kind, what in _CLAIMS.items()
        ),
        *_OTHERS,
    )
}
"""Every rule by its id."""

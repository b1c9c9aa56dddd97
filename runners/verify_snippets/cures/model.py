"""What a cure is given, and what it hands back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.snippets import Snippet


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A snippet that something may be wrong with, and all that is known of it. No cure asks for more.

    Attributes:
        snippet: what is to be mended.
        first: the snippets that run before it, in order.
        card: all snippets of its card.
        repo_id: the card's own repo; None where nobody named it.
        was_run: whether it was run: what only warns is no failure then.
        diagnosis: why it failed; None where it did not.
        message: the exception's, as far as there was one.
        error_line: the line of its code (from 1) that raised the exception; None where that is elsewhere.
        versions: of the libraries it ran with.
        oldest: library -> the oldest version of it that the card says is enough.
        on_cpu: whether the card says that a CPU is enough.
        filled: placeholder -> what stood in for it.
        passed: whether it ran, with what stood in for its placeholders.
    """

    snippet: Snippet
    first: Sequence[Snippet] = ()
    card: Sequence[Snippet] = ()
    repo_id: str | None = None
    was_run: bool = False
    diagnosis: Diagnosis | None = None
    message: str = ""
    error_line: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    oldest: Mapping[str, str] = field(default_factory=dict)
    on_cpu: bool = False
    filled: Mapping[str, str] = field(default_factory=dict)
    passed: bool = False

    @property
    def code(self) -> str:
        """What would be executed."""
        return self.snippet.code

    def has(self, *causes: Cause) -> bool:
        """Whether it failed for one of these causes."""
        return self.diagnosis is not None and self.diagnosis.cause in causes

    def about(self, role: str) -> str:
        """What its diagnosis names in this role; empty where it names nothing."""
        return "" if self.diagnosis is None else self.diagnosis.subjects.get(role, "")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change that may mend a snippet.

    Attributes:
        cure: whose proposal it is.
        sentence: what it changes and why, for people.
        code: the snippet's new code; None to leave that.
        packages: what the card is to tell its reader to install, too.
        is_certain: whether reading alone shows that it is right, so that it need not be tried.
    """

    cure: str
    sentence: str
    code: str | None = None
    packages: tuple[str, ...] = ()
    is_certain: bool = False


Cure = Callable[[Patient], Iterable[Proposal]]
